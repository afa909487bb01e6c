"""Names of files as text: a name need not be valid in the console's encoding (archives unpacked on another system)."""

import os
import re
from pathlib import PurePath

from quality_cli.core.text import escaped

_DRIVE = re.compile(r"^[A-Za-z]:")


def shown_path(path: PurePath) -> str:
    """The path with «/» between its parts; bytes that are not UTF-8 are shown as ``\\xcf``, unseen signs likewise."""
    return escaped(os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace"))


def shown_member(name: str) -> str:
    """The name of a file in an archive as a label: no drive, no root, no way up; nothing is ever written there."""
    parts = _DRIVE.sub("", name.replace("\\", "/")).split("/")
    return escaped("/".join(part for part in parts if part not in ("", ".", ".."))) or "без имени"


def is_hidden(name: str) -> bool:
    """Whether any part of a shown name is hidden: a system's own file or the lock of an open workbook."""
    return any(part.startswith((".", "~$", "__")) for part in name.split("/"))
