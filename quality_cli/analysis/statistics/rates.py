"""Counts of events and their rates."""

from collections.abc import Callable
from functools import lru_cache
from math import sqrt

from quality_cli.analysis.statistics.distributions import binomial_p, poisson_at_least, poisson_at_most
from quality_cli.analysis.statistics.shares import Interval


@lru_cache(maxsize=4096)
def garwood(events: int) -> Interval:
    """Exact interval of the number of events to be expected, 95 %. Garwood (1936), Biometrika 28: 437–442.

    Divide both bounds by the people or time looked at to have the interval of a rate.
    """
    far = 6 * sqrt(events) + 6
    low = _root(lambda mean: poisson_at_least(events, mean) - 0.025, max(0.0, events - far), events) if events else 0.0
    return Interval(low, _root(lambda mean: 0.025 - poisson_at_most(events, mean), events, events + far))


@lru_cache(maxsize=4096)
def rate_difference_p(x1: int, t1: float, x2: int, t2: float) -> float:
    """Exact two-sided p of two rates being one: ``x1`` events among ``t1`` people (or days) and ``x2`` among ``t2``.

    Przyborowski and Wilenski (1940), Biometrika 31: 313–323: given all events, those of the first are binomial. Both
    t are above zero.
    """
    return binomial_p(x1, x1 + x2, t1 / (t1 + t2))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero, by bisection to the last digit."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return high
