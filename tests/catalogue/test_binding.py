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
    ("denominator", "by", "told"),
    [
        ("organisations", "grade", "12:10: в наборе «organisations» нет столбца «grade»"),
        ("vpr_scales", "", "11:5: в наборе «vpr_scales» нет столбца организации"),
    ],
)
def test_every_table_of_an_indicator_is_checked(tmp_path: Path, denominator: str, by: str, told: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.yaml").write_text(INDICATOR % (denominator, by), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert told in str(caught.value)
