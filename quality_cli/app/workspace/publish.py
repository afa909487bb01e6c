"""Publication of a folder in one step: a reader sees the old output whole or the new output whole."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from quality_cli.core.errors import LockedError, OutputError

MANIFEST = "manifest.json"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def publication(out: Path, *, anew: bool = False) -> Iterator[Path]:
    """Give a new folder beside ``out``; when the block ends well, put it in the place of ``out``.

    What stood in ``out`` and was not written is carried over, unless the folder is made ``anew``. If the block fails
    or the process is killed, ``out`` stays as it was; the leftovers are removed by the next run. Hold :func:`lock`
    around it.

    Raises :class:`OutputError` where ``out`` is somebody else's folder or cannot be written.
    """
    out = out.absolute()
    _refuse_foreign(out)
    stage = out.with_name(f".{out.name}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _recover(out)
        stage.mkdir()
        yield stage
        if out.is_dir() and not anew:
            _carry_over(out, stage)
        _put_in_place(stage, out)
    except OSError as error:
        raise OutputError(f"не записать в «{error.filename or out}»: {error.strerror or error}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def lock(out: Path) -> Iterator[None]:
    """Let one process at a time write ``out``; raise :class:`LockedError` at once if another does."""
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        holder = FileLock(out.with_name(f".{out.name}.lock"), timeout=0)
        holder.acquire()
    except Timeout as error:
        raise LockedError(f"с папкой «{out}» уже работает другой запуск; дождитесь его конца") from error
    except OSError as error:
        raise OutputError(f"не записать рядом с «{out}»: {error.strerror or error}") from error
    try:
        yield
    finally:
        holder.release()


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise OutputError(f"«{out}» — файл, а нужна папка; укажите другую: --out ПАПКА")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise OutputError(
            f"папка «{out}» занята другими файлами (в ней нет {MANIFEST}); укажите новую или пустую: --out ПАПКА"
        )


def _recover(out: Path) -> None:
    """Clean up after a killed run; where the exchange is not atomic, finish or undo it."""
    old = out.with_name(f".{out.name}.old")
    if old.is_dir() and not out.exists():
        old.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(out.with_name(f".{out.name}.new"), ignore_errors=True)


def _carry_over(out: Path, stage: Path) -> None:
    for entry in out.iterdir():
        target = stage / entry.name
        if target.exists():
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, target, symlinks=True, copy_function=_link_or_copy)
        elif entry.is_symlink():
            target.symlink_to(entry.readlink())
        else:
            _link_or_copy(str(entry), str(target))


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _put_in_place(stage: Path, out: Path) -> None:
    if not out.exists():
        stage.rename(out)
    elif not _exchange(stage, out):
        old = out.with_name(f".{out.name}.old")
        out.rename(old)
        stage.rename(out)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one system call (Linux); tell whether it could be done."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    done = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)
