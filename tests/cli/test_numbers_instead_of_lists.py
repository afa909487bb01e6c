"""A district without any list: forms ask for numbers, and every figure is what the lists would have made it.

The district is drawn by chance (``drawn.py``); its forms are filled by plain code that counts in it.
"""

import csv
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import pytest
from calling import call
from drawn import COUNTED, REPEAT, Rows, Units, draw

from quality_cli.analysis.results import Result, Results
from quality_cli.catalogue.loader import Catalogue, load_catalogue

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
SMALL = Units({"vo-01": 11, "vo-06": 9}, ("ds-01", "ds-02"), "99-01")
YEAR = 2025
SEED = 14

ONLY_LISTS = {
    ("1.3.1-m1", "итог", "всюду"): "на 1000 — по этапам: ребёнок бывает на нескольких, и итог без списка не сложить",
    ("1.3.1-s1", "разрез", "всюду"): "спрашивают всего и по этапам ВсОШ: от остальных сочетаний были бы одни нули",
    ("1.3.7-m1", "итог", "всюду"): "одна сетевая программа бывает в нескольких школах",
    ("2.1.3-m3", "итог", "муниципалитет"): "ждёт и детские сады, которых о специалистах школ не спрашивают",
}
"""What of a figure cannot be had by numbers (indicator, total or strata, whose), and why."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def register(folder: Path, units: Units) -> dict[str, str]:
    """The register of the sample with some of its organisations; their codes by name."""
    book = openpyxl.load_workbook(next(SAMPLE.glob("Реестр*")))
    sheet = book.active
    assert sheet is not None
    kept = {"99", units.office, *units.schools, *units.kindergartens}
    for row in range(sheet.max_row, 1, -1):
        if sheet.cell(row, 1).value not in kept:
            sheet.delete_rows(row)
    book.save(folder / "Реестр организаций.xlsx")
    return {str(row[5]): str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)}


def lists_of(catalogue: Catalogue, tables: Mapping[str, Rows], folder: Path) -> None:
    """The lists as tables of our own layout."""
    for dataset, rows in tables.items():
        columns = catalogue.specs.contracts[dataset].columns
        names = [name for name in columns if (any(hasattr(row, name) for row in rows) and columns[name].derive is None)
                 or name == "earlier_level"]  # fmt: skip
        with (folder / f"{dataset} {rows[0].year[:4]}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(columns[name].title for name in names)
            writer.writerows([_cell(name, getattr(row, name, None)) for name in names] for row in rows)


def _cell(name: str, value: object) -> str:
    if value is None or (name == "grade" and value == 0):
        return ""
    return {True: "да", False: "нет"}[value] if isinstance(value, bool) else str(value)


def counted(catalogue: Catalogue, tables: Mapping[str, Rows], question: str, org: str) -> float:
    """The number that answers a question of a form."""
    name, in_round = question.removesuffix(f":{REPEAT}"), REPEAT if question.endswith(f":{REPEAT}") else None
    dataset, count = next((dataset, own[name]) for dataset, own in COUNTED.items() if name in own)
    return count([row for row in tables.get(dataset, ()) if row.org == org and row.round == in_round])


def fill(catalogue: Catalogue, form: Path, tables: Mapping[str, Rows], org: str) -> int:
    """Fill in a form as its organisation would; how many numbers stand for lists."""
    book = openpyxl.load_workbook(form)
    numbers = 0
    for number, _, _, kind, _, answer, proof, *_ in book["Вопросы"].iter_rows(min_row=7):
        if answer.protection.locked:
            continue
        chance = random.Random(f"{number.value} {org} {form.name}")
        if "числитель" in str(number.value) or "знаменатель" in str(number.value):
            answer.value = counted(catalogue, tables, str(number.value), org)
            numbers += 1
        else:
            answer.value = chance.choice(("да", "нет")) if kind.value == "да или нет" else chance.randint(1, 90)
        proof.value = "приказ № 1"
    book.save(form)
    return numbers


def collected(catalogue: Catalogue, data: Path, codes: Mapping[str, str], year: int, tables: Mapping[str, Rows]) -> int:
    """Make, fill and collect the forms of a school year; how many numbers stand for lists."""
    period = ("--period", f"{year}/{year + 1}")
    asked = 0
    for in_round in ((), ("--round", REPEAT)):
        forms = data.parent / f"forms {year} {len(in_round)}"
        made = call("forms", "make", "--data", data, *period, "--numbers", *in_round, "--out", forms)
        assert made.code == 0, made.err
        for form in forms.rglob("Форма *.xlsx"):
            org = next(code for name, code in codes.items() if form.stem.endswith(_bare(name)))
            asked += fill(catalogue, form, tables, org)
        outcome = call("forms", "collect", "--from", forms, "--data", data, *period)
        assert outcome.code == 0, outcome.err
        assert "form.above_whole" not in outcome.err
    return asked


def _bare(name: str) -> str:
    return name.replace("«", "").replace("»", "")


def computed(data: Path) -> Results:
    """The results of a data folder."""
    outcome = call("compute", "--data", data, "--out", data.parent / f"{data.name} results")
    assert outcome.code == 0, outcome.err
    return Results.read(data.parent / f"{data.name} results" / "results.parquet")


def without_numbers(data: Path, target: Path) -> Path:
    """The same folder without the numbers that stand for lists."""
    shutil.copytree(data, target, ignore=shutil.ignore_patterns(".quality"))
    for path in target.glob("Ответы на формы*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, delimiter=";")
        question = head.index("Вопрос")
        kept = [row for row in rows if "числитель" not in row[question] and "знаменатель" not in row[question]]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *kept])
    return target


def of_lists(catalogue: Catalogue, results: Results) -> Iterator[Result]:
    """Rows of figures that rest on lists which may be answered by numbers."""
    asked = {
        (figure.indicator, figure.part)
        for figure in catalogue.figures
        if any(catalogue.specs.contracts[name].facts is not None for name in figure.datasets)
    }
    return (row for row in results if (row.indicator, row.part) in asked)


def test_plain_code_counts_every_question(catalogue: Catalogue) -> None:
    from quality_cli.catalogue.questions import questions_of_facts

    asked = {name.removesuffix(f":{REPEAT}") for name in questions_of_facts(catalogue)}
    assert asked == {name for own in COUNTED.values() for name in own}


def test_numbers_give_the_figures_that_lists_would(catalogue: Catalogue, tmp_path: Path) -> None:
    data = tmp_path / "numbers"
    data.mkdir()
    codes = register(data, SMALL)
    tables = draw(SMALL, YEAR, SEED)
    collected(catalogue, data, codes, YEAR, tables)
    lists = without_numbers(data, tmp_path / "lists")
    lists_of(catalogue, tables, lists)
    differ = differences(catalogue, computed(lists), computed(data))
    assert {name: told for name, told in differ.items() if name not in ONLY_LISTS} == {}
    assert differ.keys() == ONLY_LISTS.keys()  # none of them too many
    assert [told for own in differ.values() for told in own if not told.endswith("— None")] == []  # silent, never wrong


def differences(catalogue: Catalogue, lists: Results, numbers: Results) -> dict[tuple[str, str, str], list[str]]:
    """Rows of lists where numbers say nothing or something else."""
    told = {(row.indicator, row.part, row.org_id, row.period, row.stratum): row for row in numbers}
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in of_lists(catalogue, lists):
        other = told.get((row.indicator, row.part, row.org_id, row.period, row.stratum))
        value = other.value if other is not None else None
        if row.value != pytest.approx(value, abs=1e-9):
            everywhere = row.indicator in {name for name, _, where in ONLY_LISTS if where == "всюду"}
            where = "муниципалитет" if row.org_id == SMALL.office else "организации"
            key = (row.indicator, "разрез" if row.stratum else "итог", "всюду" if everywhere else where)
            found.setdefault(key, []).append(f"{row.part} {row.org_id} {row.stratum}: {row.value} — {value}")
    return found
