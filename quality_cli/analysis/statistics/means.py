"""Means of marks and points, and their differences."""

from math import inf, sqrt
from typing import NamedTuple

from quality_cli.analysis.statistics.distributions import student_quantile, student_tail
from quality_cli.analysis.statistics.shares import Interval

UNKNOWN = Interval(-inf, inf)
"""Nothing can be said: there is one value, or all are equal and the spread is unknown."""


class Moments(NamedTuple):
    """How many values, their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def error(self) -> float:
        """The estimated variance of the mean; 0 where it is unknown. No digits are lost where the values are whole."""
        if self.n < 2:
            return 0.0
        return max(0.0, self.n * self.squares - self.total**2) / (self.n**2 * (self.n - 1))


def mean_interval(values: Moments) -> Interval:
    """Interval of a mean, 95 %. Student (1908), Biometrika 6: 1–25. ``UNKNOWN`` without two different values."""
    if not values.error:
        return UNKNOWN
    half = student_quantile(0.025, values.n - 1) * sqrt(values.error)
    return Interval(values.mean - half, values.mean + half)


def welch(first: Moments, second: Moments) -> Interval:
    """Interval of the first mean less the second, 95 %, for independent groups with unequal spread.

    Welch (1947), Biometrika 34: 28–35. ``UNKNOWN`` where a group has fewer than two values or neither has any spread.
    """
    error, freedom = _welch(first, second)
    if not error:
        return UNKNOWN
    half = student_quantile(0.025, freedom) * sqrt(error)
    return Interval(first.mean - second.mean - half, first.mean - second.mean + half)


def welch_p(first: Moments, second: Moments) -> float:
    """Two-sided p of two means being one, as ``welch``; 1 where nothing can be said."""
    error, freedom = _welch(first, second)
    return 2 * student_tail(abs(first.mean - second.mean) / sqrt(error), freedom) if error else 1.0


def _welch(first: Moments, second: Moments) -> tuple[float, float]:
    """The variance of the difference and its degrees of freedom; zeros where they are unknown."""
    error = first.error + second.error
    if first.n < 2 or second.n < 2 or not error:
        return 0.0, 0.0
    return error, error**2 / (first.error**2 / (first.n - 1) + second.error**2 / (second.n - 1))
