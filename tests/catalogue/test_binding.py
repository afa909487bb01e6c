"""Indicators against contracts where several tables meet."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import CatalogueError

INDICATOR = """\
group: x.1
direction: "1.1"
title: проверка
indicators:
  - id: x.1-m1
    name: проверка
    level: municipality
    measure: rate
    per: 1000
    population: {dataset: vpr, distinct: code}
    denominator: {dataset: %s}
    by: [%s]
    unit: на 1000
    method: проверка
    examples: [{data: {vpr: "org | grade"}, expect: [{value: 0}]}]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("by: []", "by: [kinds]", "10: по столбцу «kinds» нельзя разложить: в ячейке бывает несколько значений"),
        (
            "distinct: name",
            "distinct: kinds",
            "в ячейке столбца «kinds» бывает несколько значений: разных не сосчитать",
        ),
        ("distinct: name", 'where: {kinds: "спорт; наука"}', "пишется списком [а, б]"),
        ("distinct: name", "where: {also_in: {dataset: clubs, on: kinds}}", "по нему строк не сопоставить"),
    ],
)
def test_rows_are_not_compared_by_several_values(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "datasets").mkdir()
    columns = (
        "{org: {title: ОО, type: organisation, required: да}, name: {title: Клуб, type: text}, "
        "kinds: {title: Вид, type: category, several: да, values: {спорт: [], наука: []}}}"
    )
    dataset = f"dataset: clubs\ntitle: Клубы\ngrain: клуб\norganisation: org\ncolumns: {columns}\n"
    (tmp_path / "datasets" / "clubs.yaml").write_text(dataset, encoding="utf-8")
    text = (INDICATOR % ("organisations", "")).replace("dataset: vpr, distinct: code", "dataset: clubs, distinct: name")
    assert old in text
    (tmp_path / "own" / "x.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("denominator", "by", "told"),
    [
        ("organisations", "kind", "12:10: столбец «kind» есть только в наборе знаменателя «organisations»"),
        ("organisations", "kinde", "12:10: в наборе «vpr» нет столбца «kinde»"),
        ("organisations", "code", "12:10: по столбцу «code» нельзя разложить: он указывает на человека"),
        ("vpr_scales", "", "11:5: в наборе «vpr_scales» нет столбца организации"),
    ],
)
def test_every_table_of_an_indicator_is_checked(tmp_path: Path, denominator: str, by: str, told: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.yaml").write_text(INDICATOR % (denominator, by), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert told in str(caught.value)
