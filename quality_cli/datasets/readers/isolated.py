"""Files whose size is not known before a table is built of them (``.xls``, ``.ods``, Parquet): in an own process.

What ends that process, for want of memory, of time or by a defect of the parser, is a finding here.
"""

import pickle
import subprocess
import sys
from typing import cast

from quality_cli.core.findings import Finding
from quality_cli.datasets.readers.columnar import read_parquet
from quality_cli.datasets.readers.kinds import Kind
from quality_cli.datasets.readers.limits import CHILD_MEMORY, CHILD_SECONDS
from quality_cli.datasets.readers.sheets import RawSheet, UnreadableFileError, unreadable
from quality_cli.datasets.readers.workbook import parse_workbook

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from quality_cli.datasets.readers.isolated import serve; serve()"


def read_isolated(kind: Kind, content: bytes, shown: str) -> list[RawSheet]:
    """Sheets of a file parsed elsewhere; raises :class:`UnreadableFileError`."""
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
    answer = cast("list[RawSheet] | Finding", pickle.loads(child.stdout))
    if isinstance(answer, Finding):
        raise UnreadableFileError(answer)
    return answer


def serve() -> None:
    """The other process: the bytes of a file come in, sheets or a finding go out."""
    _limit_memory()
    kind, content, shown = pickle.load(sys.stdin.buffer)
    parse = read_parquet if kind is Kind.PARQUET else parse_workbook
    try:
        answer: list[RawSheet] | Finding = parse(content, shown)
    except UnreadableFileError as error:
        answer = error.finding
    pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit stays
        return
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
