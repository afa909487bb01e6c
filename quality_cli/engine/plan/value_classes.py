"""Value classes: what a partition of a large table needs to know of a cell.

Values that no condition of the partition tells apart are of one class, and the first of them represents all; where a
value is needed itself (a stratifier, a column compared with another) it is a class of its own. There are few classes
whatever the number of values, so their combinations are few too, and every condition is evaluated over those and not
over rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from quality_cli.core.where import Condition
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator


class ClassEncoder:
    """Classes of the values of one column: told apart by ``clauses``, or (None) each value a class. An unknown cell
    (None) is a class of its own, if there is one. ``representatives`` are the values that stand for the classes.

    The outcomes of tests of rows are encoded too: ``subject`` is then the conditions, and a value is what came out of
    each of them.
    """

    def __init__(
        self,
        subject: str | tuple[Condition, ...],
        clauses: tuple[Condition, ...] | None = None,
        *,
        numeric: bool = False,
    ) -> None:
        self.subject = subject
        self._clauses = clauses
        self._numeric = numeric
        self._class: dict[Any, int] = {}
        self._class_of_truth: dict[Any, int] = {}
        self.representatives: list[Any] = []

    def __len__(self) -> int:
        """How many classes there are."""
        return len(self.representatives)

    def fit(self, values: Iterable[Any]) -> None:
        """Make classes of the values that have none."""
        new = [value for value in dict.fromkeys(values) if value not in self._class]
        for value, truth in zip(new, self._truths(new), strict=True):
            found = self._class_of_truth.setdefault(truth, len(self.representatives))
            if found == len(self.representatives):
                self.representatives.append(value)
            self._class[value] = found

    def encode(self, values: Sequence[Any]) -> tuple[Array, list[Any]]:
        """The class of each value and, behind the last, of an unknown cell; and the values that would need a class of
        their own. An unknown cell is given some class where there is none for it: then there are no such cells.

        Classes stay as they are: threads that count by them may be at work.
        """
        new = [value for value in values if value is not None and value not in self._class]
        unseen = []
        for value, truth in zip(new, self._truths(new), strict=True):
            if truth in self._class_of_truth:
                self._class[value] = self._class_of_truth[truth]
            else:
                unseen.append(value)
        classes = [self._class.get(value, 0) for value in values]
        return np.array(classes, dtype=np.uint8 if len(self) < 1 << 8 else np.uint16), unseen

    def _truths(self, values: Sequence[Any]) -> list[Any]:
        """What the clauses say of each value; the value itself where they are not asked."""
        if self._clauses is None or not values:
            return list(values)
        known = [value for value in values if value is not None]
        assert isinstance(self.subject, str)
        evaluate = Evaluator.of_values(self.subject, known, numeric=self._numeric)
        found = map(evaluate, self._clauses)
        # Unknown, too: one of several values of a known cell may not have been understood.
        truths = zip(*(zip(truth.true.tolist(), truth.false.tolist(), strict=True) for truth in found), strict=True)
        of_known = iter(truths if self._clauses else [()] * len(known))
        return [None if value is None else next(of_known) for value in values]
