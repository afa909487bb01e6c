"""Unwanted characters, and how text is kept from doing harm where it is put: one table, one guard.

Four kinds. *Controls* end lines and cells and ring bells. *Marks* are seen by nobody: zero widths, directions of
writing, byte order marks; they hide in cells and turn messages over. *Halves* (surrogates) and *noncharacters* cannot
be written into any file. What a place cannot hold depends on the place; what the characters are is said here only.
"""

import re
import unicodedata

_LINE_BREAKS = "\t\n\r"
_CONTROLS = "\x00-\x1f\x7f-\x9f"
_CONTROLS_OF_XML = "\x00-\x08\x0b\x0c\x0e-\x1f"  # the others may stand in XML
_HALVES = "\ud800-\udfff"
_NONCHARACTERS = "\ufffe\uffff"
_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"

_UNWRITABLE = re.compile(f"[{_CONTROLS_OF_XML}{_HALVES}{_NONCHARACTERS}]")
_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_HALVES}{_NONCHARACTERS}{_MARKS}]")
_SPACES = re.compile(r"\s+")
_NO_BREAK = {"\N{NO-BREAK SPACE}"}
_FORMULA = frozenset("=+-@")


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


def writable(text: str, instead: str = "") -> str:
    """The text as XML, and so a workbook or a document, can hold it."""
    return _UNWRITABLE.sub(instead, text)


def printed(text: str) -> str:
    """The text on one line as a document prints it: no controls, no marks of direction; where a line must not break it
    does not."""
    return _UNPRINTABLE.sub("", _SPACES.sub(lambda run: run[0][0] if set(run[0]) == _NO_BREAK else " ", text)).strip()


def guarded(text: str) -> str:
    """The text for a cell of CSV: an apostrophe stands before what a spreadsheet would take for a formula.

    Spreadsheets pass over spaces and unseen signs before the sign of a formula and take its wide forms («＝») for it.
    """
    return f"'{text}" if _is_formula(text) else text


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    if text[:1].isalnum():
        return False  # nearly every cell
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = next((sign for sign in text if not (sign.isspace() or _unseen(sign))), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA


def _unseen(sign: str) -> bool:
    return not sign.isprintable() and unicodedata.category(sign) != "Zs"
