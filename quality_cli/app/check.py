"""Use case: read the data, check them, and write marked-up copies of the files to send back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.workspace.manifest import counts, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.errors import ConfigurationError, OutputError
from quality_cli.core.progress import Progress
from quality_cli.datasets.readers.sheets import UnreadableFileError
from quality_cli.datasets.tables.table import Tables
from quality_cli.documents.workbooks.marked import Remark, marked_copy, remarks_by_file

MARKED = "marked"
"""Key of the manifest of a folder of marked-up copies: a folder without it is not ours to replace."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check gave: ``marked`` are the copies written, ``unmarked`` the files that no copy could be made of."""

    catalogue: Catalogue
    tables: Tables
    marked: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()


def check(workspace: Workspace, marked: Path | None = None) -> Checked:
    """Read and check the data folder; with ``marked`` write the copies there, replacing those of an earlier check.

    Copies mark every place where the workspace is one of ``every_place``.
    Raises :class:`ConfigurationError` where ``marked`` and the data folder lie one in the other,
    :class:`OutputError` where it holds something else, and as loading and reading do.
    """
    data = workspace.options.data
    if marked is not None:
        _refuse(marked, data)
    catalogue, tables = workspace.catalogue, workspace.tables
    if marked is None:
        return Checked(catalogue, tables)
    with lock(marked):
        return Checked(catalogue, tables, *_write(marked, data, tables, workspace.progress))


def _refuse(marked: Path, data: Path) -> None:
    target, source = marked.resolve(), data.resolve()
    if target.is_relative_to(source) or source.is_relative_to(target):
        raise ConfigurationError(
            f"папка «{marked}» и папка данных лежат одна в другой: копии прочитались бы как данные; укажите другую"
        )
    if marked.is_dir() and any(marked.iterdir()) and MARKED not in read_manifest(marked):
        raise OutputError(f"папка «{marked}» занята другими файлами; укажите новую или пустую: --marked ПАПКА")


def _write(marked: Path, data: Path, tables: Tables, progress: Progress) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write a copy of every file with remarks that could be read: what the readers refuse is not opened here either."""
    by_file = remarks_by_file(tables.findings)
    paths = {file.name: data / file.name for file in tables.files if file.layouts and (data / file.name).is_file()}
    written: list[str] = []
    with publication(marked, anew=True) as stage:
        for number, (name, path) in enumerate(paths.items()):
            progress("Разметка", name, number, len(paths))
            folder = stage / path.relative_to(data).parent
            if name in by_file and _copied(path, by_file[name], folder):
                written.append(name)
        progress("Разметка", "", len(paths), len(paths))
        write_manifest(stage, {MARKED: written, "problems": counts(tables.findings)})
    return tuple(written), tuple(name for name in by_file if name not in written)


def _copied(path: Path, remarks: Sequence[Remark], folder: Path) -> bool:
    try:
        name, content = marked_copy(path, remarks)
    except UnreadableFileError:
        return False  # told by a finding of its own
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return True
