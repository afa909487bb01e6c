"""Codes of people as they are written: which writings are one code, and what differs."""

import re

from quality_cli.datasets.contracts.layout import LOOKALIKES, normalise

_HYPHEN = re.compile(r"\s*[-‐‑‒–—−]\s*")
_DIGIT = re.compile(r"\d")
_DECIMAL = re.compile(r"(\d+)[.,]0+")
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+")
_GAP = re.compile(r"(?<=\d) (?=[^\W\d_])|(?<=[^\W\d_]) (?=\d)")


def is_code(told: str) -> bool:
    """Whether a person is told by a code, not by a name: names have no digits."""
    return _DIGIT.search(told) is not None


def same_code(text: str) -> str:
    """One text for all writings of a code (as :func:`normalise` gives it): case, spaces, kinds of hyphens, look-alike
    letters; of a number also the «.0» and the leading zeros that Excel adds and takes away."""
    if text.isdecimal():  # most codes are
        return text.lstrip("0") or "0"
    text = _HYPHEN.sub("-", text).translate(LOOKALIKES)
    if " " in text:
        text = _GAP.sub("", text)
        text = text.replace(" ", "") if _GROUPED.fullmatch(text) else text
    if found := _DECIMAL.fullmatch(text):
        text = found[1]
    return text.lstrip("0") or "0" if text.isdecimal() else text


def difference(one: str, other: str) -> str:
    """In what two writings of one code differ, in words; «» where only in case and spaces at the ends."""
    if one == other:
        return ""
    first, second = normalise(one), normalise(other)
    if first == second:
        return ""
    without = [_DECIMAL.sub(r"\1", text) for text in (first, second)]
    if without[0] == without[1]:
        return "«.0» на конце"
    if all(text.isdecimal() for text in without):
        return "нулями в начале"
    if first.translate(LOOKALIKES) == second.translate(LOOKALIKES):
        return "латинскими и русскими буквами одного вида"
    return "пробелами и дефисами"
