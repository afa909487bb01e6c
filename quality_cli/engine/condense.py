"""One scan: the rows of a table become amounts at the leaf for every partition, batch by batch, on every core.

Amounts of batches, files, threads or other engines add up, so nothing depends on how a table is cut or ordered.
"""

import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.core.where import AlsoIn, Condition, Known, columns_of, walk
from quality_cli.datasets.batches import Array, Batch, fixed
from quality_cli.datasets.evaluate import Evaluator, Truth
from quality_cli.datasets.table import PERIOD, Tables
from quality_cli.engine.alphabet import Alphabet
from quality_cli.engine.plan import FORESEEN, Partition, Plan, Scan, letters_of
from quality_cli.engine.space import FALSE, TRUE, UNKNOWN, Space, combinations, numbered
from quality_cli.engine.tally import Counted, Tally, Values, Window, windows

Load = Callable[[], Batch]


def condense(plan: Plan, tables: Tables, scan: Scan) -> list[Counted]:
    """Run a scan; the amounts of each of its partitions, in their order."""
    loads = tables[scan.dataset].batches(scan.columns, plan.read)
    return Counting(plan, tables, scan.dataset).run(scan.partitions, loads, by_letters=scan.by_letters)


class Counting:
    """Counts batches of one table."""

    def __init__(self, plan: Plan, tables: Tables, dataset: str) -> None:
        self._contract = plan.contracts[dataset]
        self._years = {year: index for index, year in enumerate(plan.read)}
        self._units = pa.array([unit.id for unit in tables.organisations], pa.string())
        self._table = tables[dataset]
        self._tables = tables
        self._values: dict[str, Values] = {}

    def run(self, partitions: Sequence[Partition], loads: Sequence[Load], *, by_letters: bool) -> list[Counted]:
        """The amounts of each partition over all batches; not by letters only where there is one batch."""
        if by_letters:
            return self._by_letters(partitions, loads)
        batch = _Rows(self, loads[0]())
        return [self._whole(partition, batch) for partition in partitions]

    def _whole(self, partition: Partition, batch: "_Rows") -> Counted:
        """One partition over the only batch: of all combinations only those met are looked at."""
        columns = [*(batch.told(name) for name in partition.told), batch.told(partition.tested)]
        words = [words for _, words in columns]
        number, met = numbered([codes for codes, _ in columns], list(map(len, words)), len(batch))
        tally = self._tally(partition, words, met)
        for window in batch.windows:
            batch.count(tally, partition, number[window.rows], window)
        return tally.counted()

    def _by_letters(self, partitions: Sequence[Partition], loads: Sequence[Load]) -> list[Counted]:
        """Every combination of letters is looked at before the rows are. Letters are learned from two batches; where
        another holds a value that needs a letter of its own, all are counted once more."""
        alphabets: dict[Any, Alphabet] = {}
        spelled = [self._alphabets(partition, alphabets) for partition in partitions]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            places = dict.fromkeys((0, len(loads) - 1)) if loads else {}
            ready = dict(zip(places, pool.map(lambda place: _Rows(self, loads[place]()), places), strict=True))
            for alphabet in alphabets.values():
                self._learn(alphabet, ready.values())

            def rows_at(place: int) -> _Rows:
                return ready.pop(place) if place in ready else _Rows(self, loads[place]())

            while True:
                counting = _Pass([(p, own, self._spelling(p, own)) for p, own in zip(partitions, spelled, strict=True)])
                for _ in pool.map(lambda place, work=counting: work(rows_at(place)), range(len(loads))):
                    pass
                if not counting.lacking:
                    return [tally.counted() for _, _, tally in counting.partitions]
                for alphabet, values in counting.lacking.items():
                    alphabet.learn(values)

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
        return Tally(space, partition.summed, values, years, len(self._units))

    def places(self, batch: Batch) -> tuple[Array, Array]:
        """For each row the position of its unit in the register and of its school year among those read, or -1."""
        units = batch.coded(self._contract.organisation or "")
        found = pc.index_in(units.values, value_set=self._units).fill_null(-1).to_numpy(zero_copy_only=False)
        unit = np.append(found, np.int32(-1))[units.codes]
        if self._contract.period is None:
            return unit, np.zeros(len(unit), np.int32)
        years = batch.coded(PERIOD)
        known = [self._years.get(value, -1) for value in years.values.to_pylist()]
        return unit, np.array([*known, -1], dtype=np.int32)[years.codes]

    def test(self, batch: Batch, condition: Condition) -> Array:
        """For each row whether a condition is true, false or unknown."""
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
        of_value = _codes(Evaluator.of_values(name, column.values.to_pylist(), numeric=numeric)(condition))
        return np.append(of_value, np.uint8(UNKNOWN))[column.codes]


