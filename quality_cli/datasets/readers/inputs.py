"""The files of a data folder as a command finds them: what is read, and what a run is known by."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.paths import shown_path
from quality_cli.datasets.readers.folder import data_files
from quality_cli.datasets.readers.kinds import MAGIC, promises_table

PASSED_OVER, UNREADABLE = "", "не открывается"
"""What stands for the content of a file that is no table, and of one that cannot be opened."""

_START = 8


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file by its place in the folder and the SHA-256 of its content.

    What reading passes over has no content for us: it is told by its name only. ``stamp`` tells whether a file that
    is read piece by piece has been written to since.
    """

    path: Path
    name: str
    sha256: str
    stamp: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files in the order in which they are read, and what is odd about the folder (links that lead outside)."""

    files: tuple[InputFile, ...]
    oddities: tuple[Finding, ...]

    def record(self) -> dict[str, str]:
        """What stands for each thing of the folder, by its name."""
        told = {place.file: finding.message for finding in self.oddities for place in finding.places}
        return told | {file.name: file.sha256 for file in self.files}

    def written_since(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the files that have been written to, replaced or removed since they were found."""
        wanted = set(names)
        return tuple(file.name for file in self.files if file.name in wanted and _stamp_now(file.path) != file.stamp)


def changed_file(name: str) -> Finding:
    """What is told of a file that is not what it was when it was found."""
    message = "файл изменился, пока его читали: в показателях может быть и прежнее, и новое"
    hint = "дождитесь, пока файл запишется целиком, и повторите"
    return Finding("file.changed", Severity.WARNING, message, (Place(name),), hint)


def inputs_of(folder: Path) -> Inputs:
    """Find the files of a folder, each read once; a folder that does not exist has none."""
    findings = Findings(sample=None)
    paths = data_files(folder, findings) if folder.is_dir() else []
    return Inputs(tuple(_found(path, shown_path(path.relative_to(folder))) for path in paths), tuple(findings))


def _found(path: Path, name: str) -> InputFile:
    if path.exists() and not path.is_file():  # a pipe would never end
        return InputFile(path, name, PASSED_OVER)
    try:
        with path.open("rb") as file:
            stamp = _stamp(os.fstat(file.fileno()))
            if not promises_table(name) and not file.read(_START).startswith(MAGIC):
                return InputFile(path, name, PASSED_OVER, stamp)
            file.seek(0)
            return InputFile(path, name, hashlib.file_digest(file, "sha256").hexdigest(), stamp)
    except OSError:
        return InputFile(path, name, UNREADABLE)


def _stamp_now(path: Path) -> tuple[int, ...]:
    try:
        return _stamp(path.stat())
    except OSError:
        return ()


def _stamp(told: os.stat_result) -> tuple[int, ...]:
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns
