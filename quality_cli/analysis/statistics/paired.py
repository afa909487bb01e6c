"""The same children twice: is there a change? Exact tests."""

from collections.abc import Sequence
from functools import lru_cache
from math import gcd, sqrt
from statistics import NormalDist
from typing import NamedTuple

from quality_cli.analysis.statistics.distributions import binomial_mass, tail_at_most

_LARGEST = 1 << 22
"""Bits of a distribution that is still counted out: some two hundred different differences, thousands of marks."""


class McNemar(NamedTuple):
    """Two-sided p of as many children changing for the better as for the worse."""

    exact: float
    mid: float


def mcnemar(first_only: int, second_only: int) -> McNemar:
    """Exact conditional p and mid-p of children who changed one way and the other.

    McNemar (1947), Psychometrika 12: 153–157; mid-p: Fagerland, Lydersen and Laake (2013), BMC Medical Research
    Methodology 13: 91: less conservative, without the guarantee of the exact one.
    """
    changed, fewer = first_only + second_only, min(first_only, second_only)
    if not changed:
        return McNemar(1.0, 1.0)
    mass = binomial_mass(fewer, changed, 0.5)
    if first_only == second_only:
        return McNemar(1.0, 1 - mass / 2)
    p = 2 * tail_at_most(fewer, changed, 0.5)
    return McNemar(p, p - mass)


def mcnemar_least(changed: int) -> float:
    """The least exact p that so many changed children can give, all of them changing one way: 0.05 needs six."""
    return min(1.0, 2 * 0.5**changed)


def signed_rank(differences: Sequence[float]) -> float:
    """Exact two-sided p of the differences lying around zero. Wilcoxon (1945), Biometrics Bulletin 1: 80–83.

    Zeros are left out before ranking (Wilcoxon's treatment); equal sizes share their mean rank, and the distribution is
    that of these very ranks under all changes of sign (of more than some two hundred different sizes, its normal
    approximation).
    """
    changes = [difference for difference in differences if difference]
    place: dict[float, list[int]] = {}
    for rank, size in enumerate(sorted(map(abs, changes)), start=1):
        place.setdefault(size, []).append(rank)
    twice_mean = {size: ranks[0] + ranks[-1] for size, ranks in place.items()}
    return _sign_changes([twice_mean[abs(change)] * (1 if change > 0 else -1) for change in changes])


def sign_flip(differences: Sequence[int]) -> float:
    """Exact two-sided p of the mean difference being zero, under all changes of sign.

    Fisher (1935), The Design of Experiments, section 21. Whole numbers: marks or points.
    """
    return _sign_changes([difference for difference in differences if difference])


def _sign_changes(values: Sequence[int]) -> float:
    """The share of the changes of sign that give a sum at least as far from zero; of very many, by the normal curve."""
    unit = gcd(*values)
    if not unit:
        return 1.0
    weights = sorted(abs(value) // unit for value in values)
    total, excess = sum(weights), abs(sum(values)) // unit
    if (total + 1) * (len(weights) + 1) > _LARGEST:
        return 2 * NormalDist().cdf(-excess / sqrt(sum(weight * weight for weight in weights)))
    return _at_most((total - excess) // 2, tuple(weights))


@lru_cache(maxsize=1024)
def _at_most(sum_of_some: int, weights: tuple[int, ...]) -> float:
    """Twice the share of the subsets of weights with at most such a sum, but not above 1.

    How many subsets have the sum s is the s-th digit of one large number: a weight w doubles it by a shift of w digits.
    No digit overflows, and a number leaves the sum of its digits when divided by its base less one.
    """
    bits = len(weights) + 1
    counts = 1
    for weight in weights:
        counts += counts << bits * weight
    few = counts & ((1 << bits * (sum_of_some + 1)) - 1)
    return min(1.0, 2 * (few % ((1 << bits) - 1)) / (1 << len(weights)))
