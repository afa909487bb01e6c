"""The columns of the assessments while they are being filled: a place for every row of the results."""

from typing import Any

import numpy as np

from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.datasets.tables.encoded import Array

_TEXTS = (
    *("target", "target_source", "state", "state_reason", "earlier_period", "moved", "progress", "change_reason"),
    *("stands", "stands_reason", "trend", "trend_since", "pooled_since", "signals"),
    *("same_children", "same_children_reason"),
)
_NUMBERS = (
    *("earlier_value", "change", "change_low", "change_high"),
    *("rest_value", "difference", "difference_low", "difference_high"),
    *("pooled_value", "pooled_low", "pooled_high"),
    *("improved", "unchanged", "worsened", "gain", "gain_low", "gain_high"),
    *("whole_value", "funnel_low", "funnel_high", "funnel_outer_low", "funnel_outer_high", "overdispersion"),
    "rank_correlation",
)
_REASONS = {
    "state": "state_reason",
    "moved": "change_reason",
    "stands": "stands_reason",
    "same_children": "same_children_reason",
}


class Columns:
    """Texts by column ("" where nothing is said) and numbers (NaN).

    ``previous``: the row of the year before that a row may be compared with; NOWHERE where there is none.
    """

    def __init__(self, size: int) -> None:
        self.text: dict[str, Array] = {name: np.full(size, "", dtype=object) for name in _TEXTS}
        self.numbers: dict[str, Array] = {name: np.full(size, np.nan) for name in _NUMBERS}
        self.unstable: Array = np.zeros(size, dtype=bool)
        self.previous: Array = np.full(size, NOWHERE)

    def tell(self, column: str, rows: Any, word: str, reason: Any = "") -> None:
        """Say one word of some rows, and why where the column has a place for it."""
        self.text[column][rows] = word
        if column in _REASONS:
            self.text[_REASONS[column]][rows] = reason

    def told(self) -> Array:
        """The rows of which something is said."""
        said = [self.text[name] != "" for name in ("state", "moved", "stands", "same_children", "signals")]
        return np.flatnonzero(np.logical_or.reduce(said))
