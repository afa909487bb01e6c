"""Use case: the plan of a computation in words, before anything is computed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quality_cli.app.config import Options
from quality_cli.app.data import read_data
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.wording import describe, level_word
from quality_cli.core.periods import Period
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.table import PERIOD, Tables
from quality_cli.engine.plan import Plan, Scan, make_plan

VERSION = 1
"""Of the JSON that :meth:`PlanView.record` gives."""

DERIVED = {
    "sources": "несколько источников одной величины: ячейка берётся из первого, который о ней говорит",
    "organisations": "доля организаций, чьё значение удовлетворяет условию",
    "change": "изменение к прежнему учебному году",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """Figures of one pass that are broken down alike; quantities that add up, and those that are counted at each level
    anew."""

    by: tuple[str, ...]
    figures: int
    additive: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a table, in words."""

    dataset: str
    title: str
    rows: int
    files: int
    columns: tuple[str, ...]
    told: tuple[str, ...]
    tested: tuple[str, ...]
    distinct: tuple[str, ...]
    summed: tuple[str, ...]
    conditions: tuple[str, ...]
    partitions: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The stages in the order in which ``compute`` runs them. ``derived`` and ``lacking`` hold ids of indicators."""

    indicators: int
    figures: int
    periods: tuple[str, ...]
    compared: tuple[str, ...]
    levels: tuple[str, ...]
    passes: tuple[Pass, ...]
    derived: tuple[tuple[str, tuple[str, ...]], ...]
    lacking: tuple[tuple[str, tuple[str, ...]], ...]

    def record(self) -> dict[str, Any]:
        """Plain data for programs."""
        return {"version": VERSION, **asdict(self)}


def plan(options: Options, progress: Progress = silent) -> PlanView:
    """Read the data and say what ``compute`` would do with them."""
    catalogue = load_catalogue(options.catalogue)
    indicators = catalogue.select(options.indicators, options.directions)
    tables = read_data(options, catalogue, progress)
    made = plan_of(indicators, options, catalogue, tables)
    contracts = catalogue.specs.contracts
    return PlanView(
        indicators=len(made.indicators),
        figures=len(made.figures),
        periods=tuple(str(Period(year)) for year in made.periods),
        compared=tuple(str(Period(year)) for year in made.read if year not in made.periods),
        levels=tuple(level_word(level) for level in made.levels),
        passes=tuple(_pass(made, scan, tables) for scan in made.scans),
        derived=tuple((DERIVED[kind], _ids(figures)) for kind, figures in made.derived().items() if figures),
        lacking=tuple(
            (", ".join(contracts[name].title for name in datasets), _ids(figures))
            for datasets, figures in made.lacking().items()
        ),
    )


def plan_of(indicators: Sequence[Indicator], options: Options, catalogue: Catalogue, tables: Tables) -> Plan:
    """The plan for some indicators and the school year that the options choose."""
    chosen = (options.period.start,) if options.period else ()
    return make_plan(indicators, catalogue.figures, tables, catalogue.specs.contracts, chosen)


def _pass(made: Plan, scan: Scan, tables: Tables) -> Pass:
    contract, table = made.contracts[scan.dataset], tables[scan.dataset]

    def titles(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(contract.columns[name].title if name != PERIOD else "Учебный год" for name in names)

    return Pass(
        dataset=scan.dataset,
        title=contract.title,
        rows=len(table),
        files=len(table.files(None)),
        columns=titles(made.columns(scan)),
        told=titles(scan.told),
        tested=tuple(describe(condition, contract) for condition in scan.tested),
        distinct=titles(scan.distinct),
        summed=titles(scan.summed),
        conditions=tuple(describe(condition, contract) for condition in scan.conditions),
        partitions=tuple(_broken(made, scan)),
    )


def _broken(made: Plan, scan: Scan) -> Iterator[Broken]:
    contract = made.contracts[scan.dataset]
    for by in dict.fromkeys(figure.by for figure in scan.served):
        figures = [figure for figure in scan.served if figure.by == by]
        counts = [c for f in figures for c in (f.numerator, f.denominator) if c.dataset == scan.dataset]
        distinct = sum(count.kind == "distinct" for count in counts)
        titles = tuple(contract.columns[name].title for name in by)
        yield Broken(titles, len(figures), len(counts) - distinct, distinct)


def _ids(figures: Sequence[Figure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.indicator for figure in figures))
