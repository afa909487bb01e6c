"""Contracts of datasets: what a table must hold, independently of any export (``indicator_specs/datasets/``)."""

import re
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, Scalar, columns_in_order, columns_of
from quality_cli.core.yamlfile import Strict, wrong
from quality_cli.datasets.contracts.reports import Obligation

REGISTER = "organisations"
"""The dataset that holds the register of organisations: every figure is placed by it."""

STATEMENTS = "statements"
"""The dataset of «Сведений нет»."""

ColumnType: TypeAlias = Literal[
    "organisation", "integer", "number", "flag", "year", "period", "date", "category", "text", "letter", "numbers"
]

Person: TypeAlias = Literal["pupil", "employee"]
"""Whom a personal column tells: children join children and employees join employees."""

Counted: TypeAlias = Literal["children", "staff", "organisations", "documents", "works", "events", "people", "records"]
"""What a number is a number of; ``people``: parents and others; ``records``: the contract says no more."""

YES, NO = "да", "нет"
"""The values of a flag, as its spellings are written beside them."""

OPEN = "…"
"""The end of a spelling that stands for every text that begins with it."""

Nature: TypeAlias = Literal["outcome", "fact"]
"""What kind of fact a figure is. An ``outcome`` (marks, levels) is a sample of what children can do: another day would
give another value, so an interval describes it. A ``fact`` (staff, documents, programmes) is counted exactly."""

NUMERIC: frozenset[ColumnType] = frozenset({"integer", "number", "flag", "year", "period"})
"""Kept as float64 with NaN for unknown; every other type is a categorical. ``numbers`` is a family of columns.

An ordered scale of words (levels) is an integer whose ``values`` spell each number; a ``year`` is a calendar year, a
``period`` a school year by its first calendar year: dates are understood in both. A ``letter`` is the one letter of a
cell («4А», «а(1)»), unknown where there is none or several. A ``date`` is a word in ISO form («2026-04-20»): so written
days compare as they follow each other."""


FAMILY_MAX, FAMILY_FILLED, FAMILY_HEADS = "max", "filled", "heads"
"""Members of a family of columns that tell of the others: the sum of the maxima that their headers state, whether
the row fills any of them (with a word for «not attempted», too), and what the headers of the row's sheet say
(:class:`Head`, as one text)."""

FAMILY_ABOUT = (FAMILY_MAX, FAMILY_FILLED, FAMILY_HEADS)

PLACE = re.compile(r"\{(\w+)\}")


def places_in(text: str) -> list[str]:
    """Names of the {column} places of a text."""
    return PLACE.findall(text)


class Head(NamedTuple):
    """What stands above a column of a family: its label, its greatest value and its mark, as they are written."""

    label: str
    top: str = ""
    mark: str = ""

    @classmethod
    def told(cls, text: str) -> "list[Head]":
        """The heads of a sheet from their text."""
        return [cls(*line.split("\t")) for line in text.split("\n")]

    def __str__(self) -> str:
        return "\t".join(" ".join(part.split()) for part in self)


class ScaleLookup(Strict):
    """A value found by thresholds: the last threshold column whose number the score reaches; or the ``distance``, the
    score less the nearest threshold (of two as near the lower)."""

    dataset: str
    match: list[str]
    score: str
    lowest: int
    thresholds: dict[str, int]
    gives: Literal["mark", "distance"] = "mark"


class WordMap(Strict):
    """A word found by the word of another column of the same row."""

    column: str
    words: dict[str, str]


class EarlierValue(Strict):
    """A value of an earlier row of a dataset with the same keys: the same child's former result.

    ``match`` maps own columns to columns of ``dataset``; of several earlier school years the latest counts, of several
    rows of that year the greatest value. Where fewer than ``least_found`` per cent of the rows find one, what is made
    of those that do is not whole.
    """

    dataset: str
    match: dict[str, str]
    value: str
    least_found: int = Field(default=0, ge=0, le=100)


class ShareOf(Strict):
    """A count told only as a share: ``share`` per cent of the number in the column ``of``, rounded to a whole."""

    share: str
    of: str


_WAYS = (
    *("where", "scale", "sum_of", "difference", "max_of", "filled_of", "share_of", "map", "earlier"),
    *("since_main", "latest_round", "text", "percent"),
)


