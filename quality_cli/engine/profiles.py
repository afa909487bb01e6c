"""Profiles: the distinct combinations of what the figures of a scan need to know of a row.

There are few of them whatever the number of rows, so conditions are evaluated over profiles and not over rows.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from quality_cli.core.where import Condition, clauses_of, columns_of
from quality_cli.datasets.batches import Array, Batch, Coded
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.evaluate import Evaluator
from quality_cli.datasets.table import PERIOD

MARKS = 1 << 16
"""Combinations that are always few enough to be marked in an array rather than sorted."""


def alike(
    batch: Batch, names: Sequence[str], conditions: Iterable[Condition], by: Iterable[str], contract: Contract
) -> list[Coded]:
    """The columns as positions; values that no stratifier and no condition tells apart have one position, and the first
    of them stands for all.

    A column that a condition compares with another is left as it is.
    """
    asked: dict[str, list[Condition] | None] = {name: [] for name in names} | dict.fromkeys(by)
    for clause in dict.fromkeys(clause for condition in conditions for clause in clauses_of(condition)):
        columns = columns_of(clause)
        for name in columns & asked.keys():
            clauses = asked[name]
            if len(columns) == 1 and clauses is not None:
                clauses.append(clause)
            else:
                asked[name] = None
    return [_merged(batch.coded(name), name, asked[name], contract) for name in names]


def _merged(column: Coded, name: str, clauses: Sequence[Condition] | None, contract: Contract) -> Coded:
    if clauses is None:
        return column
    numeric = name == PERIOD or contract.columns[name].is_numeric
    evaluate = Evaluator.of_values(name, column.values.to_pylist(), numeric=numeric)
    place: dict[tuple[bool, ...], int] = {}
    truths = [evaluate(clause).true.tolist() for clause in clauses]
    places = [place.setdefault(truth, len(place)) for truth in zip(*truths, strict=True)] if clauses else []
    places = places or [0] * len(column.values)
    first = [places.index(number) for number in sorted(set(places))]
    kind = np.uint8 if len(first) < 1 << 8 else np.uint16
    codes = np.array([*places, len(first)], dtype=kind)[column.codes]
    return Coded(codes, column.values.take(pa.array(first, pa.int64())))


def profiles(codes: Sequence[Array], sizes: Sequence[int], rows: int) -> tuple[Array, Array]:
    """For each row the position of its combination of codes, and the combinations (a row each, a column for each code).

    Codes are read as digits of one number; where it grows beyond what an array of marks can hold, the numbers met so
    far are numbered anew.
    """
    most = max(4 * rows, MARKS)
    number: Array = np.zeros(rows, dtype=np.int32)
    combinations: Array = np.zeros((1, 0), dtype=np.int32)
    pending: list[int] = []
    for code, size in zip(codes, sizes, strict=True):
        if pending and len(combinations) * int(np.prod(pending)) * size > most:
            number, combinations = _renumbered(number, combinations, pending)
            pending = []
        if number.dtype == np.int32 and len(combinations) * int(np.prod(pending)) * size >= 1 << 31:
            number = number.astype(np.int64)
        number *= size  # in place: fresh memory costs more than the sums
        number += code
        pending.append(size)
    return _renumbered(number, combinations, pending)


def _renumbered(number: Array, combinations: Array, pending: list[int]) -> tuple[Array, Array]:
    """Number the combinations met from 0 and tell their digits."""
    size = len(combinations) * int(np.prod(pending))
    if size <= max(4 * len(number), MARKS):
        marks = np.zeros(size, dtype=bool)
        marks[number] = True
        met = np.flatnonzero(marks)
        place = np.zeros(size, dtype=np.int32)
        place[met] = np.arange(len(met), dtype=np.int32)
        number = place[number]
    else:
        met, number = np.unique(number, return_inverse=True)
    rest, digits = split(met, pending)
    return number.astype(np.int32, copy=False), np.column_stack([combinations[rest], *digits])


def split(numbers: Array, radixes: Sequence[int]) -> tuple[Array, list[Array]]:
    """Digits of numbers by their radixes, the first radix the most significant; and what is left before them."""
    if numbers.max(initial=0) < 1 << 31:
        numbers = numbers.astype(np.int32)  # division by a constant is twenty times faster there
    digits = []
    for radix in reversed(radixes):
        rest = numbers // numbers.dtype.type(radix)
        digits.append(numbers - rest * numbers.dtype.type(radix))
        numbers = rest
    return numbers, digits[::-1]
