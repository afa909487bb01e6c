"""Headers of a sheet: what each column is called, in one row or in two with groups of columns above.

In a header of two levels a group stands over its columns: «верх / низ» names one of them. Cells merged in the upper
row come as a text followed by blanks, so a group reaches to the next text on its right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.values.parse import is_empty

SEPARATOR = " / "
_SEARCHED_ROWS = 30


known_spelling = lru_cache(maxsize=4096)(normalise)
"""A text of the catalogue as it is compared: the same few hundred are asked for at every sheet."""


@dataclass(frozen=True)
class Header:
    """A header whose last row is ``row`` (from 0).

    ``names[c]`` are the texts that sheet column ``c`` goes by, the fullest first; ``texts`` are all texts of the
    header compared as :func:`normalise` leaves them, names of groups included.
    """

    row: int
    names: tuple[tuple[str, ...], ...]
    texts: frozenset[str]
    levels: int = 1

    def where(self, spelling: str) -> Sequence[int]:
        """Sheet columns that go by the spelling: by their full name, else by a part of it («%» below its group)."""
        full, part = self._places
        wanted = known_spelling(spelling)
        return full.get(wanted) or part.get(wanted, ())

    @property
    def named(self) -> list[int]:
        """Sheet columns that have a name."""
        return [index for index, names in enumerate(self.names) if names]

    @cached_property
    def spellings(self) -> Sequence[tuple[str, ...]]:
        """``names`` compared as :func:`normalise` leaves them."""
        return [tuple(map(normalise, names)) for names in self.names]

    @cached_property
    def _places(self) -> tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]]:
        full: dict[str, list[int]] = {}
        part: dict[str, list[int]] = {}
        for index, names in enumerate(self.spellings):
            for name in names:
                (full if name == names[0] else part).setdefault(name, []).append(index)
        return full, part


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
