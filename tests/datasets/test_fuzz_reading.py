"""Generated texts and tables: every row is read or told about, and nothing ends in an exception."""

import datetime
import tempfile
from collections.abc import Sequence
from pathlib import Path

from exports import TABLE, read, register, xlsx
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.datasets.tables.table import Tables

HEADER = ";".join(TABLE)

words = st.sampled_from(
    ["з-01", "edu770102", "2026", "4", "Математика", "МА", "5", "7,5", "нет", "#REF!", "'=1", "н/д"]
)
signs = st.text(st.characters(codec="utf-8"), max_size=8)
texts = st.lists(words | signs | st.sampled_from([";", '"', "\n", "\r\n", ",", "\t", "\ufeff", "\0"]), max_size=40)
scalars = (
    words
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=8
    )
    | st.none()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(datetime.date(1900, 3, 1))
)
plausible = st.tuples(
    st.just("з-01"), st.just(2026), st.integers(1, 11), st.just("Химия"), st.integers(), st.integers(2, 5)
)
matrices = st.lists(plausible | st.lists(scalars, max_size=7), max_size=12)


def _read(name: str, content: bytes | Sequence[Sequence[object]]) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        register(Path(folder))
        if isinstance(content, bytes):
            Path(folder, name).write_bytes(content)
        else:
            xlsx(Path(folder, name), content)
        return read(Path(folder))


def _taken(tables: Tables, name: str) -> int:
    return sum(file.rows for file in tables.files if file.name == name)


def _told(tables: Tables, name: str) -> bool:
    return any(place.file == name for finding in tables.findings for place in finding.places)


@given(texts, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866"]))
def test_any_text_under_our_header(pieces: list[str], encoding: str) -> None:
    body = "".join(pieces)
    tables = _read("a.csv", f"{HEADER}\n{body}".encode(encoding, "replace"))
    lines = sum(any(sign.isalnum() for sign in line) for line in body.splitlines())
    assert _taken(tables, "a.csv") <= lines
    assert _taken(tables, "a.csv") == lines or _told(tables, "a.csv")
    assert len(tables.organisations) == 4


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.txt", "a.zip"]))
def test_any_bytes(content: bytes, name: str) -> None:
    tables = _read(name, content)
    assert _told(tables, name) or any(name in finding.message for finding in tables.findings)


@given(matrices)
def test_any_cells_under_our_header(rows: list[Sequence[object]]) -> None:
    tables = _read("a.xlsx", [TABLE, *rows])
    good = sum(len(row) == 6 and row[0] == "з-01" and row[1] == 2026 and row[3] == "Химия" for row in rows)
    filled = sum(any(cell is not None and str(cell).strip() for cell in row[:6]) for row in rows)
    refused = any(finding.code == "header.missing" for finding in tables.findings)  # most cells are of another table
    assert (0 if refused else good) <= _taken(tables, "a.xlsx") <= filled
    assert _taken(tables, "a.xlsx") == filled or _told(tables, "a.xlsx")
