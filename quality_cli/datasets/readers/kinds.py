"""What a file is, by its content: a suffix may lie."""

import io
import zipfile
from collections.abc import Sequence
from enum import Enum
from pathlib import PurePosixPath

from quality_cli.datasets.readers.sheets import UnreadableFileError, unreadable

_TABLES = frozenset({".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt", ".parquet", ".zip"})
"""Suffixes that promise a table: such a file is read or told about, never skipped."""

RESAVE = "откройте его в Excel и сохраните как .xlsx или запросите выгрузку ещё раз"
PASSWORD = ("файл защищён паролем", "снимите пароль и сохраните его ещё раз")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET = b"PAR1"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_PACKERS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "GZIP"}
_FOREIGN = {
    b"%PDF": "документ PDF",
    b"{\\rtf": "документ RTF",
    b"\x89PNG": "рисунок",
    b"\xff\xd8\xff": "рисунок",
    b"SQLite format 3": "база данных SQLite",
}

MAGIC = (_OLE, *_ZIP, _PARQUET, *_OTHER_PACKERS)
"""How a file begins that is read, or told about, whatever it is called."""


class Kind(Enum):
    """How a file is read."""

    XLSX = "xlsx"
    OLE = "xls"
    ODS = "ods"
    PARQUET = "parquet"
    ARCHIVE = "zip"
    TEXT = "text"
    NOT_TABLE = "not a table"


def promises_table(shown: str) -> bool:
    """Whether the name says that this is a table."""
    return PurePosixPath(shown).suffix.lower() in _TABLES


def kind_of(content: bytes, shown: str) -> Kind:
    """How to read the file; raise :class:`UnreadableFileError` where it promises a table and is something else."""
    promised = promises_table(shown)
    if not content:
        if promised:
            raise unreadable(shown, "file.empty", "файл пуст: в нём 0 байт", "запросите файл ещё раз")
        return Kind.NOT_TABLE
    if content.startswith(_PARQUET):
        return Kind.PARQUET
    if content.startswith(_ZIP):
        kind, foreign = _zipped(content, shown, promised=promised)
    elif content.startswith(_OLE):
        kind, foreign = _ole(content, shown, promised=promised)
    else:
        kind, foreign = Kind.TEXT if promised else Kind.NOT_TABLE, _foreign(content, shown)
    if foreign and promised:
        raise _foreign_error(shown, foreign)
    return Kind.NOT_TABLE if foreign else kind


def _foreign_error(shown: str, foreign: str) -> UnreadableFileError:
    return unreadable(shown, "file.format", f"это {foreign}, а не таблица, которую можно прочитать", RESAVE)


def _zipped(content: bytes, shown: str, *, promised: bool) -> tuple[Kind, str | None]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            names = container.namelist()
            mimetype = container.read("mimetype")[:100] if _is_small(container, "mimetype") else b""
    except Exception as error:  # whatever the parser stumbles upon is the file's fault
        if promised:
            raise unreadable(
                shown, "file.damaged", "файл повреждён: он обрезан или записан не до конца", RESAVE
            ) from error
        return Kind.NOT_TABLE, None
    if "xl/workbook.bin" in names:
        raise _foreign_error(shown, "двоичная книга Excel (.xlsb)")
    if _any_in(names, "xl"):
        return Kind.XLSX, None
    if mimetype.startswith(_ODS) or (not mimetype and "content.xml" in names and shown.lower().endswith(".ods")):
        return Kind.ODS, None
    for folder, what in {"word": "документ Word", "ppt": "презентация PowerPoint"}.items():
        if _any_in(names, folder):
            return Kind.NOT_TABLE, what
    if mimetype:
        return Kind.NOT_TABLE, "документ OpenDocument другого вида"
    return (Kind.ARCHIVE if promised else Kind.NOT_TABLE), None


def _is_small(container: zipfile.ZipFile, name: str) -> bool:
    return name in container.NameToInfo and container.getinfo(name).file_size < 1000


def _any_in(names: Sequence[str], folder: str) -> bool:
    return any(name.replace("\\", "/").startswith(f"{folder}/") for name in names)


def _ole(content: bytes, shown: str, *, promised: bool) -> tuple[Kind, str | None]:
    """Old Excel, old Word and everything under a password lie in one kind of container: streams tell which."""
    streams = {name for name in ("Workbook", "Book", "EncryptedPackage") if name.encode("utf-16-le") in content}
    if promised and "EncryptedPackage" in streams:
        raise unreadable(shown, "file.password", *PASSWORD)
    is_workbook = "Workbook" in streams or (promised and "Book" in streams)
    return Kind.OLE, None if is_workbook else "файл Office, но не книга Excel"


def _foreign(content: bytes, shown: str) -> str | None:
    for magic, packer in _OTHER_PACKERS.items():
        if content.startswith(magic):
            hint = "распакуйте его или упакуйте файлы в .zip"
            raise unreadable(shown, "file.format", f"архив {packer} не читается", hint)
    for magic, what in _FOREIGN.items():
        if content.startswith(magic):
            return what
    start = content[:2000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"mime-version:"):
        return "веб-страница в одном файле (MHTML)"
    if not start.startswith(b"<"):
        return None
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "таблица XML Excel 2003"
    return "файл XML" if start.startswith(b"<?xml") else "веб-страница (HTML)"
