"""Generated catalogues and data for the engine: everything a figure can ask for, in tables of a few rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pytest import approx

from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure, figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.batches import Batch, FrameBatch
from quality_cli.datasets.tables.table import Table, Tables
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.cube import Cube
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.plan.tuning import MEASURED, Tuning
from quality_cli.engine.reference.given import Counted, Key
from quality_cli.engine.reference.values import Teller
from quality_cli.engine.scan.scanning import Engine, run_scan

COLUMNS = {
    "org": {"title": "Организация", "type": "organisation", "required": True},
    "year": {"title": "Год", "type": "integer", "required": True},
    "grade": {"title": "Класс", "type": "integer"},
    "mark": {"title": "Отметка", "type": "integer", "min": 0, "max": 5},
    "came": {"title": "Пришёл", "type": "flag"},
    "subject": {"title": "Предмет", "type": "category", "values": {"Русский язык": [], "Физика": [], "Труд": []}},
    "child": {"title": "Ребёнок", "type": "text"},
    "hours": {"title": "Часов", "type": "number"},
    "round": {"title": "Этап", "type": "category", "values": {"осень": [], "весна": []}, "optional": True},
    "likes": {
        "title": "Любит",
        "type": "category",
        "several": True,
        "values": {"спорт": [], "наука": [], "труд": [], "?": []},
    },
}
VALUES: dict[str, list[Any]] = {
    "grade": [4, 5, 10],
    "mark": [0, 2, 3, 5],
    "came": [True, False],
    "subject": ["Русский язык", "Физика", "Труд"],
    "child": ["Ёлкин", "Яшин", "«Щ»"],
    "hours": [0.1, 0.2, 2.7, 1000.25],
    "round": ["осень", "весна"],
    "likes": ["спорт", "наука"],
}
STAGES = ["школьный", "районный"]
"""Values of a column that only works and pupils have: over another table its figures are broken down all the same."""
CELLS = {**VALUES, "likes": ["спорт", "наука; спорт", "труд; ?"]}
"""What stands in tables."""
YEARLY = {"organisation": "org", "period": {"spring_of": "year"}, "columns": COLUMNS}
STAGED = {"columns": {**COLUMNS, "stage": {"title": "Этап", "type": "text"}}}
LATEST = {"last": {"title": "Последний", "type": "flag", "derive": {"latest_round": ["org"]}}}
IN_ROUNDS = {"key": ["org", "year", "child", "hours", "round"], "period": {"spring_of": "year", "round": "round"}}
"""In the other tables the round is a column as any."""
SPECS: Mapping[str, Mapping[str, Any]] = {
    "works": {"title": "Работы", "grain": "работа", "nature": "outcome", **YEARLY, **STAGED},
    "clubs": {"title": "Кружки", "grain": "участие", **YEARLY, **IN_ROUNDS, "columns": {**COLUMNS, **LATEST}},
    "pupils": {
        "title": "Ученики",
        "grain": "ребёнок",
        **YEARLY,
        **IN_ROUNDS,
        "concerns": {"kind": "школа"},
        "columns": {**STAGED["columns"], **LATEST},
    },
    "rooms": {
        "title": "Кабинеты",
        "grain": "кабинет",
        "organisation": "org",
        "columns": {name: column for name, column in COLUMNS.items() if name != "year"},
    },
}


def contracts_of(reports: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Contract]:
    """Those of the tables; ``reports``: who owes which reports of some of them."""
    own = {name: {"reports": reports[name]} if name in reports else {} for name in SPECS}
    return {name: Contract.model_validate({"dataset": name, **SPECS[name], **own[name]}) for name in SPECS}


SHIPPED = load_specs([CATALOGUE]).contracts
CONTRACTS = {**SHIPPED, **contracts_of({})}
TREES = (
    {"М1": ["А", "Б", "пустая"]},
    {"М1": ["А"], "М2": ["Б", "пустая"]},
    {"М1": ["А", "Б"], "М2": []},
)


DATES = [
    *[("", "")] * 4,
    ("2025-09-01", ""),
    ("2025-08-31", ""),
    ("", "2025-09-01"),
    ("", "2025-09-02"),
    ("2024-10-01", "2025-01-31"),
    ("2026-09-01", ""),
]
"""Days of opening and closing about the edges of the school years counted."""


@dataclass(frozen=True)
class Case:
    """Generated indicators and the data they are counted over; ``dates``: when organisations open and close."""

    indicators: tuple[Indicator, ...]
    texts: Mapping[str, str]
    dates: Mapping[str, tuple[str, str]]

    def __repr__(self) -> str:
        written = [i.model_dump(exclude_defaults=True, include=SHOWN) for i in self.indicators]
        texts = (f"{name}:\n{text}" for name, text in self.texts.items())
        return "\n".join([*map(str, written), str(self.dates), *texts])


SHOWN = {
    *("population", "denominator", "numerator", "exclude", "by", "measure"),
    *("of", "condition", "change", "organisations", "also", "rounds"),
}


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions over one column, as they are written in YAML."""
    numbers = st.sampled_from(["grade", "mark"])
    return st.one_of(
        st.sampled_from(list(VALUES)).flatmap(lambda c: st.fixed_dictionaries({c: st.sampled_from(VALUES[c])})),
        st.sampled_from(list(VALUES)).flatmap(
            lambda c: st.fixed_dictionaries({c: st.lists(st.sampled_from(VALUES[c]), min_size=1, max_size=2)})
        ),
        st.sampled_from(list(VALUES)).flatmap(
            lambda c: st.fixed_dictionaries({c: st.fixed_dictionaries({"known": st.booleans()})})
        ),
        st.builds(
            lambda column, op, value: {column: {op: value}},
            numbers,
            st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
            st.one_of(st.integers(2, 5), st.just({"column": "mark"})),
        ),
        st.sampled_from(["likes", "round"]).flatmap(
            lambda c: st.sampled_from(VALUES[c]).map(lambda value: {c: {"ne": value}})
        ),
    )


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions of any shape, membership in another list included."""
    listed = st.builds(
        lambda dataset, on, where, more: {"also_in": {"dataset": dataset, "on": on, "where": where, **more}},
        st.sampled_from(["clubs", "rooms"]),
        st.lists(st.sampled_from(["org", "grade", "subject", "child"]), min_size=1, max_size=3, unique=True)
        | st.sampled_from([{"grade": "mark"}, {"org": "org", "mark": "grade"}]),
        st.one_of(st.just({}), comparisons()),
        st.fixed_dictionaries({}, optional={"among": comparisons(), "years": st.just("any")}),
    )
    return st.recursive(
        st.one_of(comparisons(), comparisons(), listed),
        lambda inner: st.one_of(
            st.fixed_dictionaries({"any_of": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"all_of": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
            # A blank round is known to be the year itself, which no clause can say alone.
            st.fixed_dictionaries({"all_known": inner.filter(lambda where: "round" not in str(where))}),
        ),
        max_leaves=4,
    )


CONDITIONS = conditions()


def quantities(datasets: list[str | None]) -> st.SearchStrategy[dict[str, Any]]:
    """What is counted: rows, distinct values or a sum."""
    return st.builds(
        lambda dataset, where, kind: {**({"dataset": dataset} if dataset else {}), "where": where, **kind},
        st.sampled_from(datasets),
        st.one_of(st.just({}), CONDITIONS),
        st.sampled_from(
            [
                {},
                {"distinct": "child"},
                {"distinct": "subject"},
                {"distinct": "mark"},
                {"distinct": ["org", "child"]},
                {"distinct": ["child", "mark"]},
                {"sum": "mark"},
                {"sum": "hours"},
            ]
        ),
    )


OWN = {name: quantities([name]) for name in ("works", "rooms", "pupils")}
ABOUT = st.builds(
    lambda where, otherwise: {"where": where, **otherwise},
    st.sampled_from(
        [
            {"kind": "школа"},
            {"grade_to": {"ge": 9}},
            {"kind": "муниципалитет"},
            {"id": ["А", "М1"]},
            {"parent": "М1"},
            {"also_in": {"dataset": "clubs", "on": {"id": "org"}, "where": {"came": True}}},
            {
                "also_in": {
                    "dataset": "rooms",
                    "on": {"id": "org"},
                    "where": {"also_in": {"dataset": "clubs", "on": "org"}},
                }
            },
        ]
    ),
    st.sampled_from([{}, {"otherwise": "не о них"}, {"rows": "own"}]),
)
CHANGES = st.sampled_from([{"from": -1}, {"from": -1, "as": "percent"}])
ORG_VALUES = st.fixed_dictionaries(
    {
        "measure": st.just("share_of_orgs"),
        "of": st.sampled_from(["share", "count", "mean"]),
        "condition": st.builds(
            lambda op, value: {op: value}, st.sampled_from(["eq", "gt", "le"]), st.sampled_from([0, 1, 50])
        ),
    },
    optional={"change": CHANGES},
)
OPTIONAL = {
    "denominator": quantities([None, None, "clubs", "rooms"]),
    "numerator": quantities([None, None, "clubs", "rooms"]),
    "exclude": CONDITIONS,
    "organisations": ABOUT,
    "rounds": st.sampled_from(["sum", "distinct", "last", "осень", "весна"]),
}
STRATIFIERS = st.lists(st.sampled_from(["grade", "came", "subject", "stage", "round"]), max_size=2, unique=True)


@st.composite
def indicators(draw: st.DrawFn, number: int) -> Indicator:
    """An indicator; numerator and denominator come from one table or from two."""
    dataset = draw(st.sampled_from(["works", "works", "rooms", "pupils"]))
    written: dict[str, Any] = {
        "id": f"9.9.{number}-m1",
        "name": "показатель",
        "level": "municipality",
        "measure": draw(st.sampled_from(["share", "share", "share", "mean", "count", "flag"])),
        "unit": "%",
        "method": "как получится",
        "examples": [{"data": {}, "expect": [{"value": 1}]}],
        "population": draw(OWN[dataset]),
        "by": draw(STRATIFIERS),
    }
    for key, strategy in OPTIONAL.items():
        if draw(st.booleans()):
            written[key] = draw(strategy)
    if "rooms" not in str(written) and draw(st.booleans()):  # sources with school years and without do not combine
        other = draw(st.sampled_from(["works", "pupils"]))
        written["also"] = [{"id": "other", "title": "другой источник", "population": draw(OWN[other])}]
    top = written.get("numerator", {}).get("dataset", dataset)
    if "also" in written or "stage" not in CONTRACTS[top].columns:  # the numerator is broken down by all stratifiers
        written["by"] = [name for name in written["by"] if name != "stage"]
    if draw(st.integers(0, 3)) == 0:
        written |= {**draw(ORG_VALUES), "by": []}
    elif written["measure"] != "flag" and "rooms" not in str(written) and draw(st.integers(0, 2)) == 0:
        written["change"] = draw(CHANGES)
    return Indicator.model_validate(written)


def tables_of(name: str, most: int) -> st.SearchStrategy[str]:
    """Text tables of a dataset, a few rows long."""
    columns = [column for column in CONTRACTS[name].columns if column not in ("org", "year", *LATEST)]
    years = [["2025", "2026"]] if "year" in CONTRACTS[name].columns else []
    cells = [[*{**CELLS, "stage": STAGES}[column], None] for column in columns]
    row = st.tuples(*map(st.sampled_from, [["А", "Б"], *years, *cells]))
    names = ["org", *(["year"] if years else []), *columns]

    def key(cells: tuple[Any, ...]) -> tuple[Any, ...]:
        """What no other row may repeat: the key where it is known, a blank round being one."""
        own = {column: cells[names.index(column)] for column in CONTRACTS[name].key}
        known = own and all(cell is not None for column, cell in own.items() if column != "round")
        return tuple(own.values()) if known else cells

    return st.lists(row, min_size=1, max_size=most, unique_by=key if CONTRACTS[name].key else None).map(
        lambda rows: "\n".join(" | ".join(map(_cell, cells)) for cells in [names, *rows])
    )


def _cell(value: object) -> str:
    return {True: "да", False: "нет"}[value] if isinstance(value, bool) else "" if value is None else str(value)


TABLES = {
    "works": tables_of("works", 14),
    "clubs": tables_of("clubs", 5),
    "rooms": tables_of("rooms", 5),
    "pupils": tables_of("pupils", 6),
}
INDICATORS = [indicators(number) for number in (1, 2)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Two indicators, a district and tables with unknown cells; some tables are absent."""
    tree, dates = draw(st.sampled_from(TREES)), {}
    register = ["id | parent | kind | name | grade_to", "К | | регион | Край |"]
    for municipality, schools in tree.items():
        register.append(f"{municipality} | К | муниципалитет | {municipality} |")
        for school in schools:
            kind, grade = draw(st.sampled_from(["школа", "детский сад"])), draw(st.sampled_from(["4", "9", "11", ""]))
            register.append(f"{school} | {municipality} | {kind} | {school} | {grade}")
            dates[school] = draw(st.sampled_from(DATES))
    texts = {REGISTER: "\n".join(register), "works": draw(TABLES["works"])}
    for name in ("clubs", "rooms", "pupils"):
        if draw(st.integers(0, 3)):
            texts[name] = draw(TABLES[name])
    return Case(tuple(map(draw, INDICATORS)), texts, dates)


