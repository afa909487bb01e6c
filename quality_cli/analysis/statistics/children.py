"""Shares of works with the child as the unit: works of one child depend on each other, children do not.

A share of works is carried over to the children who wrote them: 7 of 16 works of 5 children are 2.19 children. An exact
test takes whole children, so the count is rounded against what is claimed: 3 where the share is said to be low, 2 where
it is said to be high. Where every child writes as many works the most dependent case is that of children who do all
their works well or all badly, and there this is the exact test; any weaker dependence makes the sum vary less
(Hoeffding 1956, Annals of Mathematical Statistics 27: 713–721, for whole children of unequal chances; for parts of a
child the tests count out how often the claim would be false).

Rounding is enough for three works here and four there, too, or where some missed one. Where one child wrote a single
work and another four, those with many weigh more and heads are too many: ``independent`` tells what they are worth.
"""

from typing import NamedTuple

from quality_cli.analysis.statistics.differences import newcombe
from quality_cli.analysis.statistics.distributions import tail_at_least, tail_at_most
from quality_cli.analysis.statistics.shares import Interval, fisher, wilson


class Share(NamedTuple):
    """``numerator`` of ``denominator`` works written by ``children``; of children themselves the last two are equal."""

    numerator: float
    denominator: float
    children: int

    @property
    def carried(self) -> float:
        """The share in children, not rounded: for intervals."""
        return self.numerator * self.children / self.denominator

    @property
    def fewest(self) -> int:
        """The share in whole children, rounded down."""
        return int(self.numerator * self.children // self.denominator)

    @property
    def most(self) -> int:
        """The share in whole children, rounded up."""
        return self.children - int((self.denominator - self.numerator) * self.children // self.denominator)


def share_interval(share: Share) -> Interval:
    """Wilson's interval with the child as the unit, 95 %."""
    return wilson(share.carried, share.children)


def share_difference(first: Share, second: Share) -> Interval:
    """Newcombe's interval of the first share less the second with the child as the unit, 95 %; independent groups."""
    return newcombe(first.carried, first.children, second.carried, second.children)


def p_below(share: Share, target: float) -> float:
    """One-sided p of the claim that a share is below its target (0…1), the count rounded up."""
    return tail_at_most(share.most, share.children, target)


def p_above(share: Share, target: float) -> float:
    """One-sided p of the claim that a share is above its target (0…1), the count rounded down."""
    return tail_at_least(share.fewest, share.children, target)


def p_differ(first: Share, second: Share) -> float:
    """Two-sided p of the claim that independent shares differ, both rounded towards each other; 1 where they meet."""
    if first.carried * second.children < second.carried * first.children:
        first, second = second, first
    if first.fewest * second.children <= second.most * first.children:
        return 1.0
    return fisher(first.fewest, first.children, second.most, second.children)


def independent(works: float, children: int, most: int) -> int:
    """How many children of equal weight ``children`` are worth at least, if none wrote more than ``most`` works.

    Kish (1965), Survey Sampling, section 11.7: (Σm)² / Σm² for m works of each child. Σm² is largest where every child
    wrote either one work or ``most``. Rounded down, but at least one.
    """
    squares = works * (most + 1) - children * most
    return max(1, int(works * works // max(squares, works * works / children)))