class _Rows:
    """A batch on its way: what several partitions ask of its rows is found once."""

    def __init__(self, work: Counting, batch: Batch) -> None:
        self._work = work
        self._batch = batch
        self.windows = list(windows(*work.places(batch)))
        self.coded = batch.coded
        self._tested: dict[tuple[Condition, ...], tuple[Array, list[Any]]] = {}
        self._sums: dict[str, Array] = {}

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

    def sums(self, name: str) -> Array:
        """What is summed of a column, in whole millionths."""
        if name not in self._sums:
            given = self._batch.sums.get(name)
            self._sums[name] = fixed(self._batch.frame([name])[name].to_numpy()) if given is None else given
        return self._sums[name]

    def count(self, tally: Tally, partition: Partition, number: Array, window: Window) -> None:
        """Count the rows of a window; ``number`` is the combination of each."""
        sums = {name: self.sums(name) for name in partition.summed}
        values = {name: self.coded(name) for name in partition.distinct}
        tally.add(number, window, self._batch.weights, sums, values)


class _Pass:
    """Counts batches by letters; as soon as some lack a letter, only looks for others that are lacking."""

    def __init__(self, partitions: Sequence[tuple[Partition, Sequence[Alphabet], Tally]]) -> None:
        self.partitions = partitions
        self.lacking: dict[Alphabet, dict[Any, None]] = {}

    def __call__(self, rows: _Rows) -> None:
        letters: dict[Alphabet, tuple[Array, Array]] = {}
        for alphabet in dict.fromkeys(alphabet for _, own, _ in self.partitions for alphabet in own):
            codes, words = rows.told(alphabet.of)
            of_word, lacking = alphabet.spell(words)
            letters[alphabet] = of_word, codes
            if lacking:
                self.lacking.setdefault(alphabet, {}).update(dict.fromkeys(lacking))
        if self.lacking:
            return
        for window in rows.windows:
            spelled = {a: of_word.take(codes[window.rows], mode="clip") for a, (of_word, codes) in letters.items()}
            for partition, own, tally in self.partitions:
                number = np.zeros(len(window.place), dtype=np.min_scalar_type(math.prod(map(len, own))))
                for alphabet in own:
                    number *= number.dtype.type(len(alphabet))
                    number += spelled[alphabet]
                rows.count(tally, partition, number, window)


def _codes(truth: Truth) -> Array:
    return np.where(truth.true, TRUE, np.where(truth.false, FALSE, UNKNOWN)).astype(np.uint8)


def _lists(condition: Condition, tables: Tables) -> dict[str, pd.DataFrame]:
    """Of the tables that a condition looks into, the columns that it reads there."""
    columns: dict[str, set[str]] = {}
    inside = [condition]
    while inside:
        for node in walk(inside.pop()):
            if isinstance(node, AlsoIn):
                columns.setdefault(node.dataset, set()).update(node.on, columns_of(node.where))
                inside.append(node.where)
    return {name: tables[name].part(sorted(names)) for name, names in columns.items() if name in tables}
