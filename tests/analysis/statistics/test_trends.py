"""Trends against enumeration, published tables and scipy."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quality_cli.analysis.statistics.trend import mann_kendall


def enumerated(values: list[int]) -> float:
    """The share of all orders whose score is as far from zero, one by one."""
    later, earlier = np.tril_indices(len(values), -1)
    orders = np.array(list(permutations(values)))
    scores = np.abs(np.sign(orders[:, later] - orders[:, earlier]).sum(axis=1))
    return float((scores >= scores[0]).mean())


@given(st.lists(st.integers(0, 5), min_size=1, max_size=7))
def test_mann_kendall_with_ties(values: list[int]) -> None:
    assert mann_kendall(values).p == pytest.approx(enumerated(values), rel=1e-12)


@given(st.permutations(range(13)))
def test_mann_kendall_without_ties(values: list[int]) -> None:
    expected = stats.kendalltau(range(13), values, method="exact")
    found = mann_kendall(values)
    assert (found.p, found.score / 78) == pytest.approx((expected.pvalue, expected.statistic))


@pytest.mark.parametrize(
    ("n", "score", "p"),
    # Kendall (1970), Rank Correlation Methods, appendix table 1: probabilities that S is attained or exceeded.
    [(4, 6, 0.042), (5, 8, 0.042), (5, 10, 0.0083), (6, 11, 0.028), (8, 16, 0.031), (10, 21, 0.036)],
)
def test_table_of_kendall(n: int, score: int, p: float) -> None:
    values = list(range(n))
    inversions = (n * (n - 1) // 2 - score) // 2
    for i in range(n - 1, 0, -1):  # moves the last values back until there are so many inversions
        moved = min(i, inversions)
        values.insert(i - moved, values.pop(i)) if moved else None
        inversions -= moved
    found = mann_kendall(values)
    assert (found.score, found.p / 2) == (score, pytest.approx(p, abs=5.1e-4))


def test_a_trend_needs_five_years() -> None:
    assert [mann_kendall(range(n)).p <= 0.05 for n in range(8)] == [False] * 5 + [True] * 3
    assert mann_kendall([3, 3, 3, 3, 3, 3]) == (0, 1)
    assert mann_kendall(range(60)).score == 1770