YEARS = (2024, 2025)


def figures_as_written(case: Case) -> list[Figure]:
    """The figures of a case as they are written."""
    return [figure for indicator in case.indicators for figure in figures_of(indicator)]


def count(
    case: Case, tables: Tables, engine: Engine = run_scan, tuning: Tuning = MEASURED
) -> tuple[Cube, list[Figure]]:
    """The cube of an engine, and its figures."""
    figures = [of_rounds(figure, CONTRACTS) for figure in figures_as_written(case)]
    plan = make_plan(case.indicators, figures, tables, CONTRACTS, YEARS, tuning)
    cube = Executor(plan, tables, engine).run()
    return cube, list(cube.figures)


def by_key(cube: Cube, *, earlier: bool = False) -> dict[Key, Counted]:
    """The cube as the oracle gives it; ``earlier``: what changes are compared with, by the school year of that."""
    tree = list(cube.organisations)
    found = {}
    for block in cube.blocks:
        numbers = zip(*(block.counts[name].tolist() for name in Counted._fields), strict=True)
        columns = (block.figure, block.period, block.org, block.stratum)
        places = zip(*(column.tolist() for column in columns), numbers, strict=True)
        for figure, year, org, stratum, counted in places:
            key = Key(figure, year, str(block.level), tree[org].id, block.by, block.strata[stratum])
            if year in cube.periods and block.earlier is earlier:
                found[key] = Counted(*counted)
    return found


