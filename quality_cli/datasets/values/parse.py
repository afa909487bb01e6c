"""Cells to values: each distinct raw cell of a column is understood once."""

import datetime
import math
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import partial
from typing import Final, Literal, TypeAlias

from quality_cli.core.periods import Period
from quality_cli.core.where import BETWEEN, Scalar
from quality_cli.datasets.contracts.column import OPEN, YES, Column
from quality_cli.datasets.contracts.layout import LOOKALIKES, normalise, spelling


class _Bad(Enum):
    BAD = "bad"


BAD: Final = _Bad.BAD
"""The cell holds something that the contract does not understand."""

Value: TypeAlias = Scalar | Literal[_Bad.BAD] | None

EMPTY = frozenset({"", "-", "–", "—", "нет данных", "н/д"})
"""What stands in a cell that tells nothing, as :func:`normalise` gives it; besides nothing at all."""
ERRORS = frozenset(
    {
        *("#ref!", "#value!", "#div/0!", "#name?", "#n/a", "#num!", "#null!", "#getting_data"),
        *("#ссылка!", "#знач!", "#дел/0!", "#имя?", "#н/д", "#число!", "#пусто!"),
    }
)
"""What Excel shows in a cell whose formula has failed: not understood in a column of any type."""

_TRUE = frozenset({"да", "1", "true", "истина", "+", "есть", "yes"})
_FALSE = frozenset({"нет", "0", "false", "ложь", "no"})
_NUMBER = re.compile(r"^[-+]?\d+(?:\.\d+)?$")

DASHES = frozenset({"-", "–", "—"})
"""What in a column of answers «да»/«нет» may be a no as well as no answer."""


def parse_cells(cells: Sequence[object], column: Column) -> list[Value]:
    """Understand the cells of one column: a value, ``None`` for unknown, :data:`BAD` for what cannot be read.

    Types of the values: ``int``/``float`` for numbers, ``bool`` for flags, ``str`` for words.
    """
    parse = _several(column) if column.several else _parser(column)
    keys = list(zip(map(type, cells), cells, strict=True))  # 1, 1.0 and True are equal but not the same
    known = {key: parse(key[1]) for key in dict.fromkeys(keys)}
    return [known[key] for key in keys]


def unread_values(cells: Sequence[object], column: Column) -> list[list[str]]:
    """Of each cell of a column with several values those that are not understood."""
    parts = _parts(column)
    return [[part for part, value in parts(cell) if value is BAD] for cell in cells]


def _several(column: Column) -> Callable[[object], Value]:
    """Values of one cell, each once, in the order of the contract and then of the alphabet, so that the same values are
    the same cell; an empty one stands for what was not understood."""
    parts, listed = _parts(column), list(column.values)

    def parse(cell: object) -> Value:
        values = [value for _, value in parts(cell)]
        known = {str(value) for value in values if value is not BAD and value is not None}
        words = sorted(known, key=lambda word: (listed.index(word) if word in listed else len(listed), word))
        lost = BAD in values
        return BETWEEN.join([*words, *([""] if lost else [])]) if words else BAD if lost else None

    return parse


def _parts(column: Column) -> Callable[[object], list[tuple[str, Value]]]:
    """The parts of a cell between «;», «,» and line breaks, each with its value; a comma of a known spelling stays."""
    parse, spelled = _parser(column), Spellings(column)

    def split(cell: object) -> list[tuple[str, Value]]:
        found: list[tuple[str, Value]] = []
        for piece in () if is_empty(cell) else re.split(r"[;\r\n]+", _as_text(cell)):
            rest = piece.split(",")
            while rest:
                ends = range(len(rest), 0, -1)
                end = next((end for end in ends if spelled.exact(",".join(rest[:end]))), 1)
                part, rest = ",".join(rest[:end]).strip(), rest[end:]
                found.append((part, parse(part)))
        return found

    return split


def is_empty(cell: object) -> bool:
    """Whether a cell holds nothing at all."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _parser(column: Column) -> Callable[[object], Value]:
    spelled = Spellings(column)
    missing = {spelling(word) for word in column.missing}
    convert = {
        "integer": partial(_grade, classes=column.spelled == "class") if column.spelled else _integer,
        "number": _number,
        "numbers": _number,
        "flag": _flag,
        "period": _period,
        "year": _year,
        "date": _day,
        "letter": _letter,
    }.get(column.type, _text)

    def parse(cell: object) -> Value:
        if is_empty(cell):
            return None
        text = _as_text(cell)
        word = normalise(text)
        if word in ERRORS:
            return BAD
        known = spelled(text)
        if known is not None:
            return known
        if word in EMPTY or (missing and spelling(text) in missing):
            return None
        if column.type == "category":
            return BAD
        value = convert(cell.rstrip().removesuffix("%") if column.in_percent and isinstance(cell, str) else cell)
        return value if value is BAD or value is None or _in_range(value, column) else BAD

    return parse


def is_spelling(cell: object, column: Column) -> bool:
    """Whether a cell is a known spelling of one of the column's values."""
    return Spellings(column).exact(_as_text(cell))


