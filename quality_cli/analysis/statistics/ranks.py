"""Two orders of the same things."""

from collections import Counter
from collections.abc import Mapping
from math import nan, sqrt


def spearman(table: Mapping[tuple[float, float], int]) -> float:
    """Rank correlation, −1…1, of the pairs that a cross-table counts. Spearman (1904), American Journal of Psychology
    15: 72–101; equal values have the mean of their ranks.

    NaN of no pairs, and where all values of one kind are equal.
    """
    first, second = _centred_ranks(table, 0), _centred_ranks(table, 1)
    cells = [(first[x], second[y], count) for (x, y), count in table.items()]
    scale = sqrt(sum(n * x * x for x, _, n in cells) * sum(n * y * y for _, y, n in cells))
    return sum(n * x * y for x, y, n in cells) / scale if scale else nan


def _centred_ranks(table: Mapping[tuple[float, float], int], place: int) -> Mapping[float, int]:
    """Of each first (0) or second (1) value of the pairs twice its rank less twice the mean rank: whole numbers."""
    counts: Counter[float] = Counter()
    for pair, count in table.items():
        counts[pair[place]] += count
    ranks, below = {}, 0
    for value in sorted(counts):
        ranks[value] = 2 * below + counts[value] - counts.total()
        below += counts[value]
    return ranks
