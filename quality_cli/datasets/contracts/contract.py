"""Contracts of datasets: what a table must hold, independently of any export (``indicator_specs/datasets/``)."""

import re
from functools import cached_property
from typing import Any, Literal, TypeAlias

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE
from quality_cli.core.yamlfile import Strict, wrong
from quality_cli.datasets.contracts.checks import Check
from quality_cli.datasets.contracts.column import Column, Counted
from quality_cli.datasets.contracts.reports import Obligation

REGISTER = "organisations"
"""The dataset that holds the register of organisations: every figure is placed by it."""

STATEMENTS = "statements"
"""The dataset of «Сведений нет»."""

Nature: TypeAlias = Literal["outcome", "fact"]
"""What kind of fact a figure is. An ``outcome`` (marks, levels) is a sample of what children can do: another day would
give another value, so an interval describes it. A ``fact`` (staff, documents, programmes) is counted exactly."""


class PeriodRule(Strict):
    """Which school year a row belongs to: by the year of its spring or by a column that names the school year.

    Without a rule the table is valid for every year. ``round`` is a column that tells which round of the school year
    the row is of (a quarter, a repeated monitoring), whatever its date; blank: of the year itself. Rounds are in the
    order of its values.
    """

    spring_of: str | None = None
    school_year: str | None = None
    round: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "PeriodRule":
        if (self.spring_of is None) == (self.school_year is None):
            raise ValueError("у «period» должен быть ровно один ключ: spring_of или school_year")
        return self

    @property
    def column(self) -> str:
        """The column that tells."""
        return self.spring_of or self.school_year or ""

    @property
    def shift(self) -> int:
        """What is added to the column's year to get the first calendar year of the school year."""
        return -1 if self.spring_of else 0


class FamilyRows(Strict):
    """The columns of a ``family`` as rows: which columns of the union its label, its cell, its greatest value and its
    mark (:class:`Head`) fill; an empty name: none."""

    family: str
    label: str
    value: str
    max: str = ""
    mark: str = ""

    @property
    def filled(self) -> dict[str, str]:
        """The columns of the union by the key that names them."""
        return {key: name for key in ("label", "value", "max", "mark") if (name := getattr(self, key))}


class Member(Strict):
    """A table of a union: those of its rows that satisfy ``where``; ``columns`` maps own columns to its columns, where
    they are not of the same name. With ``unpivot`` each known cell of a family of its columns is a row."""

    dataset: str
    where: Where = Field(default=TRUE)
    columns: dict[str, str] = {}
    unpivot: FamilyRows | None = None

    def theirs(self, name: str, own: "Contract", other: "Contract") -> str:
        """The column of the table that fills an own one; «» where none does. Organisation and year follow."""
        if self.unpivot is not None and name in self.unpivot.filled.values():
            return ""
        if name not in self.columns and name == own.organisation:
            return other.organisation or ""
        found = self.columns.get(name, name)
        return found if found in other.columns else ""


class FactTitle(Strict):
    """How a number that stands for some rows of a list is asked for: how many there are ``where``, or what of them is
    counted (``distinct``) or added up (``sum``)."""

    title: str
    where: Where = Field(default=TRUE)
    distinct: str | None = None
    sum: str | None = None


