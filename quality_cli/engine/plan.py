"""The plan: which tables are scanned and for what, which figures share a partition, what is lacking (design §5).

It is made of catalogue and tables before anything is counted; ``quality plan`` prints it and the executor runs it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE, AlsoIn, Condition, Known, clauses_of, columns_of, walk
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.table import PERIOD, Table, Tables
from quality_cli.engine.alphabet import Alphabet


@dataclass(frozen=True, eq=False, slots=True)
class Partition:
    """What a scan of a table has to tell apart for some figures that are broken down alike, and no more than that.

    Rows are told apart by school year, organisation, the values of the columns ``told`` and the truth of the conditions
    ``tested`` (those over columns of many values, and memberships in lists); and, for figures that count distinct
    values, by the columns ``distinct``. The columns ``summed`` are added up. ``conditions`` are all that the figures
    (``served``: some of them by another source) ask of the rows, each once: the masks; ``by`` are their stratifiers.
    """

    dataset: str
    by: tuple[str, ...]
    distinct: tuple[str, ...]
    told: tuple[str, ...]
    tested: tuple[Condition, ...]
    summed: tuple[str, ...]
    conditions: tuple[Condition, ...]
    served: tuple[Figure, ...]

    def columns(self, contract: Contract) -> tuple[str, ...]:
        """The columns that it needs, the keys first."""
        always = [contract.organisation or "", *([PERIOD] if contract.period else [])]
        tested = chain.from_iterable(columns_of(condition) for condition in self.tested)
        return tuple(dict.fromkeys([*always, *self.told, *self.distinct, *self.summed, *sorted(tested)]))


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a table: every row is read once, whatever the number of partitions, figures and conditions.

    ``by_letters``: it is read in several parts or is large, so that its partitions are bounded and its values are put
    down to letters (:mod:`quality_cli.engine.alphabet`).
    """

    dataset: str
    by_letters: bool
    columns: tuple[str, ...]
    partitions: tuple[Partition, ...]


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
    figures: tuple[Figure, ...]
    indicators: Mapping[str, Indicator]
    contracts: Mapping[str, Contract]

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


