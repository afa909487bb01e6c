"""Raw sheets: what stands in a file, cell by cell, before anything is understood."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.core.findings import Finding, Place, Severity

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".parquet"})


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet from cell A1 on: ``rows[r][c]`` is the raw value of row r + 1."""

    file: str
    sheet: str
    rows: Sequence[Sequence[object]]

    def place(self, row: int, column: int) -> Place:
        """The place of a cell, both indices from 0."""
        return Place(self.file, self.sheet, f"{letters(column)}{row + 1}")


class UnreadableFileError(Exception):
    """A file that cannot be read; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def letters(column: int) -> str:
    """Spreadsheet name of a column from 0: ``A``, ``Z``, ``AA``."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def read_sheets(path: Path, shown: str) -> list[RawSheet]:
    """Read every sheet of a workbook or the table of a text file; raise :class:`UnreadableFileError`."""
    try:
        match path.suffix.lower():
            case ".csv":
                return [RawSheet(shown, "", _csv_rows(path.read_bytes(), shown))]
            case ".parquet":
                return [RawSheet(shown, "", _parquet_rows(path, shown))]
            case _:
                return _workbook(path, shown)
    except OSError as error:
        raise _unreadable(shown, "file.unreadable", "файл не открывается", "проверьте права и носитель") from error


def _unreadable(shown: str, code: str, message: str, hint: str) -> UnreadableFileError:
    return UnreadableFileError(Finding(code, Severity.ERROR, message, (Place(shown),), hint))


def _workbook(path: Path, shown: str) -> list[RawSheet]:
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            return [
                RawSheet(shown, name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
                for name in workbook.sheet_names
            ]
    except calamine.PasswordError as error:
        raise _unreadable(
            shown, "file.password", "книга защищена паролем", "снимите пароль и сохраните книгу ещё раз"
        ) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, calamine.CalamineError):
            raise
        hint = "откройте его в Excel и сохраните как .xlsx или запросите выгрузку ещё раз"
        raise _unreadable(shown, "file.damaged", "файл повреждён или это не книга Excel", hint) from error


def _csv_rows(content: bytes, shown: str) -> list[list[object]]:
    text = _decoded(content)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        hint = "проверьте, закрыты ли кавычки, или сохраните таблицу как .xlsx"
        raise _unreadable(shown, "file.damaged", "в таблице CSV не разделить столбцы", hint) from error
    return [[cell if cell != "" else None for cell in row] for row in rows]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("cp1251", errors="replace")


def _parquet_rows(path: Path, shown: str) -> list[list[object]]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except pyarrow.ArrowException as error:
        raise _unreadable(shown, "file.damaged", "файл Parquet повреждён", "запишите его ещё раз") from error
    columns = [
        [str(cell) for cell in column.to_pylist()] if pyarrow.types.is_nested(column.type) else column.to_pylist()
        for column in table.columns
    ]
    return [list(table.column_names), *(list(row) for row in zip(*columns, strict=True))]
