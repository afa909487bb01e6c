"""Which rows under a header are data: blank rows of a form, banners, signatures and totals are not."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from quality_cli.core.findings import Place
from quality_cli.datasets.contracts.column import Column, places_in
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import ROWS, match_text
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.cells import Cells
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.datasets.values.parse import is_empty, is_spelling
from quality_cli.datasets.values.totals import is_total

_BANNER = 2
"""A banner fills at most so many cells."""
_COUNTED = Contract.model_validate(
    {
        "dataset": "banner",
        "title": "строка над данными",
        "grain": "строка",
        "columns": {ROWS: {"title": "число строк", "type": "integer"}},
    }
)


class Body:
    """The rows of data of a recognised sheet, column by column.

    ``rows`` are their indices in the sheet, from 0; ``read`` the sheet columns that something is read from; ``totals``
    are the indices of rows that sum up others and say nothing that could be compared with them; ``sums`` marks those
    rows of data whose words («Итого») say that they sum up others; ``filled_down`` is the number of rows below an
    organisation written once. ``stated`` tells, by the index of a banner, how many rows it announces.
    """

    def __init__(self, found: Recognised, matcher: OrgMatcher | None) -> None:
        self._found = found
        self._first = found.header + 1
        self._lines = found.sheet.rows[self._first :]
        self._columns: dict[int, Cells] = {}
        self._merged = _merged_down(found)
        self._widths = np.array([len(line) for line in self._lines], dtype=np.intp)
        self.stated: dict[int, int] = {}
        self.rows = np.flatnonzero(self._data()) + self._first
        self.totals: np.ndarray = self.rows[:0]
        self.sums = np.zeros(len(self.rows), dtype=bool)
        self._owners: dict[int, np.ndarray] = {}
        if matcher is not None:
            self._take_totals_apart(matcher)
        self.filled_down = self._fill_down()

    def cells(self, column: int) -> Cells:
        """Cells of a sheet column in the rows of data; a cell merged over several rows stands in each of them."""
        cells = self._column(column)
        if self.sums.any() and column in self._labelled:
            label = self._labelled[column]
            cells = Cells(cells.codes, [None if _says_total(cell, label) else cell for cell in cells.distinct])
        ranges = self._merged.get(column)
        if ranges:
            values = cells.each(lambda cell: cell)
            for top, bottom in ranges:
                values[top - self._first : bottom + 1 - self._first] = values[top - self._first]
            cells = Cells.of(values.tolist())
        lines = self.rows - self._first
        return cells.at(self._owners[column][lines] if column in self._owners else lines)

    def cut(self, columns: Sequence[int]) -> np.ndarray:
        """Which rows of data end before one of the sheet columns does: a row of a text table, cut short."""
        widths: np.ndarray = self._widths[self.rows - self._first]
        return widths <= max(columns, default=-1)

    @property
    def read(self) -> list[int]:
        """Sheet columns that something is read from."""
        found = self._found
        single = [index for where in found.columns.values() for index in where]
        return sorted({*single, *(index for members in found.families.values() for _, _, index in members)})

    def named(self, columns: Sequence[int]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
        """What the filled cells of some columns say together: a code for each row, and the texts by code."""
        cells = [self.cells(column) for column in columns]
        texts = [["" if is_empty(cell) else str(cell).strip() for cell in column.distinct] for column in cells]
        key = np.zeros(len(self.rows), dtype=np.int64)
        for column in cells:
            key = key * len(column.distinct) + column.codes
        _, first, codes = np.unique(key, return_index=True, return_inverse=True)
        told = [[text[column.codes[row]] for text, column in zip(texts, cells, strict=True)] for row in first]
        return codes, [tuple(filter(None, words)) for words in told]

    def place(self, position: int, column: int) -> Place:
        """The place of a cell by its position among the rows of data."""
        return self._found.sheet.place(int(self.rows[position]), column)

    def _column(self, column: int) -> Cells:
        if column not in self._columns:
            self._columns[column] = Cells.of([row[column] if column < len(row) else None for row in self._lines])
        return self._columns[column]

    def _filled(self, columns: Sequence[int]) -> np.ndarray:
        """How many of the columns each row fills."""
        return sum((self._column(column).filled for column in columns), np.zeros(len(self._lines), dtype=int))

    def _data(self) -> np.ndarray:
        """For each row under the header, whether it is a row of data or one that sums up others."""
        found, layout = self._found, self._found.layout
        single = {name: where for name, where in found.columns.items() if name not in layout.blank_ignoring}
        telling = [index for where in single.values() for index in where]
        telling += [index for members in found.families.values() for _, _, index in members]
        filled = self._filled(list(dict.fromkeys(telling)))
        data = filled > 0
        if layout.footer:
            signed = next((row for row, cells in enumerate(self._lines) if self._has(layout.footer, cells)), len(data))
            data[signed:] &= self._complete()[signed:]
        if layout.skip_rows:
            for row in np.flatnonzero(data & (filled <= _BANNER)).tolist():
                cells = [cell for cell in self._lines[row] if not is_empty(cell)]
                data[row] = len(cells) > _BANNER or not self._has(layout.skip_rows, cells)
                if not data[row] and (count := self._announced(cells)) is not None:
                    self.stated[row + self._first] = count
        return data

    def _announced(self, cells: Sequence[Any]) -> int | None:
        """How many rows of data a banner announces: by a text of the layout with the place {rows}."""
        texts = [text for text in self._found.layout.skip_rows if ROWS in places_in(text)]
        found = (match_text(text, str(cell), _COUNTED) for text in texts for cell in cells)
        return next((int(match[ROWS]) for match in found if match is not None), None)

    def _complete(self) -> Any:
        """Rows that hold something for every required column that stands in the sheet: signatures do not."""
        required = [where for name, where in self._found.columns.items() if self._found.contract.columns[name].required]
        return np.array([self._filled(where) for where in required if where]).min(axis=0, initial=1) > 0

    def _has(self, texts: Sequence[str], cells: Sequence[Any]) -> bool:
        """Whether one of the layout's texts stands in one of the cells."""
        return any(
            match_text(text, str(cell), self._found.contract) is not None
            for text in texts
            for cell in cells
            if not is_empty(cell)
        )

    def _take_totals_apart(self, matcher: OrgMatcher) -> None:
        """Rows that the layout or, where it says nothing of them, their own words call totals; of those that may be
        compared the word is blanked."""
        found, contract = self._found, self._found.contract
        organisation = found.columns.get(contract.organisation or "", ())
        left_out = np.zeros(len(self.rows), dtype=bool)
        if found.layout.totals and contract.organisation:
            codes, told = self.named(organisation)
            texts = found.layout.totals
            sums = [self._has(texts, cells) or matcher.is_above(matcher.find(cells).unit_id) for cells in told]
            left_out = np.array(sums, dtype=bool)[codes]
        at = self.rows - self._first
        self.sums = np.zeros(len(self.rows), dtype=bool)
        for index, column in self._labelled.items() if not found.layout.totals else ():
            cells = self._column(index)
            whole = [_says_total(cell, column) for cell in cells.distinct]
            share = [_says_total(cell, column, of_share=True) for cell in cells.distinct]
            self.sums |= np.array(whole, dtype=bool)[cells.codes[at]]
            left_out |= np.array(share, dtype=bool)[cells.codes[at]]
        if not contract.amounts:
            left_out |= self.sums
        self.totals = self.rows[left_out]
        self.rows, self.sums = self.rows[~left_out], self.sums[~left_out]

    def _fill_down(self) -> int:
        """Take rows without an organisation for rows of the one above; gives how many there are.

        Only where the sheet is written so: it has more such rows than others, and nowhere does one organisation stand
        in two rows that follow each other. Else a blank cell is a slip. A row of a sum is nobody's below.
        """
        where = self._found.columns.get(self._found.contract.organisation or "", ())
        written = np.zeros(len(self.rows), dtype=bool)
        for column in where:
            written |= self.cells(column).filled
        own, blank = np.flatnonzero(written), ~written & ~self.sums
        if not len(own) or own[0] != 0 or int(blank.sum()) <= len(own):
            return 0
        codes, _ = self.named(where)
        if (np.diff(codes[own])[np.diff(own) == 1] == 0).any():
            return 0
        lines = self.rows - self._first
        owners = np.arange(len(self._lines))
        above = np.maximum.accumulate(np.where(written, np.arange(len(written)), 0))
        owners[lines[blank]] = lines[above[blank]]
        self._owners = dict.fromkeys(where, owners)
        return int(blank.sum())

    @cached_property
    def _labelled(self) -> dict[int, Column | None]:
        """Sheet columns that may say of a row that it is a total: those of the organisation and the key, each with its
        column, and the first of the sheet («№ п/п»)."""
        found, contract = self._found, self._found.contract
        names = dict.fromkeys((*contract.key, contract.organisation or ""))
        told: dict[int, Column | None] = {
            index: contract.columns[name] for name in names for index in found.columns.get(name, ())
        }
        first = min(found.names, default=-1)
        return told if first in found.read or first < 0 else {first: None, **told}


def _says_total(cell: object, column: Column | None, *, of_share: bool = False) -> bool:
    """Whether a cell of a column (None: one that is not read) calls its row a total; a value of the column does not."""
    if of_share and (column is None or column.type not in ("organisation", "integer")):
        return False
    return is_total(cell, of_share=of_share) and (column is None or not is_spelling(cell, column))


def _merged_down(found: Recognised) -> Mapping[int, list[tuple[int, int]]]:
    """Top and bottom rows of cells merged over several rows of data, by sheet column.

    Only where they say what the rows are about, the organisation or another column of the key: a number told once
    for several rows is not the number of each.
    """
    contract = found.contract
    about = {index for name in (*contract.key, contract.organisation or "") for index in found.columns.get(name, ())}
    merged: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, right in found.sheet.merged:
        if found.header < top < bottom and left == right and left in about:
            merged.setdefault(left, []).append((top, bottom))
    return merged
