"""One scan: the rows of a table become amounts at the leaf for every partition, batch by batch, on every core.

Amounts of batches, files, threads or other engines add up, so nothing depends on how a table is cut or ordered.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain, islice, product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.core.where import AlsoIn, Condition, Known, columns_of, walk
from quality_cli.datasets.tables.batches import Array, Batch, Coded, fixed
from quality_cli.datasets.tables.evaluate import Evaluator, Truth
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.plan.partitions import FORESEEN, Partition, letters_of
from quality_cli.engine.plan.plan import Plan, Scan
from quality_cli.engine.plan.value_classes import Alphabet
from quality_cli.engine.scan.accumulate import SLICE, Counted, Tally
from quality_cli.engine.scan.cell_range import Window
from quality_cli.engine.scan.distinct import Values
from quality_cli.engine.scan.row_classes import FALSE, TRUE, UNKNOWN, Space, combinations, numbered

Part = Callable[[], Iterator[Batch]]
"""A part of a table, to be read in batches."""


def run_scan(plan: Plan, tables: Tables, scan: Scan) -> list[Counted]:
    """Run a scan; the amounts of each of its partitions, in their order."""
    parts = tables[scan.dataset].parts(scan.columns, plan.read)
    counted = Counting(plan, tables, scan.dataset).run(scan.partitions, parts, by_letters=scan.by_letters)
    pa.default_memory_pool().release_unused()
    return counted


class Counting:
    """Counts batches of one table."""

    def __init__(self, plan: Plan, tables: Tables, dataset: str) -> None:
        self._contract = plan.contracts[dataset]
        self._years = {year: index for index, year in enumerate(plan.read)}
        self._units = {unit.id: index for index, unit in enumerate(tables.organisations)}
        self._table = tables[dataset]
        self._tables = tables
        self._values: dict[str, Values] = {}
        self._placed: dict[object, tuple[pa.Array, Array]] = {}

    def run(self, partitions: Sequence[Partition], parts: Sequence[Part], *, by_letters: bool) -> list[Counted]:
        """The amounts of each partition over all parts; not by letters only where there is one batch."""
        if by_letters:
            return self._by_letters(partitions, parts)
        (batch,) = (_Rows(self, batch) for part in parts for batch in part())
        return [self._whole(partition, batch) for partition in partitions]

    def _whole(self, partition: Partition, batch: "_Rows") -> Counted:
        """One partition over the only batch: of all combinations only those met are looked at."""
        columns = [*(batch.told(name) for name in partition.told), batch.told(partition.tested)]
        words = [words for _, words in columns]
        number, met = numbered([codes for codes, _ in columns], list(map(len, words)), len(batch))
        tally = self._tally(partition, words, met)
        batch.count(tally, partition, number, slice(None))
        return tally.counted()

    def _by_letters(self, partitions: Sequence[Partition], parts: Sequence[Part]) -> list[Counted]:
        """Every combination of letters is looked at before the rows are. Letters are learned from two batches; where
        another holds a value that needs a letter of its own, all are counted once more."""
        alphabets: dict[Any, Alphabet] = {}
        spelled = [self._alphabets(partition, alphabets) for partition in partitions]
        begun = {place: map(self._rows, parts[place]()) for place in ({0, len(parts) - 1} if parts else ())}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            first = dict(zip(begun, pool.map(lambda rows: list(islice(rows, 1)), begun.values()), strict=True))
            for alphabet in alphabets.values():
                self._learn(alphabet, chain.from_iterable(first.values()))

            def rows_of(place: int) -> Iterable[_Rows]:
                return chain(first.pop(place), begun[place]) if place in first else map(self._rows, parts[place]())

            while True:
                tallies = [self._spelling(*pair) for pair in zip(partitions, spelled, strict=True)]
                counting = _Pass(list(zip(partitions, spelled, tallies, strict=True)))
                places = dict.fromkeys((*begun, *range(len(parts))))  # what is begun first, to be let go soon
                for _ in pool.map(lambda place, work=counting: work(rows_of(place)), places):
                    pass
                if not counting.lacking:
                    return [tally.counted() for tally in tallies]
                for alphabet, values in counting.lacking.items():
                    alphabet.learn(values)

    def _rows(self, batch: Batch) -> "_Rows":
        return _Rows(self, batch)

    def _alphabets(self, partition: Partition, shared: dict[Any, Alphabet]) -> list[Alphabet]:
        """What a partition spells: its told columns, then its tested conditions."""
        found = []
        for name, clauses in letters_of(partition).items():
            made = Alphabet(name, clauses, numeric=self._contract.is_numeric(name))
            found.append(shared.setdefault((name, clauses), made))
        return [*found, shared.setdefault(partition.tested, Alphabet(partition.tested))]

    def _learn(self, alphabet: Alphabet, batches: Iterable["_Rows"]) -> None:
        """Learn the letters of some batches, and those that can be foreseen."""
        if isinstance(alphabet.of, str):
            alphabet.learn([None] if self._table.gaps(alphabet.of) else [])
        elif len(alphabet.of) <= FORESEEN:
            alphabet.learn(product((FALSE, TRUE, UNKNOWN), repeat=len(alphabet.of)))
            return
        for batch in batches:
            _, words = batch.told(alphabet.of)
            alphabet.learn(word for word in words if word is not None)

    def _spelling(self, partition: Partition, alphabets: Sequence[Alphabet]) -> Tally:
        words = [alphabet.words for alphabet in alphabets]
        return self._tally(partition, words, combinations(list(map(len, words))))

    def _tally(self, partition: Partition, words: Sequence[Sequence[Any]], met: Array) -> Tally:
        years = 1 if self._contract.period is None else len(self._years)
        space = Space(partition, self._contract, words, met)
        values = {name: self._values.setdefault(name, Values()) for name in partition.distinct}
        return Tally(space, partition.summed, values, (years, len(self._units)), len(self._table))

    def places(self, batch: Batch) -> tuple[Array, Array]:
        """For each row the position of its unit in the register and of its school year among those read, or -1."""
        units = batch.coded(self._contract.organisation or "")
        if units.origin not in self._placed:  # batches of one part have the same words
            found = [self._units.get(unit, -1) for unit in units.values.to_pylist()]
            self._placed[units.origin] = units.values, np.array([*found, -1], dtype=np.int32)
        unit = self._placed[units.origin][1].take(units.codes, mode="clip")
        if self._contract.period is None:
            return unit, np.zeros(len(unit), np.int32)
        years = batch.coded(PERIOD)
        known = [self._years.get(value, -1) for value in years.values.to_pylist()]
        return unit, np.array([*known, -1], dtype=np.int32).take(years.codes, mode="clip")

    def test(self, batch: Batch, condition: Condition) -> Array:
        """For each row whether a condition is true, false or unknown."""
        if condition in batch.outcomes:
            return batch.outcomes[condition]
        columns = columns_of(condition)
        if isinstance(condition, Known):
            holds: Array = batch.known(condition.column) == condition.known
            return holds.astype(np.uint8)
        if len(columns) != 1 or any(isinstance(node, AlsoIn) for node in walk(condition)):
            own = batch.frame(sorted(columns))
            return _codes(Evaluator(own, _lists(condition, self._tables))(condition))
        (name,) = columns
        numeric = self._contract.is_numeric(name)
        if name != PERIOD and self._contract.columns[name].type == "number":
            return _codes(Evaluator(batch.frame([name]), {})(condition))
        column = batch.coded(name)
        of_value = _codes(Evaluator.of_values(name, [*column.values.to_pylist(), None], numeric=numeric)(condition))
        return of_value[column.codes]


class _Rows:
    """A batch on its way: what several partitions ask of its rows is found once."""

    def __init__(self, work: Counting, batch: Batch) -> None:
        self._work = work
        self._batch = batch
        self.coded = batch.coded
        self._tested: dict[tuple[Condition, ...], tuple[Array, list[Any]]] = {}
        self._sums: dict[str, Array] = {}
        self._windows: dict[tuple[Any, Any], Window | None] = {}

    def __len__(self) -> int:
        return len(self._batch)

    def told(self, of: str | tuple[Condition, ...]) -> tuple[Array, list[Any]]:
        """A column, or what comes out of conditions tested row by row: codes, and the words that they are positions of;
        the last word of a column is None."""
        if isinstance(of, str):
            column = self.coded(of)
            return column.codes, [*column.values.to_pylist(), None]
        if of not in self._tested:
            tested = [self._work.test(self._batch, condition) for condition in of]
            if len(of) <= FORESEEN:
                number = np.zeros(len(self), np.uint8)
                for codes in tested:
                    number = number * np.uint8(3) + codes
                self._tested[of] = number, list(product((FALSE, TRUE, UNKNOWN), repeat=len(of)))
            else:
                number, met = numbered(tested, [3] * len(of), len(self))
                self._tested[of] = number, list(map(tuple, met.tolist()))
        return self._tested[of]

    @cached_property
    def _places(self) -> tuple[Array, Array]:
        return self._work.places(self._batch)

    def window(self, rows: slice) -> Window | None:
        """The cells of some rows."""
        if (rows.start, rows.stop) not in self._windows:
            unit, year = self._places
            self._windows[rows.start, rows.stop] = Window.of(unit[rows], year[rows])
        return self._windows[rows.start, rows.stop]

    def sums(self, name: str) -> Array:
        """What is summed of a column, in whole millionths."""
        if name not in self._sums:
            given = self._batch.sums.get(name)
            self._sums[name] = fixed(self._batch.frame([name])[name].to_numpy()) if given is None else given
        return self._sums[name]

    def count(self, tally: Tally, partition: Partition, number: Array, rows: slice) -> None:
        """Count some rows; ``number`` is the combination of each."""
        window = self.window(rows)
        if window is not None:
            weights = None if self._batch.weights is None else self._batch.weights[rows]
            sums = {name: self.sums(name)[rows] for name in partition.summed}
            values = {name: self.coded(name) for name in partition.distinct}
            values = {name: Coded(column.codes[rows], column.values) for name, column in values.items()}
            tally.add(number, window, weights, sums, values)


class _Pass:
    """Counts batches by letters; as soon as some lack a letter, only looks for others that are lacking."""

    def __init__(self, partitions: Sequence[tuple[Partition, Sequence[Alphabet], Tally]]) -> None:
        self._partitions = partitions
        self._alphabets = list(dict.fromkeys(alphabet for _, own, _ in partitions for alphabet in own))
        self.lacking: dict[Alphabet, dict[Any, None]] = {}

    def __call__(self, batches: Iterable[_Rows]) -> None:
        for batch in batches:
            self._count(batch)
            del batch  # before the next is read

    def _count(self, batch: _Rows) -> None:
        told: list[tuple[Alphabet, Array, Array]] = []
        for alphabet in self._alphabets:
            codes, words = batch.told(alphabet.of)
            letters, lacking = alphabet.spell(words)
            told.append((alphabet, letters, codes))
            if lacking:
                self.lacking.setdefault(alphabet, {}).update(dict.fromkeys(lacking))
        if self.lacking:
            return
        for low in range(0, len(batch), SLICE):
            rows = slice(low, low + SLICE)
            spelled = {alphabet: letters.take(codes[rows], mode="clip") for alphabet, letters, codes in told}
            for partition, own, tally in self._partitions:
                number = np.zeros(len(spelled[own[-1]]), dtype=np.min_scalar_type(math.prod(map(len, own))))
                for alphabet in own:
                    number *= number.dtype.type(len(alphabet))
                    number += spelled[alphabet]
                batch.count(tally, partition, number, rows)


def _codes(truth: Truth) -> Array:
    return np.where(truth.true, TRUE, np.where(truth.false, FALSE, UNKNOWN)).astype(np.uint8)


def _lists(condition: Condition, tables: Tables) -> dict[str, pd.DataFrame]:
    """Of the tables that a condition looks into, the columns that it reads there."""
    columns: dict[str, set[str]] = {}
    inside = [condition]
    while inside:
        for node in walk(inside.pop()):
            if isinstance(node, AlsoIn):
                asked = [node.where, *([node.among] if node.among is not None else [])]
                columns.setdefault(node.dataset, set()).update(
                    (theirs for _, theirs in node.on), *map(columns_of, asked)
                )
                inside += asked
    return {name: tables[name].part(sorted(names)) for name, names in columns.items() if name in tables}
