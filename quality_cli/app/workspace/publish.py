"""Publication of a folder in one step: a reader sees the old output whole or the new output whole.

A new folder is made beside the output and takes its place in one call of the system. A folder that cannot be renamed (a
disk is mounted there, or the folder around it may not be written) is filled from a folder inside it: that takes
several calls, and a run that is killed between them is finished by the next one.
"""

import ctypes
import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from quality_cli.app.workspace.keep import OWN, carry_over, is_own
from quality_cli.app.workspace.manifest import MANIFEST
from quality_cli.core.errors import ConfigurationError, LockedError, OutputError, reason
from quality_cli.core.files import is_folder, is_mount, is_ordinary, remove_tree, require_free
from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import shown_path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_LEFT = re.compile(r"(new|old)-[0-9a-f]{8}")


@contextmanager
def publication(out: Path, findings: Findings | None = None) -> Iterator[Path]:
    """Give a new folder; when the block ends well, put it in the place of ``out``, or of the folder it links to.

    What the user has put into ``out`` or changed there is carried over (:mod:`quality_cli.app.workspace.keep`);
    ``findings`` receives what is told of that, and old outputs that could not be deleted. If the block fails or the
    process is killed, ``out`` stays as it was; the leftovers are removed by the next run. Hold :func:`lock` around it.

    Raises :class:`OutputError` where ``out`` is somebody else's folder or cannot be written.
    """
    told = Findings() if findings is None else findings
    refuse(out)
    with _told(out):
        place = _place(out)
        place.out.parent.mkdir(parents=True, exist_ok=True)
        place.recover(told)
        stage = place.hidden(f"new-{secrets.token_hex(4)}")
        stage.mkdir()
        try:
            yield stage
            if place.out.is_dir():
                carry_over(place.out, stage, told)
                with suppress(OSError):
                    stage.chmod(place.out.stat().st_mode & 0o7777)
            place.put(stage, told)
        finally:
            _remove(stage, told)


@contextmanager
def lock(out: Path, data: Path | None = None) -> Iterator[None]:
    """Let one process at a time write the folder ``out``, refused at once where it cannot be written.

    Raises :class:`ConfigurationError` where ``out`` and the ``data`` it is made from lie one in the other,
    :class:`OutputError` for somebody else's folder, :class:`LockedError` while another process holds it.
    """
    refuse(out, data)
    with _told(out, "не записать рядом с"):
        place = _place(out)
        place.out.parent.mkdir(parents=True, exist_ok=True)
        file = place.hidden("lock")
    with held(file, f"с папкой «{out}»"):
        yield


@contextmanager
def held(file: Path, what: str) -> Iterator[None]:
    """Hold a lock file; raise :class:`LockedError` at once while another process does, saying with ``what``."""
    with _told(file):
        require_free(file)
        holder = FileLock(file, timeout=0)
        try:
            holder.acquire()
        except Timeout as error:
            raise LockedError(f"{what} уже работает другой запуск; дождитесь его конца") from error
        except NotImplementedError as error:  # a disk that knows no locks
            raise OSError(errno.ENOLCK, "", str(file)) from error
    try:
        yield
    finally:
        holder.release()


def refuse(out: Path, data: Path | None = None) -> None:
    """Raise, before any work, where ``out`` cannot be a folder of outputs.

    :class:`ConfigurationError` where it and the data folder lie one in the other, :class:`OutputError` where it is
    the root of a disk, a file or somebody else's folder.
    """
    with _told(out):
        real = _real(out)
        if real == real.parent:
            raise OutputError(f"«{out}» — корень диска; укажите папку на нём: --out ПАПКА")
        if data is not None and _are_nested(real, _real(data)):
            raise ConfigurationError(
                f"папка «{out}» и папка данных «{data}» лежат одна в другой: записанное прочиталось бы как данные; "
                "укажите другую"
            )
        _place(out)


