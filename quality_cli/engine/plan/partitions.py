"""Partitions: what a scan has to tell apart for some figures, and how figures are put into them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, AlsoIn, Condition, Known, clauses_of, columns_of
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import PERIOD, Table
from quality_cli.engine.plan.value_classes import Alphabet

COMBINATIONS = 1 << 14
"""Most combinations of letters in one partition of a large table: a table of them stays in the processor's cache."""


_SAMPLE = 1 << 14
"""Rows in which values of a column are looked for."""

FORESEEN = 3
"""Conditions tested row by row of which every outcome is foreseen; of more, only those that are met."""


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


class Splitting:
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
                together = partition_of(self._table, distinct, by, [*partition.served, *group])
                if self._size(together) <= COMBINATIONS:
                    found[place] = together
                    break
            else:
                found.append(self._alone(distinct, by, group))
        return found

    def _alone(self, distinct: tuple[str, ...], by: tuple[str, ...], group: Sequence[Figure]) -> Partition:
        """A group of its own; where that is still too much, its conditions are tested whole, row by row."""
        partition = partition_of(self._table, distinct, by, group)
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
            values = self._table.sample((name,), self._periods, _SAMPLE).coded(name).values.to_pylist()
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


def partition_of(table: Table, distinct: tuple[str, ...], by: tuple[str, ...], figures: Sequence[Figure]) -> Partition:
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
