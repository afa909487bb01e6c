"""Rates and means against published tables, scipy and statsmodels."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from quality_cli.analysis.statistics.means import UNKNOWN, Moments, mean_interval, welch, welch_p
from quality_cli.analysis.statistics.rates import garwood, rate_difference_p

MARKS = st.lists(st.integers(2, 5), min_size=2, max_size=60).filter(lambda marks: len(set(marks)) > 1)


def moments(values: list[int]) -> Moments:
    return Moments(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.242, 7.225),
        (5, 1.624, 11.668),
        (10, 4.795, 18.390),
        (30, 20.24, 42.83),
    ],
)
def test_garwood_as_published(events: int, low: float, high: float) -> None:
    """Pearson and Hartley (1966), Biometrika Tables for Statisticians I, table 40 (after Garwood)."""
    assert garwood(events) == pytest.approx((low, high), abs=6e-3)


@pytest.mark.parametrize("events", [0, 1, 2, 3, 8, 40, 500, 20000])
def test_garwood(events: int) -> None:
    low, high = garwood(events)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0, rel=1e-11)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * events + 2) / 2, rel=1e-11)


@given(st.integers(0, 40), st.integers(1, 900), st.integers(1, 60), st.integers(1, 900))
def test_rates(x1: int, t1: int, x2: int, t2: int) -> None:
    expected = poisson_2indep(x1, t1, x2, t2, method="exact-cond", compare="ratio").pvalue
    assert rate_difference_p(x1, t1, x2, t2) == pytest.approx(expected, rel=1e-9)


def test_no_events_are_no_difference() -> None:
    assert rate_difference_p(0, 10, 0, 300) == 1


@given(MARKS)
def test_mean(marks: list[int]) -> None:
    expected = stats.t.interval(0.95, len(marks) - 1, np.mean(marks), stats.sem(marks))
    assert mean_interval(moments(marks)) == pytest.approx(expected, rel=1e-11)


@given(MARKS, MARKS)
def test_difference_of_means(first: list[int], second: list[int]) -> None:
    expected = stats.ttest_ind(first, second, equal_var=False)
    assert welch_p(moments(first), moments(second)) == pytest.approx(expected.pvalue, rel=1e-9)
    low, high = welch(moments(first), moments(second))
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval(0.95)), rel=1e-9, abs=1e-11)


def test_student_as_published() -> None:
    """Student (1908), Biometrika 6: 1-25: additional hours of sleep by two drugs; 2.33 and 0.75 on the average."""
    first = [7, -16, -2, -12, -1, 34, 37, 8, 0, 20]  # tenths of an hour
    second = [19, 8, 11, 1, -1, 44, 55, 16, 46, 34]
    assert (moments(first).mean, moments(second).mean) == (7.5, 23.3)
    # The same figures in R, ?t.test: t = -1.8608, df = 17.776, p = 0.07939, interval -3.365483 to 0.205483
    assert welch_p(moments(first), moments(second)) == pytest.approx(0.07939, abs=5e-6)
    assert welch(moments(first), moments(second)) == pytest.approx((-33.65483, 2.05483), abs=5e-6)


@pytest.mark.parametrize("marks", [[4], [4, 4, 4]])
def test_without_spread_nothing_is_said(marks: list[int]) -> None:
    assert mean_interval(moments(marks)) == UNKNOWN == (-math.inf, math.inf)
    assert (welch(moments(marks), moments([3, 3])), welch_p(moments(marks), moments([3, 3]))) == (UNKNOWN, 1)


def test_one_value_against_many_says_nothing() -> None:
    assert (welch(moments([5]), moments([2, 3, 4])), welch_p(moments([5]), moments([2, 3, 4]))) == (UNKNOWN, 1)


def test_large_whole_values_lose_no_digits() -> None:
    assert mean_interval(moments([10**9, 10**9 + 1])) == pytest.approx(
        (10**9 + 0.5 - 6.3531, 10**9 + 0.5 + 6.3531), abs=1e-4
    )
