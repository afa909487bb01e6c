"""A table without a school year: checked, computed for the year that is asked or that other tables tell, explained."""

from pathlib import Path

import pytest

from quality_cli.app.compute import compute
from quality_cli.app.examples import run_examples
from quality_cli.app.explain import explain
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.periods import Period

ROOMS = """
dataset: rooms
title: Кабинеты
grain: кабинет
organisation: org
key: [org, room]
columns:
  org: {title: Организация, type: organisation, required: yes}
  room: {title: Кабинет, type: text, required: yes}
  equipped: {title: Оборудован, type: flag}
"""
MEASURES = """
group: "9.1"
direction: "1.4"
title: Кабинеты
indicators:
  - id: 9.1-s1
    name: Доля оборудованных кабинетов
    level: organisation
    measure: share
    population: {dataset: rooms}
    numerator: {where: {equipped: да}}
    unit: "%"
    method: Кабинет без отметки неизвестен.
    examples:
      - data: {rooms: "org | room | equipped\\nА | 1 | да\\nА | 2 | нет\\nА | 3 |"}
        expect: [{at: А, numerator: 1, denominator: 2, unknown: 1, value: 50}]
"""
REGISTER = "Код;Вышестоящая;Вид;Краткое наименование\nк;;регион;Край\nр;к;муниципалитет;Район\nш;р;школа;Школа\n"
TABLE = "Организация;Кабинет;Оборудован\nш;1;да\nш;2;нет\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "каталог"
    (folder / "datasets").mkdir(parents=True)
    (folder / "9").mkdir()
    (folder / "datasets" / "rooms.yaml").write_text(ROOMS, encoding="utf-8")
    (folder / "9" / "9.1.yaml").write_text(MEASURES, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "данные"
    folder.mkdir()
    (folder / "Реестр.csv").write_text(REGISTER, encoding="utf-8")
    (folder / "Кабинеты.csv").write_text(TABLE, encoding="utf-8")
    return folder


def test_its_examples_pass(own: Path) -> None:
    catalogue = load_catalogue(own)
    (verdict,) = run_examples(catalogue, catalogue.select(("9.1-s1",)))
    assert verdict.differences == ()


def test_it_is_computed_for_the_year_that_is_asked(own: Path, data: Path, tmp_path: Path) -> None:
    options = Options(data=data, out=tmp_path / "out", catalogue=own, period=Period.parse("2023/2024"))
    done = compute(Workspace(options))
    row = done.results.find("9.1-s1", "ш", "2023/2024")
    assert row is not None
    assert (row.numerator, row.denominator, row.value) == (1, 2, 50)
    told = explain(Workspace(options), "9.1-s1", "ш")
    assert told.trace.files == {"Кабинеты.csv": (2, 3)}


def test_without_any_year_it_is_told_how_to_name_one(own: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToDoError, match="--period"):
        compute(Workspace(Options(data=data, out=tmp_path / "out", catalogue=own)))


def test_other_tables_tell_the_years(own: Path, data: Path, tmp_path: Path) -> None:
    practices = "Организация;Учебный год;Название;Статус;Вошла в РАОП\n"
    practices += "ш;2024/2025;Наставник;без статуса;да\nш;2025/2026;Наставник;без статуса;да\n"
    (data / "Практики.csv").write_text(practices, encoding="utf-8")
    options = Options(data=data, out=tmp_path / "out", catalogue=own, indicators=("9.1-s1",))
    results = compute(Workspace(options)).results
    assert [(row.period, row.value) for row in results if row.org_id == "ш"] == [("2024/2025", 50), ("2025/2026", 50)]
