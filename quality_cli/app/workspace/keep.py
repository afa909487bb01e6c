"""What the user has put into a folder of outputs, or changed in it, is there after the next run too.

A file that the manifest does not name is the user's and stays where it is. One that the manifest names but that is no
longer as it was written is the user's as well: it stays under its name where nothing new takes it, else beside it as
«… (ваша правка 2026-05-20)». Only what is exactly as the program wrote it is replaced or, no longer made, dropped.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path, PurePath

from quality_cli.app.workspace.manifest import KEPT, MANIFEST, file_hash, produced, read_manifest, write_manifest
from quality_cli.core.errors import NotOrdinaryError
from quality_cli.core.files import is_folder, is_ordinary
from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import shortened, shown_path

OWN = ".quality."
"""How the names of what publication itself keeps in a folder begin."""

_OF_DISK = "lost+found"
_NAME_BYTES = 190


def carry_over(out: Path, stage: Path, findings: Findings) -> None:
    """Carry what is the user's from ``out`` into ``stage``, whose files and manifest are written; tell what is new.

    Raises ``OSError`` where something cannot be carried: then nothing may be published.
    """
    before, now = read_manifest(out), read_manifest(stage)
    made, making = produced(before), produced(now)
    listed = set(chain(*making.values()))
    stale = {name for section, names in made.items() if section in making for name in names} - listed
    hashes = {name: {names[name] for names in made.values() if name in names} for name in chain(*made.values())}
    taken: list[PurePath] = []
    kept: dict[str, str] = {}
    for path in _entries(out):
        name, is_taken = path.as_posix(), os.path.lexists(stage / path)
        if (is_taken or name in stale) and _is(out / path, hashes.get(name, set())):
            continue
        if is_taken:
            taken.append(path)
            continue
        target = _carried(out, stage, path, _free(stage, path))
        if name not in listed and not is_folder(out / path):
            kept[target.as_posix()] = name if name in hashes else ""
    for path in taken:
        if not _is(out / path, {file_hash(stage / path)} if is_ordinary(stage / path) else set()):
            kept[_carried(out, stage, path, _beside(out, stage, path)).as_posix()] = path.as_posix()
    _tell(kept, before.get(KEPT), findings)
    if kept or KEPT in now:
        write_manifest(stage, {**now, KEPT: sorted(map(_shown, kept))})


def is_own(name: str) -> bool:
    """Whether an entry of the folder belongs to publication or to the disk, not to the outputs or the user."""
    return name.startswith(OWN) or name == _OF_DISK


def _entries(out: Path) -> Iterator[PurePath]:
    """Everything in the folder but folders that hold something, the manifest, and what belongs to nobody."""
    for top, folders, names in os.walk(out, onerror=_raise):
        above = Path(top) == out
        folders[:] = sorted(name for name in folders if not (above and is_own(name)))
        linked = [name for name in folders if Path(top, name).is_symlink()]
        for name in sorted((*linked, *names)):
            if not (above and (name == MANIFEST or is_own(name))):
                yield Path(top, name).relative_to(out)
        if not folders and not names and not above:
            yield Path(top).relative_to(out)


def _raise(error: OSError) -> None:
    raise error


def _is(path: Path, digests: set[str]) -> bool:
    return bool(digests) and is_ordinary(path) and file_hash(path) in digests


def _free(stage: Path, path: PurePath) -> PurePath:
    """The path, its folders under other names where a file has taken theirs."""
    free = PurePath()
    for part in path.parts[:-1]:
        taken = os.path.lexists(stage / free / part) and not is_folder(stage / free / part)
        free /= _named(part, "ваша папка") if taken else part
    return free / path.name


def _beside(out: Path, stage: Path, path: PurePath) -> PurePath:
    """A free name beside the path, that tells of a change and its day."""
    day = datetime.fromtimestamp(max(0, (out / path).lstat().st_mtime), UTC).date()
    notes = (f"ваша правка {day}{f', {number}' if number > 1 else ''}" for number in count(1))
    names = (path.with_name(_named(path.name, note)) for note in notes)
    return next(name for name in names if not os.path.lexists(stage / name))


def _named(name: str, note: str) -> str:
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    return f"{shortened(stem, len(stem), _NAME_BYTES)} ({note}){suffix}"


def _carried(out: Path, stage: Path, path: PurePath, target: PurePath) -> PurePath:
    """Put an entry of ``out`` into ``stage`` as it is: the same file where the disk allows it, else a copy."""
    there, here = out / path, stage / target
    for folder, copy in zip(reversed(path.parents), reversed(target.parents), strict=True):
        _folder_like(out / folder, stage / copy)
    if is_folder(there):
        _folder_like(there, here)
    elif there.is_symlink():
        here.symlink_to(there.readlink())
    else:
        try:
            os.link(there, here)
        except OSError as error:
            if not is_ordinary(there):
                raise NotOrdinaryError(there) from error
            shutil.copy2(there, here)
    return target


def _folder_like(there: Path, here: Path) -> None:
    if not here.is_dir():
        here.mkdir()
        here.chmod(stat.S_IMODE(there.stat().st_mode) | stat.S_IRWXU)


def _shown(name: str) -> str:
    return shown_path(PurePath(name))


def _tell(kept: dict[str, str], known: object, findings: Findings) -> None:
    """Tell of what was not there, or not so, at the last run: once is enough."""
    told = set(known) if isinstance(known, list) else set()
    for name, was in kept.items():
        if _shown(name) in told:
            continue
        if was and was != name:
            message = f"файл изменён вами: ваш сохранён под именем «{_shown(PurePath(name).name)}», рядом — новый"
        elif was:
            message = "файл изменён вами и больше не составляется: он оставлен"
        else:
            message = "файл составлен не программой: он оставлен на месте"
        findings.warning("output.kept", message, Place(_shown(was or name)))
