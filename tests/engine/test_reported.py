"""Who owes what, what has come, and what that makes of figures: the engine equals the plain reference on generated
registers, tables with gaps, rounds and drawn subjects, and statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quality_cli.analysis.assess import assess
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.core.findings import Place
from quality_cli.core.organisations import OrgTree
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.strata import Stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.reports import State
from quality_cli.engine.completeness.statements import Statement
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.reference.given import Given
from quality_cli.engine.reference.quantities import reference
from quality_cli.engine.reference.reported import Reported
from quality_cli.engine.reference.reports import Owed, Said
from quality_cli.engine.reference.rounds import seen
from quality_cli.engine.reference.values import Teller
from tests.engine.generated import DATES, check_results, generated

FORMS, SUBJECTS, ROUNDS = ["спорт", "музыка"], ["физика", "химия", "биология"], ["повтор"]
COLUMNS: dict[str, Any] = {
    "org": {"title": "Организация", "type": "organisation", "required": True},
    "year": {"title": "Год", "type": "year", "required": True},
    "round": {"title": "Этап", "type": "category", "optional": True, "values": {name: [] for name in ROUNDS}},
    "form": {"title": "Форма", "type": "category", "values": {name: [] for name in [*FORMS, "иное"]}},
    "subject": {"title": "Предмет", "type": "category", "values": {name: [] for name in SUBJECTS}},
    "grade": {"title": "Класс", "type": "integer"},
    "came": {"title": "Пришёл", "type": "flag"},
}
UPPER = {"kind": "школа", "grade_to": {"ge": {"column": "grade"}}}
OBLIGATIONS: list[list[dict[str, Any]]] = [
    [{}],
    [{"who": {"kind": "школа"}, "each": {"form": FORMS}}],
    [{"each": {"form": FORMS, "grade": [4, 9]}, "who": UPPER}],
    [{"each": {"subject": SUBJECTS}, "drawn": {"subject": 1}}],
    [{"each": {"subject": SUBJECTS, "grade": [4, 9]}, "drawn": {"subject": 2}, "drawn_in": ["rumours"]}],
    [{"each": {"form": FORMS}}, {"each": {"form": FORMS, "round": ROUNDS}}],
    [{}, {"each": {"round": ROUNDS}}],
    [{"each": {"form": FORMS}, "until": "2024/2025"}, {"each": {"form": ["спорт"]}, "since": "2025/2026"}],
    [{"by": "office", "each": {"form": FORMS}}],
    [{"by": "register", "each": {"form": FORMS}}],
]
WHERES: list[dict[str, Any]] = [
    {}, {"form": "спорт"}, {"grade": {"ge": 5}}, {"subject": ["физика", "химия"]}, {"came": True},
    {"any_of": [{"form": "музыка"}, {"grade": 4}]}, {"round": "повтор"}, {"round": {"ne": "повтор"}},
]  # fmt: skip
TREES = ({"М1": ["А", "Б", "В"]}, {"М1": ["А"], "М2": ["Б", "В"]})
YEARS = (2024, 2025)


@dataclass(frozen=True)
class Reporting:
    """A generated obligation, an indicator over its table, the data and what is stated."""

    reports: list[dict[str, Any]]
    indicator: Indicator
    texts: dict[str, str]
    said: tuple[Said, ...]
    dates: dict[str, tuple[str, str]]


def rows() -> st.SearchStrategy[str]:
    """Rows of a few organisations and school years."""
    cells = [["А", "Б", "В"], ["2025", "2026"], ["", "", "повтор"], [*FORMS, "иное", ""], [*SUBJECTS, ""],
             ["4", "9", ""], ["да", "нет", ""]]  # fmt: skip
    return st.lists(st.tuples(*map(st.sampled_from, cells)), min_size=1, max_size=6, unique=True).map(
        lambda found: "\n".join([" | ".join(COLUMNS), *map(" | ".join, found)])
    )


@st.composite
def cases(draw: st.DrawFn) -> Reporting:
    """Anything above."""
    register = ["id | parent | kind | name | grade_to", "К | | регион | Край |"]
    dates: dict[str, tuple[str, str]] = {}
    for municipality, schools in draw(st.sampled_from(TREES)).items():
        register.append(f"{municipality} | К | муниципалитет | {municipality} |")
        for school in schools:
            kind, grade = (
                draw(st.sampled_from(["школа", "школа", "детский сад"])),
                draw(st.sampled_from(["4", "9", ""])),
            )
            dates[school] = draw(st.sampled_from(DATES))
            register.append(f"{school} | {municipality} | {kind} | {school} | {grade}")
    written = {
        "id": "9.9.1-m1", "name": "показатель", "level": "municipality", "unit": "%", "method": "как получится",
        "examples": [{"data": {}, "expect": [{"value": 1}]}],
        "measure": draw(st.sampled_from(["count", "share"])),
        "population": {"dataset": "told", "where": draw(st.sampled_from(WHERES))},
        "numerator": {"where": {"came": True}},
        "by": draw(st.sampled_from([[], ["form"], ["subject"], ["grade", "form"]])),
        "rounds": draw(st.sampled_from([None, "sum", "повтор"])),
        "change": draw(st.sampled_from([None, None, {"from": -1}])),
    }  # fmt: skip
    said = st.builds(
        Said,
        st.sampled_from(["А", "Б", "М1", ""]),
        st.sampled_from([2024, 2025, None]),
        st.sampled_from([(), ("спорт",), ("физика",), ("спорт", "повтор")]),
    )
    return Reporting(
        draw(st.sampled_from(OBLIGATIONS)),
        Indicator.model_validate(written),
        {"organisations": "\n".join(register), "told": draw(rows()), "rumours": draw(rows())},
        tuple(draw(st.lists(said, max_size=2))),
        dates,
    )


def contract(name: str, reports: list[dict[str, Any]]) -> Contract:
    """A table that these reports are owed of."""
    return Contract.model_validate(
        {"dataset": name, "title": name, "grain": "строка", "organisation": "org", "columns": COLUMNS}
        | {"period": {"spring_of": "year", "round": "round"}, "reports": reports}
    )


SHIPPED = load_specs([CATALOGUE]).contracts


@generated(30)
@given(cases())
def test_reports_and_what_they_make_of_figures_equal_the_reference(case: Reporting) -> None:
    contracts = {**SHIPPED, "told": contract("told", case.reports), "rumours": contract("rumours", [])}
    tables = dated(tables_from_text(case.texts, contracts), case.dates)
    (written,) = figures_of(case.indicator)
    plan = make_plan([case.indicator], [of_rounds(written, contracts)], tables, contracts, YEARS)
    said = [Statement(item.unit, item.period, "told", ";".join(item.values), Place("")) for item in case.said]
    found = completeness(plan, tables, (), said)
    coverage = Coverage(found, plan, tables)
    results = assess(Executor(plan, tables, coverage=coverage).run(), 0, coverage)
    reported = Reported(tables, contracts, plan.read, {"told": case.said})
    figure = seen(written, contracts)
    both = reference([figure], tables, contracts, YEARS, reported)
    check_results(results, [figure], Teller(*both, Given(tables, contracts, YEARS, reported), reported))
    for year in YEARS:
        needed = [own for own in reported.owed("told", year) if reported.is_touched(figure, "told", own)]
        assert {(own.unit, unordered(own.report.cases)): own.state for own in found.of(year)} == {
            (own.unit, unordered(own.keys)): state_of(own) for own in needed
        }


def dated(tables: Tables, dates: dict[str, tuple[str, str]]) -> Tables:
    """The same where organisations open and close; their rows stay, as they do in prepared tables."""
    days = {unit.id: dates.get(unit.id, ("", "")) for unit in tables.organisations}
    tree = OrgTree(replace(u, opened=days[u.id][0], closed=days[u.id][1]) for u in tables.organisations)
    return Tables(dict(tables.by_dataset), tree)


def state_of(own: Owed) -> State:
    """Where a report stands."""
    return State.RECEIVED if own.came else State.NONE if own.stated else State.MISSING


def unordered(keys: Sequence[Stratum]) -> frozenset[frozenset[tuple[str, str]]]:
    """Reports by what they are of, in no order."""
    return frozenset(map(frozenset, keys))
