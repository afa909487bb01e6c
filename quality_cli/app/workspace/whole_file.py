"""One file written so that others see the old one whole or the new one whole."""

import os
import tempfile
from pathlib import Path

from quality_cli.core.errors import OutputError

_MODE = 0o666
"""What a new file is given before the mask of the process, as ``open`` does."""


def write_whole(path: Path, content: bytes) -> None:
    """Put the content in the place of ``path``; raises :class:`OutputError` and leaves what was there."""
    unfinished = None
    try:
        number, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(number, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(unfinished).chmod(_MODE & ~mask)
        Path(unfinished).replace(path)
    except OSError as error:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)
        raise OutputError(f"не записать в «{path}»: {error.strerror or error}") from error
