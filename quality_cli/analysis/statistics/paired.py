"""The same children twice: is there a change?"""

from quality_cli.analysis.statistics.distributions import tail_at_most


def mcnemar(one_way: int, other_way: int) -> float:
    """Exact two-sided p of as many children changing one way as the other; who has not changed tells nothing.

    McNemar (1947), Psychometrika 12: 153–157, by the binomial distribution; of an order (levels, marks) it is the sign
    test. A p of 0.05 needs six children who changed.
    """
    if one_way == other_way:
        return 1.0
    return 2 * tail_at_most(min(one_way, other_way), one_way + other_way, 0.5)
