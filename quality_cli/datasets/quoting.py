"""What may be repeated of somebody's file: the only way a cell or the name of a sheet gets into a message.

A word is shown when the program knows it; a name, a date of birth, the number of a document, a telephone are not
words it knows, so they turn into «…» wherever they slipped to. The place of the cell is always told.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from quality_cli.datasets.contracts.layout import composed, normalise
from quality_cli.datasets.values.parse import ERRORS

HIDDEN = "…"

_LONGEST = 200
_SHOWN = 60
_SHORT = 5
_DIGITS = 6
_LARGEST = 100_000
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(
    r"(?P<known>(?:sch|edu|ksh)\d{6}(?!\d)|(?<!\d)20\d\d\s*[/–-]\s*20\d\d(?!\d))|(?P<word>[^\W\d_]+)|\d+"
)
_RUN = re.compile(rf"{HIDDEN}(?:[^\w|«»]*{HIDDEN})+")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        мбоу мкоу маоу мбдоу мкдоу мадоу оу оо доу сош оош нош школа гимназия лицей детский сад филиал имени
        средняя основная начальная общеобразовательная дошкольное образовательное учреждение
        муниципальное бюджетное казенное автономное муниципальный городской край область район округ
        класс год дата да нет не и в на с по к о от до за для true false
        председатель член члены жюри комиссии исполнитель ответственный итого всего лист sheet
        """,
    )
)
_PERSON = re.compile(
    r"""\S@\S+\.\w                                                     # e-mail
    | (?:\d[\s()+-]*){9,}                                              # СНИЛС, passport, telephone
    | \b[А-ЯЁ]\.\s?[А-ЯЁ]\b                                            # initials
    | \b[А-ЯЁа-яё]{2,}(?i:вич|вна|ична|оглы|кызы)\b                    # patronymic
    | \b[А-ЯЁ][а-яё]+(?:ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|енко|чук|швили)\b  # surname
    | \b[А-ЯЁ][а-яё]{2,}\s+[А-ЯЁ][а-яё]{2,}\b                          # two capitalised words
    | \b[А-ЯЁ]{5,}\s+[А-ЯЁ]{4,}\b
    | \b[А-ЯЁ]{2,}(?:ОВ|ЕВ|ЁВ|ИН|ЫН|ОВА|ЕВА|ЁВА|ИНА|ЫНА|ЕНКО|ЧУК|ШВИЛИ)\b  # surname in capitals
    | \b(?!(?i:класс|группа|вариант|литера|корпус|часть|лист)\b)[А-ЯЁ][А-ЯЁа-яё]+\s+[А-ЯЁ]\b  # and a bare initial
    | \b[А-ЯЁ]\.?\s+[А-ЯЁ][А-ЯЁа-яё]{3,}\b                              # the initial first""",
    re.VERBOSE,
)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Words of the texts, brought to one spelling."""
    return frozenset(word for text in texts for word in _WORD.findall(normalise(text)))


def quoted(cell: object, known: frozenset[str], *, misspelt: bool = False) -> str:
    """A cell for a message: numbers of at most five digits, ``known`` and common words, short lower-case ones.

    ``known`` are words as :func:`words_of` gives them (``misspelt``: or nearly them); everything else is «…».
    """
    if isinstance(cell, int | float):
        return f"{cell:.4g}" if abs(cell) < _LARGEST else HIDDEN
    return _quoted(" ".join(composed(str(cell)[:_LONGEST]).split()), known, misspelt)


def sheet_name(name: str, number: int) -> str:
    """The name of a sheet as places tell it: a sheet called after a person is told by its number, from 1."""
    return f"лист {number}" if names_person(name) else name


def header_text(header: str) -> str:
    """A header for a message: one that looks like a person is «…»."""
    text = " ".join(composed(header).split())
    return HIDDEN if names_person(text) else text if len(text) <= _SHOWN else f"{text[:_SHOWN]}{HIDDEN}"


def names_person(text: str) -> bool:
    """Whether a title, of a sheet or of a column, looks like a person's name or number."""
    return _PERSON.search(composed(text)) is not None


@lru_cache(maxsize=4096)
def _quoted(text: str, known: frozenset[str], misspelt: bool) -> str:
    if normalise(text) in ERRORS:
        return text
    tokens = list(_TOKEN.finditer(text))
    letters = sum(len(token["word"]) for token in tokens if token["word"])
    digits = sum(len(token[0]) for token in tokens if not token["word"] and not token["known"])

    def shown(token: re.Match[str]) -> str:
        if token["known"]:
            return token[0]
        if token["word"]:
            word = normalise(token[0])
            short = letters <= (_SHORT if token[0].islower() else 2)
            understood = word in known or word in _COMMON or (misspelt and _nearly(word, known))
            initial = len(word) == 1 and token[0].isupper()
            return token[0] if short or (understood and not initial) else HIDDEN
        return token[0] if digits < _DIGITS else HIDDEN

    masked = _RUN.sub(HIDDEN, _TOKEN.sub(shown, text))
    return masked if len(masked) <= _SHOWN else f"{masked[:_SHOWN]}{HIDDEN}"


def _nearly(word: str, known: frozenset[str]) -> bool:
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.8)
    return bool(near) and abs(len(word) - len(near[0])) <= 1
