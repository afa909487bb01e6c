"""Exact test of change in the same children, against published values and statsmodels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from quality_cli.analysis.statistics.paired import mcnemar


def test_mcnemar_as_published() -> None:
    """Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13: 91: children before and after."""
    assert mcnemar(1, 7) == pytest.approx(0.0703, abs=5e-5)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar(first: int, second: int) -> None:
    expected = statsmodels_mcnemar([[3, first], [second, 4]], exact=True).pvalue
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-11)


def test_fewer_than_six_changed_children_prove_nothing() -> None:
    assert [mcnemar(changed, 0) <= 0.05 for changed in range(9)] == [False] * 6 + [True] * 3
