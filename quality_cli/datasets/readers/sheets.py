"""Raw sheets: what stands in a file, cell by cell, before anything is understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from quality_cli.core.findings import Finding, Place, Severity

Range: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 0, both ends inside."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet from cell A1 on: ``rows[r][c]`` is the raw value of row r + 1; all indices are from 0.

    What only some kinds of files tell is empty where it is unknown: ``merged`` ranges, ``hidden_rows``,
    ``hidden_columns``, ``uncached``, the (row, column) of formulas that were saved without a value, and ``exponents``,
    those of numbers that are shown with an exponent.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[object]]
    merged: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    uncached: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[int, ...] = ()
    exponents: tuple[tuple[int, int], ...] = ()

    def line(self, row: int) -> int:
        """The row of the file that a row stands in, both from 0."""
        return row

    def place(self, row: int, column: int) -> Place:
        """The place of a cell, both indices from 0."""
        return Place(self.file, self.sheet, f"{letters(column)}{row + 1}")


class UnreadableFileError(Exception):
    """A file that cannot be read; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def unreadable(shown: str, code: str, message: str, hint: str) -> UnreadableFileError:
    """The error of a file as a whole."""
    return UnreadableFileError(Finding(code, Severity.ERROR, message, (Place(shown),), hint))


def letters(column: int) -> str:
    """Spreadsheet name of a column from 0: ``A``, ``Z``, ``AA``."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name
