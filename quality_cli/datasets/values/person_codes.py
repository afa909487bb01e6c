"""Codes of people as they are written: which writings are one code, and what differs."""

import re
from collections.abc import Callable, Sequence

from quality_cli.datasets.contracts.layout import LOOKALIKES, normalise

_HYPHEN = re.compile(r"\s*[-‐‑‒–—−]\s*")
_DIGIT = re.compile(r"\d")
_DECIMAL = re.compile(r"(\d+)[.,]0+")
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+")
_GAP = re.compile(r"(?<=\d) (?=[^\W\d_])|(?<=[^\W\d_]) (?=\d)")


def is_code(told: str) -> bool:
    """Whether a person is told by a code, not by a name: names have no digits."""
    return _DIGIT.search(told) is not None


def is_name(told: str) -> bool:
    """Whether a person is told by a name: a single word without digits may be either."""
    return not is_code(told) and len(told.split()) > 1


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


_LETTERS, _DIGITS = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_LONGEST_FORM = 24
_INITIAL = 2


def form_of(told: str) -> str:
    """How a person is told, in words that tell nothing of whom: the form of a code, or the parts of a name."""
    text = normalise(told)
    if is_code(text):
        form = _DIGITS.sub("0", _LETTERS.sub("Б", text))
        return f"код вида «{form[:_LONGEST_FORM]}»"
    words = text.replace(".", ". ").split()
    if not is_name(told):
        return "одно слово"
    if any(len(word.rstrip(".")) < _INITIAL for word in words):
        return "фамилия с инициалами"
    return {2: "фамилия и имя", 3: "фамилия, имя и отчество"}.get(len(words), "имя")


def kind_of_form(told: str) -> str:
    """The same, however many letters and digits stand one after another: codes of one kind are alike in it."""
    return re.sub(r"(.)\1+", r"\1", form_of(told))


def _signless(told: str) -> str | None:
    return re.sub(r"[\W_]", "", normalise(told).translate(LOOKALIKES)) if is_code(told) else None


def _digits(told: str) -> str | None:
    return re.sub(r"\D", "", told) if is_code(told) else None


def _last_number(told: str) -> str | None:
    return re.findall(r"\d+", told)[-1].lstrip("0") if is_code(told) else None


def _surname_and_initial(told: str) -> str | None:
    words = [] if is_code(told) else normalise(told).replace(".", ". ").split()
    return f"{words[0]} {words[1][0]}" if len(words) > 1 else None


REDUCTIONS: Sequence[tuple[str, Callable[[str], str | None]]] = (
    ("без пробелов и знаков", _signless),
    ("по одним цифрам", _digits),
    ("по последнему числу кода", _last_number),
    ("по фамилии и первой букве имени", _surname_and_initial),
)
"""Ways in which codes of two tables may be one code that the program does not take for one, in words; what is left of a
told person, None where the way is none for it."""
