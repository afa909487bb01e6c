"""One scan: the rows of a table become counts at the leaf for every partition, batch by batch, on every core.

Counts of batches, files, threads or other engines add up, so nothing depends on how a table is cut or ordered.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice, product
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from quality_cli.datasets.tables.batches import Batch
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.plan.partitions import Partition, clauses_by_column
from quality_cli.engine.plan.plan import Plan, Scan
from quality_cli.engine.plan.value_classes import ClassEncoder
from quality_cli.engine.scan.accumulate import Accumulator, PartitionCounts
from quality_cli.engine.scan.batch_view import BatchView, TableView
from quality_cli.engine.scan.distinct import SharedValues
from quality_cli.engine.scan.row_classes import FALSE, TRUE, UNKNOWN, RowClasses, combinations, numbered

Engine: TypeAlias = Callable[[Plan, Tables, Scan], list[PartitionCounts]]
"""Runs a scan: the counts of each of its partitions, in their order."""

Part: TypeAlias = Callable[[], Iterator[Batch]]
"""A part of a table, to be read in batches."""


def run_scan(plan: Plan, tables: Tables, scan: Scan) -> list[PartitionCounts]:
    """Our own :data:`Engine`."""
    parts = tables[scan.dataset].parts(scan.columns, plan.read)
    counted = Scanner(plan, tables, scan.dataset).run(scan.partitions, parts, by_classes=scan.by_classes)
    pa.default_memory_pool().release_unused()  # what was read is counted; roll-up and layout need the memory next
    return counted


class Scanner:
    """Counts batches of one table, once.

    In a small table only the combinations of values that are met are looked at. In a large one that would mean to sort
    or mark the rows of every batch; there every combination of value classes is looked at before the rows are, and a
    row costs one look-up.
    """

    def __init__(self, plan: Plan, tables: Tables, dataset: str) -> None:
        self._contract = plan.contracts[dataset]
        self._tuning = plan.tuning
        self._table = tables[dataset]
        self._view = TableView(self._contract, plan.read, tables, plan.tuning)
        self._values: dict[tuple[str, ...], SharedValues] = {}

    def run(self, partitions: Sequence[Partition], parts: Sequence[Part], *, by_classes: bool) -> list[PartitionCounts]:
        """The counts of each partition over all parts; not by classes only where there is one batch."""
        if by_classes:
            return self._by_classes(partitions, parts)
        (batch,) = (self._viewed(batch) for part in parts for batch in part())
        return [self._by_combinations_met(partition, batch) for partition in partitions]

    def _by_combinations_met(self, partition: Partition, batch: BatchView) -> PartitionCounts:
        columns = [*(batch.encoded(name) for name in partition.key_columns), batch.encoded(partition.tested)]
        values = [values for _, values in columns]
        digits = [np.where(codes < 0, len(values) - 1, codes) for codes, values in columns]
        number, met = numbered(digits, list(map(len, values)), len(batch), self._tuning.marked_numbers)
        accumulator = self._accumulator(partition, values, met)
        _count(accumulator, partition, batch, number, slice(None))
        return accumulator.result()

    def _by_classes(self, partitions: Sequence[Partition], parts: Sequence[Part]) -> list[PartitionCounts]:
        """Classes are fitted to the first batches of two parts; where another batch holds a value that needs a class of
        its own, all are counted once more. That is rare and costs a second reading; to look for all values first would
        cost it always."""
        shared: dict[Any, ClassEncoder] = {}
        encoders = [self._encoders(partition, shared) for partition in partitions]
        begun = {place: map(self._viewed, parts[place]()) for place in ({0, len(parts) - 1} if parts else ())}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            first = dict(zip(begun, pool.map(lambda batches: list(islice(batches, 1)), begun.values()), strict=True))
            for encoder in shared.values():
                self._fit(encoder, chain.from_iterable(first.values()))

            def batches_of(place: int) -> Iterable[BatchView]:
                # What was read to fit the classes is counted first and not read again.
                return chain(first.pop(place), begun[place]) if place in first else map(self._viewed, parts[place]())

            while True:
                accumulators = [self._foreseeing(*pair) for pair in zip(partitions, encoders, strict=True)]
                counting = _Pass(list(zip(partitions, encoders, accumulators, strict=True)), self._tuning.slice_rows)
                places = dict.fromkeys((*begun, *range(len(parts))))  # what is begun first, to be let go soon
                for _ in pool.map(lambda place, work=counting: work(batches_of(place)), places):
                    pass
                if not counting.unseen:
                    return [accumulator.result() for accumulator in accumulators]
                for encoder, values in counting.unseen.items():
                    encoder.fit(values)

    def _viewed(self, batch: Batch) -> BatchView:
        return BatchView(self._view, batch)

    def _encoders(self, partition: Partition, shared: dict[Any, ClassEncoder]) -> list[ClassEncoder]:
        """Those of a partition's key columns, then that of its tested conditions; partitions that ask the same of a
        column share one."""
        found = []
        for name, clauses in clauses_by_column(partition).items():
            made = ClassEncoder(name, clauses, numeric=self._contract.is_numeric(name))
            found.append(shared.setdefault((name, clauses), made))
        return [*found, shared.setdefault(partition.tested, ClassEncoder(partition.tested))]

    def _fit(self, encoder: ClassEncoder, batches: Iterable[BatchView]) -> None:
        """Fit to the values of some batches, and to what can be foreseen."""
        if isinstance(encoder.subject, str):
            encoder.fit([None] if self._table.gaps(encoder.subject) else [])
        elif len(encoder.subject) <= self._tuning.foreseen_tests:
            encoder.fit(product((FALSE, TRUE, UNKNOWN), repeat=len(encoder.subject)))
            return
        for batch in batches:
            _, values = batch.encoded(encoder.subject)
            encoder.fit(value for value in values if value is not None)

    def _foreseeing(self, partition: Partition, encoders: Sequence[ClassEncoder]) -> Accumulator:
        """An accumulator over every combination of classes."""
        values = [encoder.representatives for encoder in encoders]
        return self._accumulator(partition, values, combinations(list(map(len, values))))

    def _accumulator(self, partition: Partition, values: Sequence[Sequence[Any]], met: Array) -> Accumulator:
        classes = RowClasses(partition, self._contract, values, met)
        shared = {names: self._values.setdefault(names, SharedValues()) for names in partition.distinct}
        return Accumulator(classes, partition.summed, shared, self._view.shape, len(self._table), self._tuning)


def _count(accumulator: Accumulator, partition: Partition, batch: BatchView, number: Array, rows: slice) -> None:
    """Count some rows of a batch; ``number`` is the combination of each."""
    cells = batch.cells(rows)
    if cells is not None:
        weights = None if batch.weights is None else batch.weights[rows]
        sums = {name: batch.sums(name)[rows] for name in partition.summed}
        values = {names: batch.values(names, rows) for names in partition.distinct}
        accumulator.add(number, cells, weights, sums, values)


class _Pass:
    """Counts batches by classes; as soon as some hold a value that no class was made for (``unseen``), only looks for
    more of them, so that the next pass is the last."""

    def __init__(
        self, partitions: Sequence[tuple[Partition, Sequence[ClassEncoder], Accumulator]], slice_rows: int
    ) -> None:
        self._partitions = partitions
        self._slice_rows = slice_rows
        self._encoders = list(dict.fromkeys(encoder for _, own, _ in partitions for encoder in own))
        self.unseen: dict[ClassEncoder, dict[Any, None]] = {}

    def __call__(self, batches: Iterable[BatchView]) -> None:
        for batch in batches:
            self._count(batch)
            del batch  # before the next is read

    def _count(self, batch: BatchView) -> None:
        encoded: list[tuple[ClassEncoder, Array, Array]] = []
        for encoder in self._encoders:
            codes, values = batch.encoded(encoder.subject)
            classes, unseen = encoder.encode(values)
            encoded.append((encoder, classes, codes))
            if unseen:
                self.unseen.setdefault(encoder, {}).update(dict.fromkeys(unseen))
        if self.unseen:
            return
        for low in range(0, len(batch), self._slice_rows):
            rows = slice(low, low + self._slice_rows)
            row_classes = {encoder: classes.take(codes[rows], mode="wrap") for encoder, classes, codes in encoded}
            for partition, own, accumulator in self._partitions:
                # In the smallest type that holds every combination: two bytes a row are read faster than eight.
                size = math.prod(map(len, own))
                number = np.zeros(len(row_classes[own[-1]]), dtype=np.min_scalar_type(size))
                for encoder in own:
                    number *= number.dtype.type(len(encoder))
                    number += row_classes[encoder]
                _count(accumulator, partition, batch, number, rows)
