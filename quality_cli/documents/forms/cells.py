"""Cells of returned forms: what people write into them, understood."""

import datetime
import re
from difflib import SequenceMatcher

from quality_cli.catalogue.questions import Field
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.values.parse import BAD, Value, parse_cells
from quality_cli.documents.workbooks.look import clean

_LEADING = re.compile(r"^(да|нет|есть|имеется|отсутствует|\+)(?!\w)[\s.,;:!–—-]*(.*)$", re.IGNORECASE | re.DOTALL)
_OR = ("/", "\\", "|")
_YES = frozenset({"да", "есть", "имеется", "+"})
_SAME_QUESTION = 0.8


def understood(cell: object, field: Field) -> tuple[Value, str]:
    """The value of an answer cell; a word after «да» or «нет» is a remark, a per cent sign is no mistake."""
    if isinstance(cell, str) and field.percent:
        cell = cell.strip().removesuffix("%")
    (value,) = parse_cells([cell], field.column)
    if field.column.type != "flag":
        return (line(cell), "") if isinstance(value, str) else (value, "")
    if value is None and normalise(cell) in ("-", "–", "—"):
        return BAD, ""
    if value is not BAD:
        return value, ""
    leading = _LEADING.match(" ".join(str(cell).split()))
    if leading is None or leading[2][:1] in _OR or _LEADING.match(leading[2]):
        return BAD, ""
    return leading[1].casefold() in _YES, leading[2]


def line(cell: object) -> str:
    """A cell as one line of text; a date as people write it."""
    if isinstance(cell, datetime.date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell)) if cell is not None else ""


def similar(one: str, other: str) -> bool:
    """Whether two texts are one question in slightly different words."""
    return SequenceMatcher(None, normalise(one), normalise(other)).ratio() >= _SAME_QUESTION
