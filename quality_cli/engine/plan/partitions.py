"""Partitions: what a scan has to tell apart for some figures, and how figures are put into them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import TRUE, AlsoIn, Condition, Known, clauses_of, columns_of
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import PERIOD, Table
from quality_cli.engine.plan.selection import counted_cell
from quality_cli.engine.plan.tuning import Tuning
from quality_cli.engine.plan.value_classes import ClassEncoder

Distinct: TypeAlias = tuple[tuple[str, ...], ...]
"""What is counted distinct: one column or several together, each."""


@dataclass(frozen=True, eq=False, slots=True)
class Partition:
    """What a scan of a table has to tell apart for some figures that are broken down alike, and no more than that.

    Rows are told apart by school year, organisation, the values of ``key_columns`` and the truth of the conditions
    ``tested`` (those over columns of many values, and memberships in lists); and, for figures that count distinct
    values, by the columns ``distinct`` (those that are counted together). The columns ``summed`` are added up.
    ``conditions`` are all that the figures (``served``: some of them by another source) ask of the rows, each once: the
    masks; ``by`` are those of their stratifiers that the table has.
    """

    dataset: str
    by: tuple[str, ...]
    distinct: Distinct
    key_columns: tuple[str, ...]
    tested: tuple[Condition, ...]
    summed: tuple[str, ...]
    conditions: tuple[Condition, ...]
    served: tuple[Figure, ...]

    def columns(self, contract: Contract) -> tuple[str, ...]:
        """The columns that it needs, the keys first."""
        always = [contract.organisation or "", PERIOD]
        tested = chain.from_iterable(columns_of(condition) for condition in self.tested)
        return tuple(dict.fromkeys([*always, *self.key_columns, *chain(*self.distinct), *self.summed, *sorted(tested)]))


def conditions_over(figure: Figure, dataset: str) -> Iterator[Condition]:
    """Every condition of a figure (a source of one) over the rows of a dataset."""
    for count in (figure.denominator, figure.numerator):
        if count.dataset == dataset:
            yield from (count.where, counted_cell(count))
    if figure.exclude is not None and figure.population == dataset:
        yield figure.exclude


class Partitioner:
    """Puts figures of a large table that need the same columns into one partition, and such groups together while the
    possible combinations of value classes stay few.

    One partition for all would be simpler, but its combinations multiply: every column more tells rows apart finer for
    all figures, also for those that do not need it.
    """

    def __init__(self, table: Table, periods: Collection[int], tuning: Tuning) -> None:
        self._table = table
        self._periods = periods
        self._tuning = tuning
        self._values: dict[str, list[object]] = {}
        self._class_counts: dict[tuple[str, tuple[Condition, ...] | None], int] = {}

    def __call__(self, distinct: Distinct, by: tuple[str, ...], figures: Sequence[Figure]) -> list[Partition]:
        """The partitions of figures that count the same distinct values and are broken down alike."""
        dataset = self._table.contract.dataset
        alone: dict[frozenset[str], list[Figure]] = {}
        for figure in figures:
            asked = conditions_over(figure, dataset)
            alone.setdefault(frozenset[str]().union(*map(columns_of, asked)), []).append(figure)
        found: list[Partition] = []
        # The largest groups first, each into the first partition that it fits into: good enough where there are tens.
        for group in sorted(alone.values(), key=len, reverse=True):
            for position, partition in enumerate(found):
                together = partition_of(self._table, distinct, by, [*partition.served, *group])
                if self._size(together) <= self._tuning.max_combinations:
                    found[position] = together
                    break
            else:
                found.append(self._alone(distinct, by, group))
        return found

    def _alone(self, distinct: Distinct, by: tuple[str, ...], group: Sequence[Figure]) -> Partition:
        """A group of its own; where that is still too much, its conditions are tested whole, row by row."""
        partition = partition_of(self._table, distinct, by, group)
        if self._size(partition) <= self._tuning.max_combinations << 6:
            return partition
        return replace(partition, key_columns=by, tested=partition.conditions)

    def _size(self, partition: Partition) -> int:
        tested = len(partition.tested)
        # Of many tests only the outcomes met are looked at: far fewer than 3**tested, for they depend on each other.
        size = 3**tested if tested <= self._tuning.foreseen_tests else 9 * tested
        for name, clauses in clauses_by_column(partition).items():
            if (name, clauses) not in self._class_counts:
                encoder = ClassEncoder(name, clauses, numeric=self._table.contract.is_numeric(name))
                encoder.fit(self._sample_values(name))
                self._class_counts[name, clauses] = len(encoder)
            size *= self._class_counts[name, clauses]
        return size

    def _sample_values(self, name: str) -> list[object]:
        """Values of a column in a sample, and None where a cell may be unknown."""
        if name not in self._values:
            sample = self._table.sample((name,), self._periods, self._tuning.sample_rows)
            unknown = [None] if self._table.gaps(name) else []
            self._values[name] = [*sample.encoded(name).values.to_pylist(), *unknown]
        return self._values[name]


def clauses_by_column(partition: Partition) -> dict[str, tuple[Condition, ...] | None]:
    """The clauses that tell the values of each key column apart; None where a value stands for itself: the column is a
    stratifier, or a condition compares it with another."""
    asked: dict[str, list[Condition] | None] = {name: [] for name in partition.key_columns}
    asked |= dict.fromkeys(partition.by)
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


def partition_of(table: Table, distinct: Distinct, by: tuple[str, ...], figures: Sequence[Figure]) -> Partition:
    """One partition for some figures."""
    dataset = table.contract.dataset
    counts = [count for f in figures for count in (f.denominator, f.numerator) if count.dataset == dataset]
    conditions = dict.fromkeys(whole for figure in figures for whole in conditions_over(figure, dataset))
    keys = dict.fromkeys(by)
    tested: dict[Condition, None] = {}
    clauses = dict.fromkeys(clause for whole in conditions for clause in clauses_of(whole))
    # «Is the cell filled?» comes last: it alone never makes a key of a column, but uses one that others made.
    for clause in sorted(clauses, key=lambda clause: isinstance(clause, Known)):
        if _is_by_keys(clause, table, keys):
            keys.update(dict.fromkeys(sorted(columns_of(clause))))
        else:
            tested[clause] = None
    summed = sorted({name for count in counts if count.kind == "sum" for name in count.columns})
    asked = tuple(condition for condition in conditions if condition != TRUE)
    return Partition(dataset, by, distinct, tuple(keys), tuple(tested), tuple(summed), asked, tuple(figures))


def _is_by_keys(clause: Condition, table: Table, keys: Collection[str]) -> bool:
    """Whether a clause follows from few values of its columns, so that it need not be tested row by row."""
    columns = columns_of(clause)
    if isinstance(clause, Known):
        return columns <= set(keys)
    if isinstance(clause, AlsoIn):
        return False
    return table.contract.organisation not in columns and all(table.few_values(name) for name in columns)
