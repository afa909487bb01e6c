"""Number formats of cells: what a person sees of a number is a part of it.

A number shown with «%» is read as the text that stands in the cell («85%» for 0.85), so that one rule, that of the
column it gets into, holds for formats and for text. A number shown with an exponent («1E+05») may have been a code.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

PERCENT, SIGN, EXPONENT = "percent", "sign", "exponent"
"""Shown a hundred times as large with «%»; as it is with a «%» that is only written there; with an exponent."""

_BUILT_IN = {9: PERCENT, 10: PERCENT, 11: EXPONENT, 48: EXPONENT}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_EXPONENT = re.compile(r"E[+-]", re.IGNORECASE)
_ANY = re.compile(rb"""numFmtId=["'](?:9|10|11|48)["']|<(?:\w+:)?numFmt\b""")


def shown_as(number: int, code: str | None) -> str | None:
    """Which of the kinds a format is, by its number and its code (None: one that every program has); else None."""
    if code is None:
        return _BUILT_IN.get(number)
    code = _BRACKETS.sub("", code)
    bare = _LITERAL.sub("", code)
    if "%" in bare:
        return PERCENT
    if "%" in code:
        return SIGN
    return EXPONENT if _EXPONENT.search(bare) else None


def formats_of(styles: bytes) -> dict[int, str]:
    """Kinds by the number of a cell's style, from ``styles.xml``; raises ``ElementTree.ParseError``."""
    if _ANY.search(styles) is None:
        return {}
    tree = ElementTree.fromstring(styles)
    codes: Mapping[int, str] = {
        int(element.get("numFmtId", "-1")): element.get("formatCode", "")
        for element in tree.iter()
        if element.tag.endswith("}numFmt")
    }
    cells = next((element for element in tree if element.tag.endswith("}cellXfs")), ())
    numbers = [int(element.get("numFmtId", "0")) for element in cells]
    kinds = ((style, shown_as(number, codes.get(number))) for style, number in enumerate(numbers))
    return {style: kind for style, kind in kinds if kind is not None}


def per_cents(value: object, kind: str) -> object:
    """A number as its cell shows it; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or kind not in (PERCENT, SIGN):
        return value
    return f"{value * 100 if kind == PERCENT else value:.12g}%"
