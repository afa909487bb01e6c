"""What may stand where the program expects a file, and whether it is still as it was."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LETTER = "письмо, которое нельзя потерять"


@dataclass(frozen=True)
class Seen:
    """An obstacle as it was put: ``beyond`` is the file or the folder with a letter that a link leads to."""

    path: Path
    kind: int
    beyond: Path


def _link(path: Path, beyond: Path) -> None:
    path.symlink_to(beyond / "письмо.txt")


def _dangling(path: Path, beyond: Path) -> None:
    path.symlink_to(beyond / "нет такого")


def _link_to_a_folder(path: Path, beyond: Path) -> None:
    path.symlink_to(beyond)


def _pipe(path: Path, beyond: Path) -> None:
    os.mkfifo(path)


def _device(path: Path, beyond: Path) -> None:
    """A device that never ends; where devices may not be made, a link to it."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        path.open("rb").close()
    except OSError:
        with suppress(FileNotFoundError):
            path.unlink()
        path.symlink_to("/dev/zero")


def _folder(path: Path, beyond: Path) -> None:
    path.mkdir()
    (path / "письмо.txt").write_text(LETTER, encoding="utf-8")


def _socket(path: Path, beyond: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


OBSTACLES: dict[str, Callable[[Path, Path], None]] = {
    "link": _link,
    "dangling link": _dangling,
    "link to a folder": _link_to_a_folder,
    "pipe": _pipe,
    "device": _device,
    "folder": _folder,
    "socket": _socket,
}


@contextmanager
def standing(obstacle: str, path: Path) -> Iterator[Seen]:
    """Put an obstacle at the path, in the place of what is there."""
    beyond = path.parent / ".чужое"
    beyond.mkdir(parents=True)
    (beyond / "письмо.txt").write_text(LETTER, encoding="utf-8")
    with suppress(FileNotFoundError):
        path.unlink()
    OBSTACLES[obstacle](path, beyond)
    yield Seen(path, stat.S_IFMT(path.lstat().st_mode), beyond)


def untouched(seen: Seen) -> bool:
    """Whether the obstacle stands where it stood, and what a link leads to is as it was."""
    there = os.path.lexists(seen.path) and stat.S_IFMT(seen.path.lstat().st_mode) == seen.kind
    letters = [seen.beyond / "письмо.txt", *([seen.path / "письмо.txt"] if seen.kind == stat.S_IFDIR else [])]
    return (
        there
        and all(letter.read_text(encoding="utf-8") == LETTER for letter in letters)
        and [path.name for path in seen.beyond.iterdir()] == ["письмо.txt"]
    )
