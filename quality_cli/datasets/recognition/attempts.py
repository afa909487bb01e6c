"""Layouts laid over a header: which of them a sheet is, by what speaks for each and against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells

_AGAINST = 0.5
"""What a header weighs that means nothing to a dataset."""
SAMPLE_ROWS = 50
"""So many rows below a header are looked at."""
_ANYTHING = frozenset({"text", "organisation", "letter"})
"""Types of columns that nearly any cell may stand in."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A layout laid over a header: what speaks for it and against it, by sheet column.

    ``lacking`` headers and texts ``above`` them are what it is recognised by and has not. ``strange`` columns have
    the right header and something else below it. ``is_full``: every column that is filled by hand is there.
    ``alike``: a header of the sheet for one that the layout misses. ``counted``: headers of numbers of people where the
    dataset has a row for each.
    """

    found: Recognised
    header: Header
    weights: Mapping[int, float]
    against: frozenset[int]
    lacking: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    is_read: bool = False
    is_full: bool = False
    strange: tuple[str, ...] = ()
    alike: Mapping[str, str] | None = None
    counted: tuple[str, ...] = ()

    @property
    def dataset(self) -> str:
        """The dataset whose layout it is."""
        return self.found.layout.dataset

    @property
    def score(self) -> float:
        """What speaks for it less what speaks against it; sums of the same numbers in another order are equal."""
        return round(sum(self.weights.values()) - _AGAINST * len(self.against), 9)

    @property
    def is_whole(self) -> bool:
        """Whether all that the layout is recognised by is there."""
        return not self.lacking and not self.above

    @property
    def explains(self) -> bool:
        """Whether more of the headers speak for it than against it."""
        return self.is_full or (self.score >= 0 and len(self.weights) >= len(self.against))

    def yields_to(self, rival: "Attempt") -> bool:
        """Whether another dataset explains the sheet as well."""
        if self.is_full and not rival.is_whole:
            return len(rival.weights) > len(self.weights)
        return rival.score >= self.score

    @property
    def rank(self) -> tuple[float, bool, int, int]:
        """The greater, the better."""
        return self.score, self.is_whole, len(self.found.layout.recognise.above), -self.header.levels

    def read(self) -> "Attempt":
        """The same with the cells below its headers looked at: a column that mostly does not understand them has only
        the name in common."""
        if self.is_read:
            return self
        found = self.found
        rows = found.sheet.rows[self.header.row + 1 :][:SAMPLE_ROWS]
        strange: dict[int, str] = {}
        for name, where in found.columns.items():
            column = found.contract.columns[name]
            for index in where if column.type not in _ANYTHING else ():
                cells = [row[index] for row in rows if index < len(row) and not is_empty(row[index])]
                bad = sum(value is BAD for value in parse_cells(cells, column))
                if bad > 1 and 2 * bad > len(cells):  # one bad cell may be a slip
                    strange[index] = column.title
        weights = {index: weight for index, weight in self.weights.items() if index not in strange}
        against = self.against | strange.keys()
        is_full = self.is_full and not strange
        told = tuple(strange.values())
        return replace(self, weights=weights, against=against, is_read=True, is_full=is_full, strange=told)


def claim(attempts: list[Attempt], *, whole: bool = True) -> Attempt | None:
    """The best attempt (of those that have all they need) where those of no other dataset weigh as much."""
    while attempts:
        attempts = sorted(attempts, key=lambda attempt: attempt.rank, reverse=True)
        best = next((attempt for attempt in attempts if attempt.is_whole or not whole), None)
        if best is None:
            return None
        others = (attempt for attempt in attempts if attempt.dataset != best.dataset)
        rival = next((other for other in others if best.yields_to(other)), None)
        unread = next((attempt for attempt in (best, rival) if attempt is not None and not attempt.is_read), None)
        if unread is None:
            return best if rival is None else None
        attempts = [attempt.read() if attempt is unread else attempt for attempt in attempts]
    return None


def is_outdone(best: Attempt, attempts: Sequence[Attempt]) -> bool:
    """Whether another dataset knows more of the headers: one telling header («Партнёр») outweighs several common ones,
    and a table that merely has such a column would be taken for what it is not."""
    return any(other.dataset != best.dataset and len(other.weights) > len(best.weights) for other in attempts)
