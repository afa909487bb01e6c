"""Rounds of a school year: what a repeat says does not vouch for the year, nor the year for a repeat."""

from collections.abc import Mapping
from typing import Any

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.plan.plan import make_plan

CONTRACTS: Mapping[str, Contract] = {
    **load_specs([CATALOGUE]).contracts,
    "visits": Contract.model_validate(
        {
            "dataset": "visits",
            "title": "Посещения",
            "grain": "группа",
            "organisation": "org",
            "period": {"school_year": "year", "round": "round"},
            "reports": [{}, {"each": {"round": ["повтор"]}}],
            "columns": {
                "org": {"title": "Организация", "type": "organisation", "required": True},
                "year": {"title": "Год", "type": "period", "required": True},
                "round": {"title": "Этап", "type": "category", "optional": True, "values": {"повтор": []}},
                "good": {"title": "Хорошо", "type": "flag"},
            },
        }
    ),
}
REGISTER = """
id | parent | kind          | name
О  |        | муниципалитет | Округ
А  | О      | детский сад   | А
Б  | О      | детский сад   | Б
"""
VISITS = """
org | year      | round  | good
А   | 2025/2026 |        | да
А   | 2025/2026 | повтор | да
А   | 2025/2026 | повтор | нет
Б   | 2025/2026 |        | да
"""


def found(at: str, visits: str = VISITS, **definition: Any) -> Result:
    """The row of an indicator."""
    indicator = Indicator.model_validate(
        {
            "id": "9.9.1-m1",
            "name": "своё",
            "level": "municipality",
            "unit": "шт.",
            "method": "своё",
            "examples": [{"data": {}, "expect": [{"value": 1}]}],
            "measure": "count",
            "population": {"dataset": "visits"},
            **definition,
        }
    )
    tables = tables_from_text({"organisations": REGISTER, "visits": visits}, CONTRACTS)
    figures = [of_rounds(figure, CONTRACTS) for figure in figures_of(indicator)]
    plan = make_plan([indicator], figures, tables, CONTRACTS, (2025,))
    coverage = Coverage(completeness(plan, tables, (), ()), plan, tables)
    row = assess(Executor(plan, tables, coverage=coverage).run(), 0, coverage).find("9.9.1-m1", at, "2025/2026")
    assert row is not None
    return row


def told(row: Result) -> tuple[float | None, str, float | None, float | None]:
    return row.value, row.status, row.expected, row.received


def test_the_year_does_not_vouch_for_a_repeat() -> None:
    assert told(found("А", rounds="повтор")) == (2, "ok", 1, 1)
    assert told(found("Б", rounds="повтор")) == (None, "no_data", 1, 0)
    row = found("О", rounds="повтор")
    assert (*told(row), row.note) == (2, "partial", 2, 1, "отчитались 1 из 2; не представили: Б")


def test_a_repeat_needs_no_report_of_the_year() -> None:
    repeat = "org | year | round | good\nА | 2025/2026 | повтор | да"
    assert told(found("А", repeat, rounds="повтор")) == (1, "ok", 1, 1)
    assert told(found("А", repeat)) == (None, "no_data", 1, 0)


def test_a_year_made_of_all_rounds_needs_all_their_reports() -> None:
    assert told(found("А", rounds="sum")) == (3, "ok", 1, 1)
    assert told(found("Б", rounds="sum")) == (1, "partial", 1, 0)


@pytest.mark.parametrize(
    ("where", "value"), [({"round": "повтор"}, 2), ({"round": {"ne": "повтор"}}, 1), ({"round": {"known": False}}, 1)]
)
def test_the_year_itself_is_not_an_unknown_round(where: dict[str, Any], value: float) -> None:
    row = found("А", population={"dataset": "visits", "where": where})
    assert (row.value, row.unknown, row.status) == (value, 0, "ok")


def test_whom_a_figure_is_about_is_told_by_the_rows_that_it_is_made_of() -> None:
    """Those that have something in the list: of the year for the year, of the repeat for the repeat."""
    listed = {"where": {"also_in": {"dataset": "visits", "on": {"id": "org"}}}}
    repeat = "org | year | round | good\nА | 2025/2026 | повтор | да\nБ | 2025/2026 | | да"
    assert [found("О", repeat, organisations=listed, rounds=rounds).numerator for rounds in ("повтор", "sum")] == [1, 2]
    assert found("А", repeat, organisations=listed, rounds="повтор").status == "ok"
    assert found("Б", repeat, organisations=listed).status == "ok"
