"""Row classes of a partition: which combinations of what its rows can say are alike, and in which masks each is.

Conditions are evaluated over combinations and not over rows. Combinations that no mask and no stratum tells apart are
one *class*; rows are counted by class, and classes go into masks by a product of matrices.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask, Truth
from quality_cli.engine.plan.ordering import in_order
from quality_cli.engine.plan.partitions import Partition
from quality_cli.engine.plan.selection import select

FALSE, TRUE, UNKNOWN = 0, 1, 2
"""Codes of a condition that is tested row by row."""


@dataclass(frozen=True, slots=True)
class MaskedCount:
    """What a figure counts, and the number of the mask in which it counts it."""

    count: Count
    mask: int


class RowClasses:
    """Combinations, masks, strata and classes of a partition.

    ``combinations`` has a row for each and a column for each key column, then one for the tested conditions: positions
    in ``values``, which are the values of each key column and, at the end, what came out of the tests.
    ``counts`` are the quantities of every figure by name; ``class_of`` is the class of each combination. Classes are
    ordered by stratum, ``starts`` is where those of each begin; ``holds`` tells which masks (rows) hold each class.
    ``strata`` are the values of the stratifiers, ``stratum`` is that of each class.
    """

    def __init__(
        self, partition: Partition, contract: Contract, values: Sequence[Sequence[Any]], combinations: Array
    ) -> None:
        *codes, outcome = combinations.T
        keys = dict(zip(partition.key_columns, codes, strict=True))
        columns = {
            name: _column(values[position], codes, name, contract)
            for position, (name, codes) in enumerate(keys.items())
        }
        outcomes = np.array(values[-1], dtype=np.uint8).reshape(len(values[-1]), len(partition.tested)).T[:, outcome]
        truths = {
            condition: Truth(codes == TRUE, codes == FALSE)
            for condition, codes in zip(partition.tested, outcomes, strict=True)
        }
        evaluate = Evaluator(pd.DataFrame(columns, index=range(len(combinations)), copy=False), {}, truths)
        self.counts: dict[Figure, dict[str, MaskedCount]] = {figure: {} for figure in partition.served}
        masks = self._select(partition, evaluate, len(combinations))
        digits = [(keys[name], values[partition.key_columns.index(name)]) for name in partition.by]
        stratum, self.strata = _strata(partition.by, digits, contract, len(combinations))
        self.class_of, first = _classes(stratum, masks)
        self.starts = np.searchsorted(stratum[first], np.arange(len(self.strata) + 1))
        self.stratum = stratum[first]
        self.holds = masks[:, first]

    def __len__(self) -> int:
        """How many classes there are."""
        return int(self.holds.shape[1])

    def _select(self, partition: Partition, evaluate: Evaluator, rows: int) -> Array:
        """Fill ``counts``; the masks (mask × combination), each once: many figures ask the same of a row."""
        masks: list[Mask] = []
        number: dict[bytes, int] = {}
        for figure in partition.served:
            for name, (count, mask) in select(figure, {partition.dataset: evaluate}).items():
                if mask is None or count.dataset != partition.dataset:
                    continue
                if name in ("numerator", "denominator") or mask.any():
                    position = number.setdefault(mask.tobytes(), len(masks))
                    if position == len(masks):
                        masks.append(mask)
                    self.counts[figure][name] = MaskedCount(count, position)
        return np.array(masks, dtype=bool).reshape(len(masks), rows)


def _column(values: Sequence[Any], codes: Array, name: str, contract: Contract) -> Any:
    """A key column of the combinations in the physical form of a frame."""
    if contract.is_numeric(name):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)[codes]
    words = dict.fromkeys(value for value in values if value is not None)
    position = {word: number for number, word in enumerate(words)}
    own = np.array([-1 if value is None else position[value] for value in values], dtype=np.int32)
    return pd.Categorical.from_codes(own[codes], pd.Index(list(words), dtype=object))


def _strata(
    by: Sequence[str], digits: Sequence[tuple[Array, Sequence[Any]]], contract: Contract, size: int
) -> tuple[Array, pd.DataFrame]:
    """The stratum of each combination, numbered in the order of results, and the values of each stratum."""
    number = np.zeros(size, dtype=np.int64)
    for name, (codes, values) in zip(by, digits, strict=True):
        rank = np.argsort(in_order(values, contract.columns[name]))
        number = number * max(len(values), 1) + rank[codes]
    _, first, stratum = np.unique(number, return_index=True, return_inverse=True)
    columns = {
        name: _column(values, codes[first], name, contract) for name, (codes, values) in zip(by, digits, strict=True)
    }
    return stratum, pd.DataFrame(columns, index=range(len(first)))


def _classes(stratum: Array, masks: Array) -> tuple[Array, Array]:
    """The class of each combination, ordered by stratum, and a combination of each class.

    The masks of a combination are read as words of 64 bits, and classes are refined by one word after another: to sort
    whole rows of bits (``np.unique`` along an axis) would compare them byte by byte.
    """
    _, first, number = np.unique(stratum, return_index=True, return_inverse=True)
    bits = np.packbits(masks, axis=0)
    bits = np.pad(bits, ((0, -len(bits) % 8), (0, 0)))
    for word in np.ascontiguousarray(bits.T).view(np.uint64).T:
        own = np.unique(word, return_inverse=True)[1]
        _, first, number = np.unique(number * (own.max(initial=0) + 1) + own, return_index=True, return_inverse=True)
    return number, first


def numbered(codes: Sequence[Array], sizes: Sequence[int], rows: int, marked: int) -> tuple[Array, Array]:
    """For each row the position of its combination of codes among those met, and these combinations (a row each).

    Codes are read as digits of one number; where it grows beyond what an array of marks (four a row, or ``marked``) can
    hold, the numbers met so far are numbered anew. So nothing is sorted unless there are more combinations than marks.
    """
    most = max(4 * rows, marked)
    number: Array = np.zeros(rows, dtype=np.int64)
    met: Array = np.zeros((1, 0), dtype=np.int32)
    pending: list[int] = []
    for code, size in zip(codes, sizes, strict=True):
        if pending and len(met) * math.prod(pending) * size > most:
            number, met = _renumbered(number, met, pending, most)
            pending = []
        number *= size  # in place: fresh memory costs more than the sums
        number += code
        pending.append(size)
    return _renumbered(number, met, pending, most)


def combinations(sizes: Sequence[int]) -> Array:
    """Every combination of codes, in the order of the number that they are the digits of (a row each)."""
    return np.column_stack(_digits(np.arange(math.prod(sizes)), sizes)[1])


def _renumbered(number: Array, before: Array, pending: Sequence[int], most: int) -> tuple[Array, Array]:
    """Number the combinations met from 0 and tell their digits."""
    size = len(before) * math.prod(pending)
    if size <= most:
        met = np.flatnonzero(np.bincount(number, minlength=size))
        position = np.zeros(size, dtype=np.int64)
        position[met] = np.arange(len(met))
        number = position[number]
    else:
        met, number = np.unique(number, return_inverse=True)
    rest, digits = _digits(met, pending)
    return number, np.column_stack([before[rest], *digits])


def _digits(numbers: Array, radixes: Sequence[int]) -> tuple[Array, list[Array]]:
    """Digits of numbers, the first radix the most significant; and what is left before them."""
    rest, digits = numbers, []
    for radix in reversed(radixes):
        rest, digit = np.divmod(rest, radix)
        digits.append(digit)
    return rest, digits[::-1]
