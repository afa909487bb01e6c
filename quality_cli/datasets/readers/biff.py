"""Records of an old Excel book (``.xls``, BIFF8), for what the parser does not tell.

The container and the records are described in [MS-CFB] and [MS-XLS]. Anything else than an ordinary BIFF8 book has
nothing told of it here: raises :class:`ValueError`, and what is hidden in it cannot be known.
"""

import struct
from collections.abc import Iterator
from typing import Final

from quality_cli.datasets.readers.formats import shown_as
from quality_cli.datasets.readers.sheet_xml import SheetScan

_END, _NONE = 0xFFFFFFFE, 0xFFFFFFFF
_MINI_CUTOFF = 0x1000
_BOF, _BOUNDSHEET, _FORMAT, _XF, _FILEPASS = 0x809, 0x85, 0x41E, 0xE0, 0x2F
_ROW, _COLINFO, _BOOLERR, _NUMBER, _RK, _MULRK, _FORMULA = 0x208, 0x7D, 0x205, 0x203, 0x27E, 0xBD, 0x6
_BIFF8 = 0x0600
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def scan_book(content: bytes) -> dict[str, SheetScan]:
    """What stands in the worksheets, by name; raises :class:`ValueError` for a book that is none or is broken."""
    try:
        return _scan(_stream(content))
    except (struct.error, IndexError, OverflowError) as error:
        raise ValueError("broken book") from error


def _stream(content: bytes) -> bytes:
    """The stream «Workbook» of the container."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    mini_size = 1 << struct.unpack_from("<H", content, 32)[0]
    directory, mini_first = (struct.unpack_from("<I", content, at)[0] for at in (48, 60))
    tables = [*struct.unpack_from("<109I", content, 76)]
    more = struct.unpack_from("<I", content, 68)[0]
    per_sector = size // 4
    while more not in (_END, _NONE) and len(tables) < len(content):
        *found, more = struct.unpack_from(f"<{per_sector}I", content, (more + 1) * size)
        tables += found

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    fat = [
        following
        for number in tables
        if number not in (_END, _NONE)
        for following in struct.unpack(f"<{per_sector}I", sector(number))
    ]

    def chain(first: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links)):
            if first >= len(links):
                return
            yield first
            first = links[first]

    entries = b"".join(map(sector, chain(directory, fat)))
    root = b""
    book: tuple[int, int] | None = None
    for at in range(0, len(entries) - 127, 128):
        name = entries[at : at + 64][: max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode("utf-16-le")
        first, length = struct.unpack_from("<II", entries, at + 116)
        if at == 0:
            root = b"".join(map(sector, chain(first, fat)))
        elif name == "Workbook":
            book = first, length
    if book is None:
        raise ValueError("no stream «Workbook»")
    first, length = book
    if length >= _MINI_CUTOFF:
        return b"".join(map(sector, chain(first, fat)))[:length]
    packed = b"".join(map(sector, chain(mini_first, fat)))
    mini_fat = list(struct.unpack(f"<{len(packed) // 4}I", packed))
    return b"".join(root[n * mini_size : (n + 1) * mini_size] for n in chain(first, mini_fat))[:length]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records from a place on, up to the end of the substream that begins there."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == 0x0A)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        if depth <= 0:
            return


def _scan(stream: bytes) -> dict[str, SheetScan]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    sheets: dict[str, int] = {}
    for kind, data in _records(stream, 0):
        if kind == _BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
            raise ValueError("not BIFF8")
        if kind == _FILEPASS:
            raise ValueError("under a password")
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data[2:], 2)
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _BOUNDSHEET and data[5] == 0:
            sheets.setdefault(_text(data[6:], 1), struct.unpack_from("<I", data)[0])
    kinds = [shown_as(number, codes.get(number)) for number in styles]
    return {name: _scan_sheet(stream, at, kinds) for name, at in sheets.items()}


def _text(data: bytes, width: int) -> str:
    """A text with its length before it, in so many bytes, and a flag whether its letters are wide."""
    length = int.from_bytes(data[:width], "little")
    wide, data = data[width] & 1, data[width + 1 :]
    return data[: 2 * length].decode("utf-16-le") if wide else data[:length].decode("latin-1")


def _scan_sheet(stream: bytes, at: int, kinds: list[str | None]) -> SheetScan:
    scan = SheetScan()
    for kind, data in _records(stream, at):
        if kind == _ROW:
            row, flags = struct.unpack_from("<H10xH", data)
            if flags & 0x20:
                scan.hidden_rows.append(row)
        elif kind == _COLINFO:
            first, last, flags = struct.unpack_from("<HH4xH", data)
            if flags & 0x01:
                scan.hidden_columns += range(first, min(last, 0xFF) + 1)
        elif kind in (_BOOLERR, _NUMBER, _RK, _FORMULA, _MULRK):
            row, column = struct.unpack_from("<HH", data)
            if kind == _BOOLERR and data[7]:
                scan.errors[row, column] = _ERRORS.get(data[6], "#N/A")
            elif kind == _FORMULA and data[12:14] == b"\xff\xff":
                if data[6] == 2:
                    scan.errors[row, column] = _ERRORS.get(data[8], "#N/A")
            elif kind != _BOOLERR:
                step = 6 if kind == _MULRK else len(data)
                for offset in range(4, len(data) - 2 if kind == _MULRK else 5, step):
                    style = struct.unpack_from("<H", data, offset)[0]
                    form = kinds[style] if style < len(kinds) else None
                    if form is not None:
                        scan.formats[row, column + (offset - 4) // 6] = form
    return scan
