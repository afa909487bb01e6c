"""The catalogue as written in YAML: groups, indicators, parts, worked examples.

Terms follow HL7 FHIR Measure: population I, denominator D = I ∧ d, exclusion X, numerator N = (D ∧ ¬X) ∧ n.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from quality_cli.core.conditions import ValueCondition, Where
from quality_cli.core.ids import INDICATOR_ID
from quality_cli.core.organisations import Level
from quality_cli.core.periods import SchoolYear
from quality_cli.core.where import TRUE, Scalar
from quality_cli.core.yamlfile import KeyPath, Strict, wrong
from quality_cli.datasets.contracts.column import Counted
from quality_cli.datasets.contracts.contract import Nature

Measure: TypeAlias = Literal["share", "distribution", "count", "rate", "mean", "flag", "share_of_orgs"]
"""share and distribution: 100·N/D; rate: ``per``·N/D; mean: N/D of a sum; count: N; flag: да where N > 0;
share_of_orgs: organisations whose own value (``of``) satisfies ``condition``, among those that have a value."""

SUM, DISTINCT, LAST = "sum", "distinct", "last"
"""How a year is made of its rounds: their rows add up; a value that is in several counts once; the last one counts."""

BaseMeasure: TypeAlias = Literal["share", "count", "rate", "mean"]


Status: TypeAlias = Literal["ok", "partial", "no_data", "conflict", "not_applicable"]
"""What a row of the results is worth; each outweighs those before it."""

Climb: TypeAlias = Literal["share", "any", "all"]
"""How да/нет of organisations is told of a unit above them: share of those with «да», да if any, да if all."""

Respondent: TypeAlias = Literal["organisation", "expert"]
"""Who answers a question of a form about an organisation: it itself, or one for all of them."""

ANSWERS = "answers"
"""The dataset that collection forms fill: what nobody exports is asked."""


def _indicator_id(value: str) -> str:
    if not INDICATOR_ID.match(value):
        raise ValueError(
            f"показатель обозначается как 1.1.2-m1 или 1.1.2-s1, а дано «{value}»: номер, дефис, m (муниципалитет) или "
            "s (организация) и только цифры"
        )
    return value


def _month(value: str) -> str:
    if value.removesuffix(NEXT_YEAR) not in ("", *(f"{number:02}" for number in range(1, 13))):
        raise ValueError(
            f'месяц пишется двумя цифрами в кавычках: "06", следующего учебного года — "11+", а дано «{value}»'
        )
    return value


NEXT_YEAR = "+"
"""After a month: that of the school year after the one it is about."""

Month: TypeAlias = Annotated[
    str, AfterValidator(_month), WithJsonSchema({"type": "string", "pattern": r"^((0[1-9]|1[0-2])\+?)?$"})
]
IndicatorId: TypeAlias = Annotated[str, AfterValidator(_indicator_id)]
ReportLevel: TypeAlias = Annotated[Level, Field(strict=False)]


class Quantity(Strict):
    """What is counted: rows of a dataset, distinct values of a column (or of several together), or the sum of a column.

    A quantity that says nothing of it counts what the one it narrows counts: a numerator is of children where its
    denominator is. ``rows`` says that it counts rows all the same: works per child.
    """

    dataset: str | None = None
    where: Where = Field(default=TRUE)
    distinct: str | list[str] | None = None
    sum: str | None = None
    rows: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> "Quantity":
        if (self.distinct is not None) + (self.sum is not None) + self.rows > 1:
            raise ValueError("считают что-то одно: строки (rows), различные значения (distinct) или сумму (sum)")
        if self.distinct is not None and (not self.together or len(set(self.together)) < len(self.together)):
            raise ValueError("у «distinct» — столбец или список разных столбцов: [org, code]")
        return self

    @property
    def together(self) -> tuple[str, ...]:
        """The columns whose values are counted as one: a child is a school and a code."""
        return (self.distinct,) if isinstance(self.distinct, str) else tuple(self.distinct or ())


class Change(Strict):
    """The difference of the value with that of an earlier school year: ``{from: -1}`` is the year before; or the same
    in per cent of the earlier value: ``{from: -1, as: percent}``."""

    since: int = Field(alias="from", lt=0)
    kind: Literal["difference", "percent"] = Field(default="difference", alias="as")


class Applicability(Strict):
    """Units that the figure is about, by their row of the register.

    Of every table of the figure only their rows count, and those of the units under them; with ``rows: own`` only
    theirs: the office of a municipality, and not every school of it. The others get no row in the results, or, with
    ``otherwise``, «неприменимо» and this reason.
    """

    where: Where
    otherwise: str = ""
    rows: Literal["own", "under"] = "under"


class Definition(Strict):
    """Fields that a part or a figure beside may change; absent ones are taken from the indicator.

    ``asked`` is the question of a collection form: without a population the figure counts its answers «да».
    ``rounds`` says how the figure is made of the rounds of a school year, where its tables have such: they add up
    (:data:`SUM`), a value counts once in all of them (:data:`DISTINCT`), the last one counts (:data:`LAST`), or only
    the round named; without it rows of rounds do not enter.
    ``counted`` and ``nature`` say what the dataset's contract says otherwise.
    """

    measure: Measure | None = None
    population: Quantity | None = None
    denominator: Quantity | None = None
    exclude: Where | None = None
    numerator: Quantity | None = None
    per: int | None = Field(default=None, gt=0)
    unit: str | None = None
    asked: str | None = None
    of: BaseMeasure | None = None
    condition: ValueCondition | None = None
    change: Change | None = None
    organisations: Applicability | None = None
    rounds: str | None = None
    counted: Counted | None = None
    nature: Nature | None = None


class Source(Definition):
    """Another source of the same figure: the definition with some fields changed, its population first of all.

    It serves where the sources before it say nothing. Where both speak and differ by more than ``within`` (in the
    figure's unit), neither is believed.
    """

    id: str
    title: str
    within: float = Field(default=0, ge=0)


class Part(Definition):
    """One figure of several: the indicator's definition with some fields changed.

    An item of ``also`` changes the indicator's source of the same id. ``due`` is the month of its own question,
    ``respondent`` whom it is put to.
    """

    id: str
    title: str
    due: Month = ""
    respondent: Respondent | None = None
    also: list[Source] = []


class NotHeld(Strict):
    """School years in which there is no source for a stratum, by design of the procedure."""

    stratum: dict[str, Scalar]
    since: SchoolYear
    until: SchoolYear | None = None
    reason: str

    @model_validator(mode="after")
    def _in_order(self) -> "NotHeld":
        if self.until is not None and self.until < self.since:
            raise ValueError(f"until ({self.until}) раньше, чем since ({self.since})")
        return self


class Break(Strict):
    """A break in the series: values since this school year are not of the same thing as those before it.

    ``reason`` follows «с 2024/2025»: «ВПР пишут по другой программе».
    """

    since: SchoolYear
    reason: str


class SameChildren(Strict):
    """The parts that count children who did better and worse than they themselves did before; they are judged together.

    ``years``: how many school years lie between the two results; over a break of the series they say nothing.
    """

    improved: str
    worsened: str
    years: int = Field(default=1, gt=0)


COMPARED = ("numerator", "denominator", "value", "excluded", "unknown", "matched", "small", "status")
"""What a worked example may expect of a row of the results."""


def _no_longer_small(value: object) -> object:
    """Raise an error for what was a status up to 0.3.0."""
    if value == "small":
        raise wrong("малая выборка — не состояние, а признак рядом с ним: вместо «status: small» напишите «small: да»")
    return value


class Expectation(Strict):
    """One row of the results as counted by hand; only the keys given are compared. ``absent``: there is no such row."""

    at: str = "муниципалитет"
    part: str = ""
    period: SchoolYear | None = None
    stratum: dict[str, Scalar] = {}
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    excluded: int | None = None
    unknown: int | None = None
    matched: float | None = None
    small: bool | None = None
    status: Annotated[Status | None, BeforeValidator(_no_longer_small)] = None
    absent: bool = False


class Example(Strict):
    """A worked example: small text tables by dataset and the figures that must come out of them."""

    title: str = ""
    data: dict[str, str]
    expect: list[Expectation] = Field(min_length=1)


class Cycle(Strict):
    """The seven cells that direction 2.4 prints in the row of an indicator, from collection to effectiveness."""

    collection: list[str] = []
    monitoring: list[str] = []
    analysis: list[str] = []
    recommendations: list[str] = []
    measures: list[str] = []
    decisions: list[str] = []
    effectiveness: list[str] = []


def _printed(given: dict[str, Any]) -> str:
    """The official wording as a line of a table prints it: without the stop at its end."""
    return str(given.get("name", "")).rstrip(" .,;")


def _places(key: str, items: Sequence[Any]) -> list[KeyPath]:
    return [(key, number, "id") for number in range(len(items))]


def _apart(items: Sequence[Part | Source], places: Sequence[KeyPath]) -> None:
    """Raises an error at the second of two that have the same id."""
    seen: set[str] = set()
    for item, place in zip(items, places, strict=True):
        if item.id in seen:
            raise wrong(f"обозначение «{item.id}» уже есть: обозначения не повторяются", *place)
        seen.add(item.id)


class Indicator(Definition):
    """One indicator of the appendix.

    ``name`` is the official wording, verbatim; ``title`` is what documents, tables and lists print: edited where the
    wording has misprints, or names one district, year or act. ``short`` is how sentences and heads of columns call it,
    ``of_one`` how a share of organisations is told of one of them («Имеется видеонаблюдение»).
    ``by_organisation``: its wording asks for the figures of each organisation («в разрезе ОО»); the results have them
    of any indicator, the municipality's document lists them for this one.
    ``beyond``: the source does not ask for it. It is counted and seen by signals, and is of no level's report, in no
    form and in no count of what the source asks for.
    """

    id: IndicatorId
    name: str
    title: str = Field(default_factory=_printed)
    short: str = ""
    of_one: str = ""
    level: ReportLevel
    source_number: str = ""
    printed_indicator: str = ""
    by: list[str] = []
    by_organisation: bool = False
    beyond: bool = False
    climbs: Climb = "share"
    better: Literal["higher", "lower"] | None = None
    same_children: SameChildren | None = None
    parts: list[Part] = []
    beside: list[Part] = []
    also: list[Source] = []
    not_held: list[NotHeld] = []
    breaks: list[Break] = []
    method: str
    source: str = ""
    owner: str = ""
    checked: str = ""
    next_review: str = ""
    due: Month = ""
    respondent: Respondent | None = None
    subsection: str = ""
    cycle: Cycle | None = None
    examples: list[Example] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> "Indicator":
        if self.measure is None:
            raise ValueError("не указан вид показателя «measure»")
        if self.dataset is None:
            raise ValueError("не указан набор данных: population: {dataset: …} или вопрос формы: asked")
        if self.unit is None:
            raise ValueError("не указана единица измерения «unit»")
        if (self.measure == "share_of_orgs") != (self.of is not None and self.condition is not None):
            raise wrong(
                "«of» (что считается в организации: share, count, rate, mean) и «condition» (например {ge: 50}) пишут "
                "вместе и только у share_of_orgs",
                "measure",
            )
        if self.measure == "share_of_orgs" and self.by:
            raise wrong("у share_of_orgs разрезов (by) не бывает: условие проверяется для организации в целом", "by")
        _apart([*self.parts, *self.beside], [*_places("parts", self.parts), *_places("beside", self.beside)])
        _apart(self.also, _places("also", self.also))
        known = {source.id for source in self.also if source.population is not None}
        whole = [
            (self.also, ()),
            *((part.also, (key, n)) for key in ("parts", "beside") for n, part in enumerate(getattr(self, key))),
        ]
        for sources, path in whole:
            for number, source in enumerate(sources):
                if source.id not in known:
                    raise wrong(
                        f"источника «{source.id}» нет: источник со своей population описывают в also самого "
                        "показателя, а в also частей меняют его ключи",
                        *(*path, "also", number, "id"),
                    )
        return self

    @property
    def called(self) -> str:
        """How a sentence calls it."""
        return self.short or self.title

    @property
    def dataset(self) -> str | None:
        """The dataset of the population; answers of forms where the indicator or its parts are asked."""
        if self.population is not None:
            return self.population.dataset
        return ANSWERS if any(item.asked for item in (self, *self.parts)) else None


class ByLevel(Strict):
    """Texts of the concept for each level."""

    municipality: list[str] = []
    organisation: list[str] = []


class Group(Strict):
    """A group of indicators: one file of the catalogue. ``defaults`` are taken by every indicator of the file."""

    group: str
    direction: str
    title: str
    source_note: str = ""
    defaults: dict[str, Any] = {}
    indicators: list[Indicator]
    actions: ByLevel = ByLevel()
    documents: ByLevel = ByLevel()

    @property
    def asked(self) -> list[Indicator]:
        """The indicators that the source asks for."""
        return [indicator for indicator in self.indicators if not indicator.beyond]


class Direction(Strict):
    """A direction of the concept. ``levels``: whose figures the concept asks for, so who receives its document."""

    id: str
    title: str
    levels: list[ReportLevel] = [Level.MUNICIPALITY, Level.ORGANISATION]


class Off(Strict):
    """What is switched off: indicators by id, group or direction; datasets with every indicator that rests on them;
    rules of recommendations by id."""

    indicators: list[str] = []
    datasets: list[str] = []
    rules: list[str] = []


class Settings(Strict):
    """``catalogue.yaml``: what holds for every indicator."""

    catalogue: str
    version: str
    directions: list[Direction]
    small_below: int = Field(default=10, gt=0)
    off: Off = Off()
