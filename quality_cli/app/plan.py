"""Use case: the plan of a computation in words, before anything is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.wording import describe, level_word
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.plan.partitions import Partition
from quality_cli.engine.plan.plan import Plan, Scan

VERSION = 2
"""Of the JSON that :meth:`PlanView.record` gives."""

DERIVED = {
    "sources": "несколько источников одной величины: ячейка берётся из первого, который о ней говорит",
    "organisations": "доля организаций, чьё значение удовлетворяет условию",
    "change": "изменение к прежнему учебному году",
}


@dataclass(frozen=True, slots=True)
class PartitionView:
    """What a pass has to tell apart for some figures that are broken down alike, in words; how many of their quantities
    add up, and how many are counted at each level anew."""

    by: tuple[str, ...]
    told: tuple[str, ...]
    tested: tuple[str, ...]
    distinct: tuple[str, ...]
    summed: tuple[str, ...]
    conditions: tuple[str, ...]
    figures: int
    additive: int
    anew: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a table, in words."""

    dataset: str
    title: str
    rows: int
    files: int
    columns: tuple[str, ...]
    conditions: int
    partitions: tuple[PartitionView, ...]


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


def plan(workspace: Workspace) -> PlanView:
    """Read the data and say what ``compute`` would do with them."""
    made, tables = workspace.plan, workspace.tables
    contracts = workspace.catalogue.specs.contracts
    return PlanView(
        indicators=sum(not indicator.beyond for indicator in made.indicators.values()),
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


def _pass(made: Plan, scan: Scan, tables: Tables) -> Pass:
    contract, table = made.contracts[scan.dataset], tables[scan.dataset]
    return Pass(
        dataset=scan.dataset,
        title=contract.title,
        rows=len(table),
        files=len(table.files(None)),
        columns=_titles(scan.columns, contract),
        conditions=len({condition for partition in scan.partitions for condition in partition.conditions}),
        partitions=tuple(_partition(partition, contract, made.contracts) for partition in scan.partitions),
    )


def _partition(partition: Partition, contract: Contract, contracts: Mapping[str, Contract]) -> PartitionView:
    counts = [c for f in partition.served for c in (f.numerator, f.denominator) if c.dataset == partition.dataset]
    anew = sum(count.kind == "distinct" for count in counts)
    return PartitionView(
        by=_titles(partition.by, contract),
        told=_titles(partition.key_columns, contract),
        tested=tuple(describe(condition, contract, contracts) for condition in partition.tested),
        distinct=tuple(" + ".join(_titles(names, contract)) for names in partition.distinct),
        summed=_titles(partition.summed, contract),
        conditions=tuple(describe(condition, contract, contracts) for condition in partition.conditions),
        figures=len(partition.served),
        additive=len(counts) - anew,
        anew=anew,
    )


def _titles(names: Sequence[str], contract: Contract) -> tuple[str, ...]:
    return tuple(contract.columns[name].title if name != PERIOD else "Учебный год" for name in names)


def _ids(figures: Sequence[Figure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.indicator for figure in figures))
