"""What was read last, kept beside the key of the pseudonyms: whole or as good as absent.

One snapshot stays: free text in it is as it was in the exports, and it must not outlive them.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from quality_cli.core import files

PLACE = Path(".quality") / "cache"
"""Where the snapshot lies in the data folder; hidden folders are not read as data."""

_ENDING = ".tables"


@dataclass(frozen=True, slots=True)
class Cache:
    """Bytes by name, those stored last. A folder that cannot be written or read holds nothing; nothing is raised.

    Only ordinary files of this name and ending in real folders are ours to write and delete.
    """

    folder: Path

    def load(self, name: str) -> bytes | None:
        """What was stored under the name; None where nothing was, or not the whole of it."""
        try:
            stored = files.content(self._path(name)) if all(map(files.is_folder, self._folders)) else b""
        except OSError:
            return None
        seal, content = stored[: len(_seal(name, b""))], stored[len(_seal(name, b"")) :]
        return content if seal == _seal(name, content) else None

    def store(self, name: str, content: bytes) -> None:
        """Keep the content: others see all of it or nothing, whenever this process ends."""
        with suppress(OSError):
            for folder in self._folders:
                files.own_folder(folder)
            files.replace(self._path(name), _seal(name, content), content, private=True)
            for path in self.folder.glob(f"*{_ENDING}"):
                if path != self._path(name) and files.is_ordinary(path):
                    path.unlink(missing_ok=True)

    @property
    def _folders(self) -> tuple[Path, Path]:
        return self.folder.parent, self.folder

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_ENDING}"


def _seal(name: str, content: bytes) -> bytes:
    """What stands before the content: a file cut short, changed or renamed has another."""
    return hashlib.sha256(name.encode() + content).digest()
