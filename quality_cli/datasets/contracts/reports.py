"""Who owes a report of a dataset, and what is a report of its own: the ground of completeness."""

from typing import Literal

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.periods import Period, SchoolYear
from quality_cli.core.where import Scalar
from quality_cli.core.yamlfile import Strict


class Obligation(Strict):
    """Reports of a dataset that somebody owes in every school year (``since`` … ``until``).

    ``by``: ``each`` organisation for itself, the ``office`` for everything under it, or a ``register`` that covers
    everybody at once: any of its rows tells that it was received. ``who`` chooses among the organisations (else those
    the dataset concerns): a condition over a row of the register which may also name the columns of ``each``, for the
    report in question.
    ``each``: values of columns; every combination of them is a report of its own, one does not vouch for another.
    ``drawn``: of the values of a column so many are drawn, nobody knows which until a report
    comes or a table of ``drawn_in`` has rows of it (they have the same columns): any of them will do.
    """

    by: Literal["each", "office", "register"] = "each"
    who: Where | None = None
    each: dict[str, list[Scalar]] = {}
    drawn: dict[str, int] = Field(default={}, max_length=1)
    drawn_in: list[str] = []
    since: SchoolYear | None = None
    until: SchoolYear | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Obligation":
        if self.who is not None and self.by != "each":
            raise ValueError("«who» выбирает организации: пишется только при «by: each»")
        if self.drawn_in and not self.drawn:
            raise ValueError("«drawn_in» говорит, где ещё видно, что выпало: пишется только при «drawn»")
        for name, number in self.drawn.items():
            if name not in self.each:
                raise ValueError(f"столбца «{name}» из «drawn» нет в «each»{closest(name, self.each)}")
            if not 0 < number < len(self.each[name]):
                raise ValueError(f"«drawn»: из {len(self.each[name])} значений «{name}» выбрать {number} нельзя")
        for name, values in self.each.items():
            if not values or len(set(values)) < len(values):
                raise ValueError(f"«each»: у столбца «{name}» нужны значения, и каждое один раз")
        return self

    def holds_in(self, year: int) -> bool:
        """Whether it is owed in the school year that begins in ``year``."""
        period = Period(year)
        return (self.since is None or self.since <= period) and (self.until is None or period <= self.until)
