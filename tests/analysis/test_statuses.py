"""What a counted quantity means: values, statuses, notes, intervals."""

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result, Results
from quality_cli.analysis.statistics.shares import wilson
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

COLUMNS = {
    "school": {"title": "Школа", "type": "organisation", "required": True},
    "year": {"title": "Год", "type": "integer", "required": True},
    "pupil": {"title": "Ученик", "type": "text"},
    "hours": {"title": "Часы", "type": "number"},
    "prize": {"title": "Призёр", "type": "flag"},
}
SHAPE = {"organisation": "school", "period": {"spring_of": "year"}, "grain": "строка", "columns": COLUMNS}
CONTRACTS = {
    **load_specs([CATALOGUE]).contracts,
    "circle": Contract.model_validate({"dataset": "circle", "title": "Кружки", "nature": "outcome", **SHAPE}),
    "aside": Contract.model_validate({"dataset": "aside", "title": "Справочно", "reports": [], **SHAPE}),
    "roll": Contract.model_validate({"dataset": "roll", "title": "Контингент", **SHAPE}),
}
LIMITS = {"min": 0, "max": 5}
CIRCLE = """
school | year | pupil | hours | prize
А      | 2026 | 1     | 2     | да
А      | 2026 | 1     | 4     | нет
А      | 2026 | 2     | 0     | нет
А      | 2026 | 3     |       |
Б      | 2026 | 4     | 0     | нет
"""
ROLL = """
school | year | pupil
А      | 2026 | 1
А      | 2026 | 2
А      | 2026 | 3
А      | 2026 | 5
В      | 2026 | 6
"""
ASIDE = """
school | year | pupil
А      | 2026 | 1
"""


def results(
    definition: dict[str, Any], small_below: int = 2, contracts: Mapping[str, Contract] = CONTRACTS, **texts: str
) -> Results:
    """Results of one indicator over text tables."""
    indicator = Indicator.model_validate(
        {"id": "9.9.1-m1", "name": "проба", "level": "municipality", "unit": "ед.", "method": "на бумаге",
         "examples": [{"data": {}, "expect": [{"value": 0}]}], **definition}
    )  # fmt: skip
    tables = tables_from_text(texts or {"circle": CIRCLE, "roll": ROLL, "aside": ASIDE}, contracts)
    return assess(
        Executor(make_plan([indicator], list(figures_of(indicator)), tables, contracts), tables).run(), small_below
    )


def at(table: Results, unit: str = "муниципалитет") -> Result:
    """The total of a unit."""
    found = table.find("9.9.1-m1", unit, "2025/2026")
    assert found is not None
    return found


