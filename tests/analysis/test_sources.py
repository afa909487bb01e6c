"""One figure by several sources: preference, gaps filled, differences told."""

from typing import Any

from quality_cli.analysis.alternatives import COLUMNS, table_of
from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result, Results
from quality_cli.catalogue.bind import mistakes_of
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.cube import Cube
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

SHAPE = {"organisation": "school", "period": {"spring_of": "year"}, "grain": "строка"}
KEYS = {
    "school": {"title": "Школа", "type": "organisation", "required": True},
    "year": {"title": "Год", "type": "integer", "required": True},
    "grade": {"title": "Класс", "type": "integer"},
}
NUMBER = {"title": "Число", "type": "number"}
MARKS = {**KEYS, "mark": NUMBER}
NUMBERS = {"people": NUMBER, "twos": NUMBER, "fives": NUMBER}
CONTRACTS = {
    **load_specs([CATALOGUE]).contracts,
    "works": Contract.model_validate({"dataset": "works", "title": "Работы", **SHAPE, "columns": MARKS}),
    "lasting": Contract.model_validate(
        {"dataset": "lasting", "title": "Бессрочное", "organisation": "school", "grain": "строка",
         "columns": {**KEYS, **NUMBERS}}
    ),
    "report": Contract.model_validate({"dataset": "report", "title": "Отчёт", **SHAPE, "columns": {**KEYS, **NUMBERS}}),
}  # fmt: skip
DEFINITION: dict[str, Any] = {
    "id": "9.9.1-m1",
    "name": "проба",
    "level": "municipality",
    "measure": "share",
    "unit": "%",
    "method": "на бумаге",
    "by": ["grade"],
    "population": {"dataset": "works"},
    "parts": [
        {"id": "two", "title": "«2»", "numerator": {"where": {"mark": 2}},
         "also": [{"id": "report", "title": "", "numerator": {"sum": "twos"}}]},
        {"id": "five", "title": "«5»", "numerator": {"where": {"mark": 5}},
         "also": [{"id": "report", "title": "", "numerator": {"sum": "fives"}}]},
    ],
    "also": [{"id": "report", "title": "отчёт Ф3", "population": {"dataset": "report", "sum": "people"}}],
    "examples": [{"data": {}, "expect": [{"value": 0}]}],
}  # fmt: skip
WORKS = """
school | grade | mark
А      | 4     | 2
А      | 4     | 5
Б      | 4     | 5
"""


def counted(within: float = 0, change: dict[str, int] | None = None, **texts: str) -> Cube:
    """The cube of the definition over text tables."""
    written = {**DEFINITION, "also": [{**DEFINITION["also"][0], "within": within}], "change": change}
    indicator = Indicator.model_validate(written)
    assert list(mistakes_of(indicator, CONTRACTS)) == []
    tables = tables_from_text(texts, CONTRACTS)
    plan = make_plan([indicator], list(figures_of(indicator)), tables, CONTRACTS, (2025,))
    return Executor(plan, tables).run()


def results(within: float = 0, **texts: str) -> Results:
    """Results of the definition over text tables."""
    return assess(counted(within, **texts), 1)


def alternatives(**asked: Any) -> list[dict[str, Any]]:
    """The rows of ``alternatives.*``."""
    rows: list[dict[str, Any]] = table_of(counted(**asked)).to_pylist()
    return rows


def row(found: Results, unit: str, part: str = "two", stratum: str = "") -> Result:
    result = found.find("9.9.1-m1", unit, "2025/2026", part, decode_stratum(stratum))
    assert result is not None
    return result


def test_sources_that_agree_leave_the_first() -> None:
    found = results(works=WORKS, report="school | grade | people | twos | fives\nА | 4 | 2 | 1 | 1\nБ | 4 | 1 | 0 | 1")
    assert (row(found, "А").value, row(found, "А").status, row(found, "А").note) == (50, "ok", "")
    assert row(found, "А").source == "Работы: works; Отчёт: report"
    assert len({(r.part, r.org_id, r.period, r.stratum) for r in found}) == len(found)


def test_a_source_serves_where_the_first_is_silent() -> None:
    found = results(works=WORKS, report="school | grade | people | twos | fives\nВ | 5 | 8 | 2 | 4")
    assert (row(found, "В").value, row(found, "В").numerator, row(found, "В").denominator) == (25, 2, 8)
    assert row(found, "В").note == "по источнику: отчёт Ф3"
    assert row(found, "В", stratum="grade=5").value == 25
    assert row(found, "Б").value == 0


def test_a_source_serves_where_the_first_is_not_loaded() -> None:
    found = results(report="school | grade | people | twos | fives\nВ | 5 | 8 | 2 | 4")
    assert [row(found, unit).value for unit in ("В", "муниципалитет")] == [25, 25]
    assert row(found, "муниципалитет", "five").value == 50