def read(case: Case, contracts: Mapping[str, Contract] = CONTRACTS) -> Tables:
    """The tables of a case; «?» among several values of a cell is one that was not understood.

    Rows of organisations that are not there stay in the tables, as they do in prepared ones.
    """
    tables = tables_from_text(case.texts, contracts)
    found = dict(tables.by_dataset)
    for name, table in found.items():
        if "likes" in table.frame:
            likes = table.frame["likes"].cat.rename_categories(lambda cell: cell.replace("?", ""))
            found[name] = Table(table.contract, table.frame.assign(likes=likes))
    undated = ("", "")
    dates = {unit.id: case.dates.get(unit.id, undated) for unit in tables.organisations}
    tree = OrgTree(replace(u, opened=dates[u.id][0], closed=dates[u.id][1]) for u in tables.organisations)
    return Tables(found, tree)


def check_results(results: Results, figures: Sequence[Figure], teller: Teller) -> None:
    """That rows have the values, bounds and statuses of what was counted, and say who stands behind them."""
    number = {(figure.indicator, figure.part): place for place, figure in enumerate(figures)}
    for row in results:
        place, year = number[row.indicator, row.part], Period.parse(row.period).start
        what = teller(Key(place, year, row.level, row.org_id, row.by, row.stratum), figures[place])
        assert row.status == what.status, (row, what)
        if row.status != "not_applicable":
            assert (row.expected, row.received) == (what.known.expected, what.known.received), (row, what)
        if row.status in ("ok", "partial"):
            assert row.value == approx(what.value), (row, what)
            assert (row.possible_low, row.possible_high) == (approx(what.low), approx(what.high)), (row, what)


