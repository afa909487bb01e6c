"""Several claims at once."""

from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p of each claim in the order given. Holm (1979), Scandinavian Journal of Statistics 6: 65–70.

    With a claim made where its adjusted p is at most 0.05, the chance of any false claim in the family is at most 0.05,
    however the claims depend on each other.
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = highest
    return adjusted
