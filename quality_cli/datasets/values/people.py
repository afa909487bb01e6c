"""People in exports: pseudonyms in place of names and codes, and headers under which people are told.

A pseudonym is a keyed hash (HMAC-SHA256): the same child told the same way in two exports is the same word, and
nobody without the key and the list of names can tell who it is.
"""

import datetime
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial

from quality_cli.datasets.contracts.column import Column, Person
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.values.parse import EMPTY, is_made_date
from quality_cli.datasets.values.person_codes import is_code, is_name, same_code

KEY_SIZE = 32

_TOLD: Mapping[Person, str] = {"pupil": "обучающийся", "employee": "работник"}
_LENGTH = 16
_HYPHEN = re.compile(r"\s*[-‐‑‒–—−]\s*")
_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}")


class Pseudonyms:
    """Replaces whatever tells a person; ``key`` gives 32 bytes and is asked once, when the first person is met.

    Without a key of one's own the pseudonyms are good for one reading, which is enough for any figure.
    """

    def __init__(self, key: Callable[[], bytes] | None = None) -> None:
        self._ask = key or partial(secrets.token_bytes, KEY_SIZE)
        self._known: dict[tuple[Person, str], str] = {}
        self._first: dict[str, tuple[str, str]] = {}

    def __call__(self, person: Person, told: str) -> str:
        """The pseudonym of a person told so: case, ё, spaces and kinds of hyphens do not matter; of codes
        (:mod:`quality_cli.datasets.values.person_codes`) look-alike letters, «.0» and leading zeros do not, either."""
        known = self._known.get((person, told))
        if known is None:
            message = f"{person}\0{_same(told)}".encode()
            digest = hmac.digest(self._key, message, "sha256").hex()
            known = self._known[person, told] = f"{_TOLD[person]}-{digest[:_LENGTH]}"
        return known

    def first(self, pseudonym: str, told: str, file: str) -> tuple[str, str]:
        """How the person was told first, and in which file; now, if never before. In memory only."""
        return self._first.setdefault(pseudonym, (told, file))

    def first_told(self, pseudonym: str) -> str:
        """How the person was told first; «» where nobody has asked :meth:`first`."""
        return self._first.get(pseudonym, ("", ""))[0]

    def is_named(self, pseudonym: str) -> bool:
        """Whether the person was told by a name, not by a code."""
        return is_name(self.first_told(pseudonym))

    def apart(self, pseudonym: str, child: tuple[object, ...]) -> str:
        """The pseudonym of one of several children of a name; they differ in ``child``."""
        kind, _, digest = pseudonym.partition("-")
        message = "\0".join(map(str, (digest, *child))).encode()
        own = f"{kind}-{hmac.digest(self._key, message, 'sha256').hex()[:_LENGTH]}"
        self._first[own] = self._first[pseudonym]
        return own

    @property
    def used(self) -> bool:
        """Whether the key was asked for."""
        return "_key" in vars(self)

    @property
    def fingerprint(self) -> str:
        """Tells whether two keys are one, and nothing else of them."""
        return hmac.digest(self._key, b"fingerprint", "sha256").hex()

    @cached_property
    def _key(self) -> bytes:
        return self._ask()


def _same(told: str) -> str:
    text = normalise(told)
    if text.isalpha():
        return text
    if text.isdecimal():
        return same_code(text)
    if not is_code(text):
        return _HYPHEN.sub("-", text)
    if _SNILS.fullmatch(text := _HYPHEN.sub("-", text)):
        return re.sub(r"\D", "", text)
    return same_code(text)


_EXPONENT = re.compile(r"\d(?:[.,]\d+)?e[+-]\d+|\d[.,]\d+e\d+")
_SAID = EMPTY | {"na", "n/a", "nan", "null", "none", "nil", "н/а", "нет", "нет кода", "без кода", "не присвоен"}
_EMPTY_SIGNS = str.maketrans("", "", "0.,-–—−_#?*/\\|() \xa0")
_LONGEST_NO_CODE = 20
_EXACT = 10**15
"""Excel keeps so many digits of a number: the rest of a longer code is lost."""
DAMAGED, NOTHING = "damaged", "nothing"


