"""Findings about one sheet: at cells of its rows of data, at a header, or at the whole of it."""

from collections.abc import Sequence

import numpy as np

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.body import Body


class SheetFindings:
    """Collects into ``findings`` what is told of one sheet; of its cells only ``words`` may be repeated."""

    def __init__(self, found: Recognised, body: Body, findings: Findings, words: frozenset[str]) -> None:
        self._found = found
        self._body = body
        self._findings = findings
        self._words = words
        self.sheet = Place(found.sheet.file, found.sheet.sheet)

    def quoted(self, cell: object) -> str:
        """A cell as a message may show it."""
        return quoted(cell, self._words)

    def at_cells(
        self, code: str, severity: Severity, message: str, where: Sequence[int], rows: np.ndarray, hint: str = ""
    ) -> None:
        """About some rows of data, at the first of the sheet columns; at the sheet where there is no such column."""
        if len(rows):
            places = tuple(self._body.place(row, where[0]) for row in rows[: self._findings.sample] if where)
            self._findings.add(Finding(code, severity, message, places or (self.sheet,), hint, len(rows)))

    def at_rows(self, code: str, severity: Severity, message: str, rows: np.ndarray) -> None:
        """About whole rows of the sheet, by their indices in it."""
        lines = (self._found.sheet.line(row) + 1 for row in rows[: self._findings.sample].tolist())
        places = tuple(Place(self.sheet.file, self.sheet.sheet, row=line) for line in lines)
        self._findings.add(Finding(code, severity, message, places, total=len(rows)))

    def at(self, place: Place, code: str, severity: Severity, message: str, hint: str = "", total: int = 1) -> None:
        """About any other place of the sheet, or all of it."""
        self._findings.add(Finding(code, severity, message, (place,), hint, total))

    def header(self, column: int) -> Place:
        """The place of a sheet column's header."""
        return self._found.sheet.place(self._found.header, column)
