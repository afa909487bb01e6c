"""A table as a CSV file for people: UTF-8 with BOM and «;», as Russian Excel opens it; words never become formulas."""

import re
from pathlib import Path

import pyarrow as pa

from quality_cli.analysis.lines import lines, written
from quality_cli.core.text import guarded

_BREAKING = re.compile('[;"\r\n]')
"""What would end a cell too early."""


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a table; its columns are the header."""
    parts = [part for name in table.column_names for part in (written(table[name], _cell), ";")]
    with path.open("wb") as file:
        file.write(f"\ufeff{';'.join(table.column_names)}\r\n".encode())
        for text in lines([*parts[:-1], "\r\n"], len(table)):
            file.write(text)


def _cell(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    word = guarded(value)
    return '"{}"'.format(word.replace('"', '""')) if _BREAKING.search(word) else word