class InPieces(Table):
    """A table that is read in parts: two rows a batch, two batches a part."""

    def parts(self, columns: Sequence[str], periods: Collection[int]) -> list[Callable[[], Iterator[Batch]]]:
        pieces = [FrameBatch(self.frame.iloc[low : low + 2]) for low in range(0, len(self), 2)]
        return [partial(iter, pieces[low : low + 2]) for low in range(0, len(pieces), 2)]


def in_pieces(tables: Tables) -> Tables:
    """The same tables, to be read in parts."""
    pieces = {name: InPieces(table.contract, table.frame) for name, table in tables.by_dataset.items()}
    return Tables(pieces, tables.organisations)


TUNINGS = st.builds(
    Tuning,
    large_table=st.just(1),
    max_combinations=st.sampled_from([3, 1 << 14]),
    foreseen_tests=st.integers(0, 3),
    slice_rows=st.sampled_from([2, 1 << 17]),
    dense_cells=st.sampled_from([0, 1 << 10]),
    buffer_block=st.sampled_from([1, 1 << 20]),
    product_block=st.sampled_from([1, 1 << 18]),
    marked_numbers=st.sampled_from([0, 1 << 16]),
    joint_rollup=st.sampled_from([0, 1 << 22]),
    joint_layout=st.sampled_from([1, 1 << 16]),
)
"""Every way of counting, for tables of any size."""

GENERATED = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
"""The same cases every time, as the profile has it."""


def generated(examples: int) -> settings:
    """So many of them; with the profile «long» ten times as many, and others every time."""
    return settings(GENERATED, max_examples=examples * max(1, settings().max_examples // 100))