class Contract(Strict):
    """A dataset: grain, key, period, columns, checks.

    ``concerns`` selects organisations of the register.
    ``reports``: who owes what of it (:mod:`quality_cli.datasets.contracts.reports`). A report that was received and has
    no matching rows is a zero; where nobody owes anything (an empty list) silence never is.
    ``facts``: that numbers of a collection form may stand for its rows (:mod:`quality_cli.catalogue.facts`), and the
    words in which they are asked for. ``by_numbers``: rows that say so much of a child that organisations are always
    asked for numbers in their place; a list of them that comes all the same is read.
    ``counted``: what a row is, or what its numbers are numbers of; ``nature``: whether they are outcomes or facts. Both
    hold for every figure that says nothing else. ``child``: the columns that together tell apart the children behind
    rows that are their works; works of one child depend on each other, so uncertainty is judged by children; no child
    writes more than ``most_works``.
    ``untargeted``: why organisations can be given no target on such figures.
    ``union``: nobody sends such a table, its rows are those of others (:mod:`quality_cli.datasets.derivation.union`).
    ``ignored`` are headers that stand in tables of the dataset and are known to be needed for nothing.
    """

    dataset: str
    title: str
    grain: str
    key: list[str] = []
    period: PeriodRule | None = None
    organisation: str | None = None
    concerns: Where = Field(default=TRUE)
    reports: list[Obligation] | None = None
    facts: list[FactTitle] | None = None
    by_numbers: Where | None = None
    counted: Counted = "records"
    nature: Nature = "fact"
    child: list[str] = []
    most_works: int = Field(default=1, gt=0)
    untargeted: str = ""
    columns: dict[str, Column]
    ignored: list[str] = []
    checks: list[Check] = []
    union: list[Member] = []

    @property
    def round(self) -> str | None:
        """The column that tells the round of the school year; None where the dataset has no rounds."""
        return self.period.round if self.period else None

    @property
    def rounds(self) -> tuple[str, ...]:
        """The rounds of a school year, in their order."""
        return tuple(self.columns[self.round].values) if self.round else ()

    @property
    def rounds_are_reports(self) -> bool:
        """Whether a round is a report of its own, so that its rows tell nothing of the year itself: where reports say
        so, and where each question is one."""
        return not self.obligations or any(self.round in obligation.each for obligation in self.obligations)

    @property
    def blank_round(self) -> str:
        """The column that is blank in rows of a report of the year itself; «» where such a report may have others."""
        return self.round if self.round and self.rounds_are_reports else ""

    def is_numeric(self, name: str) -> bool:
        """Whether a column of a table holds numbers; its school year does."""
        return name not in self.columns or self.columns[name].is_numeric

    @cached_property
    def obligations(self) -> tuple[Obligation, ...]:
        """Who owes what; of a contract that says nothing of it, each organisation. Rows of a union are owed as those of
        its tables."""
        if self.reports is not None:
            return tuple(self.reports)
        if self.organisation is None or self.union or self.dataset == REGISTER:
            return ()
        return (Obligation(),)

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """Texts with places of its columns that were looked for, compiled: the same few are, in every sheet."""
        return {}

    @cached_property
    def amounts(self) -> tuple[str, ...]:
        """Columns whose numbers add up over rows: whole numbers without a greatest value that no rule derives. Only the
        key tells what a row's numbers are about, and a table of people, one row for each, has none."""
        if not self.key or any(column.personal for column in self.columns.values()):
            return ()
        return tuple(
            name
            for name, column in self.columns.items()
            if column.type == "integer" and name not in self.key and not (column.values or column.derive)
            if column.max is None
        )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What the key says of a row's numbers beside the organisation and the school year (with its round)."""
        placed = {self.organisation, self.period and self.period.column, self.round}
        return tuple(name for name in self.key if name not in placed)

    @cached_property
    def per_work(self) -> frozenset[str]:
        """What tells works of one child apart: where all of these are known, works are as many as children."""
        kept = {*self.child, self.organisation, self.period and self.period.column}
        return frozenset(name for name in self.key if name not in kept)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every text the contract knows: titles, headers and spellings of values."""
        return tuple(
            text
            for column in self.columns.values()
            for text in (
                *(column.title, *column.headers, *column.missing),
                *(word for value, words in column.values.items() for word in (value, *words)),
            )
        )

    @model_validator(mode="before")
    @classmethod
    def _silence_means_nothing(cls, data: Any) -> Any:
        """The key of version 0.1.0 that said whether silence is a zero."""
        if isinstance(data, dict) and "empty_means" in data:
            whole = data["empty_means"] == "zero" and "reports" not in data
            now = "напишите вместо него «reports: [{by: register}]»: один список на всех" if whole else "уберите его"
            raise wrong(f"ключа больше нет: 0 — это полученный отчёт без подходящих строк; {now}", "empty_means")
        return data

    @model_validator(mode="after")
    def _columns_exist(self) -> "Contract":
        named = [*self.key, *self.child, self.organisation, self.period and self.period.column, self.round]
        for name in named:
            if name is not None and name not in self.columns:
                raise ValueError(f"в наборе «{self.dataset}» нет столбца «{name}»{closest(name, self.columns)}")
        if self.union and self.key:
            raise ValueError("у объединения таблиц («union») нет ключа: повторы видны в самих таблицах, уберите «key»")
        ids = [check.id for check in self.checks]
        if len(set(ids)) < len(ids):
            raise ValueError("имена проверок («id») в наборе не должны повторяться")
        own = self.columns[self.organisation] if self.organisation else None
        if own and own.type != "organisation" and self.dataset != REGISTER:
            raise wrong(
                f"столбец «{self.organisation}» называет организацию: у него type: organisation", "organisation"
            )
        if self.period and self.columns[self.period.column].type not in ("year", "period", "integer"):
            raise wrong(
                f"столбец «{self.period.column}» задаёт учебный год: у него type: period (учебный год) или year "
                "(календарный)",
                "period",
            )
        if self.period and not self.columns[self.period.column].required:
            raise ValueError(f"столбец «{self.period.column}» задаёт учебный год: укажите «required: да»")
        return self

    @model_validator(mode="after")
    def _rounds_are_told_apart(self) -> "Contract":
        if self.round is not None:
            column = self.columns[self.round]
            if column.type != "category" or column.several or column.required or column.default is not None:
                raise wrong(
                    f"столбец «{self.round}» называет этап года: у него type: category без several, required и default "
                    "(пустая ячейка — сам год)",
                    "period",
                )
            if self.key and self.round not in self.key:
                raise wrong(f"этап различает строки: добавьте «{self.round}» в key", "key")
        for name, column in self.columns.items():
            rule = column.derive
            if rule and (rule.since_main or rule.latest_round) and (self.round is None or not self.key):
                raise wrong(
                    "since_main и latest_round — там, где есть key и этапы (period: {round: …})", "columns", name
                )
        return self

    @model_validator(mode="after")
    def _reports_are_told_apart(self) -> "Contract":
        for name in (name for item in self.reports or () for name in item.each):
            if name not in self.columns:
                raise ValueError(f"в наборе «{self.dataset}» нет столбца «{name}»{closest(name, self.columns)}")
            column = self.columns[name]
            if column.several or column.personal or column.type == "numbers":
                raise ValueError(
                    f"по столбцу «{name}» отчёты не различить: в «each» — столбцы с одним известным словом"
                )
        if self.reports and self.union:
            raise ValueError("за объединение таблиц никто не отчитывается: «reports» — у самих таблиц")
        if self.organisation is None and any(item.by != "register" for item in self.reports or ()):
            raise ValueError("в таблице нет организации: у «reports» может быть только «by: register»")
        return self


def with_reports(register: Contract, dataset: Contract, obligation: Obligation) -> Contract:
    """What ``who`` is a condition over: the columns of the register and, where it has no such, those of ``each``."""
    each = {name: dataset.columns[name] for name in obligation.each if name in dataset.columns}
    return register.model_copy(update={"columns": {**each, **register.columns}})