class Derivation(Strict):
    """How a column is filled where the export leaves it empty; exactly one way.

    ``max_of`` is the greatest sum that a family of columns allows by the maxima in its headers, ``filled_of`` whether
    the row fills any of them; both are unknown where the table has no such columns.
    ``difference`` is the first of two columns of the row less the second: a paired change, unknown where either is.
    ``since_main``, in a row of a round: the column less what stands there in the row of the year itself, that of the
    same key but for the round. ``latest_round``: whether the row is of the last round that its school year has for the
    same values of these columns; a value that is unknown tells nothing.
    ``percent``: the first of two columns of the row in per cent of the second, unknown where that is 0.
    ``text``: a word made of other cells of the row, by a text with {column} places; unknown where one of them is.
    With ``verify`` a given value is compared with what the rule gives: it stays, a difference is a finding.
    """

    where: Where | None = None
    scale: ScaleLookup | None = None
    sum_of: str | list[str] | None = None
    difference: list[str] | None = Field(default=None, min_length=2, max_length=2)
    max_of: str | None = None
    filled_of: str | None = None
    share_of: ShareOf | None = None
    map: WordMap | None = None
    earlier: EarlierValue | None = None
    since_main: str | None = None
    latest_round: list[str] | None = Field(default=None, min_length=1)
    text: str | None = None
    percent: list[str] | None = Field(default=None, min_length=2, max_length=2)
    only: Where = Field(default=TRUE)
    verify: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Derivation":
        if sum(getattr(self, way) is not None for way in _WAYS) != 1:
            known = f"{', '.join(_WAYS[:-1])} или {_WAYS[-1]}"
            raise ValueError(f"у «derive» должен быть ровно один способ: {known}")
        return self

    @property
    def gives_numbers(self) -> bool:
        """Whether the way gives numbers or flags: a word or a former value may be anything."""
        return self.map is None and self.earlier is None and self.text is None

    @property
    def summed(self) -> list[str]:
        """Columns (or the one family) that are added up."""
        return [self.sum_of] if isinstance(self.sum_of, str) else list(self.sum_of or ())

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the row (not families of them) that the rule looks at, each once."""
        found = [*columns_in_order(self.only), *self.summed, *(self.difference or ()), *(self.percent or ())]
        if self.where is not None:
            found += columns_in_order(self.where)
        if self.scale is not None:
            found += [*self.scale.match, self.scale.score]
        if self.share_of is not None:
            found += [self.share_of.share, self.share_of.of]
        if self.map is not None:
            found.append(self.map.column)
        if self.earlier is not None:
            found += self.earlier.match
        found += [self.since_main] if self.since_main else self.latest_round or ()
        found += places_in(self.text or "")
        return tuple(dict.fromkeys(found))


class Column(Strict):
    """A column: its title is the header of our own table; ``headers`` are spellings in real exports.

    ``values_of: vpr.subject`` takes the values of another column, so that both understand the same spellings.
    Cells of a ``personal`` column tell a person: whatever stands there, a pseudonym is kept in its place. A table may
    come without an ``optional`` column and lose nothing by it; of any other that figures rest on it is told.
    A flag may have ``values``, too, spellings of «да» and «нет»; those of every flag are in
    :mod:`quality_cli.datasets.contracts.words`. A number may be ``spelled`` as a grade
    («8-й класс», «VIII») or even as one class of it («8А»): not where the numbers of a grade stand in one row. A text
    that is ``spelled`` as a class stays as it is and tells namesakes apart.
    With ``several`` a cell holds any number of values, kept with :data:`~quality_cli.core.where.BETWEEN` between them.
    """

    title: str
    type: ColumnType
    headers: list[str] = []
    required: bool = False
    personal: Person | None = None
    counted: Counted | None = None
    values: dict[str, list[str]] = {}
    values_of: str = ""
    spelled: Literal["grade", "class"] | None = None
    missing: list[str] = []
    min: float | None = None
    max: float | None = None
    default: Scalar | None = None
    derive: Derivation | None = None
    optional: bool = False
    several: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _person_is_text(self) -> "Column":
        if self.personal and (self.type != "text" or self.values or self.derive or self.default is not None):
            raise ValueError("столбец с ключом «personal» — текст: без values, default и derive")
        return self

    @model_validator(mode="after")
    def _values_are_sound(self) -> "Column":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise wrong(f"наименьшее значение (min: {self.min:g}) больше наибольшего (max: {self.max:g})", "min")
        if self.type == "category" and not self.values and not self.values_of:
            raise wrong("у столбца category перечисляют значения: values: {значение: [написания]}", "type")
        if self.type == "flag" and (strange := [word for word in self.values if word not in (YES, NO)]):
            raise wrong(f"у столбца flag бывают только «{YES}» и «{NO}», а здесь «{strange[0]}»", "values")
        if self.spelled and self.type != "integer" and (self.spelled, self.type) != ("class", "text"):
            raise wrong("классом («8 класс», «8А») пишут целое число: type: integer, а с буквой — и текст", "spelled")
        if self.type == "category" and self.values and self.default is not None and self.default not in self.values:
            raise wrong(f"значения «{self.default}» нет в values{closest(self.default, self.values)}", "default")
        meant: dict[str, str] = {}
        for value, words in self.values.items():
            for word in (value, *words):
                if meant.setdefault(word.casefold(), value) != value:
                    raise wrong(f"написание «{word}» — и у «{meant[word.casefold()]}», и у «{value}»", "values", value)
        return self

    @model_validator(mode="after")
    def _several_words(self) -> "Column":
        if not self.several:
            return self
        if self.type not in ("category", "text") or self.personal:
            raise ValueError("«several» (несколько значений в ячейке) бывает у столбцов category и text без personal")
        spellings = [word for value, words in self.values.items() for word in (value, *words)]
        if any(mark in word for word in spellings for mark in ";\n"):
            raise ValueError(
                "значение столбца с «several» не может содержать «;» и перевод строки: они разделяют значения"
            )
        return self

    @cached_property
    def place(self) -> str:
        """The expression that a {place} of this column matches in a text: known spellings only, or digits."""
        if self.type in ("integer", "year"):
            return r"\d+"
        if self.type == "number":
            return r"\d+(?:[.,]\d+)?"
        if self.type == "period":
            return r"\d{4}\s*[/\\–-]\s*(?:\d{4}|\d{2})(?!\d)"
        if self.type == "category":
            spellings = {word for value, words in self.values.items() for word in (value, *words)}
            ordered = sorted(spellings, key=lambda word: (-len(word), word))
            known = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)
            return rf"(?<![^\W\d_])(?:{known})"
        return ".+?" if self.type != "organisation" else ".+"

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers or flags rather than words."""
        return self.type in NUMERIC

    @property
    def in_percent(self) -> bool:
        """Whether its numbers are per cents: its title ends so. Then «85 %» is 85; elsewhere it is no number."""
        return self.type in ("integer", "number", "numbers") and self.title.rstrip().endswith("%")

    @property
    def things(self) -> Counted | None:
        """What its distinct values (or its sum) are: as declared, else what follows from the type."""
        if self.counted or not self.personal:
            return self.counted or ("organisations" if self.type == "organisation" else None)
        return "children" if self.personal == "pupil" else "staff"


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