_MADE_DATE = re.compile(
    r"(?:\d{1,2}[. -])?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[а-яa-z]{0,5}\.?(?:[. -]\d{2}(?:\d\d)?)?",
    re.IGNORECASE,
)


def is_made_date(cell: object) -> bool:
    """Whether a cell is a day as Excel makes it of «4.5» («04.май») or of the class «5-1» («05.янв»)."""
    if isinstance(cell, datetime.date):
        return True
    return isinstance(cell, str) and any(map(str.isdigit, cell)) and _MADE_DATE.fullmatch(cell.strip()) is not None


DATE_MADE = "; если Excel сделал дату из числа («4.5» — «04.май»), введите значение заново в текстовом формате"


def made_of(cell: object) -> str:
    """What a program may have made of a cell that is not understood, for the end of a hint."""
    if is_made_date(cell) or _date(cell) is not None:
        return DATE_MADE
    is_percent = isinstance(cell, str) and cell.rstrip().endswith("%")
    return "; в ячейке проценты (или её процентный формат), а столбец не в процентах" if is_percent else ""


class Spellings:
    """Which value of a column a text spells: numbers of an ordered scale, true and false of a flag, else the word.

    A spelling that ends in «…» stands for every text that begins so; the longest counts. Where such a text goes on,
    after a comma or the like, with a spelling of another value («учитель, директор»), it tells neither.
    """

    def __init__(self, column: Column) -> None:
        self._exact: dict[str, Scalar] = {}
        begun: dict[str, Scalar] = {}
        for word, words in column.values.items():
            value = (
                int(word) if column.type in ("integer", "numbers") else word == YES if column.type == "flag" else word
            )
            for written in (word, *words):
                found = begun if written.endswith(OPEN) else self._exact
                found[spelling(written.rstrip(OPEN))] = value
        self._begun = sorted(begun.items(), key=lambda item: -len(item[0]))

    def exact(self, text: str) -> bool:
        """Whether a text is a spelling as a whole."""
        return spelling(text) in self._exact

    def __call__(self, text: str) -> Scalar | None:
        """The value, or None."""
        if not self._exact and not self._begun:
            return None
        word = spelling(text)
        value = self._exact.get(word)
        if value is not None or not self._begun:
            return value
        parts = [self._one(spelling(part)) for part in _PARTS.split(text)]
        told = {part for part in parts if part is not None}
        return parts[0] if len(told) == 1 else None

    def _one(self, word: str) -> Scalar | None:
        value = self._exact.get(word)
        if value is not None:
            return value
        return next((value for begin, value in self._begun if f"{word} ".startswith(f"{begin} ")), None)


_PARTS = re.compile(r"[,;+/\r\n]")


def _in_range(value: Scalar, column: Column) -> bool:
    if isinstance(value, str):
        return True
    return (column.min is None or value >= column.min) and (column.max is None or value <= column.max)


def _as_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _text(cell: object) -> Value:
    return " ".join(_as_text(cell).split())


def _number(cell: object) -> Value:
    if isinstance(cell, bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta):
        return BAD
    if isinstance(cell, int | float):
        return cell if math.isfinite(cell) else BAD
    text = re.sub(r"[\s\xa0]", "", str(cell)).replace(",", ".").lstrip("'")
    return float(text) if len(text) < 32 and _NUMBER.match(text) else BAD


def _integer(cell: object) -> Value:
    number = _number(cell)
    if number is BAD or number is None:
        return number
    return int(number) if float(number).is_integer() else BAD


def _grade(cell: object, *, classes: bool) -> Value:
    """A grade: «10-й», «4 кл.», «IV»; with ``classes`` also by the name of a class: «8А», «9 «Б»», «5-1»."""
    number = _integer(cell)
    if number is not BAD or not isinstance(cell, str):
        return number
    found = _class(cell)
    if found is None or not (classes or (found["letters"] is None and found["number"] is None)):
        return BAD
    grade = int(found["grade"]) if found["grade"].isdigit() else _ROMAN.get(found["grade"].replace("х", "x"))
    if grade is None or (found["number"] is not None and int(found["number"]) > grade):
        return BAD  # «5-1» is the first class of grade 5, «7-8» may be two grades
    return grade


def _class(cell: object) -> re.Match[str] | None:
    return _CLASS.fullmatch(re.sub(r"\s*\([^)]*\)?$", "", normalise(cell)))


def class_named(cell: object) -> tuple[int, str] | None:
    """Grade and letter of a text that names one class: «8А» and «8-й «А»» are (8, «А»), «5-1» is (5, «1»)."""
    found = _class(cell) if isinstance(cell, str) else None
    letter, grade = found and (found["letters"] or found["number"]), _grade(cell, classes=True)
    return (int(grade), letter.translate(LOOKALIKES).upper()) if letter and isinstance(grade, int) else None


