"""The plan: which tables are scanned and for what, which figures share a partition, what is lacking.

It is made of catalogue and tables before anything is counted; ``quality plan`` prints it and the executor runs it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from quality_cli.catalogue.figures import Figure, children_behind, rows_behind
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import Level
from quality_cli.core.where import AlsoIn, Condition, columns_of, walk
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.yearly import yearly
from quality_cli.engine.plan.partitions import Distinct, Partition, Partitioner, partition_of
from quality_cli.engine.plan.tuning import MEASURED, Tuning


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a table: every row is read once, whatever the number of partitions, figures and conditions.

    ``by_classes``: it is read in several parts (or in none) or is large, so that its partitions are bounded and its
    values are put down to classes (:mod:`quality_cli.engine.plan.value_classes`).
    """

    dataset: str
    by_classes: bool
    columns: tuple[str, ...]
    partitions: tuple[Partition, ...]


@dataclass(frozen=True)
class Plan:
    """What will be computed.

    ``periods`` are the first years of the school years asked for, ascending; ``read`` those and the earlier ones that
    figures compare with. ``tuning`` is for all stages that follow.
    """

    periods: tuple[int, ...]
    read: tuple[int, ...]
    levels: tuple[Level, ...]
    scans: tuple[Scan, ...]
    figures: tuple[Figure, ...]
    indicators: Mapping[str, Indicator]
    contracts: Mapping[str, Contract]
    tuning: Tuning = MEASURED

    @cached_property
    def broken_down(self) -> Mapping[tuple[str, ...], tuple[Figure, ...]]:
        """The figures by their stratifiers: those that are broken down alike are laid out together."""
        found: dict[tuple[str, ...], list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.by, []).append(figure)
        return {by: tuple(figures) for by, figures in found.items()}

    def datasets(self) -> tuple[str, ...]:
        """Every dataset that some figure rests on."""
        return tuple(
            sorted({name for figure in self.figures for source in sources_of(figure) for name in source.datasets})
        )

    @cached_property
    def serving(self) -> Mapping[tuple[Figure, str], Partition]:
        """Which partition serves a figure, or the same by another source, in a dataset."""
        partitions = chain.from_iterable(scan.partitions for scan in self.scans)
        return {(figure, found.dataset): found for found in partitions for figure in found.served}

    def derived(self) -> Mapping[str, tuple[Figure, ...]]:
        """Figures that are made of counted ones, by how, in the order in which that happens."""
        return {
            "sources": tuple(figure for figure in self.figures if figure.other_sources),
            "organisations": tuple(figure for figure in self.figures if figure.condition is not None),
            "change": tuple(figure for figure in self.figures if figure.change),
        }

    def lacking(self) -> Mapping[tuple[str, ...], tuple[Figure, ...]]:
        """Figures that cannot be computed, by the datasets that nobody supplied."""
        supplied = {scan.dataset for scan in self.scans}
        found: dict[tuple[str, ...], list[Figure]] = {}
        for figure in self.figures:
            missing = [tuple(name for name in s.datasets if name not in supplied) for s in sources_of(figure)]
            if all(missing):
                found.setdefault(missing[0], []).append(figure)
        return {datasets: tuple(figures) for datasets, figures in found.items()}


def make_plan(
    indicators: Iterable[Indicator],
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int] = (),
    tuning: Tuning = MEASURED,
) -> Plan:
    """Plan the figures of ``indicators`` over ``tables``; without ``periods``, every period that their tables hold.

    Where these are valid for every year, the periods are those of all the other tables: there may be none.
    """
    chosen = {indicator.id: indicator for indicator in indicators}
    order = {name: index for index, name in enumerate(chosen)}
    planned = [figure for figure in figures if figure.indicator in chosen]
    planned += list(_bases(planned, contracts))
    sources = [source for figure in planned for source in sources_of(figure)]
    given = {name for source in sources for name in source.datasets if name in tables}
    found = {year for name in given for year in tables[name].periods()}
    if given and not found:
        found = {year for table in tables.by_dataset.values() for year in table.periods()}
    asked = tuple(sorted(periods or found))
    read = tuple(sorted({year + back for year in asked for back in (0, *(figure.change for figure in planned))}))
    return Plan(
        periods=asked,
        read=read,
        levels=tuple(tables.organisations.levels()),
        scans=tuple(_scans(sources, yearly(tables, read), read, tuning)),
        figures=tuple(sorted(planned, key=lambda figure: order[figure.indicator])),
        indicators=chosen,
        contracts=contracts,
        tuning=tuning,
    )


def _bases(figures: Iterable[Figure], contracts: Mapping[str, Contract]) -> Iterator[Figure]:
    """Counts of children behind figures of works, one for all the figures over the same rows."""
    told: set[object] = set()
    for figure in figures:
        children = children_behind(figure, contracts)
        if children is not None and (rows := rows_behind(children)) not in told:
            told.add(rows)
            yield children


def sources_of(figure: Figure) -> tuple[Figure, ...]:
    """The figure and the same by its other sources."""
    return figure, *figure.other_sources


def lists_behind(figure: Figure, contract: Contract) -> tuple[str, ...]:
    """Datasets that the figure's conditions look into: directly or through a derived column."""
    conditions = [figure.denominator.where, figure.numerator.where, *([figure.exclude] if figure.exclude else [])]
    found: dict[str, None] = {}
    for condition in conditions:
        found.update(dict.fromkeys(_lists(condition)))
        for name in columns_of(condition):
            column = contract.columns.get(name)
            if column and column.derive and column.derive.where is not None:
                found.update(dict.fromkeys(_lists(column.derive.where)))
    return tuple(found)


def _lists(condition: Condition) -> list[str]:
    return [node.dataset for node in walk(condition) if isinstance(node, AlsoIn)]


def _scans(sources: Sequence[Figure], tables: Tables, periods: Collection[int], tuning: Tuning) -> Iterator[Scan]:
    """One scan for each table; its partitions are by what is counted distinct and by stratifiers (those it has), and,
    in large tables, by the columns that the figures need: every column more tells the rows apart finer."""
    served: dict[str, dict[tuple[Distinct, tuple[str, ...]], list[Figure]]] = {}
    for source in sources:
        for dataset in source.datasets:
            if dataset in tables:
                counts = (source.denominator, source.numerator)
                columns = {count.columns for count in counts if count.dataset == dataset and count.kind == "distinct"}
                by = tuple(name for name in source.by if name in tables[dataset].contract.columns)
                served.setdefault(dataset, {}).setdefault((tuple(sorted(columns)), by), []).append(source)
    for dataset in sorted(served):
        table = tables[dataset]
        by_classes = len(table) > tuning.large_table or len(table.parts((), periods)) != 1
        split = Partitioner(table, periods, tuning) if by_classes else None
        partitions: list[Partition] = []
        for (distinct, by), figures in served[dataset].items():
            partitions += split(distinct, by, figures) if split else [partition_of(table, distinct, by, figures)]
        read = chain.from_iterable(partition.columns(table.contract) for partition in partitions)
        yield Scan(dataset, by_classes, tuple(dict.fromkeys(read)), tuple(partitions))