@dataclass(frozen=True, slots=True)
class _Place:
    """The real folder, and whether it is filled from inside: it cannot be renamed."""

    out: Path
    inside: bool

    def hidden(self, what: str) -> Path:
        return self.out / f"{OWN}{what}" if self.inside else self.out.with_name(f".{self.out.name}.{what}")

    def put(self, stage: Path, findings: Findings) -> None:
        if self.inside:
            stage.rename(self.hidden("ready"))  # from here on a killed run is finished by the next one
            self._finish(findings)
        elif not self.out.exists():
            stage.rename(self.out)
        elif not _exchange(stage, self.out):
            old = self.hidden("old")
            self.out.rename(old)
            stage.rename(self.out)
            _remove(old, findings)

    def recover(self, findings: Findings) -> None:
        """Clean up after killed runs, and finish or undo what they were publishing."""
        if self.inside:
            self._finish(findings)
        old = self.hidden("old")
        if _is_output(old) and not self.out.exists():
            old.rename(self.out)
        for path in self._left():
            _remove(path, findings)

    def _left(self) -> list[Path]:
        """Folders that killed runs have left; a folder of the user's with a name much the same is none."""
        old = self.hidden("old")
        begin = self.hidden("").name
        found = [path for path in old.parent.iterdir() if path.name.startswith(begin)]
        left = [path for path in found if _LEFT.fullmatch(path.name, len(begin))]
        return sorted([*left, old] if _is_output(old) else left)

    def _finish(self, findings: Findings) -> None:
        """Out with the old entries, in with the new; ends in the same state wherever it was interrupted."""
        ready, last, old = (self.hidden(name) for name in ("ready", "last", f"old-{secrets.token_hex(4)}"))
        if is_folder(ready):
            old.mkdir()
            _move(self.out, old)
            ready.rename(last)
        if is_folder(last):
            _move(last, self.out)
            last.rmdir()
        _remove(old, findings)


def _move(source: Path, target: Path) -> None:
    """Move every entry but our own; the manifest, without which the others are nobody's, last."""
    names = sorted(path.name for path in source.iterdir() if not is_own(path.name))
    for name in sorted(names, key=MANIFEST.__eq__):
        (source / name).replace(target / name)


def _is_output(folder: Path) -> bool:
    try:
        return is_folder(folder) and is_ordinary(folder / MANIFEST)
    except PermissionError:  # whosever it is, it is not ours
        return False


def _place(out: Path) -> _Place:
    """The folder that ``out`` leads to; raise :class:`OutputError` where it is not ours to write."""
    real = _real(out)
    if real.exists() and not real.is_dir():
        raise OutputError(f"«{out}» — файл, а нужна папка; укажите другую: --out ПАПКА")
    is_there = real.is_dir()
    if is_there and not is_ordinary(real / MANIFEST) and not _is_unfinished(real):
        raise OutputError(
            f"папка «{out}» занята другими файлами (в ней нет {MANIFEST}); укажите новую или пустую: --out ПАПКА"
        )
    return _Place(real, is_there and (is_mount(real) or not _is_writable(real.parent)))


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_unfinished(out: Path) -> bool:
    """Whether nothing stands in the folder but what a killed run, or the making of a disk, has left there."""
    names = {path.name for path in out.iterdir()}
    killed = any(is_folder(out / f"{OWN}{name}") for name in ("ready", "last"))
    return killed or all(map(is_own, names))


def _real(path: Path) -> Path:
    try:
        real = Path(os.path.realpath(path))
    except ValueError as error:  # a NUL byte in the name
        raise OSError(errno.EINVAL, "", str(path)) from error
    if real.is_symlink():  # followed as far as it leads
        raise OSError(errno.ELOOP, "", str(path))
    return real


def _are_nested(one: Path, other: Path) -> bool:
    return any(_same(folder, other) for folder in (one, *one.parents)) or any(
        _same(folder, one) for folder in other.parents
    )


def _same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


@contextmanager
def _told(out: Path, failed: str = "не записать в") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{failed} «{error.filename or out}»: {reason(error)}") from error


def _remove(folder: Path, findings: Findings) -> None:
    try:
        remove_tree(folder)
    except OSError as error:
        message = f"прежние файлы не удалось удалить: {reason(error)}"
        hint = "они больше не нужны: удалите папку сами или оставьте, работе она не мешает"
        findings.warning("output.leftover", message, Place(shown_path(folder)), hint)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one system call (Linux); tell whether it could be done."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    done = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)
