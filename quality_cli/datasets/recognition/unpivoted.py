"""Sheets whose columns are rows of the dataset («1 кл.» … «11 кл.») or whose cells are lists, as one row for each fact.

The columns that become rows stay where they are and are read no more; what they say stands in new columns on their
right. A row without one filled cell of them stays as it is, so that what is missing in it is told.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from quality_cli.core.findings import Place
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Unpivot, match_text, normalise
from quality_cli.datasets.readers.sheets import RawSheet, letters
from quality_cli.datasets.recognition.header import Header, known_spelling
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells

_LEAST = 2
"""One column alone is no series, unless its cells are lists."""
_EDGES = " .,:;*()"
_BETWEEN = re.compile(r"[;,\r\n]+")

Places = Mapping[str, str]
"""Words by the columns of the dataset that they fill."""


@dataclass(frozen=True, slots=True)
class Series:
    """The sheet columns that become rows, each with what its header says, and those with totals of them."""

    columns: Mapping[int, Places]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """A total that is not the sum of its parts: its cell in the file, from 0."""

    row: int
    column: int
    stated: float
    parts: float


@dataclass(frozen=True, slots=True)
class Unpivoted(RawSheet):
    """A sheet with a row for each fact.

    ``lines`` are the rows of the file that its rows stand in, ``sources`` the sheet column that a row was made of.
    Columns from ``width`` on are not in the file. ``unread`` are the parts of lists that fit no text, with the row and
    column of the file: nothing was made of them.
    """

    width: int = 0
    lines: Sequence[int] = ()
    sources: Mapping[int, int] = field(default_factory=dict)
    wrong: tuple[WrongTotal, ...] = ()
    unread: tuple[tuple[int, int, str], ...] = ()

    def line(self, row: int) -> int:
        """The row of the file."""
        return self.lines[row]

    def place(self, row: int, column: int) -> Place:
        """The place of a cell in the file itself."""
        if column >= self.width:
            column = self.sources.get(row, self.sources[-1])
        return RawSheet.place(self, self.lines[row], column)

    def source(self, row: int) -> str:
        """The cell of the file that a row was made of; empty where it was made of none."""
        return f"{letters(self.sources[row])}{self.lines[row] + 1}" if row in self.sources else ""


def series_of(header: Header, unpivot: Unpivot, contract: Contract) -> Series | None:
    """The columns of a header that become rows, None where there are too few."""
    columns = {index: places for index in header.named if (places := _places(header.names[index], unpivot, contract))}
    lists = {known_spelling(text) for text in unpivot.headers} if unpivot.cells else set()
    columns |= {index: {} for index in header.named if lists & set(header.spellings[index])}
    if len(columns) < (1 if unpivot.cells else _LEAST):
        return None
    totals = {known_spelling(text) for text in unpivot.totals}
    found = [index for index in header.named if index not in columns and totals & set(header.spellings[index])]
    return Series(dict(sorted(columns.items())), tuple(found))


def _places(names: Sequence[str], unpivot: Unpivot, contract: Contract) -> Places | None:
    for text in unpivot.headers:
        for name in names:
            if "{" in text and (found := match_text(text, name.strip(_EDGES), contract, whole=True)):
                return found
    return None


def unpivoted(
    sheet: RawSheet, header: Header, series: Series, unpivot: Unpivot, contract: Contract
) -> tuple[Unpivoted, Header, dict[str, int]]:
    """The sheet with a row for each fact, its header without the columns that became rows, and the new columns."""
    width = max(len(header.names), *(len(row) for row in sheet.rows))
    new = {name: width + number for number, name in enumerate(unpivot.filled)}
    uncached = set(sheet.uncached)
    rows: list[Sequence[object]] = []
    lines: list[int] = []
    sources = {-1: min(series.columns)}
    for at, row in enumerate(sheet.rows):
        if at < header.row:
            made: list[tuple[int, Sequence[object]]] = [(-1, row)]
        elif at == header.row:
            made = [(-1, [*_padded(row, width), *(contract.columns[name].title for name in new)])]
        elif len(row) > len(sheet.rows[header.row]) and not all(map(is_empty, row[len(sheet.rows[header.row]) :])):
            made = [(-1, [*_padded(row, width + len(new)), "…"])]  # its values have shifted: it is told and left out
        else:
            made = list(_rows(row, at, series, unpivot, contract, uncached, width, new))
        for column, cells in made:
            if column >= 0:
                sources[len(rows)] = column
            rows.append(cells)
            lines.append(at)
    first = {line: row for row, line in reversed([*enumerate(lines)])}
    last = {line: row for row, line in enumerate(lines)}
    where = {(lines[row], column): row for row, column in sources.items() if row >= 0}
    value = new.get(unpivot.value, width)
    turned = Unpivoted(
        sheet.file,
        sheet.sheet,
        rows,
        merged=tuple(
            (first[top], left, last[bottom], right)
            for top, left, bottom, right in sheet.merged
            if top in first and bottom in last
        ),
        hidden=sheet.hidden,
        hidden_rows=tuple(row for row, line in enumerate(lines) if line in set(sheet.hidden_rows)),
        uncached=tuple(
            (where[cell], value) if cell in where else (first[cell[0]], cell[1])
            for cell in sheet.uncached
            if cell[0] in first
        ),
        width=width,
        lines=lines,
        sources=sources,
        wrong=tuple(_wrong_totals(sheet, header, series, unpivot, contract)),
        unread=tuple(_unread(sheet, header, series, unpivot, contract)),
    )
    gone = {*series.columns, *series.totals}
    names = tuple(() if index in gone else names for index, names in enumerate(header.names))
    return turned, Header(header.row, names, header.texts, header.levels), new


def _word(cell: object) -> str:
    """A cell as texts of the layout are compared with it: a whole number is written without a point."""
    return normalise(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _padded(row: Sequence[object], width: int) -> list[object]:
    return [*row[:width], *[None] * (width - len(row))]


def _rows(
    row: Sequence[object],
    at: int,
    series: Series,
    unpivot: Unpivot,
    contract: Contract,
    uncached: set[tuple[int, int]],
    width: int,
    new: Mapping[str, int],
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows that a row becomes, each with the sheet column it is made of (-1: the row as it is)."""
    absent = set(map(normalise, unpivot.absent))
    is_filled = is_made = False
    for column, places in series.columns.items():
        cell = row[column] if column < len(row) else None
        if is_empty(cell) and (at, column) not in uncached:
            continue
        is_filled = True
        if _word(cell) in absent and not is_empty(cell):
            continue
        for told in _facts(cell, places, unpivot, contract):
            is_made = True
            if told is None:
                continue
            cells = _padded(row, width + len(new))
            for name, word in told.items():
                cells[new[name]] = word
            yield column, cells
    is_cut = len(row) <= max(series.columns)
    if (is_cut and not all(map(is_empty, row))) or not (is_made or is_filled or "" in unpivot.absent):
        yield -1, row


