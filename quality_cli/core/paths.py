"""Names of files as text: a name need not be valid in the console's encoding (archives unpacked on another system)."""

import hashlib
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from quality_cli.core.text import cleaned, escaped

_DRIVE = re.compile(r"^[A-Za-z]:")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*«»]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever follows after a dot."""

LONGEST = 120
_LONGEST_BYTES = 240
"""Of the 255 that file systems take; the rest is for suffixes."""


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


def safe_name(text: str) -> str:
    """A file name from any text: no separators, unseen characters, quotes or leading dots; at most 120 characters."""
    plain = re.sub(r"\s+", " ", _UNSAFE.sub("-", cleaned(text)).replace("- ", " ").replace(" -", " "))
    name = shortened(plain.strip(" .-"), LONGEST) or "без названия"
    return shortened(f"_{name}", LONGEST) if _RESERVED.match(name) else name


def shortened(name: str, characters: int, size: int = _LONGEST_BYTES) -> str:
    """The beginning of a name, at most so many characters and bytes of UTF-8."""
    short = name[:characters].encode("utf-8", "surrogateescape")[:size].decode("utf-8", "ignore")
    return short.strip(" .-")


def distinct_names(wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A file name for each key from the texts wanted for it, the best first; no two name one file on any system.

    Keys whose names are one where case and forms of Unicode do not count take their next text, all of them, and in
    the end one marked with a hash of the key. So a name depends on the set of keys, never on their order; one that is
    like no other is :func:`safe_name` of the first text.
    """
    step = dict.fromkeys(wanted, 0)
    while True:
        names = {key: _candidate(key, texts, step[key]) for key, texts in wanted.items()}
        alike: dict[str, list[str]] = defaultdict(list)
        for key, name in names.items():
            alike[_folded(name)].append(key)
        clashing = [key for keys in alike.values() if len(keys) > 1 for key in keys]
        if not clashing:
            return names
        for key in clashing:
            step[key] += 1


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _candidate(key: str, texts: Sequence[str], step: int) -> str:
    if step < len(texts):
        return safe_name(texts[step])
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    mark = digest[: 6 + 4 * (step - len(texts))]
    return f"{shortened(safe_name(texts[0]), 80, 160)} {mark}"
