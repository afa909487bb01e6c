"""Shares and their differences against published values, scipy and statsmodels."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.mstats import winsorize
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from quality_cli.analysis.statistics.differences import newcombe, newcombe_paired
from quality_cli.analysis.statistics.families import holm
from quality_cli.analysis.statistics.shares import Interval, fisher, funnel, overdispersion, widened, wilson

SHARE = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
TABLE = st.tuples(*[st.integers(0, 60)] * 4).filter(any)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(x: int, n: int, low: float, high: float) -> None:
    assert wilson(x, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_arrays_is_wilson_of_numbers() -> None:
    n = np.repeat(np.arange(1.0, 121), 121)
    x = np.minimum(np.tile(np.arange(121.0), 120), n)
    low, high = wilson(x, n)
    assert np.allclose((low, high), proportion_confint(x, n, method="wilson"), rtol=0, atol=1e-13)
    assert ((low >= 0) & (low <= x / n) & (x / n <= high) & (high <= 1)).all()
    single = np.array([wilson(a, b) for a, b in zip(x.tolist(), n.tolist(), strict=True)])
    assert np.allclose(single.T, (low, high), rtol=1e-15, atol=0)


@given(SHARE, st.floats(0, 1))
def test_wilson_of_parts_lies_between_that_of_whole_counts(share: tuple[int, int], part: float) -> None:
    x, n = share
    between = min(x + part, n)
    assert wilson(x, n).low <= wilson(between, n).low <= wilson(min(x + 1, n), n).low
    assert wilson(x, n).low == pytest.approx(1 - wilson(n - x, n).high, abs=1e-15)


def test_of_nobody_there_is_no_share() -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(wilson(np.zeros(1), np.zeros(1))).all()
    with pytest.raises(ZeroDivisionError):
        wilson(0, 0)


def test_fisher_of_the_lady_tasting_tea() -> None:
    """Fisher (1935), The Design of Experiments, chapter II: 1 of 70 for all cups, 17 of 70 for one mistake."""
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)
    assert fisher(3, 4, 1, 4) == pytest.approx(2 * 17 / 70)


@given(SHARE, SHARE)
def test_fisher(first: tuple[int, int], second: tuple[int, int]) -> None:
    (x1, n1), (x2, n2) = first, second
    assert fisher(x1, n1, x2, n2) == pytest.approx(stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue, rel=1e-9)
    assert fisher(x1, n1, x2, n2) == pytest.approx(fisher(x2, n2, x1, n1), rel=1e-9)


def test_fisher_of_every_small_table() -> None:
    """A school of 9 against the rest, 31."""
    tables = [(x1, x2) for x1 in range(10) for x2 in range(32)]
    assert [fisher(x1, 9, x2, 31) for x1, x2 in tables] == pytest.approx(
        [stats.fisher_exact([[x1, 9 - x1], [x2, 31 - x2]]).pvalue for x1, x2 in tables], rel=1e-9
    )


@given(st.floats(0.01, 0.99), st.integers(1, 3000), st.sampled_from([0.95, 0.998]))
def test_funnel(p: float, n: int, level: float) -> None:
    limits = funnel(p, n, level)
    assert limits == pytest.approx(stats.binom.ppf([(1 - level) / 2, (1 + level) / 2], n, p) / n)


@given(SHARE, st.sampled_from([0.1, 0.37, 0.8]), st.sampled_from([0.95, 0.998]))
def test_a_share_lies_outside_the_funnel_exactly_when_a_tail_is_small(
    share: tuple[int, int], p: float, level: float
) -> None:
    x, n = share
    tails = (stats.binom.cdf(x, n, p), stats.binom.sf(x - 1, n, p))
    low, high = funnel(p, n, level)
    assert (x / n < low, x / n > high) == tuple(tail <= (1 - level) / 2 for tail in tails)


@given(st.lists(st.floats(-6, 6), min_size=1, max_size=40))
def test_overdispersion_is_the_winsorised_mean_square_where_it_is_more_than_chance(scores: list[float]) -> None:
    expected = float((winsorize(np.array(scores), limits=(0.1, 0.1)) ** 2).mean())
    proven = expected > 1 + 2 * (2 / len(scores)) ** 0.5
    assert overdispersion(scores) == pytest.approx(expected if proven else 1)


def test_overdispersion_of_few_groups_is_what_a_model_of_one_share_leaves_unexplained() -> None:
    """Pearson's chi-square of statsmodels divided by the groups; of fewer than ten none is drawn in."""
    good, every = np.array([3, 18, 25, 5, 30]), np.array([20, 20, 30, 40, 50])
    left = GLM(np.column_stack([good, every - good]), np.ones(5), family=Binomial()).fit().pearson_chi2 / 5
    p = good.sum() / every.sum()
    scores = (good - every * p) / np.sqrt(every * p * (1 - p))
    assert overdispersion(scores.tolist()) == pytest.approx(left)
    assert left > 3


