"""The plan: which tables are scanned and for what, which figures share a partition, what is lacking (design §5).

It is made of catalogue and tables before anything is counted; ``quality plan`` prints it and the executor runs it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE, AlsoIn, Condition, Known, clauses_of, columns_of, walk
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.table import PERIOD, Table, Tables
from quality_cli.engine.profiles import alike, profiles


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a table: its rows become distinct combinations of what the figures need, each with the number of
    rows behind it.

    Rows are told apart by school year, organisation, the values of the columns ``told`` and the truth of the conditions
    ``tested`` (those over columns of many values, and memberships in lists); and, for figures that count distinct
    values, by the columns ``distinct``. The columns ``summed`` are added up. ``conditions`` are all that the figures
    (``served``: some of them by another source) ask of the rows, each once: the masks; ``by`` are their stratifiers.
    """

    dataset: str
    distinct: tuple[str, ...]
    told: tuple[str, ...]
    tested: tuple[Condition, ...]
    summed: tuple[str, ...]
    conditions: tuple[Condition, ...]
    by: tuple[str, ...]
    served: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """Figures that are broken down alike: their scans are folded to these stratifiers once for all of them."""

    by: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Plan:
    """What will be computed.

    ``periods`` are the first years of the school years asked for, ascending; ``read`` those and the earlier ones that
    figures compare with.
    """

    periods: tuple[int, ...]
    read: tuple[int, ...]
    levels: tuple[Level, ...]
    scans: tuple[Scan, ...]
    partitions: tuple[Partition, ...]
    indicators: Mapping[str, Indicator]
    contracts: Mapping[str, Contract]

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in the order of the catalogue."""
        order = {name: index for index, name in enumerate(self.indicators)}
        return tuple(sorted(chain.from_iterable(p.figures for p in self.partitions), key=lambda f: order[f.indicator]))

    def datasets(self) -> tuple[str, ...]:
        """Every dataset that some figure rests on."""
        return tuple(
            sorted({name for figure in self.figures for source in sources_of(figure) for name in source.datasets})
        )

    @cached_property
    def serving(self) -> Mapping[tuple[Figure, str], int]:
        """Which scan (by its place in ``scans``) serves a figure, or the same by another source, in a dataset."""
        return {(figure, scan.dataset): place for place, scan in enumerate(self.scans) for figure in scan.served}

    def derived(self) -> Mapping[str, tuple[Figure, ...]]:
        """Figures that are made of counted ones, by how, in the order in which that happens."""
        return {
            "sources": tuple(figure for figure in self.figures if figure.also),
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

    def columns(self, scan: Scan) -> tuple[str, ...]:
        """The union of the columns that a scan reads."""
        contract = self.contracts[scan.dataset]
        always = [contract.organisation or "", *([PERIOD] if contract.period else [])]
        tested = chain.from_iterable(columns_of(condition) for condition in scan.tested)
        return tuple(dict.fromkeys([*always, *scan.told, *scan.distinct, *scan.summed, *sorted(tested)]))


def make_plan(
    indicators: Iterable[Indicator],
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int] = (),
) -> Plan:
    """Plan the figures of ``indicators`` over ``tables``; without ``periods``, every period that the tables hold."""
    chosen = {indicator.id: indicator for indicator in indicators}
    planned = [figure for figure in figures if figure.indicator in chosen]
    sources = [source for figure in planned for source in sources_of(figure)]
    found = {
        year for source in sources for name in source.datasets if name in tables for year in tables[name].periods()
    }
    asked = tuple(sorted(periods or found))
    grouped: dict[tuple[str, ...], list[Figure]] = {}
    for figure in planned:
        grouped.setdefault(figure.by, []).append(figure)
    read = tuple(sorted({year + back for year in asked for back in (0, *(figure.change for figure in planned))}))
    return Plan(
        periods=asked,
        read=read,
        levels=tuple(tables.organisations.levels()),
        scans=tuple(_scans(sources, tables, read)),
        partitions=tuple(Partition(by, tuple(members)) for by, members in grouped.items()),
        indicators=chosen,
        contracts=contracts,
    )


def sources_of(figure: Figure) -> tuple[Figure, ...]:
    """The figure and the same by its other sources."""
    return figure, *figure.also


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


def known(count: Count) -> Condition:
    """That the counted cell is not empty; always true where rows are counted."""
    return Known(count.column, True) if count.column else TRUE


def conditions_over(figure: Figure, dataset: str) -> Iterator[Condition]:
    """Every condition of a figure (a source of one) over the rows of a dataset."""
    for count in (figure.denominator, figure.numerator):
        if count.dataset == dataset:
            yield from (count.where, known(count))
    if figure.exclude is not None and figure.population == dataset:
        yield figure.exclude


def _lists(condition: Condition) -> list[str]:
    return [node.dataset for node in walk(condition) if isinstance(node, AlsoIn)]


def _scans(sources: Sequence[Figure], tables: Tables, periods: Collection[int]) -> Iterator[Scan]:
    """The scans of all sources: by dataset and what is counted distinct there, and, in large tables, by the columns
    that they need: every column more splits the rows finer, so that figures that need many are kept apart."""
    served: dict[tuple[str, tuple[str, ...]], list[Figure]] = {}
    for source in sources:
        for dataset in source.datasets:
            if dataset in tables:
                counts = (source.denominator, source.numerator)
                columns = {count.column for count in counts if count.dataset == dataset and count.kind == "distinct"}
                served.setdefault((dataset, tuple(sorted(columns))), []).append(source)
    for dataset, distinct in sorted(served):
        figures, table = served[dataset, distinct], tables[dataset]
        whole = _scan(table, distinct, figures)
        yield from [whole] if len(table) <= LARGE else _split(table, distinct, figures, whole, periods)


LARGE = 1 << 16
"""Rows from which it pays to keep apart figures that need different columns."""

PROFILES = 4096
"""Most combinations in a sample of a large table that one scan tells apart."""


def _split(
    table: Table, distinct: tuple[str, ...], figures: Sequence[Figure], whole: Scan, periods: Collection[int]
) -> list[Scan]:
    """Put figures that need the same columns into one scan, and such groups together while combinations stay few."""
    batch = table.sample((*whole.told, *whole.distinct), periods, LARGE)
    dataset = table.contract.dataset
    alone: dict[tuple[str, ...], list[Figure]] = {}
    for figure in figures:
        needed = {name for condition in conditions_over(figure, dataset) for name in columns_of(condition)}
        alone.setdefault(tuple(sorted(needed | set(figure.by))), []).append(figure)
    scans: list[Scan] = []
    for group in sorted(alone.values(), key=len, reverse=True):
        for place, scan in enumerate(scans):
            together = _scan(table, distinct, [*scan.served, *group])
            columns = alike(batch, together.told, together.conditions, together.by, table.contract)
            _, met = profiles([column.codes for column in columns], [column.size for column in columns], len(batch))
            if len(met) << len(together.tested) <= PROFILES:
                scans[place] = together
                break
        else:
            scans.append(_scan(table, distinct, group))
    return scans


def _scan(table: Table, distinct: tuple[str, ...], figures: Sequence[Figure]) -> Scan:
    """One scan for some figures."""
    dataset = table.contract.dataset
    counts = [count for f in figures for count in (f.denominator, f.numerator) if count.dataset == dataset]
    conditions = dict.fromkeys(whole for figure in figures for whole in conditions_over(figure, dataset))
    by = sorted({name for figure in figures for name in figure.by})
    told = dict.fromkeys(by)
    tested: dict[Condition, None] = {}
    clauses = dict.fromkeys(clause for whole in conditions for clause in clauses_of(whole))
    for clause in sorted(clauses, key=lambda clause: isinstance(clause, Known)):
        if _is_told(clause, table, told):
            told.update(dict.fromkeys(sorted(columns_of(clause))))
        else:
            tested[clause] = None
    summed = sorted({count.column for count in counts if count.kind == "sum"})
    asked = tuple(condition for condition in conditions if condition != TRUE)
    return Scan(dataset, distinct, tuple(told), tuple(tested), tuple(summed), asked, tuple(by), tuple(figures))


def _is_told(clause: Condition, table: Table, told: Collection[str]) -> bool:
    """Whether a clause can be told from few values of its columns, so that it need not be tested row by row."""
    columns = columns_of(clause)
    if isinstance(clause, Known):
        return columns <= set(told)
    if isinstance(clause, AlsoIn):
        return False
    return table.contract.organisation not in columns and all(table.few_values(name) for name in columns)
