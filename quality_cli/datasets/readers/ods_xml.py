"""The XML of an OpenDocument spreadsheet, for what the parser does not tell: errors, per cents, what is hidden.

A cell is what it shows: an error of LibreOffice is saved as an empty text, a per cent as a share of one. Rows and
columns that are written once for many are told only as far as the table reaches.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.parsers import expat

from quality_cli.datasets.readers.formats import PERCENT, SIGN
from quality_cli.datasets.readers.sheet_xml import SheetScan

_MARKS = (b"percent", b"%</", b"visibility", b"-spanned", b'"error"', b">#", b">Err:")
_HIDDEN = ("collapse", "filter")


def scan_content(xml: bytes, sizes: Mapping[str, tuple[int, int]]) -> dict[str, SheetScan]:
    """What stands in the sheets of ``content.xml`` by name; ``sizes`` are their rows and columns.

    Raises ``ExpatError``. A content without any of the marks of such cells is not looked through.
    """
    if not any(mark in xml for mark in _MARKS):
        return {}
    walker = _Walker(sizes)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.Parse(xml, True)
    return walker.scans


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    return int(written) if written.isascii() and written.isdecimal() else 1


class _Walker:
    """Follows the cells of the tables; paragraphs of a comment are no text of its cell."""

    def __init__(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        self.scans: dict[str, SheetScan] = {}
        self._sizes = sizes
        self._scan, self._size = SheetScan(), (0, 0)
        self._row = self._column = self._next_row = self._next_column = 0
        self._outer: list[Any] = []
        self._cell: Mapping[str, str] = {}
        self._shown: list[str] = []
        self._comment = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table:table":
                self._outer.append((self._scan, self._size, self._next_row, self._next_column))
                title = attributes.get("table:name", "")
                known = not self._outer[1:] and title in self._sizes and title not in self.scans
                self._scan, self._size = SheetScan(), self._sizes[title] if known else (0, 0)
                if known:
                    self.scans[title] = self._scan
                self._next_row = self._next_column = 0
            case "table:table-column":
                times = _repeated(attributes, "table:number-columns-repeated")
                if attributes.get("table:visibility") in _HIDDEN:
                    self._scan.hidden_columns += self._within(self._next_column, times, 1)
                self._next_column += times
            case "table:table-row":
                times = _repeated(attributes, "table:number-rows-repeated")
                self._row, self._next_row, self._next_column = self._next_row, self._next_row + times, 0
                if attributes.get("table:visibility") in _HIDDEN:
                    self._scan.hidden_rows += self._within(self._row, times, 0)
            case "table:table-cell" | "table:covered-table-cell":
                self._column = self._next_column
                self._next_column += _repeated(attributes, "table:number-columns-repeated")
                self._cell, self._shown = attributes, []
            case "office:annotation":
                self._comment += 1
            case _:
                pass

    def _within(self, first: int, times: int, side: int) -> Sequence[int]:
        return range(first, min(first + times, self._size[side]))

    def text(self, text: str) -> None:
        if not self._comment:
            self._shown.append(text)

    def end(self, name: str) -> None:
        match name:
            case "office:annotation":
                self._comment -= 1
            case "table:table-cell":
                self._told()
            case "table:table" if self._outer:
                self._scan, self._size, self._next_row, self._next_column = self._outer.pop()
            case _:
                pass

    def _told(self) -> None:
        cell, shown = self._cell, "".join(self._shown).strip()
        kind = cell.get("office:value-type", "")
        is_error = cell.get("calcext:value-type") == "error" or (shown[:1] == "#" and kind != "string")
        form = PERCENT if kind == "percentage" else SIGN if kind == "float" and shown.endswith("%") else None
        if is_error or form is not None:
            for row in self._within(self._row, self._next_row - self._row, 0):
                for column in self._within(self._column, self._next_column - self._column, 1):
                    if is_error:
                        self._scan.errors[row, column] = shown or "#"
                    elif form is not None:
                        self._scan.formats[row, column] = form
        down, right = (_repeated(cell, f"table:number-{what}-spanned") for what in ("rows", "columns"))
        if (down > 1 or right > 1) and self._row < self._size[0] and self._column < self._size[1]:
            bottom, last = min(self._row + down, self._size[0]) - 1, min(self._column + right, self._size[1]) - 1
            self._scan.merged.append((self._row, self._column, bottom, last))
        self._shown = []
