"""Exact tests of change in the same children, against published values, scipy and statsmodels."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from quality_cli.analysis.statistics.paired import mcnemar, mcnemar_least, sign_flip, signed_rank

CHANGES = st.lists(st.integers(-6, 6), min_size=1, max_size=10)


def test_mcnemar_as_published() -> None:
    """Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13: 91: children before and after."""
    assert mcnemar(1, 7) == pytest.approx((0.0703, 0.0391), abs=5e-5)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar(first: int, second: int) -> None:
    found = mcnemar(first, second)
    assert found.exact == pytest.approx(statsmodels_mcnemar([[3, first], [second, 4]], exact=True).pvalue, rel=1e-11)
    mass = stats.binom.pmf(first, first + second, 0.5) if first + second else 0
    assert found.mid == pytest.approx(found.exact - mass / (2 if first == second else 1), rel=1e-11)
    assert found.exact >= mcnemar_least(first + second) * (1 - 1e-12)


def test_fewer_than_six_changed_children_prove_nothing() -> None:
    assert [mcnemar_least(changed) <= 0.05 for changed in range(9)] == [False] * 6 + [True] * 3
    assert [mcnemar(changed, 0).exact for changed in range(9)] == pytest.approx([mcnemar_least(n) for n in range(9)])


def test_sign_flip_as_published() -> None:
    """Fisher (1935), The Design of Experiments, section 21: Darwin's maize, 1,726 of 32,768 changes of sign."""
    maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert sign_flip(maize) == pytest.approx(1726 / 32768, rel=1e-12)


@given(CHANGES)
def test_sign_flip(changes: list[int]) -> None:
    signs = np.array(list(product((1, -1), repeat=len(changes))))
    sums = np.abs(signs @ changes)
    assert sign_flip(changes) == pytest.approx((sums >= abs(sum(changes))).mean(), rel=1e-12)


@given(CHANGES)
def test_signed_rank_with_ties_and_zeros(changes: list[int]) -> None:
    kept = np.array([change for change in changes if change] or [0])
    ranks = np.sign(kept) * stats.rankdata(np.abs(kept))
    sums = np.abs(np.array(list(product((1, -1), repeat=len(kept)))) @ ranks)
    assert signed_rank(changes) == pytest.approx((sums >= abs(ranks.sum())).mean(), rel=1e-12)


@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=45, unique=True), st.integers(0, 2**45 - 1))
def test_signed_rank_without_ties(sizes: list[int], signs: int) -> None:
    changes = [size * (1 if signs >> i & 1 else -1) / 7 for i, size in enumerate(sizes)]
    assert signed_rank(changes) == pytest.approx(stats.wilcoxon(changes, method="exact").pvalue, rel=1e-11)


def test_signed_rank_by_hand() -> None:
    """Of 8 ranks three sets have a sum of at most 2 (none, 1, 2), of 10 ranks ten sets one of at most 5."""
    assert signed_rank([1, 3, 4, 5, 6, 7, 8, -2]) == pytest.approx(6 / 256)
    assert signed_rank([1, 2, 3, 4, 6, 7, 8, 9, 10, -5]) == pytest.approx(20 / 1024)


def test_many_children_are_near_the_exact_value() -> None:
    """Beyond what is counted out the normal approximation stands: here just before and after."""
    rng = np.random.default_rng(5)
    changes = (rng.normal(0.2, 1, 400) * 1000).round().astype(int).tolist()
    assert signed_rank(changes) == pytest.approx(stats.wilcoxon(changes, method="asymptotic").pvalue, rel=1e-3)
    assert signed_rank(changes[:190]) == pytest.approx(stats.wilcoxon(changes[:190], method="exact").pvalue, rel=0.02)


@pytest.mark.parametrize("test", [signed_rank, sign_flip])
def test_nothing_changed(test: Callable[[list[int]], float]) -> None:
    assert test([]) == test([0, 0, 0]) == 1
    assert test([3]) == 1
    assert test([1] * 6) == pytest.approx(2 / 64)


def test_marks_of_a_thousand_children_are_counted_out() -> None:
    up, down = 330, 270
    assert signed_rank([1] * up + [-1] * down + [0] * 400) == pytest.approx(mcnemar(up, down).exact, rel=1e-11)
    assert sign_flip([1] * up + [-1] * down + [0] * 400) == pytest.approx(mcnemar(up, down).exact, rel=1e-11)
