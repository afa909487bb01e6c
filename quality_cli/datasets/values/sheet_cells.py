"""Cells of one sheet as values of the contract's columns; those that are not understood are told."""

import datetime

import numpy as np

from quality_cli.core.findings import Severity
from quality_cli.core.where import BETWEEN
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.tables.table import column_values
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.cells import DISTINCT, Cells, grouped
from quality_cli.datasets.values.parse import (
    BAD,
    DASHES,
    DATE_MADE,
    expected,
    is_made_date,
    made_of,
    nearest,
    parse_cells,
    unread_values,
)
from quality_cli.datasets.values.sheet_findings import SheetFindings


class SheetCells:
    """Understands the cells of a sheet's rows of data."""

    def __init__(self, body: Body, findings: SheetFindings) -> None:
        self._body = body
        self._findings = findings
        self.misread: dict[int, np.ndarray] = {}
        """By sheet column, in which rows its cell was not understood."""

    def parsed(self, column: Column, where: int) -> np.ndarray:
        """Values of a sheet column, None or NaN for unknown."""
        cells = self._body.cells(where)
        values = parse_cells(cells.distinct, column)
        lost = [value is BAD or (column.several and str(value).endswith(BETWEEN)) for value in values]
        bad = self.misread[where] = np.array(lost, dtype=bool)[cells.codes]
        if bad.any():
            unread = unread_values(cells.distinct, column) if column.several else [[cell] for cell in cells.distinct]
            told = [
                ("; ".join(map(self._findings.quoted, parts)), made_of(cell))
                for cell, parts in zip(cells.distinct, unread, strict=True)
            ]
            shown = Cells(cells.codes[bad], told)
            for number, ((text, made), rows) in enumerate(grouped(shown, np.flatnonzero(bad))):
                problem = f"«{text}»" if number < DISTINCT else "многие другие значения"
                message = f"столбец «{column.title}»: не понять {problem}"
                hint = f"{expected(column)}{made}{nearest(text, column)}"
                self._findings.at_cells("cell.value", Severity.ERROR, message, [where], rows, hint)
        if column.type == "flag":
            self._tell_dashes(column, cells, where)
        if column.type == "text" and not column.personal:
            self._tell_dates(column, cells, where)
        known = [None if value is BAD else value for value in values]
        return column_values(known, numeric=column.is_numeric or column.type == "numbers").take(cells.codes)

    def _tell_dates(self, column: Column, cells: Cells, where: int) -> None:
        """Dates among words: Excel makes them of a class («5-1») or a number of a variant."""
        dates = [
            isinstance(cell, datetime.date) or (isinstance(cell, str) and is_made_date(cell)) for cell in cells.distinct
        ]
        rows = np.flatnonzero(np.array(dates, dtype=bool)[cells.codes])
        message = f"столбец «{column.title}»: в ячейке дата, прочитана как текст"
        self._findings.at_cells("cell.date", Severity.WARNING, message, [where], rows, DATE_MADE.removeprefix("; "))

    def _tell_dashes(self, column: Column, cells: Cells, where: int) -> None:
        """A dash among answers may be a no, or nobody's answer: it is none, and that is told."""
        rows = np.flatnonzero(cells.each(lambda cell: isinstance(cell, str) and normalise(cell) in DASHES))
        message = f"столбец «{column.title}»: прочерк — и «нет», и «не известно»; он принят за пустую ячейку"
        hint = "впишите «нет», где ответ — «нет»"
        self._findings.at_cells("cell.dash", Severity.WARNING, message, [where], rows, hint)
