"""A district without any list: the register, exports of ВПР and filled forms, and every figure is what lists would
have made it.

The district is drawn by chance (``drawn.py``); its forms are filled by plain code that counts in it. What the figures
must be is counted in the lists by the plain-Python reference, and divided here.
"""

import csv
import random
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from calling import call
from drawn import COUNTED, REPEAT, Rows, Units, draw

from quality_cli.analysis.results import Result, Results
from quality_cli.app.workspace.config import resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.questions import questions_of_facts
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.engine.reference.quantities import reference

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
SMALL = Units({"vo-01": 11, "vo-06": 9}, ("ds-01", "ds-02"), "99-01")
YEARS = (2024, 2025)
SEED = 14
EXPORTS = (
    "Ф1_Математика 4 класс.xlsx", "Ф1_Математика 5 класс.xlsx", "Ф1_Русский язык 8 класс.xlsx",
    "Ф1_Русский язык 10 класс.xlsx",
)  # fmt: skip
"""Of the sample, in each year: of other schools too, which are told and left out."""

ONLY_LISTS = {
    ("1.3.1-s1", "event,stage"): "этапы формулировка называет у ВсОШ, у перечней — нет, а это ещё 24 числа от школы",
    ("1.3.7-m1", ""): "одну сетевую программу ведут несколько школ: их числа не сложить, а чтобы сосчитать управлению, "
    "нужны названия: таблица в три столбца, которая и есть эта форма",
}
"""What of a figure cannot be had by numbers (indicator, stratifiers), and why: silent, never wrong."""


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


def fill(catalogue: Catalogue, form: Path, tables: Mapping[str, Rows], org: str) -> None:
    """Fill in a form as its organisation would."""
    book = openpyxl.load_workbook(form)
    for number, _, _, kind, _, answer, proof, *_ in book["Вопросы"].iter_rows(min_row=7):
        if answer.protection.locked:
            continue
        if _is_of_list(str(number.value)):
            answer.value = counted(catalogue, tables, str(number.value), org)
        else:
            answer.value = _any(f"{number.value} {org} {form.name}", kind.value)
        proof.value = "приказ № 1"
    book.save(form)


