"""Files that the program opens: ordinary ones only, and none of its own through a link.

A pipe would never end, a device would fill the memory, and a link where the program keeps a file of its own would lead
it to somebody else's. Every place where such a file is read, written or deleted goes through one of these doors; what
stands in the way is left as it is and told as an ``OSError`` (:func:`quality_cli.core.errors.reason`).
"""

import errno
import io
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from quality_cli.core.errors import NotOrdinaryError

_PREFIX, _UNFINISHED = ".quality-", ".unfinished"
_ABANDONED = 3600.0
"""Seconds after which a file that is still being written is not: its process was killed."""

_NOFOLLOW, _CAREFUL = (getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def opened(path: Path, *, follow: bool = False) -> io.BufferedReader:
    """The ordinary file at ``path``, open for reading; ``follow`` a link only where the user has named the file.

    Raises ``OSError``: :class:`NotOrdinaryError` for a link, a folder, a pipe, a device or a socket.
    """
    try:
        _require_ordinary(path.stat(follow_symlinks=follow), path)  # opening a device may already do something
        number = os.open(path, os.O_RDONLY | _CAREFUL | (0 if follow else _NOFOLLOW))
    except ValueError as error:  # a NUL byte in the name
        raise OSError(errno.EINVAL, "", str(path)) from error
    try:
        _require_ordinary(os.fstat(number), path)
    except OSError:
        os.close(number)
        raise
    return os.fdopen(number, "rb")


def content(path: Path, *, follow: bool = False, limit: int = 1 << 32) -> bytes:
    """The whole content of the ordinary file at ``path``; raises as :func:`opened`, and for one over the limit."""
    with opened(path, follow=follow) as file:
        read = file.read(limit + 1)
    if len(read) > limit:
        raise OSError(errno.EFBIG, "", str(path))
    return read


def replace(path: Path, *parts: bytes, private: bool = False) -> None:
    """Put ``parts``, joined, in the place of the ordinary file at ``path``, in one step: nobody sees half of it.

    A ``private`` file is its owner's alone from the first moment. Raises ``OSError`` as :func:`opened`.
    """
    mode = 0o600 if private else 0o666
    before = _status(path)
    if before is not None:
        _require_ordinary(before, path)
    _discard_unfinished(path.parent)
    unfinished = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_UNFINISHED}")
    number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFUL | _NOFOLLOW, mode)
    try:
        with os.fdopen(number, "wb") as file:
            if before is not None and not private:
                unfinished.chmod(stat.S_IMODE(before.st_mode))
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def is_ordinary(path: Path) -> bool:
    """Whether ``path`` itself is an ordinary file, not a link to one."""
    status = _status(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def is_folder(path: Path) -> bool:
    """Whether ``path`` itself is a folder, not a link to one."""
    status = _status(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def require_free(path: Path) -> None:
    """Raise :class:`NotOrdinaryError` where something else than an ordinary file stands in the place of one."""
    status = _status(path)
    if status is not None:
        _require_ordinary(status, path)


def own_folder(path: Path) -> None:
    """Make the folder, its owner's alone, where it is not there yet; raise ``OSError`` where it is something else."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    if not is_folder(path):
        raise NotOrdinaryError(path)


def remove_tree(folder: Path) -> None:
    """Delete a folder with everything in it, folders without the right of writing too; follows no link.

    Raises the first ``OSError`` after everything else has been deleted.
    """
    failed: list[OSError] = []

    def again(function: Callable[[str], object], path: str, _: object) -> None:
        try:
            for shut in (Path(path).parent, Path(path)):
                if is_folder(shut):
                    shut.chmod(0o700)
            if function is os.unlink or function is os.rmdir:
                function(path)
            elif is_folder(Path(path)):
                shutil.rmtree(path)
        except OSError as left:
            failed.append(left)

    if is_folder(folder):
        shutil.rmtree(folder, onerror=again)
    if failed and folder.exists():
        raise failed[0]


def is_mount(path: Path) -> bool:
    """Whether a disk or another folder is mounted at ``path``: such a folder cannot be renamed."""
    if path.is_mount():
        return True
    if not sys.platform.startswith("linux"):
        return False
    try:  # a folder of the same disk mounted here has the device of its parent
        table = Path("/proc/self/mountinfo").read_bytes()
    except OSError:
        return False
    places = (line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in table.splitlines())
    return os.fsencode(path) in places


def _discard_unfinished(folder: Path) -> None:
    """Delete what killed processes have left half written here."""
    for path in folder.glob(f"{_PREFIX}*{_UNFINISHED}"):
        with suppress(OSError):
            if is_ordinary(path) and path.stat().st_mtime < time.time() - _ABANDONED:
                path.unlink()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
    except ValueError as error:  # a NUL byte in the name
        raise OSError(errno.EINVAL, "", str(path)) from error


def _require_ordinary(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotOrdinaryError(path)