def test_a_funnel_is_widened_about_the_share_of_all() -> None:
    limits = funnel(0.4, 25)
    assert widened(limits, 0.4, 1.0) == pytest.approx(limits)
    assert widened(Interval(0.2, 0.6), 0.4, 2.25) == pytest.approx((0.1, 0.7))
    assert widened(Interval(0.2, 0.6), 0.4, 25.0) == (0, 1)


def test_a_funnel_of_all_or_nobody_is_a_point() -> None:
    assert (funnel(0.0, 20), funnel(1.0, 20)) == ((0, 0), (1, 1))


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 873-890, table II, method 10.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_as_published(table: tuple[int, int, int, int], low: float, high: float) -> None:
    assert newcombe(*table) == pytest.approx((low, high), abs=5.1e-5)


@given(SHARE, SHARE)
def test_newcombe(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = newcombe(*first, *second)
    assert found == pytest.approx(confint_proportions_2indep(*first, *second, method="newcomb"), abs=1e-12)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 2635-2650, worked examples, method 10.
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((0, 30, 0, 0), 0.8395, 1.0),
    ],
)
def test_paired_newcombe_as_published(table: tuple[int, int, int, int], low: float, high: float) -> None:
    assert newcombe_paired(*table) == pytest.approx((low, high), abs=5.1e-5)


@given(TABLE)
def test_paired_newcombe_turns_with_its_table(table: tuple[int, int, int, int]) -> None:
    both, first_only, second_only, neither = table
    low, high = newcombe_paired(*table)
    n = sum(table)
    assert -1 <= low <= (first_only - second_only) / n <= high <= 1
    assert newcombe_paired(both, second_only, first_only, neither) == pytest.approx((-high, -low), abs=1e-12)
    assert newcombe_paired(neither, first_only, second_only, both) == pytest.approx((low, high), abs=1e-12)


def test_paired_newcombe_without_correlation_is_that_of_independent_groups() -> None:
    """9 of 12 and 8 of 12 as chance has it: φ is zero."""
    assert newcombe_paired(6, 3, 2, 1) == pytest.approx(newcombe(9, 12, 8, 12))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6))
def test_holm_is_bonferroni_over_every_family_with_the_claim(thousandths: list[int]) -> None:
    """Marcus, Peritz and Gabriel (1976), Biometrika 63: 655-660: closed testing."""
    ps = [p / 1000 for p in thousandths]
    claims = range(len(ps))
    families = [family for size in range(1, len(ps) + 1) for family in combinations(claims, size)]
    expected = [
        max(min(1, len(family) * min(ps[i] for i in family)) for family in families if claim in family)
        for claim in claims
    ]
    assert holm(ps) == pytest.approx(expected)


def test_holm() -> None:
    ps = [0.004, 0.9, 0.03, 0.0001, 0.03, 0.2, 0.011, 0.5, 0.0071, 0.03, 0.6, 1.0]
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
