"""Use case: read the data, check them, and write marked-up copies of the files to send back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count
from pathlib import Path

from quality_cli.analysis.matrix import Matrix, matrix_of
from quality_cli.app.workspace.completeness import terms_of
from quality_cli.app.workspace.manifest import MANIFEST, counts, hashes, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication, refuse
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.errors import OutputError
from quality_cli.core.files import is_ordinary
from quality_cli.core.findings import Findings
from quality_cli.core.periods import Period
from quality_cli.core.progress import Progress
from quality_cli.datasets.readers.sheets import UnreadableFileError
from quality_cli.datasets.tables.table import Tables
from quality_cli.documents.workbooks.marked import Remark, marked_copy, remarks_by_file
from quality_cli.engine.completeness.reports import Completeness

MARKED = "marked"
"""Key of the manifest of a folder of marked-up copies: a folder without it is not ours to replace."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check gave: ``marked`` are the files with copies, ``unmarked`` those that no copy could be made of.

    ``matrix`` is that of the last school year in which anything is owed; ``told`` is what there is to say of the folder
    of copies.
    """

    catalogue: Catalogue
    tables: Tables
    completeness: Completeness
    matrix: Matrix | None
    marked: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    told: Findings = field(default_factory=Findings)


def check(workspace: Workspace, marked: Path | None = None, day: date | None = None) -> Checked:
    """Read and check the data folder; with ``marked`` write the copies there, replacing those of an earlier check.

    Copies mark every place where the workspace is one of ``every_place``; terms of reports are judged on ``day``.
    Raises :class:`ConfigurationError` where ``marked`` and the data folder lie one in the other,
    :class:`OutputError` where it holds something else, and as loading and reading do.
    """
    data = workspace.options.data
    if marked is not None:
        refuse(marked, data)
        if is_ordinary(marked / MANIFEST) and MARKED not in read_manifest(marked):
            raise OutputError(f"папка «{marked}» занята другими файлами; укажите новую или пустую: --marked ПАПКА")
    catalogue, tables, completeness = workspace.catalogue, workspace.tables, workspace.completeness
    tables.findings.extend(completeness.findings)
    periods = completeness.periods
    matrix = None
    if periods:
        matrix = matrix_of(completeness, Period(periods[-1]), tables.organisations, day, terms_of(workspace))
    if marked is None:
        return Checked(catalogue, tables, completeness, matrix)
    told = Findings()
    with lock(marked, data):
        copies = _write(marked, data, tables, workspace.progress, told)
    return Checked(catalogue, tables, completeness, matrix, *copies, told)


def _write(
    marked: Path, data: Path, tables: Tables, progress: Progress, told: Findings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write a copy of every file with remarks that could be read: what the readers refuse is not opened here either."""
    by_file = remarks_by_file(tables.findings)
    paths = {file.name: data / file.name for file in tables.files if file.layouts and (data / file.name).is_file()}
    written: dict[str, str] = {}
    with publication(marked, told) as stage:
        for number, (name, path) in enumerate(paths.items()):
            progress("Разметка", name, number, len(paths))
            folder = stage / path.relative_to(data).parent
            copy = _copied(path, by_file[name], folder) if name in by_file else None
            if copy is not None:
                written[name] = copy.relative_to(stage).as_posix()
        progress("Разметка", "", len(paths), len(paths))
        write_manifest(stage, {MARKED: hashes(stage, written.values()), "problems": counts(tables.findings)})
    return tuple(written), tuple(name for name in by_file if name not in written)


def _copied(path: Path, remarks: Sequence[Remark], folder: Path) -> Path | None:
    """Where the copy has been written."""
    try:
        name, content = marked_copy(path, remarks)
    except UnreadableFileError:
        return None  # told by a finding of its own
    folder.mkdir(parents=True, exist_ok=True)
    names = chain(
        [name], (f"{Path(name).stem} ({number}).xlsx" for number in count(2))
    )  # «a.csv» and «a.csv.xlsx» lie together
    target = next(folder / name for name in names if not (folder / name).exists())
    target.write_bytes(content)
    return target
