"""Series of years."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, combinations
from typing import NamedTuple


class Trend(NamedTuple):
    """Pairs of years that rise less those that fall, and the two-sided p of there being no order."""

    score: int
    p: float


def mann_kendall(values: Sequence[float]) -> Trend:
    """Exact test of a trend. Mann (1945), Econometrica 13: 245–259; Kendall (1938), Biometrika 30: 81–93.

    ``values`` in the order of the years. Equal values are counted exactly: the orders of these very values, ties
    included, are what the score is compared with. Four values cannot reach 0.05 (2 of 24 orders); five can.
    """
    score = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    return Trend(score, _extreme_orders(abs(score), tuple(sorted(Counter(values).values()))))


@lru_cache(maxsize=1024)
def _extreme_orders(score: int, groups: tuple[int, ...]) -> float:
    """The share of the orders of groups of equal values whose score is at least so far from zero.

    Orders with i inversions are the coefficients of the Gaussian multinomial (MacMahon 1916, Combinatory Analysis):
    with every value that comes as the j-th of its group and the m-th of all, multiply by 1 − qᵐ and divide by 1 − qʲ.
    """
    counts, placed = [1], 0
    for group in groups:
        for j in range(1, group + 1):
            placed += 1
            longer = [*counts, *[0] * placed]
            for i, count in enumerate(counts):
                longer[i + placed] -= count
            for i in range(j, len(longer)):
                longer[i] += longer[i - j]
            counts = longer[: len(counts) + placed - j]
    pairs = len(counts) - 1  # a score is the pairs less twice the inversions
    sums = list(accumulate(counts))
    return min(1.0, 2 * sums[(pairs - score) // 2] / sums[-1])
