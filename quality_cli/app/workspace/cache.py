"""What was read last, kept beside the key of the pseudonyms: whole or as good as absent.

One snapshot stays: free text in it is as it was in the exports, and it must not outlive them.
"""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(".quality") / "cache"
"""Where the snapshot lies in the data folder; hidden folders are not read as data."""

_ENDING, _UNFINISHED = ".tables", ".unfinished"
_ABANDONED = 3600.0
"""Seconds after which a file that is still being written is not: its process was killed."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Bytes by name, those stored last. A folder that cannot be written or read holds nothing; nothing is raised."""

    folder: Path

    def load(self, name: str) -> bytes | None:
        """What was stored under the name; None where nothing was, or not the whole of it."""
        try:
            stored = self._path(name).read_bytes()
        except OSError:
            return None
        seal, content = stored[: len(_seal(name, b""))], stored[len(_seal(name, b"")) :]
        return content if seal == _seal(name, content) else None

    def store(self, name: str, content: bytes) -> None:
        """Keep the content: others see all of it or nothing, whenever this process ends."""
        with suppress(OSError):
            for folder in (self.folder.parent, self.folder):
                folder.mkdir(mode=0o700, exist_ok=True)
            number, unfinished = tempfile.mkstemp(_UNFINISHED, dir=self.folder)  # nobody else may read it
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(_seal(name, content))
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(unfinished).replace(self._path(name))
            except OSError:
                Path(unfinished).unlink(missing_ok=True)
            self._clean(self._path(name))

    def _clean(self, current: Path) -> None:
        """Leave the current snapshot, and of unfinished ones those that somebody may still be writing."""
        for path in self.folder.iterdir():
            unfinished = path.suffix == _UNFINISHED and path.stat().st_mtime > time.time() - _ABANDONED
            if path != current and not unfinished:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_ENDING}"


def _seal(name: str, content: bytes) -> bytes:
    """What stands before the content: a file cut short, changed or renamed has another."""
    return hashlib.sha256(name.encode() + content).digest()
