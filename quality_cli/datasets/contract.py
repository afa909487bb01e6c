"""Contracts of datasets: what a table must hold, independently of any export (``indicator_specs/datasets/``)."""

from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, Scalar
from quality_cli.core.yamlfile import Strict

ColumnType: TypeAlias = Literal["organisation", "integer", "number", "flag", "category", "text", "numbers"]

NUMERIC: frozenset[ColumnType] = frozenset({"integer", "number", "flag"})
"""Kept as float64 with NaN for unknown; every other type is a categorical. ``numbers`` is a family of columns."""


class ScaleLookup(Strict):
    """A value found by thresholds: the last threshold column whose number the score reaches."""

    dataset: str
    match: list[str]
    score: str
    lowest: int
    thresholds: dict[str, int]


class Derivation(Strict):
    """How a column is filled where the export leaves it empty; exactly one way."""

    where: Where | None = None
    scale: ScaleLookup | None = None
    sum_of: str | None = None
    only: Where = Field(default=TRUE)

    @model_validator(mode="after")
    def _one_way(self) -> "Derivation":
        if sum(way is not None for way in (self.where, self.scale, self.sum_of)) != 1:
            raise ValueError("у «derive» должен быть ровно один способ: where, scale или sum_of")
        return self


class Column(Strict):
    """A column: its title is the header of our own table; ``headers`` are spellings in real exports.

    ``values_of: vpr.subject`` takes the values of another column, so that both understand the same spellings.
    """

    title: str
    type: ColumnType
    headers: list[str] = []
    required: bool = False
    values: dict[str, list[str]] = {}
    values_of: str = ""
    missing: list[str] = []
    min: float | None = None
    max: float | None = None
    default: Scalar | None = None
    derive: Derivation | None = None
    note: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers or flags rather than words."""
        return self.type in NUMERIC


class PeriodRule(Strict):
    """Which school year a row belongs to; without a rule the table is valid for every year."""

    spring_of: str


class Contract(Strict):
    """A dataset: grain, key, period, columns.

    ``empty_means``: what a unit without a single row tells: nothing happened there (``zero``: the table is a
    complete register) or nothing is known of it (``no_data``). ``concerns`` selects organisations of the register.
    """

    dataset: str
    title: str
    grain: str
    key: list[str] = []
    period: PeriodRule | None = None
    organisation: str | None = None
    concerns: Where = Field(default=TRUE)
    empty_means: Literal["zero", "no_data"] = "no_data"
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _columns_exist(self) -> "Contract":
        named = [*self.key, self.organisation or "", self.period.spring_of if self.period else ""]
        for name in filter(None, named):
            if name not in self.columns:
                raise ValueError(f"в наборе «{self.dataset}» нет столбца «{name}»{closest(name, self.columns)}")
        if self.period and not self.columns[self.period.spring_of].required:
            raise ValueError(f"столбец «{self.period.spring_of}» задаёт учебный год: укажите «required: да»")
        return self
