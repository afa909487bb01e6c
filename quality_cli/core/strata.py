"""Strata: the part of a population a figure is told for, as pairs of a stratifier and its value.

``(("grade", "4"), ("subject", "Математика"))`` is one stratum, ``()`` the total. Text is its form in files only:
``grade=4;subject=Математика``. A backslash stands before ``;``, ``=`` and a backslash inside a name or a value, so that
no two strata are written alike, whatever people wrote into a cell.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

Stratum: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs (stratifier, value) in the order of the indicator's ``by``; empty: the total."""

TOTAL: Stratum = ()

_SPECIAL = re.compile(r"[\\;=]")
_ESCAPED = re.compile(r"\\([\\;=])")
_TEXT = r"((?:[^\\;=]|\\[\\;=])*)"
_PAIR = re.compile(rf"{_TEXT}={_TEXT}(;|\Z)")


def value_word(value: str | float) -> str:
    """A value as strata name it: numbers and flags are whole numbers, words are themselves."""
    return value if isinstance(value, str) else str(int(value)) if value == int(value) else str(value)


def stratum_of(pairs: Iterable[tuple[str, str | float]]) -> Stratum:
    """A stratum from values of any type."""
    return tuple((name, value_word(value)) for name, value in pairs)


def names_of(stratum: Stratum) -> tuple[str, ...]:
    """The stratifiers of a stratum."""
    return tuple(name for name, _ in stratum)


def encode_stratum(stratum: Stratum) -> str:
    """The text of a stratum in files."""
    return ";".join("=".join(_SPECIAL.sub(r"\\\g<0>", text) for text in pair) for pair in stratum)


def decode_stratum(text: str) -> Stratum:
    """The stratum that :func:`encode_stratum` wrote; raises ``ValueError`` for any other text."""
    pairs: list[tuple[str, str]] = []
    start, more = 0, bool(text)
    while more:
        pair = _PAIR.match(text, start)
        if pair is None:
            raise ValueError(f"разрез записан неверно: «{text}»")
        pairs.append((_ESCAPED.sub(r"\1", pair[1]), _ESCAPED.sub(r"\1", pair[2])))
        start, more = pair.end(), bool(pair[3])
    return tuple(pairs)