def make_plan(
    indicators: Iterable[Indicator],
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int] = (),
) -> Plan:
    """Plan the figures of ``indicators`` over ``tables``; without ``periods``, every period that the tables hold."""
    chosen = {indicator.id: indicator for indicator in indicators}
    order = {name: index for index, name in enumerate(chosen)}
    planned = [figure for figure in figures if figure.indicator in chosen]
    sources = [source for figure in planned for source in sources_of(figure)]
    found = {
        year for source in sources for name in source.datasets if name in tables for year in tables[name].periods()
    }
    asked = tuple(sorted(periods or found))
    read = tuple(sorted({year + back for year in asked for back in (0, *(figure.change for figure in planned))}))
    return Plan(
        periods=asked,
        read=read,
        levels=tuple(tables.organisations.levels()),
        scans=tuple(_scans(sources, tables, read)),
        figures=tuple(sorted(planned, key=lambda figure: order[figure.indicator])),
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
    """One scan for each table; its partitions are by what is counted distinct and by stratifiers, and, in large tables,
    by the columns that the figures need: every column more tells the rows apart finer."""
    served: dict[str, dict[tuple[tuple[str, ...], tuple[str, ...]], list[Figure]]] = {}
    for source in sources:
        for dataset in source.datasets:
            if dataset in tables:
                counts = (source.denominator, source.numerator)
                columns = {count.column for count in counts if count.dataset == dataset and count.kind == "distinct"}
                served.setdefault(dataset, {}).setdefault((tuple(sorted(columns)), source.by), []).append(source)
    for dataset in sorted(served):
        table = tables[dataset]
        by_letters = len(table) > LARGE or len(table.parts((), periods)) > 1
        split = _Splitting(table, periods) if by_letters else None
        partitions: list[Partition] = []
        for (distinct, by), figures in served[dataset].items():
            partitions += split(distinct, by, figures) if split else [_partition(table, distinct, by, figures)]
        read = chain.from_iterable(partition.columns(table.contract) for partition in partitions)
        yield Scan(dataset, by_letters, tuple(dict.fromkeys(read)), tuple(partitions))


LARGE = 1 << 16
"""Rows from which it pays to keep apart figures that need different columns."""

COMBINATIONS = 1 << 14
"""Most combinations of letters in one partition of a large table: a table of them stays in the processor's cache."""


FORESEEN = 3
"""Conditions tested row by row of which every outcome is foreseen; of more, only those that are met."""


class _Splitting:
    """Puts figures of a large table that need the same columns into one partition, and such groups together while the
    possible combinations of what is told stay few."""

    def __init__(self, table: Table, periods: Collection[int]) -> None:
        self._table = table
        self._periods = periods
        self._values: dict[str, list[object]] = {}
        self._letters: dict[tuple[str, tuple[Condition, ...] | None], int] = {}

    def __call__(self, distinct: tuple[str, ...], by: tuple[str, ...], figures: Sequence[Figure]) -> list[Partition]:
        dataset = self._table.contract.dataset
        alone: dict[frozenset[str], list[Figure]] = {}
        for figure in figures:
            asked = conditions_over(figure, dataset)
            alone.setdefault(frozenset[str]().union(*map(columns_of, asked)), []).append(figure)
        found: list[Partition] = []
        for group in sorted(alone.values(), key=len, reverse=True):
            for place, partition in enumerate(found):
                together = _partition(self._table, distinct, by, [*partition.served, *group])
                if self._size(together) <= COMBINATIONS:
                    found[place] = together
                    break
            else:
                found.append(self._alone(distinct, by, group))
        return found

    def _alone(self, distinct: tuple[str, ...], by: tuple[str, ...], group: Sequence[Figure]) -> Partition:
        """A group of its own; where that is still too much, its conditions are tested whole, row by row."""
        partition = _partition(self._table, distinct, by, group)
        if self._size(partition) <= COMBINATIONS << 6:
            return partition
        return replace(partition, told=by, tested=partition.conditions)

    def _size(self, partition: Partition) -> int:
        tested = len(partition.tested)
        size = 3**tested if tested <= FORESEEN else 9 * tested
        for name, clauses in letters_of(partition).items():
            if (name, clauses) not in self._letters:
                alphabet = Alphabet(name, clauses, numeric=self._table.contract.is_numeric(name))
                alphabet.learn(self._met(name))
                self._letters[name, clauses] = len(alphabet)
            size *= self._letters[name, clauses]
        return size

    def _met(self, name: str) -> list[object]:
        """Values of a column in a sample, and None where a cell may be unknown."""
        if name not in self._values:
            values = self._table.sample((name,), self._periods, LARGE).coded(name).values.to_pylist()
            self._values[name] = [*values, *([None] if self._table.gaps(name) else [])]
        return self._values[name]


def letters_of(partition: Partition) -> dict[str, tuple[Condition, ...] | None]:
    """The clauses that tell the values of each told column apart; None where a value stands for itself: the column is a
    stratifier, or a condition compares it with another."""
    asked: dict[str, list[Condition] | None] = {name: [] for name in partition.told} | dict.fromkeys(partition.by)
    tested = set(partition.tested)
    conditions = (condition for condition in partition.conditions if condition not in tested)
    for clause in dict.fromkeys(clause for condition in conditions for clause in clauses_of(condition)):
        if clause not in tested:
            columns = columns_of(clause)
            for name in columns & asked.keys():
                clauses = asked[name]
                if len(columns) == 1 and clauses is not None:
                    clauses.append(clause)
                else:
                    asked[name] = None
    return {name: None if clauses is None else tuple(clauses) for name, clauses in asked.items()}


def _partition(table: Table, distinct: tuple[str, ...], by: tuple[str, ...], figures: Sequence[Figure]) -> Partition:
    """One partition for some figures."""
    dataset = table.contract.dataset
    counts = [count for f in figures for count in (f.denominator, f.numerator) if count.dataset == dataset]
    conditions = dict.fromkeys(whole for figure in figures for whole in conditions_over(figure, dataset))
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
    return Partition(dataset, by, distinct, tuple(told), tuple(tested), tuple(summed), asked, tuple(figures))


def _is_told(clause: Condition, table: Table, told: Collection[str]) -> bool:
    """Whether a clause can be told from few values of its columns, so that it need not be tested row by row."""
    columns = columns_of(clause)
    if isinstance(clause, Known):
        return columns <= set(told)
    if isinstance(clause, AlsoIn):
        return False
    return table.contract.organisation not in columns and all(table.few_values(name) for name in columns)
