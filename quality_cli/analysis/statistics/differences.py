"""Differences of two shares with their 95 % intervals."""

from math import hypot, sqrt

from quality_cli.analysis.statistics.shares import Interval, wilson


def newcombe(x1: float, n1: float, x2: float, n2: float) -> Interval:
    """Interval of x1/n1 − x2/n2 for independent groups, 95 %; the counts need not be whole.

    Newcombe (1998), Statistics in Medicine 17: 873–890, method 10: the Wilson intervals of both, squared and added.
    """
    p1, p2 = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = wilson(x1, n1), wilson(x2, n2)
    return Interval(p1 - p2 - hypot(p1 - low1, high2 - p2), p1 - p2 + hypot(high1 - p1, p2 - low2))


def newcombe_paired(both: int, first_only: int, second_only: int, neither: int) -> Interval:
    """Interval of the first share less the second, 95 %, where the same children were looked at twice.

    Newcombe (1998), Statistics in Medicine 17: 2635–2650, method 10: as for independent groups, less what the
    correlation φ explains; a positive φ is corrected for continuity. The arguments count children who have the property
    on both occasions, on one only and on neither.
    """
    n = both + first_only + second_only + neither
    first, second = both + first_only, both + second_only
    (low1, high1), (low2, high2) = wilson(first, n), wilson(second, n)
    p1, p2 = first / n, second / n
    margins = first * (n - first) * second * (n - second)
    product = both * neither - first_only * second_only
    phi = (max(product - n / 2, 0) if product > 0 else product) / sqrt(margins) if margins else 0.0

    def added(a: float, b: float) -> float:
        return sqrt(max(a * a - 2 * phi * a * b + b * b, 0.0))

    return Interval(p1 - p2 - added(p1 - low1, high2 - p2), p1 - p2 + added(high1 - p1, p2 - low2))
