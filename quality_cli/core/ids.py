"""Identifiers of indicators: ASCII inside, either alphabet and any case from a person."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

INDICATOR_ID = re.compile(r"^[0-9a-z]+(?:[._][0-9a-z]+)*-[ms][0-9]+$")

_LOOKALIKES = str.maketrans({"м": "m", "о": "s", "o": "s", "с": "s", "m": "m", "s": "s"})


def normalise_indicator_id(text: str) -> str:
    """Bring «1.1.2-М1», ``1.1.2-o1`` or ``1.1.2-S1`` to ``1.1.2-m1`` / ``1.1.2-s1``.

    The source prints М (municipal) and О (образовательная организация); ours are m and s.
    """
    head, dash, tail = text.strip().lower().partition("-")
    return f"{head}{dash}{tail.translate(_LOOKALIKES)}"


def indicator_order(indicator_id: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts 1.3.10-m1 after 1.3.9-m1."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[a-z_]+", indicator_id))


def as_written(value: object) -> str:
    """A value of a YAML file as its author sees it: «да» for True, «пусто» for nothing, quotes around text."""
    match value:
        case None:
            return "пусто"
        case bool():
            return "да" if value else "нет"
        case str() if len(value) < 60:
            return f'"{value}"'
        case int() | float():
            return str(value)
        case list():
            return "список"
        case dict():
            return "вложенные ключи"
    return "что-то другое"


def closest(word: object, known: object) -> str:
    """Return «; возможно, «…»?» for the nearest of ``known`` (an iterable of words), or an empty string."""
    words = [str(item) for item in known] if hasattr(known, "__iter__") else []
    near = get_close_matches(str(word), words, n=1, cutoff=0.6)
    return f"; возможно, «{near[0]}»?" if near else ""


def choice(word: object, known: Iterable[object], lead: str = "бывает") -> str:
    """Return «; возможно, «…»; бывает: …»: the nearest word, where there is one, and all of ``known``."""
    words = [str(item) for item in known]
    return f"{closest(word, words).rstrip('?')}; {lead}: {', '.join(words)}"
