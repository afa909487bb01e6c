"""Letters: what a partition of a large table needs to know of a cell.

Values that no condition of the partition tells apart have one letter, and the first of them stands for all; where a
value is needed itself (a stratifier, a column compared with another) each has its own. There are few letters whatever
the number of values, so their combinations are few too, and every condition is evaluated over those and not over rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from quality_cli.core.where import Condition
from quality_cli.datasets.tables.batches import Array
from quality_cli.datasets.tables.evaluate import Evaluator


class Alphabet:
    """Letters of one column: told apart by ``clauses``, or (None) each value a letter. An unknown cell (None) has a
    letter of its own, if there is one. ``words`` are the values that stand for the letters.

    What rows were tested for is spelled too: ``of`` are then conditions, and a value is what came out of each.
    """

    def __init__(
        self, of: str | tuple[Condition, ...], clauses: tuple[Condition, ...] | None = None, *, numeric: bool = False
    ) -> None:
        self.of = of
        self._clauses = clauses
        self._numeric = numeric
        self._letter: dict[Any, int] = {}
        self._of_truth: dict[Any, int] = {}
        self.words: list[Any] = []

    def __len__(self) -> int:
        return len(self.words)

    def learn(self, values: Iterable[Any]) -> None:
        """Give values that have none their letters."""
        new = [value for value in dict.fromkeys(values) if value not in self._letter]
        for value, truth in zip(new, self._truths(new), strict=True):
            letter = self._of_truth.setdefault(truth, len(self.words))
            if letter == len(self.words):
                self.words.append(value)
            self._letter[value] = letter

    def spell(self, values: Sequence[Any]) -> tuple[Array, list[Any]]:
        """Letters of the values, and the values that would need a letter of their own. An unknown cell has some letter
        where there is none for it: then there are no such cells.

        Nothing is learned that would change what letters there are.
        """
        new = [value for value in values if value is not None and value not in self._letter]
        lacking = []
        for value, truth in zip(new, self._truths(new), strict=True):
            if truth in self._of_truth:
                self._letter[value] = self._of_truth[truth]
            else:
                lacking.append(value)
        letters = [self._letter.get(value, 0) for value in values]
        return np.array(letters, dtype=np.uint8 if len(self) < 1 << 8 else np.uint16), lacking

    def _truths(self, values: Sequence[Any]) -> list[Any]:
        """What the clauses say of each value; the value itself where they are not asked."""
        if self._clauses is None or not values:
            return list(values)
        known = [value for value in values if value is not None]
        assert isinstance(self.of, str)
        evaluate = Evaluator.of_values(self.of, known, numeric=self._numeric)
        told = zip(*(evaluate(clause).true.tolist() for clause in self._clauses), strict=True)
        of_known = iter(told if self._clauses else [()] * len(known))
        return [None if value is None else next(of_known) for value in values]