def fill_book(path: Path) -> None:
    """Fill in the book of the expert."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for number, org, kind, answer, proof, *_ in sheet.iter_rows(min_row=8, max_col=6):
            if sheet.sheet_state == "visible" and org.value and not answer.protection.locked:
                answer.value, proof.value = _any(f"{number.value} {org.value}", kind.value), "приказ № 1"
    book.save(path)


def _any(seed: str, kind: str) -> Any:
    chance = random.Random(seed)
    return chance.choice(("да", "нет")) if kind == "да или нет" else chance.randint(1, 90)


def _is_of_list(question: str) -> bool:
    return "числитель" in question or "знаменатель" in question


@dataclass(frozen=True)
class District:
    """Two data folders of one district: with nothing but filled forms, and with lists; ``chosen`` of the catalogue."""

    numbers: Path
    lists: Path
    chosen: Sequence[str]

    def computed(self, data: Path) -> Results:
        """The results of one of them."""
        outcome = call("compute", "--data", data, *self.chosen, "--out", data.parent / f"{data.name} results")
        assert outcome.code == 0, outcome.err
        return Results.read(data.parent / f"{data.name} results" / "results.parquet")


def district(
    catalogue: Catalogue, folder: Path, years: Sequence[int], chosen: Sequence[str] = (), exports: Collection[str] = ()
) -> District:
    """Draw a district, fill in its forms and lay out its lists."""
    made = District(folder / "numbers", folder / "lists", chosen)
    made.lists.mkdir()
    codes = register(made.lists, SMALL)
    shutil.copytree(made.lists, made.numbers)
    for year in years:
        tables = draw(SMALL, year, SEED)
        period = ("--period", f"{year}/{year + 1}")
        for in_round in ((), ("--round", REPEAT)):
            forms = folder / "forms" / f"{year} {len(in_round)}"
            asked = ("--numbers", *chosen, *in_round, "--out", forms)
            outcome = call("forms", "make", "--data", made.numbers, *period, *asked)
            assert outcome.code in (0, 11), outcome.err  # nothing is asked again
            for form in forms.rglob("Форма *.xlsx"):
                fill(
                    catalogue,
                    form,
                    tables,
                    next(code for name, code in codes.items() if form.stem.endswith(_bare(name))),
                )
            for book in forms.glob("Книга *.xlsx"):
                fill_book(book)
        outcome = call("forms", "collect", "--from", folder / "forms", "--data", made.lists, *period)
        lists_of(catalogue, tables, made.lists)
        for name in exports:
            for data in (made.numbers, made.lists):
                (data / str(year + 1)).mkdir(exist_ok=True)
                shutil.copy(SAMPLE / str(year + 1) / name, data / str(year + 1))
        for data in (made.numbers, made.lists) if exports else ():
            doubtful(catalogue, data / f"Признаки необъективности {year + 1}.csv", year + 1)
    for form in (*(folder / "forms").rglob("Форма *.xlsx"), *(folder / "forms").rglob("Книга *.xlsx")):
        target = made.numbers / form.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(form, target)
    without_numbers(made.lists)
    return made


def doubtful(catalogue: Catalogue, path: Path, spring: int) -> None:
    """The list of doubtful results: mathematics of one school."""
    columns = catalogue.specs.contracts["vpr_objectivity"].columns
    told = {"org": "vo-06", "year": spring, "grade": 5, "subject": "Математика", "sign": "завышенный средний балл"}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([[columns[name].title for name in told], told.values()])


def _bare(name: str) -> str:
    return name.replace("«", "").replace("»", "")


def without_numbers(data: Path) -> None:
    """Take the numbers that stand for lists out of the collected answers."""
    for path in data.glob("Ответы на формы*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, delimiter=";")
        question = head.index("Вопрос")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *(row for row in rows if not _is_of_list(row[question]))])


def expected(catalogue: Catalogue, data: Path, years: Sequence[int]) -> Mapping[tuple[Any, ...], float]:
    """Every value by its place in the results, counted row by row in the lists."""
    tables = Workspace(resolve_options(data=data)).tables
    figures, contracts = catalogue.figures, catalogue.specs.contracts
    now, before = (found.counts for found in reference(figures, tables, contracts, years))
    found = {}
    for key, counts in now.items():
        figure = figures[key.figure]
        value = divided(figure, counts, key.level)
        if figure.change and figure.condition is None:
            earlier = before.get(key._replace(period=key.period + figure.change))
            base = None if earlier is None else divided(figure, earlier, key.level)
            value = None if value is None or base is None else grown(figure, value, base)
        if value is not None:
            found[figure.indicator, figure.part, str(Period(key.period)), key.unit, key.stratum] = value
    return found


def divided(figure: Figure, counts: Any, level: str) -> float | None:
    """The value that quantities make, None where there is none."""
    numerator, denominator = counts.numerator, counts.denominator
    if figure.measure == "flag" and (level == Level.ORGANISATION or figure.level is not Level.ORGANISATION):
        return float(numerator >= denominator if figure.rollup == "all" else numerator > 0)
    factor = 100 if figure.measure == "flag" or figure.condition is not None else figure.factor
    if factor is None:
        return float(numerator)
    return factor * numerator / denominator if denominator else None


def grown(figure: Figure, value: float, before: float) -> float | None:
    """The change."""
    if not figure.in_percent:
        return value - before
    return 100 * (value - before) / before if before else None


Place = tuple[str, str, str, str, Any]


def place(row: Result) -> Place:
    """Where a row of the results is."""
    return row.indicator, row.part, row.period, row.org_id, row.stratum


def of_lists(catalogue: Catalogue, results: Results) -> Iterator[Result]:
    """Rows of figures that rest on lists which may be answered by numbers."""
    asked = {
        (figure.indicator, figure.part)
        for figure in catalogue.figures
        if not figure.beyond and any(catalogue.specs.contracts[name].facts is not None for name in figure.datasets)
    }
    return (row for row in results if (row.indicator, row.part) in asked)


def differences(catalogue: Catalogue, lists: Results, numbers: Results) -> dict[tuple[str, str], list[str]]:
    """Rows of lists of which numbers say something else: another value or another status."""
    told = {place(row): row for row in numbers}
    found: dict[tuple[str, str], list[str]] = {}
    for row in of_lists(catalogue, lists):
        other = told.get(place(row))
        value, status = (other.value, other.status) if other is not None else (None, "absent")
        few_found = row.status == "partial" and row.matched is not None  # a number does not say how many were found
        if row.value != pytest.approx(value, abs=1e-9) or not (row.status == status or few_found):
            line = f"{row.part} {row.period} {row.org_id} {row.stratum}: {row.value} {row.status} — {value} {status}"
            found.setdefault((row.indicator, row.by), []).append(line)
    return found


def test_plain_code_counts_every_question(catalogue: Catalogue) -> None:
    asked = {name.removesuffix(f":{REPEAT}") for name in questions_of_facts(catalogue)}
    assert asked == {name for own in COUNTED.values() for name in own}


def test_numbers_of_one_direction_give_the_figures_that_lists_would(catalogue: Catalogue, tmp_path: Path) -> None:
    made = district(catalogue, tmp_path, YEARS[-1:], ("--direction", "2.2"))
    lists, numbers = made.computed(made.lists), made.computed(made.numbers)
    assert len([row for row in of_lists(catalogue, lists) if row.value is not None]) > 100
    assert differences(catalogue, lists, numbers) == {}


@pytest.mark.long
def test_a_district_of_forms_has_every_figure(catalogue: Catalogue, tmp_path: Path) -> None:
    made = district(catalogue, tmp_path, YEARS, exports=EXPORTS)
    lists, numbers = made.computed(made.lists), made.computed(made.numbers)
    differ = differences(catalogue, lists, numbers)
    assert {key: told for key, told in differ.items() if key not in ONLY_LISTS} == {}
    assert differ.keys() == ONLY_LISTS.keys()  # none of them too many
    silent = [line for told in differ.values() for line in told]
    assert [line for line in silent if not line.endswith(("— None no_data", "— None absent"))] == []
    assert [line for line in differ["1.3.1-s1", "event,stage"] if "перечень" not in line] == []
    right = expected(catalogue, made.lists, YEARS)
    wrong = [
        f"{place(row)}: {row.value} instead of {right.get(place(row))}"
        for row in numbers
        if row.value is not None and row.value != pytest.approx(right.get(place(row), 0), abs=1e-9)
    ]
    assert wrong == []
    valued = {row.indicator for row in numbers if row.reported and row.value is not None}
    of_concept = {name for name, indicator in catalogue.indicators.items() if not indicator.beyond}
    assert of_concept - valued == {"1.3.7-m1"}  # of those that only lists can answer
