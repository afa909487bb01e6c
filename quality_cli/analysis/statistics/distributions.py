"""Tails of the binomial distribution, right to about 1e-12."""

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, log1p, pi, sqrt

_NEGLIGIBLE = 1e-18
_TIE = 1 + 1e-7
"""Probabilities that differ by less are equal: the same tables computed in another order (as R's tests have it)."""
_SERIES_FROM = 16
_SMALL_ERRORS = (
    0.0,
    *(lgamma(n + 1) - (n + 0.5) * log(n) + n - log(2 * pi) / 2 for n in range(1, _SERIES_FROM)),
)


@lru_cache(maxsize=65536)
def tail_at_least(x: int, n: int, p: float) -> float:
    """The probability of ``x`` or more of ``n``, each with the chance ``p`` (0 and 1 included)."""
    return tail_at_most(n - x, n, 1 - p) if x > n * p else 1 - tail_at_most(x - 1, n, p)


@lru_cache(maxsize=65536)
def tail_at_most(x: int, n: int, p: float) -> float:
    """The probability of ``x`` or fewer of ``n``, each with the chance ``p`` (0 and 1 included)."""
    if x < 0 or x >= n:
        return float(x >= n)
    if p <= 0 or p >= 1:
        return float(p <= 0)
    if x > n * p:
        return 1 - tail_at_most(n - x - 1, n, 1 - p)
    odds = (1 - p) / p
    return binomial_mass(x, n, p) * _falling(x, lambda k: k * odds / (n - k + 1))


def binomial_mass(x: int, n: int, p: float) -> float:
    """The probability of exactly ``x`` of ``n`` for a chance inside 0…1.

    Loader (2000), Fast and accurate computation of binomial probabilities: the deviance and what Stirling's formula
    lacks, so that no large logarithms cancel.
    """
    if x in (0, n):
        return exp(n * (log1p(-p) if x == 0 else log(p)))
    other = n - x
    lack = _stirling_error(n) - _stirling_error(x) - _stirling_error(other)
    spread = sqrt(n / (2 * pi * x * other))
    return spread * exp(lack - _deviance(x, n * p) - _deviance(other, n * (1 - p)))


def no_more_probable(observed: int, lowest: int, highest: int, step: Callable[[int], float]) -> float:
    """The probability of the values no more probable than the one observed, among ``lowest``…``highest``.

    ``step(k)`` is the probability of k + 1 divided by that of k; the distribution has one peak.
    """
    total, extreme = 1.0, 1.0
    for up in (True, False):
        weight, k = 1.0, observed
        while k != (highest if up else lowest):
            factor = step(k) if up else 1 / step(k - 1)
            weight, k = weight * factor, k + 1 if up else k - 1
            total += weight
            if weight <= _TIE:
                extreme += weight
                if weight < _NEGLIGIBLE and factor < 1:
                    break
    return extreme / total


def _falling(x: int, factor: Callable[[int], float]) -> float:
    """The sum of the probabilities of x, x − 1 … 0 in units of the first; ``factor(k)``: of k − 1 in units of k."""
    total = term = 1.0
    for k in range(x, 0, -1):
        term *= factor(k)
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return total


def _stirling_error(n: int) -> float:
    """The logarithm of n! less that of Stirling's formula."""
    if n < _SERIES_FROM:
        return _SMALL_ERRORS[n]
    square = n * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / n


def _deviance(x: int, mean: float) -> float:
    """Half the deviance of a count from its expectation: x ln(x / mean) + mean − x."""
    return x * log1p((x - mean) / mean) + mean - x
