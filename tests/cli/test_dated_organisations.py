"""A district whose schools open, close and join each other: what is counted, asked and written follows the year.

«Старая» was joined to «Большая» on 31 August 2024, «Новая» opened on 1 September 2025; «Прежняя» is what «Новая» was
called while it was built. The year 2023/2024 has the schools «Старая» and «Большая», 2024/2025 has «Большая» only,
2025/2026 has «Большая» and «Новая».
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from calling import call

from quality_cli.analysis.results import Results

REGISTER = """
Код;Вышестоящая;Вид;Краткое наименование;Прежние названия;Открыта;Закрыта;Правопреемник
край;;регион;Край;;;;
округ;край;муниципалитет;Округ;;;;
большая;округ;школа;Большая СОШ;;;;
старая;округ;школа;Старая СОШ;;;31.08.2024;большая
новая;округ;школа;Новая СОШ;Прежняя СОШ;01.09.2025;;
сад;округ;детский сад;Садик;;;30.06.2023;
"""
PRACTICES = """
Организация;Учебный год;Название;Статус;Вошла в РАОП
Большая СОШ;2023/2024;Наставник;без статуса;да
Старая СОШ;2023/2024;Музей;без статуса;да
Большая СОШ;2024/2025;Наставник;без статуса;да
Старая СОШ;2024/2025;Музей;без статуса;да
Большая СОШ;2025/2026;Наставник;без статуса;нет
Прежняя СОШ;2025/2026;Театр;без статуса;да
Новая СОШ;2024/2025;Театр;без статуса;да
Садик;2023/2024;Огород;без статуса;да
"""
ROOMS = """
dataset: rooms
title: Кабинеты
grain: кабинет
organisation: org
key: [org, room]
columns:
  org: {title: Организация, type: organisation, required: yes}
  room: {title: Кабинет, type: text, required: yes}
  kind: {title: Какой, type: text}
"""
TABLE = "Организация;Кабинет;Какой\nбольшая;1;физика\nстарая;1;физика\nстарая;2;химия\nновая;1;химия\nновая;2;музыка\n"
MEASURES = """
group: "9.1"
direction: "1.4"
title: Школы
defaults: {level: municipality, unit: "%", method: Школы учебного года., organisations: {where: {kind: школа}}}
indicators:
  - id: 9.1-s1
    name: Доля школ с практиками
    measure: share
    population: {dataset: practices, where: {raop: да}, distinct: org}
    denominator: {dataset: organisations, where: {kind: школа}}
    examples:
      - title: закрытая школа не в знаменателе, открытая позже — тоже
        data: &data
          organisations: |
            id            | parent        | kind          | name  | opened     | closed
            край          |               | регион        | край  |            |
            муниципалитет | край          | муниципалитет | округ |            |
            А             | муниципалитет | школа         | А     |            |
            Б             | муниципалитет | школа         | Б     |            | 01.09.2025
            В             | муниципалитет | школа         | В     | 01.09.2026 |
          practices: "org | year | name | raop\\nА | 2025/2026 | Музей | да\\nА | 2025/2026 | Хор | нет"
        expect: [{numerator: 1, denominator: 1, value: 100}]
  - id: 9.1-s2
    name: Доля школ, где больше одной практики
    measure: share_of_orgs
    of: count
    condition: {gt: 1}
    population: {dataset: practices}
    examples: [{data: *data, expect: [{numerator: 1, denominator: 1, value: 100}]}]
  - id: 9.1-s3
    name: Видов кабинетов
    measure: count
    unit: шт.
    population: {dataset: rooms, distinct: kind}
    examples: [{data: {rooms: "org | room | kind\\nА | 1 | физика"}, expect: [{numerator: 1, value: 1}]}]