def _facts(cell: object, places: Places, unpivot: Unpivot, contract: Contract) -> Iterator[Mapping[str, object] | None]:
    """What each row made of a cell says; None for a part of a list that fits no text."""
    if unpivot.value:
        yield {**places, unpivot.value: cell}
        return
    for part in _parts(cell):
        found = _listed(part, unpivot, contract)
        yield None if found is None else {**places, **found}


def _parts(cell: object) -> Iterator[str]:
    return filter(None, map(str.strip, _BETWEEN.split(str(cell))))


def _listed(part: str, unpivot: Unpivot, contract: Contract) -> Places | None:
    found = (match_text(text, part.strip(_EDGES), contract, whole=True) for text in unpivot.cells)
    return next(filter(None, found), None)


def _unread(
    sheet: RawSheet, header: Header, series: Series, unpivot: Unpivot, contract: Contract
) -> Iterator[tuple[int, int, str]]:
    absent = set(map(normalise, unpivot.absent))
    for at in range(header.row + 1, len(sheet.rows)) if unpivot.cells else ():
        row = sheet.rows[at]
        for column in series.columns:
            cell = row[column] if column < len(row) else None
            parts = () if is_empty(cell) or _word(cell) in absent else _parts(cell)
            yield from ((at, column, part) for part in parts if _listed(part, unpivot, contract) is None)


_NUMBER = Column(title="число", type="number")


def _wrong_totals(
    sheet: RawSheet, header: Header, series: Series, unpivot: Unpivot, contract: Contract
) -> Iterator[WrongTotal]:
    """Totals that differ from the sum of their parts, where both are numbers; a mark in words counts as one."""
    absent = set(map(normalise, unpivot.absent))
    counts = unpivot.value != "" and contract.columns[unpivot.value].is_numeric
    for at in range(header.row + 1, len(sheet.rows)) if series.totals else ():
        row = sheet.rows[at]
        cells = [row[column] for column in series.columns if column < len(row) and not is_empty(row[column])]
        values = parse_cells([0 if _word(cell) in absent else cell for cell in cells], _NUMBER)
        if not values or (counts and BAD in values):
            continue
        parts = sum(float(value) if isinstance(value, int | float) else 1 for value in values)
        for column in series.totals:
            (stated,) = parse_cells([row[column] if column < len(row) else None], _NUMBER)
            if isinstance(stated, int | float) and not math.isclose(stated, parts, abs_tol=1e-6):
                yield WrongTotal(at, column, float(stated), parts)
