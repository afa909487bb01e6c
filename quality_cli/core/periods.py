"""School years: the only period of a result."""

import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_PERIOD = re.compile(r"^\s*(\d{4})\s*[/\\–-]\s*(\d{4}|\d{2})\s*$")


def is_day(text: str) -> bool:
    """Whether a text is a day in ISO form."""
    return _DAY.fullmatch(text) is not None


def first_day(year: int) -> str:
    """The day on which the school year of this first calendar year begins, in ISO form."""
    return f"{year}-09-01"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A school year by its first calendar year: ``Period(2025)`` is 2025/2026."""

    start: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2025/2026``, ``2025-2026`` or ``2025/26``; raise ``ValueError`` otherwise."""
        match = _PERIOD.match(text)
        if not match or not str(int(match[1]) + 1).endswith(match[2]):
            raise ValueError(f"учебный год пишется как 2025/2026, а дано «{text}»")
        return cls(int(match[1]))

    @classmethod
    def of_spring(cls, year: int) -> "Period":
        """The school year that ends in the spring of ``year``."""
        return cls(year - 1)

    def shifted(self, years: int) -> "Period":
        """The school year ``years`` later (negative: earlier)."""
        return Period(self.start + years)

    def __str__(self) -> str:
        return f"{self.start}/{self.start + 1}"


def _written(value: object) -> Period:
    return Period.parse(str(value))


SchoolYear: TypeAlias = Annotated[
    Period, BeforeValidator(_written), WithJsonSchema({"type": "string", "examples": ["2025/2026"]})
]
"""A school year as a field of a file: written ``2025/2026``."""