_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = {word: number for number, word in enumerate(_ROMANS, start=1)}
_NOISE = r"[\s.\"'_–—-]*"
_CLASS = re.compile(
    rf"(?:кл(?:асс)?{_NOISE})?(?P<grade>\d{{1,2}}|[ivxх]+(?<!^x)(?<!^х))(?:{_NOISE}(?:ый|ой|ий|го|й|ые|е|х))?"
    rf"(?:{_NOISE}(?:кл(?:асс(?:а|ы|ов)?)?|параллель))?"
    rf"(?:{_NOISE}(?P<letters>[^\W\d_]{{1,2}})|[\s./–—-]+(?P<number>\d{{1,2}}))?(?:{_NOISE}кл(?:асс(?:а)?)?)?{_NOISE}"
)


def _flag(cell: object) -> Value:
    if isinstance(cell, bool):
        return cell
    word = normalise(_as_text(cell))
    if word in _TRUE:
        return True
    return False if word in _FALSE else BAD


def _letter(cell: object) -> Value:
    """The class letter among what schools type: «4А», «4 а», «а(1)», Latin «a»; «нет», 4 and «а,б» name none."""
    if is_made_date(cell) or _date(cell) is not None:
        return BAD
    words = re.findall(r"[^\W\d_]+", _as_text(cell).casefold().replace("ё", "е").translate(LOOKALIKES))
    letters = {word for word in words if len(word) == 1}
    return letters.pop().upper() if len(letters) == 1 else None


_YEAR_WORDS = re.compile(r"\s*(?:уч(?:ебн\w*|\.)?\s*)?г(?:од\w*|г?\.?)$", re.IGNORECASE)
_DATE = re.compile(r"(?:(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d\d)-(\d\d))(?:[ T]\d\d?:\d\d.*)?")
_SEPTEMBER = 9
_EXAMPLE = 2026


def _period(cell: object) -> Value:
    """First year of a school year: «2025/2026 уч. год», «2025-26» or a date in it."""
    date = _date(cell)
    if date is not None:
        return date.year if date.month >= _SEPTEMBER else date.year - 1
    try:
        return Period.parse(_YEAR_WORDS.sub("", _as_text(cell).strip())).start
    except ValueError:
        return BAD


def _year(cell: object) -> Value:
    """A calendar year: 2026, «2026 г.», a date in it or the school year that ends in it."""
    date = _date(cell)
    if date is not None:
        return date.year
    period = _period(cell)
    return period + 1 if isinstance(period, int) else _integer(_YEAR_WORDS.sub("", _as_text(cell).strip()))


def _day(cell: object) -> Value:
    """A day in ISO form."""
    date = _date(cell)
    return BAD if date is None else f"{date.year:04}-{date.month:02}-{date.day:02}"


def _date(cell: object) -> datetime.date | None:
    """A date, or a text that is one: «20.04.2026», «2026-04-20», with or without the time."""
    if isinstance(cell, datetime.date):
        return cell
    found = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    day, month, year = (found[1], found[2], found[3]) if found[3] else (found[6], found[5], found[4])
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def expected(column: Column) -> str:
    """What a column accepts, for the hint of a finding."""
    match column.type:
        case "integer" if column.spelled:
            letter = "«8А»" if column.spelled == "class" else "без буквы: числа классов параллели складывают"
            return f"ожидается класс: «8», «8 класс», «VIII», {letter}"
        case "integer" | "number" | "numbers":
            bounds = [f"от {column.min:g}"] if column.min is not None else []
            bounds += [f"до {column.max:g}"] if column.max is not None else []
            return " ".join(["ожидается целое число" if column.type == "integer" else "ожидается число", *bounds])
        case "year":
            return f"ожидается год, например {_EXAMPLE}"
        case "date":
            return f"ожидается дата, например 01.09.{_EXAMPLE}"
        case "flag":
            return "ожидается да или нет"
        case "period":
            return "ожидается учебный год, например 2025/2026"
        case "category" if column.several:
            return f"ожидается одно или несколько из, через «;»: {_short(column.values)}"
        case "text" if column.several:
            return "ожидается текст; несколько значений — через «;»"
        case "category":
            return f"ожидается одно из: {_short(column.values)}"
        case _:
            return "ожидается текст"


def nearest(told: str, column: Column) -> str:
    """Of a column with known words the one that a text is nearly, for the end of a hint; «» where it is nearly none."""
    spelled = {spelling(word): value for value, words in column.values.items() for word in (value, *words)}
    found = get_close_matches(spelling(told), spelled, n=1, cutoff=0.75)
    return f"; возможно, это «{spelled[found[0]]}»" if found else ""


def _short(words: Iterable[str]) -> str:
    listed = list(words)
    return ", ".join(listed[:8]) + (" …" if len(listed) > 8 else "")
