"""The XML of a worksheet, looked through before a parser builds a table of it.

A plain sheet (every cell has its address, no formulas, errors or hidden rows) is looked through as an array of bytes,
several times faster than it is parsed; anything else goes through expat.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import numpy as np

from quality_cli.datasets.readers.limits import MAX_COLUMNS, MAX_ROWS
from quality_cli.datasets.readers.sheets import Range

_CHUNK = 8_000_000
_LONGEST_ADDRESS = len("XFD1048576")
_PADDING = bytes(20)
_NOT_PLAIN = (b"<!", b"<f", b":f", b":c", b't="e"', b"t='e'", b"hidden")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,8})\$?([0-9]{1,18})")
_STRING = re.compile(rb"<(?:\w+:)?si\b")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*["']([^"']*)["']""")


class BeyondLimits(ValueError):  # noqa: N818 - named by what is wrong
    """A cell stands where no sheet of Excel has one."""


@dataclass(slots=True)
class SheetScan:
    """What stands in a sheet: its extent, what the parser would not tell, and uses of each shared string (exact).

    ``formats`` are kinds (:mod:`~quality_cli.datasets.readers.formats`) by cell; ``merged`` is empty where the parser
    tells it.
    """

    rows: int = 0
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
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


def scan_sheet(xml: bytes, formats: Mapping[int, str] | None = None, *, exact: bool = False) -> SheetScan:
    """Look a worksheet through, ``formats`` being kinds by the number of a style that are told of.

    Raises :class:`BeyondLimits`, or ``ExpatError``/``ValueError`` for broken XML.
    """
    formats = formats or {}
    scan = None if exact else _scan_plain(xml, formats)
    scan = scan or _scan_exactly(xml, formats)
    scan.hidden_columns += _hidden_columns(xml[: max(xml.find(b"sheetData"), 0)])
    return scan


def _hidden_columns(head: bytes) -> Iterator[int]:
    for column in _COLUMN.findall(head):
        told = dict(_ATTRIBUTE.findall(column))
        if told.get(b"hidden") in (b"1", b"true"):
            first, last = int(told.get(b"min", b"1")), int(told.get(b"max", b"0"))
            yield from range(max(first, 1) - 1, min(last, MAX_COLUMNS))


def _scan_plain(xml: bytes, formats: Mapping[int, str]) -> SheetScan | None:
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    not_plain = (*_NOT_PLAIN, b" s='") if formats else _NOT_PLAIN
    if not 0 <= start < end or any(xml.find(mark, start, end) >= 0 for mark in not_plain):
        return None
    scan = SheetScan(formats=_formatted(xml, formats, start, end))
    while start < end:
        stop = end if start + _CHUNK >= end else xml.rfind(b"<", start + 1, start + _CHUNK)
        extent = _extent(np.frombuffer(xml[start : stop if stop > start else end] + _PADDING, dtype=np.uint8))
        if extent is None:
            return None
        rows, columns = extent
        if rows:
            scan.reach(rows - 1, columns - 1)
        start = stop if stop > start else end
    return scan


def _formatted(xml: bytes, formats: Mapping[int, str], start: int, end: int) -> dict[tuple[int, int], str]:
    """Kinds by cell in a plain sheet: what carries a style that is told of is found, nothing else is looked at."""
    if not formats:
        return {}
    found = {}
    styles = "|".join(map(str, formats)).encode()
    for match in re.compile(rb' s="(' + styles + rb')"').finditer(xml, start, end):
        opening = xml.rfind(b"<", start, match.start())
        address = _ADDRESS.match(xml[opening + 6 : opening + 32].decode("latin-1"))
        if xml.startswith(b'<c r="', opening) and address is not None:
            found[int(address[2]) - 1, _column(address[1])] = formats[int(match[1])]
    return found


def _extent(signs: np.ndarray) -> tuple[int, int] | None:
    """The last row and column, from 1, of the cells in a piece of XML; None unless each begins «<c r="A1"»."""
    starts = np.flatnonzero((signs[:-1] == ord("<")) & (signs[1:] == ord("c")))
    if not all((signs[starts + offset] == sign).all() for offset, sign in enumerate(b'<c r="')):
        return None
    starts += len('<c r="')
    rows, columns = np.zeros((2, len(starts)), dtype=np.int64)
    unfinished = lettered = np.ones(len(starts), dtype=bool)
    for offset in range(_LONGEST_ADDRESS + 1):
        sign = signs[starts + offset].astype(np.int64)
        lettered = lettered & (sign >= ord("A")) & (sign <= ord("Z"))
        digit = unfinished & (sign >= ord("0")) & (sign <= ord("9"))
        columns = np.where(lettered, columns * 26 + sign - ord("A") + 1, columns)
        rows = np.where(digit, rows * 10 + sign - ord("0"), rows)
        if not (lettered | digit | ~unfinished | (sign == ord('"'))).all():
            return None
        unfinished = lettered | digit
    if unfinished.any() or not (rows * columns).all():
        return None
    return int(rows.max(initial=0)), int(columns.max(initial=0))


def _column(name: str) -> int:
    """Index from 0 of a column's letters."""
    index = 0
    for letter in name.upper()[:8]:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _scan_exactly(xml: bytes, formats: Mapping[int, str]) -> SheetScan:
    walker = _Walker(formats)
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

    def __init__(self, formats: Mapping[int, str]) -> None:
        self.scan = SheetScan(shared=Counter())
        self._formats = {str(style): kind for style, kind in formats.items()}
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
            if (kind := self._formats.get(attributes.get("s", ""))) is not None:
                self.scan.formats[self._row, self._column] = kind
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
