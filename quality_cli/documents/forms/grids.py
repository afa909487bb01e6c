"""Where questions and answers stand in a sheet of a returned form: found by headers, else by numbers of questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quality_cli.core.findings import Place
from quality_cli.core.ids import INDICATOR_ID, normalise_indicator_id
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.values.parse import is_empty
from quality_cli.documents.forms import make as forms
from quality_cli.documents.forms import tables
from quality_cli.documents.forms.cells import line

_SEARCHED_ROWS = 40
_TITLES = {normalise(title): title for title in (*forms.TITLES, forms.ORGANISATION)}


@dataclass(frozen=True, slots=True)
class Grid:
    """The list of questions (or of tables) in a sheet: the row of headers, the sheet column of each title from 0."""

    sheet: RawSheet
    header: int
    columns: Mapping[str, int]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """By cell the top and the bottom row of the cells that it is merged with over several rows."""

    def rows(self) -> Iterator["Row"]:
        """Rows below the headers."""
        return (Row(self, index) for index in range(self.header + 1, len(self.sheet.rows)))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of questions."""

    grid: Grid
    index: int

    def cell(self, title: str) -> object:
        """What stands in a column; what is merged over several rows stands in each of them."""
        column = self.grid.columns.get(title, -1)
        top, _ = self.grid.merged.get((self.index, column), (self.index, self.index))
        cells = self.grid.sheet.rows[top]
        return cells[column] if 0 <= column < len(cells) else None

    def place(self, title: str = forms.ANSWER) -> Place:
        return self.grid.sheet.place(self.index, self.grid.columns.get(title, 0))

    @property
    def merged(self) -> tuple[int, int] | None:
        """The rows that the answer is merged over."""
        return self.grid.merged.get((self.index, self.grid.columns[forms.ANSWER]))

    @property
    def is_uncached(self) -> bool:
        """Whether the answer is a formula that was saved without a value."""
        return (self.index, self.grid.columns[forms.ANSWER]) in self.grid.sheet.uncached

    @property
    def is_filled(self) -> bool:
        return any(not is_empty(self.cell(title)) for title in (forms.ANSWER, forms.EVIDENCE, forms.REMARK))


def grid_of_questions(sheet: RawSheet) -> Grid | None:
    """The table of questions by its headers; by the numbers of questions where the headers are gone."""
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        found = {_TITLES[word]: column for column, cell in enumerate(row) if (word := normalise(cell)) in _TITLES}
        if len(found) >= 3:
            before = found.get(forms.EVIDENCE, 0) - 1
            if before >= 0 and before not in found.values():
                found.setdefault(forms.ANSWER, before)  # called otherwise
            return Grid(sheet, index, found, _merged_down(sheet))
    for index, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if question_number(cell) is not None:
                columns = {title: column + step for step, title in enumerate(forms.TITLES)}
                return Grid(sheet, index - 1, columns, _merged_down(sheet))
    return None


def _merged_down(sheet: RawSheet) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Cells that are merged over several rows, each with the first and the last of these."""
    tall = [(top, left, min(bottom, len(sheet.rows) - 1)) for top, left, bottom, _ in sheet.merged]
    return {(row, left): (top, bottom) for top, left, bottom in tall if bottom > top for row in range(top, bottom + 1)}


def grid_of_tables(sheet: RawSheet) -> Grid | None:
    """The list of tables not handed in, by its headers."""
    titles = {normalise(title): title for title in tables.TITLES}
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        found = {titles[word]: column for column, cell in enumerate(row) if (word := normalise(cell)) in titles}
        if {tables.TABLE, tables.NOTHING} <= found.keys():
            return Grid(sheet, index, found)
    return None


def texts_above(grids: list[Grid]) -> list[str]:
    """Texts above the tables, each also without a label before a colon."""
    texts = [line(cell) for grid in grids for row in grid.sheet.rows[: grid.header + 1] for cell in row]
    return [part for text in texts if text for part in (text, text.partition(":")[2].strip()) if part]


def question_number(cell: object) -> str | None:
    head, colon, part = str(cell or "").strip().partition(":")
    number = normalise_indicator_id(head)
    return f"{number}{colon}{part.strip()}" if INDICATOR_ID.match(number) else None
