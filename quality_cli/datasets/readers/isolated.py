"""``.xls`` and ``.ods`` in a process of their own: their size is not known before calamine has built the table.

What ends that process, for want of memory, of time or by a defect of the parser, is a finding here.
"""

import pickle
import subprocess
import sys
from typing import cast

from quality_cli.core.findings import Finding
from quality_cli.datasets.readers.limits import CHILD_MEMORY, CHILD_SECONDS
from quality_cli.datasets.readers.workbook import parse_workbook
from quality_cli.datasets.sheets import RawSheet, UnreadableFileError, unreadable

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from quality_cli.datasets.readers.isolated import serve; serve()"


def read_isolated(content: bytes, shown: str) -> list[RawSheet]:
    """Sheets of a workbook parsed elsewhere; raises :class:`UnreadableFileError`."""
    command = [sys.executable, "-c", _PROGRAM, *sys.path]
    try:
        child = subprocess.run(
            command,
            input=pickle.dumps((content, shown)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        gigabytes = CHILD_MEMORY // 1_000_000_000
        message = f"книга не разобрана: она повреждена или ей мало {gigabytes} ГБ памяти и {CHILD_SECONDS} секунд"
        hint = "откройте её в Excel, удалите лишние строки и столбцы и сохраните как .xlsx"
        raise unreadable(shown, "file.too_big", message, hint) from error
    answer = cast("list[RawSheet] | Finding", pickle.loads(child.stdout))
    if isinstance(answer, Finding):
        raise UnreadableFileError(answer)
    return answer


def serve() -> None:
    """The other process: bytes of a workbook come in, sheets or a finding go out."""
    _limit_memory()
    content, shown = pickle.load(sys.stdin.buffer)
    try:
        answer: list[RawSheet] | Finding = parse_workbook(content, shown)
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
