"""Claims about outcomes: that a share changed, or differs from that of others. All of them share a family.

The claims of one organisation in one direction and school year are fixed beforehand by the catalogue, whatever the
data say, and are adjusted together (Holm), so that a document makes a false claim in at most 5 % of cases where nothing
has changed. The child is the unit (:mod:`quality_cli.analysis.statistics.children`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from quality_cli.analysis.statistics.children import Share, p_differ, share_difference
from quality_cli.analysis.statistics.families import holm
from quality_cli.analysis.statistics.shares import Interval

ALPHA = 0.05
"""The greatest chance that a document makes any claim about outcomes where nothing has changed."""

About: TypeAlias = Literal["moved", "stands"]
"""The column of the assessments that a claim is told in."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That the ``share`` of a ``row`` of the results differs from an ``other``."""

    about: About
    row: int
    family: tuple[object, ...]
    share: Share
    other: Share

    @property
    def interval(self) -> Interval:
        """Newcombe's interval of the difference, in percentage points."""
        low, high = share_difference(self.share, self.other)
        return Interval(100 * low, 100 * high)

    @property
    def difference(self) -> float:
        """The share less the other, in percentage points."""
        return 100 * (self.share.numerator / self.share.denominator - self.other.numerator / self.other.denominator)

    @property
    def fewest(self) -> int:
        """The children of the smaller group."""
        return min(self.share.children, self.other.children)


def proven(claims: Sequence[Claim]) -> list[bool]:
    """Which of the claims hold, each within its family."""
    families: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        families[claim.family].append(number)
    found = [False] * len(claims)
    for members in families.values():
        adjusted = holm([p_differ(claims[number].share, claims[number].other) for number in members])
        for number, p in zip(members, adjusted, strict=True):
            found[number] = p <= ALPHA
    return found