def test_a_row_without_a_value_says_why_whatever_source_it_is_by() -> None:
    found = results(report="school | grade | people | twos | fives\nВ | 5 | 0 | 0 | 0\nГ | 5 | 2 | 4 | 0")
    told = {unit: (row(found, unit).status, row(found, unit).value, row(found, unit).note) for unit in ("В", "Г")}
    assert told == {
        "В": ("no_data", None, "знаменатель равен нулю"),
        "Г": ("conflict", None, "числитель больше знаменателя: источники расходятся"),
    }


def test_sources_that_differ_are_not_believed_and_both_are_told() -> None:
    report = "school | grade | people | twos | fives\nА | 4 | 3 | 1 | 1\nБ | 4 | 1 | 0 | 1"
    differing = row(results(works=WORKS, report=report), "А", stratum="grade=4")
    assert (differing.status, differing.value, differing.ci_low) == ("conflict", None, None)
    assert differing.note == "источники расходятся: основной источник — 50,00, отчёт Ф3 — 33,33"
    assert row(results(works=WORKS, report=report), "Б", stratum="grade=4").status == "ok"
    assert row(results(works=WORKS, report=report), "А").value == 50  # of several cells: by the preferred source
    near = results(within=20, works=WORKS, report=report)
    assert (row(near, "А", stratum="grade=4").value, row(near, "А", stratum="grade=4").status) == (50, "ok")


def test_what_every_source_says_stands_beside_the_results() -> None:
    report = "school | grade | people | twos | fives\nА | 4 | 3 | 1 | 1\nБ | 4 | 1 | 0 | 1"
    rows = alternatives(works=WORKS, report=report)
    assert list(rows[0].values())[:8] == [
        "2025/2026", "9.9.1-m1", "two", "organisation", "А", "А", "grade", "grade=4"
    ]  # fmt: skip
    assert [tuple(row[name] for name in ("part", *list(COLUMNS)[8:])) for row in rows] == [
        ("two", "основной источник", 1, 2, 50, "%", True),
        ("two", "отчёт Ф3", 1, 3, 100 / 3, "%", False),
        ("five", "основной источник", 1, 2, 50, "%", True),
        ("five", "отчёт Ф3", 1, 3, 100 / 3, "%", False),
    ]
    assert alternatives(within=20, works=WORKS, report=report) == []


def test_a_numerator_above_its_denominator_stands_there_with_where_both_are_from() -> None:
    report = "school | grade | people | twos | fives\nГ | 5 | 2 | 4 | 0"
    rows = [row for row in alternatives(report=report) if row["org_id"] == "Г"]
    assert [(row["by"], row["stratum"]) for row in rows] == [("", ""), ("grade", "grade=5")]
    assert {tuple(list(row.values())[8:]) for row in rows} == {
        ("Работы: не загружено; Отчёт: report", 4, 2, None, "%", True)
    }


def test_alternatives_are_of_the_years_asked_for_though_a_change_looks_further_back() -> None:
    texts = {"works": WORKS.replace("grade", "year | grade").replace("| 4 ", "| 2026 | 4 ")}
    texts["works"] += "\nА | 2025 | 4 | 2"
    head = "school | year | grade | people | twos | fives"
    assert alternatives(change={"from": -1}, report=f"{head}\nА | 2025 | 4 | 3 | 1 | 1", **texts) == []
    rows = alternatives(change={"from": -1}, report=f"{head}\nА | 2026 | 4 | 3 | 1 | 1", **texts)
    assert {(row["period"], row["value"], row["unit"]) for row in rows} == {
        ("2025/2026", 50, ""), ("2025/2026", 100 / 3, "")
    }  # fmt: skip  # what is compared is the year's own value, not its change


def test_a_total_gathers_every_cell_from_the_source_that_has_it() -> None:
    report = "school | grade | people | twos | fives\nА | 4 | 2 | 1 | 1\nА | 5 | 6 | 1 | 2\nВ | 5 | 8 | 2 | 4"
    found = results(works=WORKS, report=report)
    own = row(found, "А")
    assert (own.numerator, own.denominator, own.note) == (2, 8, "по источнику: отчёт Ф3")
    whole = row(found, "муниципалитет")
    assert (whole.numerator, whole.denominator) == (1 + 1 + 2, 3 + 6 + 8)
    assert whole.source == "Работы: works; Отчёт: report"


def test_a_source_must_suit_what_it_takes_from_the_figure() -> None:
    twos = {"numerator": {"where": {"mark": 2}}, "also": [{**DEFINITION["also"][0], "numerator": {"sum": "twos"}}]}
    written = {**DEFINITION, **twos, "exclude": {"mark": 3}, "parts": []}
    assert list(mistakes_of(Indicator.model_validate(written), CONTRACTS)) == [
        ("взятое у показателя не подходит источнику: в наборе «report» нет столбца «mark»", ("also", 0))
    ]


def test_sources_with_school_years_and_without_do_not_combine() -> None:
    written = {**DEFINITION, "also": [{**DEFINITION["also"][0], "population": {"dataset": "lasting", "sum": "people"}}]}
    ((message, path), *_) = mistakes_of(Indicator.model_validate(written), CONTRACTS)
    assert (message.partition(":")[0], path) == (
        "один источник ведётся по учебным годам, а другой — нет", ("also", 0, "population")
    )  # fmt: skip
