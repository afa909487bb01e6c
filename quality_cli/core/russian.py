"""Russian wording of numbers and lists, without a dependency: agreement, decimal comma, no-break spaces.

The no-break space is always U+00A0: the narrow U+202F cannot be written to a cp1251 or cp866 console.
"""

import math
import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

NBSP = "\u00a0"
MINUS = "\u2212"
NO_DATA = "н/д"

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
_MONTHS = [
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
]  # fmt: skip
_UNITS = {"работ": ("работа", "работы", "работ")}
"""Units of measure that are whole words, as the catalogue writes them: after 1, after 2, after 5."""
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)  # wide enough for any float
_GLUED_SPACES = re.compile(
    r"(?<=№) +"  # № 5
    r"| +(?=[—%])"  # Рисунок 1 — …; 5 %
    r"|(?<=\bг\.) +|(?<=\bп\.) +(?=п\.)"  # г. Красноярск; п. п.
    r"|(?<=\d) +(?=[гп]\.)"  # 2026 г.; 3 п. п.
    r"|(?<=\b[А-ЯЁ]\.) +(?=[А-ЯЁ])"  # И. И. Иванова
)


def plural(n: float, one: str, few: str, many: str) -> str:
    """Choose the noun's form after the number ``n``: 1 школа, 2 школы, 5 школ; 1,5 школы (CLDR rules)."""
    if n != int(n):
        return few
    units, tens = abs(int(n)) % 10, abs(int(n)) % 100
    if units == 1 and tens != 11:
        return one
    return few if 2 <= units <= 4 and not 12 <= tens <= 14 else many


def agreed(noun: str, masculine: str, feminine: str, neuter: str, plural: str) -> str:
    """Choose the form that agrees with a phrase in the nominative, by its first word: «доля … выросла», «число …
    выросло», «охват … вырос», «показатели … выросли»."""
    first = noun.split(" ", 1)[0].strip("«»,.:;").lower()
    for endings, form in (
        (("ы", "и", "ые", "еся"), plural),
        (("а", "я", "сть", "знь"), feminine),
        (("о", "е", "ё"), neuter),
    ):
        if first.endswith(endings):
            return form
    return masculine


def counted(n: float, one: str, few: str, many: str) -> str:
    """Return the number with its noun: «5 школ», «12,5 процента»."""
    return f"{num(int(n) if n == int(n) else n)}{NBSP}{plural(n, one, few, many)}"


def unit_after(n: float, unit: str) -> str:
    """A unit of measure as it reads after the number ``n``: «3 работы»; abbreviations («чел.», «%») do not change."""
    return plural(n, *_UNITS[unit]) if unit in _UNITS else unit


def num(x: float | None, digits: int = 1) -> str:
    """Write a number: «1 234» for an integer, «12,5» rounded half up to ``digits`` for a float, «н/д» for no value."""
    if x is None or not math.isfinite(x):
        return NO_DATA
    exact = Decimal(str(x))
    rounded = exact if isinstance(x, int) else exact.quantize(Decimal(1).scaleb(-digits), context=_ROUNDING)
    text = f"{rounded.copy_abs():,f}".replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def pct(x: float | None, digits: int = 1) -> str:
    """Write a value given in per cent: «12,5 %»."""
    text = num(x, digits)
    return text if text == NO_DATA else f"{text}{NBSP}%"


def pp(x: float | None, digits: int = 1) -> str:
    """Write a difference of two percentages, always signed unless zero: «+3,4 п. п.»."""
    text = num(x, digits)
    if text == NO_DATA:
        return text
    is_zero = not text.strip("0,")
    sign = "" if is_zero or text.startswith(MINUS) else "+"
    return f"{sign}{text}{NBSP}п.{NBSP}п."


def points(x: float | None, digits: int = 1) -> str:
    """Write how far two percentages are apart, unsigned: «выросла на 3,4 п. п.», «снизилась на 3,4 п. п.»."""
    return pp(x, digits).lstrip(f"+{MINUS}")


def month_number(text: str) -> int:
    """1 for «1», «01», «январь» or «января», in any case; 0 for what is no month."""
    word = text.strip().lower()
    if word.isdecimal():
        number = int(word)
        return number if number <= len(MONTHS) else 0
    return next((number for number, names in enumerate(zip(MONTHS, _MONTHS, strict=True), start=1) if word in names), 0)


def date_ru(day: date) -> str:
    """Write a date in words: «5 ноября 2026 г.»."""
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]} {day.year}{NBSP}г."


def enumerate_ru(items: Sequence[str]) -> str:
    """Join a list as a sentence does: «a, b и c»."""
    *head, last = items or [""]
    return f"{', '.join(head)} и {last}" if head else last


def ranges(numbers: Sequence[int]) -> str:
    """«2–5, 9» for ascending whole numbers."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs)


def typography(text: str) -> str:
    """Replace the spaces at which a line must not break («№ 5», «5 %», «слово —», «2026 г.») by no-break ones."""
    return _GLUED_SPACES.sub(NBSP, text)
