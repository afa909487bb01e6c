"""One file that a person names, written so that others see the old one whole or the new one whole."""

import os
from pathlib import Path

from quality_cli.core.errors import OutputError, reason
from quality_cli.core.files import replace


def write_whole(path: Path, content: bytes) -> None:
    """Put the content in the place of ``path``, or of the file it links to; raises :class:`OutputError` and leaves what
    was there."""
    try:
        replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise OutputError(f"не записать в «{path}»: {reason(error)}") from error