def test_share_leaves_the_unknown_out_and_shows_them() -> None:
    found = at(
        results({"measure": "share", "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}})
    )
    assert (found.numerator, found.denominator, found.value, found.unknown) == (1, 4, 25, 1)
    assert found.ci_low == pytest.approx(4.559, abs=1e-3)  # Wilson, 1 of 4
    assert found.ci_high == pytest.approx(69.936, abs=1e-3)


def test_works_are_as_small_a_base_as_the_children_who_wrote_them() -> None:
    definition = {
        "measure": "count",
        "counted": "works",
        "population": {"dataset": "circle"},
        "numerator": {"where": {"prize": True}},
        "beside": [
            {"id": "share", "title": "доля", "measure": "share", "unit": "%"},
            {
                "id": "children",
                "title": "детей",
                "counted": "children",
                "population": {"dataset": "circle", "distinct": "pupil"},
            },
        ],
    }
    works = CONTRACTS["circle"].model_copy(update={"child": ["school", "pupil"]})
    table = results(definition, 4, {**CONTRACTS, "circle": works})
    found = {part: table.find("9.9.1-m1", "муниципалитет", "2025/2026", part) for part in ("", "share", "children")}
    assert {part: (row.denominator, row.small, row.status) for part, row in found.items() if row} == {
        "": (4, False, "partial"),  # of one row it is not known
        "share": (4, True, "ok"),
        "children": (3, False, "partial"),
    }
    assert found["share"] is not None
    assert found["share"].base == 3
    assert found["share"].ci_low == pytest.approx(100 * wilson(0.75, 3).low)  # a quarter of the works of three children


@pytest.mark.parametrize(
    ("changes", "sampled"),
    [
        ({}, True),
        ({"nature": "fact"}, False),
        ({"population": {"dataset": "roll"}, "numerator": {"where": {"prize": False}}}, False),
        ({"population": {"dataset": "roll"}, "nature": "outcome"}, True),
    ],
)
def test_only_outcomes_have_an_interval(changes: dict[str, Any], sampled: bool) -> None:
    roll = "school | year | pupil | prize\nА | 2026 | 1 | да\nА | 2026 | 2 | нет"
    written = {"measure": "share", "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}}
    found = at(results({**written, **changes}, circle=CIRCLE, roll=roll))
    assert found.value is not None
    assert (found.ci_low is not None, found.ci_high is not None) == (sampled, sampled)


def test_mean_is_the_sum_over_known_rows() -> None:
    found = at(results({"measure": "mean", "population": {"dataset": "circle"}, "numerator": {"sum": "hours"}}))
    assert (found.numerator, found.denominator, found.value, found.unknown) == (6, 4, 1.5, 1)
    assert found.ci_low is None


def test_a_mean_between_limits_has_the_interval_of_a_share_as_spread_as_it_can_be() -> None:
    columns = {**CONTRACTS["circle"].columns, "hours": CONTRACTS["circle"].columns["hours"].model_copy(update=LIMITS)}
    limited = {**CONTRACTS, "circle": CONTRACTS["circle"].model_copy(update={"columns": columns})}
    written = {"measure": "mean", "population": {"dataset": "circle"}, "numerator": {"sum": "hours"}}
    found = at(results({**written, "nature": "outcome"}, 4, limited))
    low, high = wilson(4 * 1.5 / 5, 4)
    assert (found.value, found.base) == (1.5, 4)
    assert (found.ci_low, found.ci_high) == (pytest.approx(5 * low), pytest.approx(5 * high))


@pytest.mark.parametrize("chances", [(1, 1, 1), (1, 0, 1), (8, 1, 1), (1, 6, 3)])
def test_it_misses_the_mean_of_all_no_oftener_than_that_of_a_share(chances: tuple[int, int, int]) -> None:
    """Of eight children with 0, 1 or 2 points, counted out; Wilson's interval of a share of eight misses up to 7 %."""
    weights = [chance / sum(chances) for chance in chances]
    true = (weights[1] + 2 * weights[2]) / 2
    missed = sum(
        prod(weights[points] for points in told)
        for told in product(range(3), repeat=8)
        if not wilson(sum(told) / 2, 8).low <= true <= wilson(sum(told) / 2, 8).high
    )
    assert missed < 0.08


def test_rate_is_per_so_many() -> None:
    written = {
        "measure": "rate",
        "per": 1000,
        "population": {"dataset": "circle"},
        "numerator": {"where": {"prize": True}},
    }
    assert at(results(written)).value == 250


def test_rows_distinct_and_sum_are_three_different_counts() -> None:
    def counted(**kind: str) -> float | None:
        return at(results({"measure": "count", "population": {"dataset": "circle", **kind}})).value

    assert (counted(), counted(distinct="pupil"), counted(sum="hours")) == (5, 4, 6)


def test_sum_of_zeros_is_zero_and_not_an_absence() -> None:
    found = at(results({"measure": "count", "population": {"dataset": "circle", "sum": "hours"}}), "Б")
    assert (found.value, found.status) == (0, "ok")


def test_bare_count_has_no_denominator() -> None:
    found = at(results({"measure": "count", "population": {"dataset": "circle"}}))
    assert (found.denominator, found.status) == (None, "ok")


def test_small_group_is_marked() -> None:
    written = {"measure": "share", "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}}
    assert not at(results(written, small_below=4)).small
    found = at(results(written, small_below=5))
    assert (found.small, found.status) == (True, "ok")


@pytest.mark.parametrize("measure", ["count", "flag"])
def test_what_is_counted_is_no_small_group(measure: str) -> None:
    written = {"measure": measure, "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}}
    found = at(results(written, small_below=5))
    assert (found.denominator, found.small, found.status) == (4, False, "partial" if measure == "count" else "ok")


def test_without_a_value_nothing_is_small() -> None:
    written = {"measure": "share", "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}}
    assert not at(results(written, small_below=5), "В").small


YEARS = """
school | year | pupil | hours | prize
А      | 2025 | 1     | 2     | да
А      | 2026 | 1     | 4     | нет
А      | 2026 | 2     | 0     | нет
Б      | 2025 | 3     | 2     | да
Б      | 2025 | 4     | 2     | нет
Б      | 2026 | 3     | 2     | нет
Б      | 2026 | 4     | 2     | да
"""


@pytest.mark.parametrize(("small_below", "first", "second", "both"), [(1, False, False, False), (2, True, False, False),
    (3, True, True, False), (4, True, True, True), (5, True, True, True)])  # fmt: skip
def test_a_change_is_small_where_the_value_it_starts_from_is(
    small_below: int, first: bool, second: bool, both: bool
) -> None:
    written = {
        "measure": "share",
        "change": {"from": -1},
        "unit": "п. п.",
        "population": {"dataset": "circle"},
        "numerator": {"where": {"prize": True}},
    }
    table = results(written, small_below, circle=YEARS)
    assert (at(table, "А").small, at(table, "Б").small, at(table).small) == (first, second, both)
    assert (at(table, "А").value, at(table, "Б").value) == (-100, 0)
    earlier = table.find("9.9.1-m1", "А", "2024/2025")
    assert earlier is not None
    assert (earlier.status, earlier.value) == ("no_data", None)


def test_a_change_of_a_plain_count_rests_on_itself() -> None:
    written = {"measure": "count", "change": {"from": -1}, "population": {"dataset": "circle"}}
    assert not at(results(written, 10, circle=YEARS), "А").small


def test_zero_denominator_is_no_data_and_never_zero() -> None:
    written = {
        "measure": "share",
        "population": {"dataset": "circle", "where": {"hours": {"gt": 100}}},
        "numerator": {"where": {"prize": True}},
    }
    found = at(results(written))
    assert (found.status, found.value, found.ci_low) == ("no_data", None, None)
    assert found.unknown == 1  # the hours of one row are not known


@pytest.mark.parametrize("dataset", ["roll", "circle"])
def test_a_table_that_is_there_has_come_from_everybody_and_no_row_is_a_zero(dataset: str) -> None:
    unit = {"roll": "Б", "circle": "В"}[dataset]
    found = at(results({"measure": "count", "population": {"dataset": dataset}}), unit)
    assert (found.status, found.value, found.note) == ("ok", 0, "")


def test_silence_in_a_table_that_nobody_owes_is_no_data() -> None:
    found = at(results({"measure": "count", "population": {"dataset": "aside"}}), "Б")
    assert (found.status, found.value) == ("no_data", None)
    assert found.note == "нет строк, подходящих под условие показателя"


def two_tables(measure: str, **extra: int) -> dict[str, Any]:
    """Distinct pupils of the circles over the roll."""
    return {
        "measure": measure,
        "population": {"dataset": "roll", "distinct": "pupil"},
        "numerator": {"dataset": "circle", "distinct": "pupil"},
        **extra,
    }


def test_two_tables_count_each_on_its_own() -> None:
    found = at(results(two_tables("share")))
    assert (found.numerator, found.denominator, found.value) == (4, 5, 80)


def test_more_above_than_below_is_a_conflict_without_a_value() -> None:
    one = "school | year | pupil\nА | 2026 | 1"
    found = at(results(two_tables("share"), circle=CIRCLE, roll=one), "А")  # three in circles, one on the roll
    assert (found.status, found.value, found.numerator, found.denominator) == ("conflict", None, 3, 1)
    assert "источники расходятся" in found.note


def test_share_over_nobody_is_no_data_rather_than_a_conflict() -> None:
    found = at(results(two_tables("share")), "Б")  # one pupil in a circle, nobody on the roll
    assert (found.status, found.value, found.numerator, found.denominator) == ("no_data", None, 1, 0)


def test_rate_over_an_empty_denominator_says_why_there_is_none() -> None:
    found = at(results(two_tables("rate", per=100)), "Б")
    assert (found.status, found.value) == ("no_data", None)
    assert found.note


def test_absent_table_is_told_by_its_title() -> None:
    found = at(results(two_tables("share"), roll=ROLL))
    assert (found.status, found.note) == ("no_data", "не загружено: Кружки")
    assert (found.numerator, found.denominator) == (None, None)
    assert found.source == "Контингент: roll; Кружки: не загружено"


def test_pupil_of_two_schools_is_one_pupil_of_the_municipality() -> None:
    moved = "school | year | pupil\nА | 2026 | 1\nБ | 2026 | 1"
    table = results({"measure": "count", "population": {"dataset": "circle", "distinct": "pupil"}}, circle=moved)
    assert (at(table, "А").value, at(table, "Б").value, at(table).value) == (1, 1, 1)


def range_of(row: Result) -> tuple[float | None, str, float | None, float | None, str]:
    """A value and how far it could move."""
    return row.value, row.status, row.possible_low, row.possible_high, row.note.replace("\N{NO-BREAK SPACE}", " ")


PRIZES = {"dataset": "circle", "where": {"prize": True}}


def test_a_share_of_one_table_lies_between_all_unknown_against_it_and_for_it() -> None:
    share = {"measure": "share", "population": {"dataset": "circle"}, "numerator": {"where": {"prize": True}}}
    assert range_of(at(results(share))) == (25, "ok", 20, 40, "")
    assert range_of(at(results(share, 1), "Б")) == (0, "ok", 0, 0, "")


def test_a_count_leaves_out_what_is_unknown_and_says_so() -> None:
    count = {"measure": "count", "population": PRIZES}
    assert range_of(at(results(count))) == (1, "partial", 1, 2, "у 1 строки значение неизвестно")


def test_a_mean_moves_within_the_limits_of_its_column() -> None:
    mean = {"measure": "mean", "population": {"dataset": "circle"}, "numerator": {"sum": "hours"}}
    assert range_of(at(results(mean))) == (1.5, "ok", None, None, "границы неизвестны")
    bounded = Contract.model_validate(
        {"dataset": "circle", "title": "Кружки", "nature": "outcome", **SHAPE}
        | {"columns": {**COLUMNS, "hours": {"title": "Часы", "type": "number", "min": 0, "max": 9}}}
    )
    found = at(results(mean, contracts={**CONTRACTS, "circle": bounded}))
    assert range_of(found) == (1.5, "ok", 1.2, 3, "")


@pytest.mark.parametrize(
    ("prizes", "expected"),
    [
        (["", ""], (None, "no_data", 0, 40, "значения неизвестны; у 2 строк числителя значение неизвестно")),
        (["нет", ""], (0, "partial", 0, 20, "у 1 строки числителя значение неизвестно")),
        (["да", ""], (20, "partial", 20, 40, "у 1 строки числителя значение неизвестно")),
        (["да", "нет"], (20, "ok", 20, 20, "")),
        (["нет", "нет"], (0, "ok", 0, 0, "")),
    ],
)
@pytest.mark.parametrize("measure", ["share", "rate"])
def test_of_two_tables_the_numerator_without_known_cells_is_no_zero(
    measure: str, prizes: list[str], expected: tuple[Any, ...]
) -> None:
    circle = "\n".join(
        ["school | year | pupil | hours | prize", *(f"А | 2026 | {n} | 1 | {p}" for n, p in enumerate(prizes))]
    )
    extra = {"per": 100} if measure == "rate" else {}
    for numerator, base in (("numerator", "population"), ("population", "denominator")):
        written = {"measure": measure, base: {"dataset": "roll"}, numerator: PRIZES, **extra}
        assert range_of(at(results(written, circle=circle, roll=ROLL))) == expected


@pytest.mark.parametrize(
    ("climbs", "answers", "value", "status"),
    [
        ("any", ["да", ""], 1, "ok"),
        ("any", ["нет", ""], None, "no_data"),
        ("any", ["", ""], None, "no_data"),
        ("any", ["нет", "нет"], 0, "ok"),
        ("all", ["нет", ""], 0, "ok"),
        ("all", ["да", ""], None, "no_data"),
        ("all", ["да", "да"], 1, "ok"),
        ("share", ["да", "нет", ""], 50, "ok"),
        ("share", ["", ""], None, "no_data"),
    ],
)
def test_a_blank_is_neither_yes_nor_no(climbs: str, answers: list[str], value: float | None, status: str) -> None:
    rows = [f"{'АБВ'[n]} | 2026 | {answer}" for n, answer in enumerate(answers)]
    written = {
        "measure": "flag",
        "level": "organisation" if climbs == "share" else "municipality",
        "climbs": climbs,
        "population": {"dataset": "circle"},
        "numerator": {"where": {"prize": True}},
    }
    found = at(results(written, circle="\n".join(["school | year | prize", *rows]), roll=ROLL))
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(("least", "known"), [(25, 2), (26, 1), (50, 1), (51, 2)])
def test_a_share_of_organisations_knows_those_whose_whole_range_is_on_one_side(least: int, known: int) -> None:
    """А has one prize of three known rows and a fourth unknown: from 25 to 50 per cent."""
    written = {
        "measure": "share_of_orgs",
        "of": "share",
        "condition": {"ge": least},
        "population": {"dataset": "circle"},
        "numerator": {"where": {"prize": True}},
    }
    found = at(results(written, circle=CIRCLE, roll=ROLL.replace("В ", "А ")))
    assert (found.denominator, found.unknown) == (known, 2 - known)
