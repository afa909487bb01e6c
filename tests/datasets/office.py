"""One small table as each of the office programs saves it: ``.xlsx``, ``.ods`` and ``.xls`` with formats, errors and
what is hidden."""

import io
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from packages import MANIFEST, ODS, OFFICE, packed

FORMATS = ("xlsx", "ods", "xls")
ERRORS = {"#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#N/A": 42}


@dataclass(frozen=True)
class Shown:
    """A number with its number format."""

    value: float
    form: str


def percent(value: float) -> Shown:
    """A share that is shown as per cents."""
    return Shown(value, "0.00%")


def office(
    suffix: str, rows: Sequence[Sequence[Any]], *, hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (), merged: Collection[tuple[int, int]] = (), hidden: bool = False,
) -> bytes:  # fmt: skip
    """The table as bytes; indices from 0, ``merged`` are the first and last rows of merged cells of column A."""
    write = {"xlsx": _xlsx, "ods": _ods, "xls": _xls}[suffix]
    return write(rows, hidden_rows, hidden_columns, merged, hidden)


def _xlsx(rows: Any, hidden_rows: Any, hidden_columns: Any, merged: Any, hidden: bool) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Лист1"
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place, value.value if isinstance(value, Shown) else value)
            if isinstance(value, Shown):
                cell.number_format = value.form
            elif value in ERRORS:
                cell.data_type = "e"
    for row in hidden_rows:
        sheet.row_dimensions[row + 1].hidden = True
    for column in hidden_columns:
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].hidden = True
    for first, last in merged:
        sheet.merge_cells(f"A{first + 1}:A{last + 1}")
    if hidden:
        book.create_sheet("Обложка")
        sheet.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _ods(rows: Any, hidden_rows: Any, hidden_columns: Any, merged: Any, hidden: bool) -> bytes:
    width = max(map(len, rows))
    unseen = ' table:visibility="collapse"'
    lines = "".join(f"<table:table-column{unseen * (at in hidden_columns)}/>" for at in range(width))
    for number, row in enumerate(rows):
        seen = ' table:visibility="filter"' if number in hidden_rows else ""
        spans = {first: last - first + 1 for first, last in merged}
        covered = any(first < number <= last for first, last in merged)
        texts = [_ods_cell(value, spans.get(number, 1) if place == 0 else 1) for place, value in enumerate(row)]
        if covered:
            texts[0] = "<table:covered-table-cell/>"
        lines += f"<table:table-row{seen}>{''.join(texts)}</table:table-row>"
    style = (
        '<style:style style:name="ta" style:family="table"><style:table-properties table:display="{}"/></style:style>'
    )
    style = style.format("false" if hidden else "true")
    return packed(
        {
            "mimetype": ODS,
            "META-INF/manifest.xml": MANIFEST,
            "content.xml": '<?xml version="1.0" encoding="UTF-8"?>'
            f'<office:document-content xmlns:office="{OFFICE}:office:1.0" '
            f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0" xmlns:style="{OFFICE}:style:1.0" '
            'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">'
            f"<office:automatic-styles>{style}</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="Лист1" table:style-name="ta">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def _ods_cell(value: Any, down: int) -> str:
    span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="1"' if down > 1 else ""
    number = value.value if isinstance(value, Shown) else value
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, Shown) and "%" in value.form:
        told, text = f'"percentage" office:value="{number}"', f"{100 * number:.0f}%"
    elif isinstance(number, int | float):
        told, text = f'"float" office:value="{number}"', f"{number}"
    elif value in ERRORS:
        told, text = '"string" office:string-value="" calcext:value-type="error"', value
    else:
        told, text = '"string"', escape(str(value))
    comment = "<office:annotation><text:p>замечание 50%</text:p></office:annotation>" if value in ERRORS else ""
    return f"<table:table-cell{span} office:value-type={told}>{comment}<text:p>{text}</text:p></table:table-cell>"


def _record(kind: int, *data: bytes) -> bytes:
    body = b"".join(data)
    return struct.pack("<HH", kind, len(body)) + body


def _wide(text: str, width: str) -> bytes:
    return struct.pack(f"<{width}B", len(text), 1) + text.encode("utf-16-le")


def _xls(rows: Any, hidden_rows: Any, hidden_columns: Any, merged: Any, hidden: bool) -> bytes:
    forms = sorted({value.form for row in rows for value in row if isinstance(value, Shown)})
    styles = {form: 1 + number for number, form in enumerate(forms)}
    begin = [_record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) for kind in (5, 0x10)]
    end = _record(0x0A)
    book = begin[0] + _record(0x42, struct.pack("<H", 1200))
    book += b"".join(_record(0x41E, struct.pack("<H", 164 + n), _wide(form, "H")) for n, form in enumerate(forms))
    book += b"".join(
        _record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, *(164 + n for n in range(len(forms))))
    )
    sheets = [_sheet(rows, styles, hidden_rows, hidden_columns, merged), b""] if hidden else [
        _sheet(rows, styles, hidden_rows, hidden_columns, merged)
    ]  # fmt: skip
    names = ["Лист1", "Обложка"][: len(sheets)]
    size = len(book) + sum(len(_record(0x85, bytes(6), _wide(name, "B"))) for name in names) + len(end)
    bodies = b""
    for number, (name, body) in enumerate(zip(names, sheets, strict=True)):
        state = 1 if hidden and number == 0 else 0
        book += _record(0x85, struct.pack("<IBB", size + len(bodies), state, 0), _wide(name, "B"))
        bodies += begin[1] + body + end
    return _container(book + end + bodies)


def _sheet(rows: Any, styles: Any, hidden_rows: Any, hidden_columns: Any, merged: Any) -> bytes:
    width = max(map(len, rows))
    body = b"".join(_record(0x7D, struct.pack("<HHHHHH", at, at, 2000, 0, 1, 0)) for at in hidden_columns)
    body += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        flags = 0x120 if number in hidden_rows else 0x100
        body += _record(0x208, struct.pack("<HHHHHHHH", number, 0, len(row), 255, 0, 0, flags, 15))
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            at = struct.pack("<HHH", number, place, styles.get(getattr(value, "form", None), 0))
            bare = value.value if isinstance(value, Shown) else value
            if bare in ERRORS:
                body += _record(0x205, at, struct.pack("<BB", ERRORS[bare], 1))
            elif isinstance(bare, int | float):
                body += _record(0x203, at, struct.pack("<d", bare))
            elif bare is not None:
                body += _record(0x204, at, _wide(str(bare), "H"))
    if merged:
        cells = b"".join(struct.pack("<HHHH", first, last, 0, 0) for first, last in merged)
        body += _record(0xE5, struct.pack("<H", len(merged)), cells)
    return body


def _container(stream: bytes) -> bytes:
    """A compound file of one stream."""
    stream += bytes(-len(stream) % 512 if len(stream) >= 4096 else 4096 - len(stream))
    count = len(stream) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    assert len(fat) <= 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0" if name else b""
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + bytes(36) + struct.pack(
            "<IQ", first, size
        )  # fmt: skip

    none = 0xFFFFFFFF
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, none, 2, len(stream))
    directory += entry("", 0, none, 0, 0) * 2
    fat += [none] * (128 - len(fat))
    return header + struct.pack("<128I", *fat) + directory + stream
