"""What lies in a data folder: ordinary files only, none outside it."""

import os
from pathlib import Path

from quality_cli.core.errors import NotOrdinaryError
from quality_cli.core.files import opened
from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import is_hidden, shown_path
from quality_cli.datasets.readers.kinds import MAGIC, promises_table
from quality_cli.datasets.readers.limits import MAX_FILE
from quality_cli.datasets.readers.sheets import unreadable

_CHECK_RIGHTS = "проверьте, что он на месте, что его разрешено читать и что его не держит другая программа"


def data_files(folder: Path, findings: Findings) -> list[Path]:
    """Files under the folder in a stable order, without hidden ones; links that lead outside are findings."""

    def unopened(error: OSError) -> None:
        place = Place(shown_path(Path(error.filename).relative_to(folder)))
        findings.error("file.unreadable", "папка не открывается", place, _CHECK_RIGHTS)

    found = []
    for top, folders, files in os.walk(folder, onerror=unopened):
        folders[:] = [name for name in folders if not is_hidden(name)]
        linked = [name for name in folders if Path(top, name).is_symlink()]
        for name in (*linked, *(name for name in files if not is_hidden(name))):
            path = Path(top, name)
            if name in linked or (path.is_symlink() and not _is_inside(path, folder)):
                place = Place(shown_path(path.relative_to(folder)))
                message = "ссылка на папку или за пределы папки данных не открыта"
                findings.warning("file.link", message, place, "положите в папку данных сам файл")
            else:
                found.append(path)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _is_inside(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def read_bytes(path: Path, shown: str) -> bytes | None:
    """The content, or None for what neither is called a table nor begins like one, or is no file (a pipe, a device).

    Raises :class:`UnreadableFileError`.
    """
    try:
        with opened(path, follow=True) as file:
            start = file.read(8)
            if not promises_table(shown) and not start.startswith(MAGIC):
                return None
            content = start + file.read(MAX_FILE)
    except NotOrdinaryError:
        return None
    except OSError as error:
        if not promises_table(shown):
            return None
        raise unreadable(shown, "file.unreadable", "файл не открывается", _CHECK_RIGHTS) from error
    if len(content) > MAX_FILE:
        message = f"файл больше {MAX_FILE // 1_000_000} МБ"
        raise unreadable(shown, "file.too_big", message, "разделите его или запросите выгрузку ещё раз")
    return content
