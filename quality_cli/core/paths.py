"""Names of files as text: a name need not be valid in the console's encoding (archives unpacked on another system)."""

import os
from pathlib import PurePath


def shown_path(path: PurePath) -> str:
    """The path with «/» between its parts; bytes that are not UTF-8 are shown as ``\\xcf``."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
