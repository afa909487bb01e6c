"""Cells to values: each distinct raw cell of a column is understood once."""

import datetime
import math
import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Final, Literal, TypeAlias

from quality_cli.core.periods import Period
from quality_cli.core.where import BETWEEN, Scalar
from quality_cli.datasets.contracts.contract import Column
from quality_cli.datasets.contracts.layout import normalise


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
    parse, spelled = _parser(column), _spellings(column)

    def split(cell: object) -> list[tuple[str, Value]]:
        found: list[tuple[str, Value]] = []
        for piece in () if is_empty(cell) else re.split(r"[;\r\n]+", _as_text(cell)):
            rest = piece.split(",")
            while rest:
                ends = range(len(rest), 0, -1)
                end = next((end for end in ends if normalise(",".join(rest[:end])) in spelled), 1)
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
    spelled = _spellings(column)
    missing = EMPTY | {normalise(word) for word in column.missing}
    convert = {
        "integer": _integer,
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
        word = normalise(_as_text(cell))
        if word in ERRORS:
            return BAD
        if word in spelled:
            return spelled[word]
        if word in missing:
            return None
        if column.type == "category":
            return BAD
        value = convert(cell.rstrip().removesuffix("%") if column.in_percent and isinstance(cell, str) else cell)
        return value if value is BAD or value is None or _in_range(value, column) else BAD

    return parse


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


def _spellings(column: Column) -> dict[str, Scalar]:
    """Values by spelling; of an ordered scale the numbers behind the words."""
    return {
        normalise(spelling): int(value) if column.type == "integer" else value
        for value, words in column.values.items()
        for spelling in (value, *words)
    }


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
    words = re.findall(r"[^\W\d_]+", _as_text(cell).casefold().replace("ё", "е").translate(_LOOKALIKES))
    letters = {word for word in words if len(word) == 1}
    return letters.pop().upper() if len(letters) == 1 else None


_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")


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


def _short(words: Iterable[str]) -> str:
    listed = list(words)
    return ", ".join(listed[:8]) + (" …" if len(listed) > 8 else "")
