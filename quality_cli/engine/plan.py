"""The plan: which tables are scanned, which columns they need, which figures share a partition (design §5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import Level
from quality_cli.core.where import AlsoIn, Condition, columns_of, walk
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.table import Tables


@dataclass(frozen=True, slots=True)
class Partition:
    """Figures over one dataset that share their stratifiers: one set of group keys serves them all."""

    dataset: str
    by: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be computed. ``periods`` are first years of school years, ascending; ``absent`` names the datasets
    that figures need and nobody supplied."""

    periods: tuple[int, ...]
    levels: tuple[Level, ...]
    partitions: tuple[Partition, ...]
    indicators: Mapping[str, Indicator]
    contracts: Mapping[str, Contract]
    absent: tuple[str, ...]

    def datasets(self) -> tuple[str, ...]:
        """Every dataset that some figure rests on."""
        return tuple(sorted(set(chain.from_iterable(figure.datasets for figure in self._figures()))))

    def columns(self, dataset: str) -> tuple[str, ...]:
        """The union of the columns that one scan of ``dataset`` reads."""
        return tuple(sorted(set(chain.from_iterable(_needs(figure, dataset) for figure in self._figures()))))

    def _figures(self) -> Iterator[Figure]:
        """Every figure, and the same by its other sources."""
        for partition in self.partitions:
            for figure in partition.figures:
                yield from (figure, *figure.also)


def make_plan(
    indicators: Iterable[Indicator],
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int] = (),
) -> Plan:
    """Plan the figures of ``indicators`` over ``tables``; without ``periods``, every period that the tables hold."""
    chosen = {indicator.id: indicator for indicator in indicators}
    grouped: dict[tuple[str, tuple[str, ...]], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.indicator in chosen:
            grouped[figure.population, figure.by].append(figure)
    partitions = tuple(Partition(dataset, by, tuple(members)) for (dataset, by), members in grouped.items())
    planned = [figure for partition in partitions for figure in partition.figures]
    datasets = set(chain.from_iterable(figure.datasets for figure in planned))
    others = chain.from_iterable(other.datasets for figure in planned for other in figure.also)
    found = {year for name in datasets.union(others) if name in tables for year in tables[name].periods()}
    return Plan(
        periods=tuple(sorted(periods or found)),
        levels=tuple(tables.organisations.levels()),
        partitions=partitions,
        indicators=chosen,
        contracts=contracts,
        absent=tuple(sorted(name for name in datasets if name not in tables)),
    )


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


def _needs(figure: Figure, dataset: str) -> set[str]:
    columns: set[str] = set()
    for count in (figure.denominator, figure.numerator):
        if count.dataset == dataset:
            columns |= _of_count(count) | set(figure.by)
    if figure.exclude is not None and figure.population == dataset:
        columns |= columns_of(figure.exclude)
    return columns


def _of_count(count: Count) -> set[str]:
    return set(columns_of(count.where)) | ({count.column} if count.column else set())
