"""Claims about outcomes: that a share changed, or differs from that of others. All of them share a family.

The claims of one organisation in one direction and school year are fixed beforehand by the catalogue, whatever the
data say, and are adjusted together (Holm), so that a document makes a false claim in at most 5 % of cases where nothing
has changed. The child is the unit (:mod:`quality_cli.analysis.statistics.children`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from quality_cli.analysis.statistics.children import Share, p_differ, share_difference
from quality_cli.analysis.statistics.differences import newcombe_paired
from quality_cli.analysis.statistics.families import holm
from quality_cli.analysis.statistics.paired import mcnemar
from quality_cli.analysis.statistics.shares import Interval

ALPHA = 0.05
"""The greatest chance that a document makes any claim about outcomes where nothing has changed."""

About: TypeAlias = Literal["moved", "stands", "same_children", "trend"]
"""The column of the assessments that a claim is told in."""


class Spread(NamedTuple):
    """A share, and the least and the greatest that unknown cells could make it."""

    share: Share
    low: Share
    high: Share

    @property
    def value(self) -> float:
        """The share as a fraction."""
        return self.share.numerator / self.share.denominator


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said of a ``row`` of the results, with the chance ``p`` of its looking so where nothing is behind it.

    ``difference`` tells which way; ``limits`` are of it; ``children`` are those of the smaller group.
    """

    about: About
    row: int
    family: tuple[object, ...]
    p: float
    difference: float
    limits: Interval
    children: int

    @classmethod
    def of_shares(cls, about: About, row: int, family: tuple[object, ...], own: Spread, other: Spread) -> "Claim":
        """That two independent shares differ, whatever the unknown cells hold, in percentage points: exact p of the two
        as near to each other as they may be, Newcombe's interval of what is known."""
        difference = own.value - other.value
        near, far = (own.low, other.high) if difference > 0 else (own.high, other.low)
        apart = (near.numerator * far.denominator - far.numerator * near.denominator) * difference > 0
        low, high = share_difference(own.share, other.share)
        return cls(
            about,
            row,
            family,
            p_differ(near, far) if apart else 1.0,
            100 * difference,
            Interval(100 * low, 100 * high),
            min(own.share.children, other.share.children),
        )

    @classmethod
    def of_pairs(
        cls, about: About, row: int, family: tuple[object, ...], improved: int, worsened: int, unchanged: int
    ) -> "Claim":
        """That of the same children more moved one way than the other: exact p of McNemar, and Newcombe's interval of
        the share that improved less the share that worsened, in percentage points. No child is in both."""
        children = improved + worsened + unchanged
        low, high = newcombe_paired(0, improved, worsened, unchanged)
        return cls(
            about,
            row,
            family,
            mcnemar(improved, worsened),
            100 * (improved - worsened) / children,
            Interval(100 * low, 100 * high),
            children,
        )


def proven(claims: Sequence[Claim]) -> list[bool]:
    """Which of the claims hold, each within its family."""
    families: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        families[claim.family].append(number)
    found = [False] * len(claims)
    for members in families.values():
        adjusted = holm([claims[number].p for number in members])
        for number, p in zip(members, adjusted, strict=True):
            found[number] = p <= ALPHA
    return found
