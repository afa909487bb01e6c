"""The XML of a worksheet, looked through before a parser builds a table of it.

A plain sheet (every cell has its address, no formulas, errors or hidden rows) is looked through by searching bytes,
three times faster than it is parsed; anything else goes through expat.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from quality_cli.datasets.readers.limits import MAX_COLUMNS, MAX_ROWS

_CHUNK = 8_000_000
_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"')
_NOT_PLAIN = (b"<!", b"<f", b":f", b":c", b't="e"', b"t='e'", b"hidden")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,8})\$?([0-9]{1,18})")
_STRING = re.compile(rb"<(?:\w+:)?si\b")


class BeyondLimits(ValueError):  # noqa: N818 - named by what is wrong
    """A cell stands where no sheet of Excel has one."""


@dataclass(slots=True)
class SheetScan:
    """What stands in a sheet: its extent, what the parser would not tell, and uses of each shared string (exact)."""

    rows: int = 0
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    uncached: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    shared: Counter[int] | None = None

    @property
    def cells(self) -> int:
        """Cells of the whole extent, empty ones included."""
        return self.rows * self.columns

    def reach(self, row: int, column: int) -> None:
        """Take in a cell, both indices from 0; raise :class:`BeyondLimits`."""
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            raise BeyondLimits
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)


def scan_sheet(xml: bytes, *, exact: bool = False) -> SheetScan:
    """Look a worksheet through; raises :class:`BeyondLimits`, or ``ExpatError``/``ValueError`` for broken XML."""
    plain = None if exact else _scan_plain(xml)
    return plain or _scan_exactly(xml)


def _scan_plain(xml: bytes) -> SheetScan | None:
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if not 0 <= start < end:
        return None
    data = xml[start:end]
    if any(mark in data for mark in _NOT_PLAIN):
        return None
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    total = position = 0
    while position < len(data):
        stop = len(data) if position + _CHUNK >= len(data) else data.rfind(b"<", position + 1, position + _CHUNK)
        found = _CELL.findall(data, position, stop if stop > position else len(data))
        total += len(found)
        columns.update(column for column, _ in found)
        rows.update(row for _, row in found)
        position = stop if stop > position else len(data)
    if total != data.count(b"<c"):
        return None
    scan = SheetScan()
    if total:
        scan.reach(max(int(row) for row in rows) - 1, max(_column(name.decode()) for name in columns))
    return scan


def _column(name: str) -> int:
    """Index from 0 of a column's letters."""
    index = 0
    for letter in name.upper()[:8]:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _scan_exactly(xml: bytes) -> SheetScan:
    walker = _Walker()
    _parser(walker).Parse(xml, True)
    return walker.scan


def _parser(handler: Any) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    return parser


class _Walker:
    """Follows the cells of a sheet as the parser will: a cell without an address stands after the former one."""

    def __init__(self) -> None:
        self.scan = SheetScan(shared=Counter())
        self._row = self._column = -1
        self._type = ""
        self._formula = False
        self._value: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._address(attributes.get("r"))
            self._type, self._formula, self._value = attributes.get("t", ""), False, []
            self.scan.reach(self._row, self._column)
        elif tag in ("v", "t"):
            self._inside = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.scan.hidden_rows.append(self._row)

    def _address(self, written: str | None) -> None:
        if written is None:
            self._row, self._column = max(self._row, 0), self._column + 1
            return
        found = _ADDRESS.fullmatch(written)
        if found is None or int(found[2]) == 0:
            raise ValueError(written)
        self._row, self._column = int(found[2]) - 1, _column(found[1])

    def text(self, text: str) -> None:
        if self._inside:
            self._value.append(text)

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "c":
            value, place = "".join(self._value), (self._row, self._column)
            if self._type == "e" and value:
                self.scan.errors[place] = value
            elif self._type == "s" and value.strip().isdecimal():
                assert self.scan.shared is not None
                self.scan.shared[int(value)] += 1
            elif self._formula and not value and self._type != "str":
                self.scan.uncached.append(place)


def longest_string(xml: bytes) -> int:
    """Bytes of the longest shared string, never too few."""
    return len(xml) if b"<!" in xml else max(map(len, _STRING.split(xml)))


def string_lengths(xml: bytes) -> list[int]:
    """Characters of every shared string."""
    counter = _Lengths()
    _parser(counter).Parse(xml, True)
    return counter.lengths


class _Lengths:
    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)

    def end(self, name: str) -> None:
        pass
