"""Series of years, and two orders of the same things."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, combinations, permutations
from math import nan, sqrt
from operator import mul
from typing import NamedTuple

from quality_cli.analysis.statistics.distributions import student_tail

_PERMUTED = 8
"""So many things are put into every order (40,320 of eight); of more the t approximation is near enough."""


class Trend(NamedTuple):
    """Pairs of years that rise less those that fall, and the two-sided p of there being no order."""

    score: int
    p: float


class Correlation(NamedTuple):
    """Rank correlation, −1…1, and the two-sided p of there being none."""

    rho: float
    p: float


def mann_kendall(values: Sequence[float]) -> Trend:
    """Exact test of a trend. Mann (1945), Econometrica 13: 245–259; Kendall (1938), Biometrika 30: 81–93.

    ``values`` in the order of the years. Equal values are counted exactly: the orders of these very values, ties
    included, are what the score is compared with. Four values cannot reach 0.05 (2 of 24 orders); five can.
    """
    score = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    return Trend(score, _extreme_orders(abs(score), tuple(sorted(Counter(values).values()))))


def spearman(xs: Sequence[float], ys: Sequence[float]) -> Correlation:
    """Rank correlation of pairs. Spearman (1904), American Journal of Psychology 15: 72–101; equal values: mean ranks.

    Up to eight pairs p is exact: all orders of these very ranks. Of more it comes from Student's t with n − 2 degrees
    of freedom. Where all values of one kind are equal rho is NaN and p is 1.
    """
    first, second = _centred_ranks(xs), _centred_ranks(ys)
    product = sum(map(mul, first, second))
    scale = sqrt(sum(map(mul, first, first)) * sum(map(mul, second, second)))
    if not scale:
        return Correlation(nan, 1.0)
    rho, n = product / scale, len(first)
    if n <= _PERMUTED:
        return Correlation(rho, _extreme_products(abs(product), tuple(sorted(first)), tuple(sorted(second))))
    if abs(rho) >= 1:
        return Correlation(rho, 0.0)
    return Correlation(rho, 2 * student_tail(abs(rho) * sqrt((n - 2) / (1 - rho * rho)), n - 2))


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


@lru_cache(maxsize=256)
def _products(first: tuple[int, ...], second: tuple[int, ...]) -> Counter[int]:
    return Counter(abs(sum(map(mul, first, order))) for order in permutations(second))


def _extreme_products(product: int, first: tuple[int, ...], second: tuple[int, ...]) -> float:
    found = _products(first, second)
    return sum(count for size, count in found.items() if size >= product) / found.total()


def _centred_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each value less twice the mean rank: whole numbers."""
    order = sorted(values)
    below = {value: place for place, value in reversed(list(enumerate(order)))}
    above = {value: place for place, value in enumerate(order)}
    return [below[value] + above[value] - len(order) + 1 for value in values]
