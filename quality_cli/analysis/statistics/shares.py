"""Shares of small groups: intervals, two shares against each other, control limits."""

from collections.abc import Sequence
from functools import lru_cache
from math import floor, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from quality_cli.analysis.statistics.distributions import no_more_probable, tail_at_most

if TYPE_CHECKING:
    from quality_cli.datasets.tables.encoded import Array

Z95 = 1.959963984540054
"""The quantile of the normal distribution for 95 % in the middle."""


class Interval(NamedTuple):
    """Confidence or control limits, as fractions where they are of shares."""

    low: float
    high: float


@overload
def wilson(x: float, n: float) -> Interval: ...
@overload
def wilson(x: "Array", n: "Array") -> tuple["Array", "Array"]: ...
def wilson(x: Any, n: Any) -> Any:
    """Score interval of a share, 95 %. Wilson (1927), Journal of the American Statistical Association 22: 209–212.

    ``x`` of ``n``: numbers or arrays; ``x`` need not be whole. Unlike the normal approximation it stays within 0…1 and
    keeps its coverage for the groups of 3–25 met here. The bounds are written as parts of the share and of its
    complement, so that they hold the share to the last digit. Of nobody an array has NaN, a number raises
    ``ZeroDivisionError``.
    """
    rest = n - x
    spread = Z95**2 / 2 + Z95 * (x * rest / n + Z95**2 / 4) ** 0.5
    return Interval(x / n * (x / (x + spread)), 1 - rest / n * (rest / (rest + spread)))


@lru_cache(maxsize=65536)
def fisher(x1: int, n1: int, x2: int, n2: int) -> float:
    """Exact two-sided p of two independent shares being one: the tables no more probable than this one.

    Fisher (1935), Journal of the Royal Statistical Society 98: 39–82; two-sided as in R and scipy. ``x1`` of ``n1``
    against ``x2`` of ``n2``.
    """
    drawn = x1 + x2
    return no_more_probable(
        x1,
        max(0, drawn - n2),
        min(n1, drawn),
        lambda k: (n1 - k) * (drawn - k) / ((k + 1) * (n2 - drawn + k + 1)),
    )


@lru_cache(maxsize=4096)
def funnel(p: float, n: int, level: float = 0.95) -> Interval:
    """Control limits for the share of a group of ``n`` where the share of all is ``p``, usually at 0.95 and 0.998.

    Spiegelhalter (2005), Statistics in Medicine 24: 1185–1202, exact binomial limits without his interpolation between
    counts: a share lies outside exactly when its tail is at most (1 − level) / 2.
    """
    tail = (1 - level) / 2
    return Interval(_lowest(n, p, tail) / n, (n - _lowest(n, 1 - p, tail)) / n)


def overdispersion(scores: Sequence[float]) -> float:
    """How many times more the shares of groups vary about the share of all than chance lets them: φ ≥ 1, by which a
    funnel is widened (:func:`widened`).

    ``scores``: of each group how many standard errors its share is away. Spiegelhalter (2005), Quality and Safety in
    Health Care 14: 347–351: the mean of the squares after a tenth of the scores at each end has been drawn in to the
    next ones (winsorised). It is taken for more than chance where it is two of its standard errors, 2 · √(2 / groups),
    above 1.
    """
    many, cut = len(scores), len(scores) // 10
    order = sorted(scores)
    drawn_in = (min(max(score, order[cut]), order[many - 1 - cut]) for score in order)
    factor = sum(score * score for score in drawn_in) / many
    return factor if factor > 1 + 2 * sqrt(2 / many) else 1.0


def widened(limits: Interval, p: float, factor: float) -> Interval:
    """Control limits about ``p`` where groups vary ``factor`` times more than by chance (of the variance)."""
    wider = sqrt(factor)
    return Interval(max(0.0, p - wider * (p - limits.low)), min(1.0, p + wider * (limits.high - p)))


def _lowest(n: int, p: float, tail: float) -> int:
    """The least count that is not improbably low: a step or two from that of the normal distribution."""
    x = min(max(floor(n * p + _quantile(tail) * sqrt(n * p * (1 - p))), 0), n)
    while x > 0 and tail_at_most(x - 1, n, p) > tail:
        x -= 1
    while tail_at_most(x, n, p) <= tail:
        x += 1
    return x


@lru_cache
def _quantile(tail: float) -> float:
    return NormalDist().inv_cdf(tail)
