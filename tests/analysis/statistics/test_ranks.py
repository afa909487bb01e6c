"""Rank correlation against a published table and scipy."""

from collections import Counter
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quality_cli.analysis.statistics.ranks import spearman


@pytest.mark.parametrize(
    ("ys", "rho"),
    # Kendall (1970), Rank Correlation Methods, appendix table 2: rho from the sum of squared differences.
    [([1, 2, 3, 5, 4], 0.9), ([2, 1, 4, 3, 5], 0.8), ([1, 2, 3, 4, 6, 5], 0.943), ([5, 4, 3, 2, 1], -1)],
)
def test_table_of_spearman(ys: list[int], rho: float) -> None:
    assert spearman(Counter(enumerate(ys))) == pytest.approx(rho, abs=5e-4)


@given(st.lists(st.tuples(st.integers(2, 5), st.integers(2, 5)), min_size=2, max_size=60))
def test_spearman_of_a_cross_table_of_marks(pairs: list[tuple[int, int]]) -> None:
    found = spearman(Counter(pairs))
    xs, ys = zip(*pairs, strict=True)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(xs, ys).statistic, abs=1e-12)


def test_spearman_of_nobody_is_unknown() -> None:
    assert isnan(spearman({}))
