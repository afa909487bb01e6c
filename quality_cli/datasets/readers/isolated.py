"""Files whose size is not known before a table is built of them (``.xls``, ``.ods``, Parquet): in an own process.

What ends that process, for want of memory, of time or by a defect of the parser, is a finding here.
"""

import pickle
import subprocess
import sys
from typing import TypeAlias, cast
from xml.parsers.expat import ExpatError

from quality_cli.core.findings import Finding, Findings, Place
from quality_cli.datasets.readers.biff import scan_book
from quality_cli.datasets.readers.columnar import read_parquet
from quality_cli.datasets.readers.kinds import Kind
from quality_cli.datasets.readers.limits import CHILD_MEMORY, CHILD_SECONDS
from quality_cli.datasets.readers.ods_xml import scan_content
from quality_cli.datasets.readers.sheet_xml import SheetScan
from quality_cli.datasets.readers.sheets import RawSheet, UnreadableFileError, unreadable
from quality_cli.datasets.readers.workbook import parse_workbook, with_scan
from quality_cli.datasets.readers.zipped import opened

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from quality_cli.datasets.readers.isolated import serve; serve()"

_Read: TypeAlias = tuple[list[RawSheet], bool]
"""Sheets, and whether it is known what is hidden in them."""


def read_isolated(kind: Kind, content: bytes, shown: str, findings: Findings) -> list[RawSheet]:
    """Sheets of a file parsed elsewhere; raises :class:`UnreadableFileError`, tells what cannot be known of them."""
    command = [sys.executable, "-c", _PROGRAM, *sys.path]
    try:
        child = subprocess.run(
            command,
            input=pickle.dumps((kind, content, shown)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        gigabytes = CHILD_MEMORY // 1_000_000_000
        message = f"файл не разобран: он повреждён или ему мало {gigabytes} ГБ памяти и {CHILD_SECONDS} секунд"
        hint = "откройте его в Excel, удалите лишние строки и столбцы и сохраните как .xlsx"
        raise unreadable(shown, "file.too_big", message, hint) from error
    answer = cast("_Read | Finding", pickle.loads(child.stdout))
    if isinstance(answer, Finding):
        raise UnreadableFileError(answer)
    sheets, is_known = answer
    if not is_known:
        message = "в книге такого вида не видны проценты, ошибки в ячейках, скрытые строки и столбцы"
        findings.warning("file.formats", message, Place(shown), "сохраните её как .xlsx")
    return sheets


def serve() -> None:
    """The other process: the bytes of a file come in, sheets or a finding go out."""
    _limit_memory()
    kind, content, shown = pickle.load(sys.stdin.buffer)
    try:
        answer: _Read | Finding = _read(kind, content, shown)
    except UnreadableFileError as error:
        answer = error.finding
    pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.flush()


def _read(kind: Kind, content: bytes, shown: str) -> _Read:
    if kind is Kind.PARQUET:
        return read_parquet(content, shown), True
    sheets = parse_workbook(content, shown)
    try:
        scans = scan_book(content) if kind is Kind.OLE else _scans(content, shown, sheets)
    except (ValueError, ExpatError):
        return sheets, False
    return [with_scan(sheet, scans.get(sheet.sheet, SheetScan())) for sheet in sheets], True


def _scans(content: bytes, shown: str, sheets: list[RawSheet]) -> dict[str, SheetScan]:
    with opened(content, shown) as container:
        xml = container.read("content.xml")
    return scan_content(xml, {sheet.sheet: (len(sheet.rows), max(map(len, sheet.rows), default=0)) for sheet in sheets})


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit stays
        return
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
