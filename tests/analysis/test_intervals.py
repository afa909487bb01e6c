"""Wilson's interval against published values."""

import numpy as np
import pytest

from quality_cli.analysis.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(successes: int, trials: int, low: float, high: float) -> None:
    lower, upper = wilson(np.array([float(successes)]), np.array([float(trials)]))
    assert (lower[0], upper[0]) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_interval_is_symmetric_for_complements() -> None:
    trials = np.full(11, 10.0)
    successes = np.arange(11.0)
    low, high = wilson(successes, trials)
    assert low == pytest.approx(1 - high[::-1])
    assert (low >= 0).all() and (high <= 1).all()


def test_interval_holds_the_share_to_the_last_digit() -> None:
    trials = np.repeat(np.arange(1.0, 301), 301)
    successes = np.minimum(np.tile(np.arange(301.0), 300), trials)
    low, high = wilson(successes, trials)
    share = successes / trials
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all()


def test_no_trials_give_no_interval() -> None:
    low, high = wilson(np.array([0.0]), np.array([0.0]))
    assert np.isnan(low).all() and np.isnan(high).all()
