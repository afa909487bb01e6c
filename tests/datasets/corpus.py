"""Damaged and odd files: valid small exports spoilt by a fixed seed, and those that are made by hand."""

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from exports import F1_ROW, Rows, encrypted_workbook, f1
from packages import SHEET, changed, csv_bytes, ods_bytes, own_table, packed, parts, with_cell, xlsx_bytes

_SEED = 20_260_901
_CUTS = 8
_FLIPS = 8
_ALTERED = 40
_VALUES = (
    *(b"", b"-1", b"0", b"1", b"A0", b"ZZZZZZZ1", b"XFD1048576", b"XFE1", b"A1:XFD1048576", b"99999999999999999999"),
    *(b"s", b"e", b"str", b"b", b"d", b"n", b"inlineStr", b"1e999", b"4294967296", b"rId7", b"/xl/styles.xml"),
)


@dataclass(frozen=True)
class Spoilt:
    """A file to read; ``rows`` is how many rows of data lie in it, where that is known without reading it."""

    title: str
    name: str
    content: bytes
    rows: int | None = None


def corpus(folder: Path) -> Iterator[Spoilt]:
    """Every file of the corpus, the same each time; ``folder`` is for work."""
    chance = random.Random(_SEED)
    seeds = _seeds(folder)
    for name, (content, rows) in seeds.items():
        for _ in range(_CUTS):
            yield _spoilt("cut", name, content[: chance.randrange(len(content))], rows)
        for _ in range(_FLIPS):
            spoilt = bytearray(content)
            for _ in range(chance.randint(1, 4)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            yield _spoilt("flipped", name, bytes(spoilt), rows)
        for suffix in (".xlsx", ".xls", ".ods", ".csv", ".parquet", ".zip", ".txt", ""):
            yield _spoilt("renamed", f"{name.partition('.')[0]}{suffix}", content, rows)
    for name in ("own.xlsx", "f1.xlsx", "own.ods", "own.zip"):
        content, rows = seeds[name]
        members = parts(content)
        for dropped in members:
            rest = {member: data for member, data in members.items() if member != dropped}
            yield Spoilt(f"{name} without {dropped}", name, packed(rest))
    for number in range(_ALTERED):
        name = chance.choice(("own.xlsx", "f1.xlsx"))
        yield Spoilt(f"altered {number}", name, _altered(seeds[name][0], chance), seeds[name][1])
    for suffix in ("xlsx", "xls", "ods", "csv", "parquet", "zip"):
        for size in (1, 100, 10_000):
            yield Spoilt(f"random {size}", f"a.{suffix}", chance.randbytes(size))
    yield from _by_hand(seeds["own.xlsx"][0])


def _seeds(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Valid exports with the number of their rows."""
    rows = own_table()
    book, text = xlsx_bytes(folder, rows), csv_bytes(rows)
    columns = zip(*([str(cell) for cell in row] for row in rows), strict=True)
    parquet = io.BytesIO()
    pq.write_table(pa.table({name: list(cells) for name, *cells in columns}), parquet)
    return {
        "own.xlsx": (book, 5),
        "f1.xlsx": (xlsx_bytes(folder, f1(*([*F1_ROW[:3], 40000 + n, *F1_ROW[4:]] for n in range(4)))), 4),
        "own.csv": (text, 5),
        "old.csv": (csv_bytes(rows, "cp1251", "\t"), 5),
        "wide.csv": (csv_bytes(rows, "utf-16"), 5),
        "own.ods": (ods_bytes(rows), 5),
        "own.xls": ((Path(__file__).parent / "files" / "table.xls").read_bytes(), 5),
        "own.parquet": (parquet.getvalue(), 5),
        "own.zip": (packed({"а/own.xlsx": book, "own.csv": csv_bytes(_other(rows))}), 10),
    }


def _other(rows: Rows) -> Rows:
    return [rows[0], *((*row[:4], f"б{row[4]}", row[5]) for row in rows[1:])]


def _spoilt(how: str, name: str, content: bytes, rows: int) -> Spoilt:
    """Rows of a text are counted in what is left of it; other kinds are read whole or not at all."""
    if name.endswith(".csv") and how != "renamed":
        text = content.decode("utf-16" if name == "wide.csv" else "latin-1", "replace")
        rows = max(sum(bool(line.strip("\t; ")) for line in re.split(r"[\r\n]+", text)) - 1, 0)
    return Spoilt(f"{how} {name}", name, content, rows)


def _altered(workbook: bytes, chance: random.Random) -> bytes:
    members = parts(workbook)
    name = chance.choice([SHEET, SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
    attribute = chance.choice(list(re.finditer(rb'="([^"]*)"', members[name])))
    content = members[name]
    spoilt = content[: attribute.start(1)] + chance.choice(_VALUES) + content[attribute.end(1) :]
    return packed({**members, name: spoilt})


def _by_hand(book: bytes) -> Iterator[Spoilt]:
    header = "Организация;Год;Класс;Предмет;Код участника;Отметка"
    row = "з-01;2026;4;МА;1;5"
    texts = {
        "NUL": f"{header}\n{row}\0\n",
        "open quote": f'{header}\n{row}\n"{row}\n{row}\n',
        "two stray quotes": f'{header}\n{row}\nз-01;2026;4;"МА;2;5\n{row}\nз-01;2026;4;МА";4;5\n',
        "a hundred thousand columns": f"{header}{';x' * 100_000}\n{row}\n",
        "a cell of megabytes": f"{header}\nз-01;2026;4;МА;{'ы' * 3_000_000};5\n",
        "a line of 100 MB": f"{header}\n{'x' * 100_000_000}\n",
        "a line of 10 million cells": f"{header}\n{'x;' * 25_000_000}\n",
        "only delimiters": ";;;;;;;\n" * 50,
        "only breaks": "\r\n\n\r" * 50,
        "control signs": f"{header}\n" + "\x01\x02\x1b[31m;2026;4;МА;1;5\n",
        "an escape of a terminal in the header": f"\x1b[2J{header}\n",
    }
    for title, text in texts.items():
        yield Spoilt(title, "a.csv", text.encode())
    yield Spoilt("empty", "a.xlsx", b"")
    yield Spoilt("password", "a.xlsx", encrypted_workbook())
    yield Spoilt("password of old Excel", "a.xls", encrypted_workbook())
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield Spoilt("stray cell", "a.xlsx", with_cell(book, stray))
    yield Spoilt("stray cell behind a quoted bracket", "a.xlsx", with_cell(book, stray.replace("<c ", '<c a=">" ')))
    yield Spoilt("row of 20 digits", "a.xlsx", with_cell(book, f'<row r="{"9" * 20}"><c r="A{"9" * 20}"/></row>'))
    yield Spoilt("column of 9 letters", "a.xlsx", with_cell(book, '<row r="9"><c r="ZZZZZZZZZ9"><v>1</v></c></row>'))
    yield Spoilt(
        "bomb",
        "a.xlsx",
        changed(book, SHEET, lambda xml: xml.replace(b"<sheetData", b" " * 90_000_000 + b"<sheetData")),
    )
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    yield Spoilt("billion laughs", "a.xlsx", changed(book, SHEET, lambda xml: xml.replace(b"<worksheet", laughs, 1)))
    yield Spoilt("UTF-16 inside", "a.xlsx", changed(book, SHEET, lambda xml: xml.decode().encode("utf-16")))
    yield Spoilt("long text repeated", "a.xlsx", _repeating(book))
    more = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}" '
    more += 'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    for rows, columns in ((1_000_000, 16_000), (100_000, 1_000), (10**20, 1)):
        yield Spoilt(f"repeated {rows} x {columns}", "a.ods", ods_bytes(own_table(), more.format(rows, columns)))
    parquet = io.BytesIO()
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 100_000])
    pq.write_table(pa.table({"Организация": long}), parquet)
    yield Spoilt("Parquet of 100 GB", "a.parquet", parquet.getvalue())
    wide = io.BytesIO()
    pq.write_table(pa.table({f"c{number}": [1] for number in range(20_000)}), wide)
    yield Spoilt("Parquet of 20 000 columns", "a.parquet", wide.getvalue())


def _repeating(book: bytes) -> bytes:
    """A text of a million signs in five thousand cells: five gigabytes in six kilobytes."""
    xml = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(100, 5_100))
    members = parts(changed(book, SHEET, lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>")))
    space = "http://schemas.openxmlformats.org"
    text = f'<sst xmlns="{space}/spreadsheetml/2006/main"><si><t>{"x" * 1_000_000}</t></si></sst>'
    kind = f"{space}/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Id="rId9" Type="{kind}" Target="sharedStrings.xml"/>'
    links = members["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", f"{link}</Relationships>".encode())
    return packed({**members, "xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": text})