"""
YEARS = ("2023/2024", "2024/2025", "2025/2026")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    (folder / "data").mkdir()
    for name, text in (("Реестр", REGISTER), ("Практики", PRACTICES), ("Кабинеты", TABLE)):
        (folder / "data" / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    for name, text in (("datasets/rooms", ROOMS), ("9/9.1", MEASURES)):
        path = folder / "catalogue" / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def out(district: Path) -> Path:
    done = call("run", "--data", district / "data", "--catalogue", district / "catalogue", "--out", district / "out")
    assert done.code in (0, 12), done.err
    return district / "out"


def units(results: Results, indicator: str, year: str) -> dict[str, tuple[float, float]]:
    return {
        row.org_id: (row.numerator, row.denominator)
        for row in results
        if (row.indicator, row.period) == (indicator, year) and row.status != "not_applicable"
    }


def test_figures_follow_the_year(out: Path) -> None:
    results = Results.read(out / "results.parquet")
    counted = {name: [units(results, name, year) for year in YEARS] for name in ("9.1-s1", "9.1-s2", "9.1-s3")}
    assert counted["9.1-s1"] == [
        {"округ": (2, 2), "большая": (1, 1), "старая": (1, 1)},
        {"округ": (1, 1), "большая": (1, 1)},
        {"округ": (1, 2), "большая": (0, 1), "новая": (1, 1)},
    ]
    assert counted["9.1-s2"] == [
        {"округ": (0, 2), "большая": (0, 1), "старая": (0, 1)},
        {"округ": (1, 1), "большая": (1, 1)},
        {"округ": (0, 2), "большая": (0, 1), "новая": (0, 1)},
    ]
    assert [{org: number for org, (number, _) in year.items()} for year in counted["9.1-s3"]] == [
        {"округ": 2, "большая": 1, "старая": 2},
        {"округ": 1, "большая": 1},
        {"округ": 3, "большая": 1, "новая": 2},
    ]


def test_nobody_has_a_row_in_a_year_without_it(out: Path) -> None:
    rows = {(row.org_id, row.period) for row in Results.read(out / "results.parquet")}
    assert {year for org, year in rows if org == "старая"} == {"2023/2024"}
    assert {year for org, year in rows if org == "новая"} == {"2025/2026"}
    assert {year for org, year in rows if org == "сад"} == set()


def findings(folder: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    return {finding["code"]: finding for finding in told if finding["code"].startswith("org.")}


def test_what_became_of_rows_of_other_years_is_told(out: Path) -> None:
    told = findings(out)
    assert {code: (found["severity"], found["places"][0]["cell"]) for code, found in told.items()} == {
        "org.succeeded": ("warning", "A5"),
        "org.not_opened": ("error", "A8"),
        "org.closed": ("error", "A9"),
    }
    assert "«Старая СОШ» в 2024/2025 учебном году" in told["org.succeeded"]["message"]
    assert "«Большая СОШ»" in told["org.succeeded"]["message"]
    assert all(found["hint"] for found in told.values())


def test_documents_are_of_those_of_the_year(district: Path, out: Path) -> None:
    """Nearly all figures of the catalogue have no data here: such papers are named, not written."""

    def named(place: Path) -> set[str]:
        told = json.loads(call("report", "--out", place, "--catalogue", district / "catalogue", "--json").out)
        written = (Path(file).parent.name.split(maxsplit=1)[1] for file in told["documents"])
        return {*written, *(paper["unit"] for paper in told["unwritten"])}

    assert named(out) == {"Округ", "Большая СОШ", "Новая СОШ"}
    earlier = district / "earlier"
    done = call("run", "--data", district / "data", "--catalogue", district / "catalogue", "--out", earlier,
                "--period", "2023/2024")  # fmt: skip
    assert done.code in (0, 12), done.err
    assert named(earlier) == {"Округ", "Большая СОШ", "Старая СОШ"}


@pytest.mark.parametrize(("year", "asked"), [("2023/2024", {"Большая", "Старая"}), ("2025/2026", {"Большая", "Новая"})])
def test_forms_are_made_for_those_of_the_year(district: Path, tmp_path: Path, year: str, asked: set[str]) -> None:
    done = call("forms", "make", "--data", district / "data", "--period", year, "--out", tmp_path / "forms")
    assert done.code == 0, done.err
    named = {path.stem.split()[2] for path in (tmp_path / "forms").rglob("Форма*.xlsx")}
    assert named - {"Округ"} == asked


def test_who_is_not_there_in_the_year_is_told_so(district: Path, tmp_path: Path) -> None:
    common = ("--data", district / "data", "--period", "2025/2026", "--org", "старая")
    made = call("forms", "make", *common, "--out", tmp_path / "forms")
    explained = call("explain", "9.1-s2", "--catalogue", district / "catalogue", *common)
    for done in (made, explained):
        assert done.code != 0
        assert "«Старая СОШ» в 2025/2026 учебном году уже закрыта" in done.err


def test_a_form_of_a_school_that_was_not_there_is_left_out(district: Path, tmp_path: Path) -> None:
    data, forms = tmp_path / "data", tmp_path / "forms"
    shutil.copytree(district / "data", data)
    assert call("forms", "make", "--data", data, "--period", "2025/2026", "--org", "новая", "--out", forms).code == 0
    register = data / "Реестр.csv"
    later = register.read_text(encoding="utf-8").replace("01.09.2025", "01.09.2026")
    register.write_text(later, encoding="utf-8")
    done = call("forms", "collect", "--from", forms, "--data", data, "--period", "2025/2026")
    assert done.code != 0
    assert "«Новая СОШ» в 2025/2026 учебном году ещё не открыта: файл не учтён" in done.err
    assert not list(data.glob("Ответы*"))


def test_the_trace_of_a_figure_follows_the_year(district: Path) -> None:
    common = ("--data", district / "data", "--catalogue", district / "catalogue", "--json")
    for year, rows in (("2023/2024", [2, 3, 4]), ("2025/2026", [2, 5, 6])):
        done = call("explain", "9.1-s3", "--org", "округ", "--period", year, *common)
        assert done.code == 0, done.err
        assert json.loads(done.out)["files"] == {"Кабинеты.csv": rows}


def test_the_examples_with_dates_hold(district: Path) -> None:
    done = call("catalogue", "test", "--catalogue", district / "catalogue", "--indicator", "9.1-s1")
    assert done.code == 0, done.out + done.err
