"""Signs that nobody sees: control characters, marks of direction, zero widths. They hide in cells and names."""

import unicodedata

_LINE_BREAKS = "\t\n\r"


def cleaned(text: str) -> str:
    """The text without unseen signs; breaks of lines and no-break spaces stay."""
    if text.isprintable():
        return text
    return "".join(sign for sign in text if sign in _LINE_BREAKS or not _unseen(sign))


def escaped(text: str) -> str:
    """The text with unseen signs written out (``\\u200b``): names stay different and nothing turns a message over."""
    if text.isprintable():
        return text
    return "".join(sign.encode("unicode_escape").decode() if _unseen(sign) else sign for sign in text)


def _unseen(sign: str) -> bool:
    return not sign.isprintable() and unicodedata.category(sign) != "Zs"
