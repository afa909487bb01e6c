"""What lies in a data folder: ordinary files only, none outside it."""

import os
from pathlib import Path

from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import is_hidden, shown_path
from quality_cli.datasets.readers.kinds import MAGIC, promises_table
from quality_cli.datasets.readers.limits import MAX_FILE
from quality_cli.datasets.sheets import unreadable

_PUT_FILE = "положите в папку данных сам файл"


def data_files(folder: Path, findings: Findings) -> list[Path]:
    """Files under the folder in a stable order, without hidden ones; links that lead outside are findings."""

    def unopened(error: OSError) -> None:
        place = Place(shown_path(Path(error.filename).relative_to(folder)))
        findings.error("file.unreadable", "папка не открывается", place, error.strerror or "")

    found = []
    home = folder.resolve()
    for top, folders, files in os.walk(folder, onerror=unopened):
        links = [Path(top, name) for name in folders if Path(top, name).is_symlink()]
        for path in (*links, *(Path(top, name) for name in files)):
            name = shown_path(path.relative_to(folder))
            if is_hidden(name):
                continue
            if path in links or (path.is_symlink() and not path.resolve().is_relative_to(home)):
                findings.warning("file.link", "ссылка за пределы папки или на папку не открыта", Place(name), _PUT_FILE)
            else:
                found.append(path)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def read_bytes(path: Path, shown: str) -> bytes | None:
    """The content, or None for what neither is called a table nor begins like one, or is no file (a pipe, a device).

    Raises :class:`UnreadableFileError`.
    """
    try:
        if path.exists() and not path.is_file():
            return None
        with path.open("rb") as file:
            start = file.read(8)
            if not promises_table(shown) and not start.startswith(MAGIC):
                return None
            content = start + file.read(MAX_FILE)
    except OSError as error:
        raise unreadable(shown, "file.unreadable", "файл не открывается", error.strerror or "") from error
    if len(content) > MAX_FILE:
        message = f"файл больше {MAX_FILE // 1_000_000} МБ"
        raise unreadable(shown, "file.too_big", message, "разделите его или запросите выгрузку ещё раз")
    return content
