"""What a contract has checked of the rows of its table."""

from typing import Literal

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, columns_of
from quality_cli.core.yamlfile import Strict


class ExistsIn(Strict):
    """The key of a row must be found in another table; ``match`` maps own columns to its columns.

    Nothing is asked where that table is not loaded for the school year of the row, or where the key is unknown.
    """

    dataset: str
    match: dict[str, str] = Field(min_length=1)
    where: Where = Field(default=TRUE)


class Whole(Strict):
    """What a total must not exceed: a sum or distinct values (else rows) of another table with the same keys.

    ``times`` above 1 leaves room where the two were counted at different dates.
    """

    dataset: str
    match: dict[str, str] = Field(min_length=1)
    where: Where = Field(default=TRUE)
    sum: str | None = None
    distinct: str | None = None
    times: float = Field(default=1, ge=1)


class Total(Strict):
    """A sum or distinct values (else rows) of each group of rows, and what it must not exceed."""

    by: list[str] = Field(min_length=1)
    sum: str | None = None
    distinct: str | None = None
    at_most: Whole

    @model_validator(mode="after")
    def _matched(self) -> "Total":
        for name in self.at_most.match:
            if name not in self.by:
                raise ValueError(f"ключа «{name}» из «at_most» нет в «by»{closest(name, self.by)}")
        if any(part.sum and part.distinct for part in (self, self.at_most)):
            raise ValueError("у «total» и «at_most» не больше одного ключа: sum или distinct")
        return self


class Single(Strict):
    """One value of a column for each key: one organisation for each pupil."""

    value: str
    per: list[str] = Field(min_length=1)


class Check(Strict):
    """What must hold in a dataset; exactly one kind. ``title`` says what is wrong where it does not hold.

    ``only`` chooses the rows that are checked. Rows are compared within one school year. What cannot be decided
    because a cell is unknown is not a problem. A check never changes data.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    hint: str = ""
    severity: Literal["error", "warning"] = "warning"
    only: Where = Field(default=TRUE)
    must: Where | None = None
    exists_in: ExistsIn | None = None
    total: Total | None = None
    one: Single | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Check":
        if sum(kind is not None for kind in (self.must, self.exists_in, self.total, self.one)) != 1:
            raise ValueError("у проверки должен быть ровно один вид: must, exists_in, total или one")
        if self.must is not None and not columns_of(self.must):
            raise ValueError("у «must» нет ни одного столбца")
        return self
