"""One door to all readers: bytes of a file in, raw sheets out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from quality_cli.core.findings import Findings
from quality_cli.core.text import cleaned
from quality_cli.datasets.readers.delimited import is_prose, read_delimited
from quality_cli.datasets.readers.folder import read_bytes
from quality_cli.datasets.readers.isolated import read_isolated
from quality_cli.datasets.readers.kinds import Kind, kind_of
from quality_cli.datasets.readers.sheets import RawSheet, unreadable
from quality_cli.datasets.readers.workbook import read_xlsx
from quality_cli.datasets.readers.zipped import measure, opened


def read_sheets(content: bytes, shown: str, findings: Findings) -> list[RawSheet] | None:
    """Every sheet of a workbook or the table of a text file; None for what is no table.

    Raises :class:`UnreadableFileError`; ``findings`` receives what is lost of a file that is read.
    """
    kind = kind_of(content, shown)
    match kind:
        case Kind.NOT_TABLE:
            return None
        case Kind.ARCHIVE:
            hint = "распакуйте его в папку данных"
            raise unreadable(shown, "file.nested", "архив внутри архива не открыт", hint)
        case Kind.XLSX:
            sheets = read_xlsx(content, shown, findings)
        case Kind.OLE | Kind.PARQUET:
            sheets = read_isolated(kind, content, shown, findings)
        case Kind.ODS:
            with opened(content, shown) as container:
                measure(container.infolist(), len(content), shown)
            sheets = read_isolated(kind, content, shown, findings)
        case Kind.TEXT:
            if shown.lower().endswith(".txt") and is_prose(content, shown):
                return None
            sheets = [read_delimited(content, shown)]
    return [_without_unseen_signs(sheet) for sheet in sheets]


def read_file(path: Path, shown: str, findings: Findings) -> list[RawSheet] | None:
    """The same of one file on disk."""
    content = read_bytes(path, shown)
    return None if content is None else read_sheets(content, shown, findings)


def _without_unseen_signs(sheet: RawSheet) -> RawSheet:
    rows: list[Any] = list(sheet.rows)
    strange = {cell for cell in set().union(*rows) if isinstance(cell, str) and not cell.isprintable()}
    if strange:
        clean = {cell: cleaned(cell) for cell in strange}
        rows = [
            row if strange.isdisjoint(row) else [clean[cell] if cell in strange else cell for cell in row]
            for row in rows
        ]
    return replace(sheet, sheet=cleaned(sheet.sheet), rows=rows)