def no_code(cell: object) -> str | None:
    """Why a cell tells nobody: a code that a program has damaged, or what stands where there is none; None for a code.

    An empty cell is None, too: it says nothing.
    """
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return DAMAGED
    if isinstance(cell, int | float):
        return DAMAGED if abs(cell) >= _EXACT else NOTHING if cell == 0 or isinstance(cell, bool) else None
    text = str(cell).strip().casefold()
    if not text or len(text) > _LONGEST_NO_CODE:  # there are as many codes as children: most end here or below
        return None
    if text in _SAID or not text.translate(_EMPTY_SIGNS):
        return NOTHING
    return DAMAGED if _EXPONENT.fullmatch(text) or is_made_date(text) else None


_WHOLE = r"ф\.? ?и\.?(?: ?о)?\.?|фамилия[ ,]+(?:и )?имя(?:[ ,]+(?:и )?отчество)?"
_WHO: Mapping[Person, str] = {
    "pupil": r"(?:обучающ|учащ|учени|участни|ребен|воспитанни|выпускни|школьни)\w*",
    "employee": r"(?:работни|сотрудни|педагог|учител|воспитател|преподавател|наставни)\w*",
}
_ALONE: Mapping[str, Person] = {
    **dict.fromkeys(("обучающийся", "учащийся", "ученик", "участник", "ребенок", "воспитанник", "выпускник"), "pupil"),
    **dict.fromkeys(("работник", "сотрудник", "педагог", "учитель", "преподаватель", "наставник"), "employee"),
}
_PARTS = ("whole", "surname", "given", "patronymic")
_NAME = re.compile(
    rf"(?:(?P<whole>{_WHOLE})|(?P<surname>фамилия)|(?P<given>имя)|(?P<patronymic>отчество))"
    rf"(?: (?:(?P<pupil>{_WHO['pupil']})|(?P<employee>{_WHO['employee']}))(?:[ -]\w+){{0,2}}| полностью)?"
)
_PERSONAL: Mapping[str, re.Pattern[str]] = {
    title: re.compile(expression)
    for title, expression in (
        ("ФИО", r"\bф\.? ?и\.? ?о\b|\bфамили|^имя\b|\bотчеств|^(?:мать|отец|опекун|родител|законн\w+ представ)"),
        ("дата или место рождения", r"рожден|^д\.? ?р$|^др$"),
        ("СНИЛС", r"\bснилс\b"),
        ("документ", r"паспорт|\bсери[яи]\b|номер\w* (?:документ|удостовер|свидетельств|диплом)|\bинн\b|\bполис"),
        ("телефон", r"телефон|\bтел\b|\bмобильн"),
        ("электронная почта", r"e-?mail|\bпочт"),
        ("адрес", r"\bадрес\b|место жительства|место проживания"),
        ("жюри", r"\bжюри\b|\bпредседател"),
    )
}


@lru_cache(maxsize=4096)
def personal_kind(header: str) -> str | None:
    """What personal data stand under a header that no contract names, or None."""
    text = normalise(header)
    if text in _ALONE or _name(text):
        return "ФИО"
    return next((title for title, pattern in _PERSONAL.items() if pattern.search(text)), None)


def is_birth_date(header: str) -> bool:
    """Whether a column holds dates of birth."""
    return bool(re.match(r"(?:дата|год) рожден|д\.? ?р$", normalise(header)))


def name_columns(headers: Mapping[int, str], columns: Mapping[str, Column]) -> dict[str, tuple[int, ...]]:
    """Sheet columns that together name the person of each personal column: a whole name, or its parts in order.

    A header without a word of whose name it is stands for the first personal column of the contract.
    """
    people = {name: column.personal for name, column in columns.items() if column.personal}
    found: dict[str, dict[str, int]] = {}
    for index, header in headers.items():
        told = _name(normalise(header))
        if told is None:
            continue
        part, person = told
        owner = next((name for name, kind in people.items() if person in (None, kind)), None)
        if owner is not None:
            found.setdefault(owner, {}).setdefault(part, index)
    return {name: order for name, parts in found.items() if (order := _ordered(parts))}


def _name(text: str) -> tuple[str, Person | None] | None:
    """Which part of a name stands under a normalised header, and whose if it says so."""
    text = re.sub(r"\s*\(.*$", "", text)
    if text in _ALONE:
        return "whole", _ALONE[text]
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    whose: Sequence[Person] = [person for person in _WHO if match[person]]
    return next(part for part in _PARTS if match[part]), whose[0] if whose else None


def _ordered(parts: Mapping[str, int]) -> tuple[int, ...]:
    if "whole" in parts:
        return (parts["whole"],)
    return tuple(parts[part] for part in _PARTS if part in parts) if "surname" in parts else ()
