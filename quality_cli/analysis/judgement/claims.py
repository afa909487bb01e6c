"""Claims about outcomes: that a share changed, or differs from that of others. All of them share a family.

The claims of one organisation in one direction and school year are fixed beforehand by the catalogue, whatever the
data say, and are adjusted together (Holm), so that a document makes a false claim in at most 5 % of cases where nothing
has changed. The child is the unit (:mod:`quality_cli.analysis.statistics.children`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quality_cli.analysis.statistics.children import Share, p_differ, share_difference
from quality_cli.analysis.statistics.families import holm
from quality_cli.analysis.statistics.shares import Interval

ALPHA = 0.05
"""The greatest chance that a document makes any claim about outcomes where nothing has changed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That ``share`` differs from ``other``: ``row`` of the results in its ``family``."""

    row: int
    family: tuple[object, ...]
    share: Share
    other: Share

    @property
    def interval(self) -> Interval:
        """Newcombe's interval of the difference, in percentage points."""
        low, high = share_difference(self.share, self.other)
        return Interval(100 * low, 100 * high)


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


def shares(numbers: Iterable[tuple[float, float, float]]) -> list[Share]:
    """From numerators, denominators and bases."""
    return [Share(count, works, int(children)) for count, works, children in numbers]
