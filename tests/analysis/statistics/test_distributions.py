"""Tails of distributions against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quality_cli.analysis.statistics.distributions import (
    tail_at_least,
    tail_at_most,
)

CHANCES = (0.0, 0.001, 0.05, 0.3, 0.5, 0.62, 0.9, 0.999, 1.0)


@pytest.mark.parametrize("p", CHANCES)
def test_tails_of_every_count_of_small_groups(p: float) -> None:
    for n in (0, 1, 2, 3, 7, 16, 25, 60):
        counts = np.arange(-1, n + 2)
        assert [tail_at_most(int(x), n, p) for x in counts] == pytest.approx(stats.binom.cdf(counts, n, p), abs=1e-13)
        assert [tail_at_least(int(x), n, p) for x in counts] == pytest.approx(
            stats.binom.sf(counts - 1, n, p), abs=1e-13
        )


@given(st.integers(1, 6000), st.floats(0.001, 0.999), st.floats(-6, 6))
def test_tails_of_large_groups_keep_their_digits_far_out(n: int, p: float, away: float) -> None:
    x = min(n, max(0, round(n * p + away * math.sqrt(n * p * (1 - p)))))
    assert tail_at_most(x, n, p) == pytest.approx(stats.binom.cdf(x, n, p), rel=2e-12, abs=1e-300)
    assert tail_at_least(x, n, p) == pytest.approx(stats.binom.sf(x - 1, n, p), rel=2e-12, abs=1e-300)


@given(st.integers(1, 6000), st.floats(0.001, 0.999), st.integers(0, 6000))
def test_both_tails_share_the_count_itself_only(n: int, p: float, x: int) -> None:
    assert tail_at_most(x, n, p) + tail_at_least(x + 1, n, p) == pytest.approx(1, abs=1e-12)


def test_a_tail_by_whole_numbers() -> None:
    """30 or fewer heads of 100 coins, counted out."""
    assert tail_at_most(30, 100, 0.5) == pytest.approx(sum(math.comb(100, k) for k in range(31)) / 2**100, rel=1e-13)
