"""Headers of a sheet: what each column is called, in one row or in two with groups of columns above.

In a header of two levels a group stands over its columns: «верх / низ» names one of them. Cells merged in the upper
row come as a text followed by blanks, so a group reaches to the next text on its right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.values.parse import is_empty

SEPARATOR = " / "
_SEARCHED_ROWS = 30


@dataclass(frozen=True, slots=True)
class Header:
    """A header whose last row is ``row`` (from 0).

    ``names[c]`` are the texts that sheet column ``c`` goes by, the fullest first; ``texts`` are all texts of the
    header compared as :func:`normalise` leaves them, names of groups included.
    """

    row: int
    names: tuple[tuple[str, ...], ...]
    texts: frozenset[str]
    levels: int = 1

    def where(self, spelling: str) -> list[int]:
        """Sheet columns that go by the spelling."""
        wanted = normalise(spelling)
        if wanted not in self.texts:
            return []
        return [index for index, names in enumerate(self.names) if wanted in map(normalise, names)]


def headers(sheet: RawSheet) -> Iterator[Header]:
    """Every row near the top that may be a header, alone and with the row of groups above it."""
    upper: list[str] = []
    for row, cells in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        lower = [_text(cell) for cell in cells]
        yield _header(row, [(text,) if text else () for text in lower], [], levels=1)
        width = max(len(upper), len(lower))
        above, below = _padded(upper, width), _padded(lower, width)
        if _are_groups(above, below):
            yield _header(row, list(_two_levels(above, below)), above, levels=2)
        upper = lower


def _text(cell: object) -> str:
    if is_empty(cell):
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _header(row: int, names: Sequence[tuple[str, ...]], groups: Sequence[str], *, levels: int) -> Header:
    texts = {normalise(text) for text in (*groups, *(text for column in names for text in column))}
    return Header(row, tuple(names), frozenset(texts - {""}), levels)


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _spans(upper: Sequence[str], width: int) -> list[range]:
    """Columns under each text of the upper row: up to the next text."""
    starts = [index for index, text in enumerate(upper) if text]
    return [range(start, end) for start, end in pairwise([*starts, width])]


def _are_groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the upper row groups columns of the lower one: every text below stands under a group of several.

    A row of data under a header of one row is none: it has something under columns of their own.
    """
    members = [sum(bool(lower[column]) for column in span) for span in _spans(upper, len(lower)) if span]
    return any(members) and all(count != 1 for count in members)


def _two_levels(upper: Sequence[str], lower: Sequence[str]) -> Iterator[tuple[str, ...]]:
    group = ""
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        if below:
            yield (f"{group}{SEPARATOR}{below}", below) if group else (below,)
        else:
            yield (above,) if above else ()
