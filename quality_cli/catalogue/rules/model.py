"""``recommendations/*.yaml``: rules that turn facts into recommendations, and the sentences of these."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from quality_cli.catalogue.model import NEXT_YEAR, IndicatorId, ReportLevel
from quality_cli.core.conditions import FactCondition
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period, SchoolYear
from quality_cli.core.where import TRUE, Condition
from quality_cli.core.yamlfile import Strict, wrong

Addressee: TypeAlias = Literal["муниципалитет", "руководитель", "методическое объединение", "педагог", "эксперт"]


@dataclass(frozen=True, slots=True, order=True)
class FigureName:
    """A figure as rules name it: ``1.1.2-s1`` or, with its part, ``1.1.2-s1 share``."""

    indicator: str
    part: str = ""

    @classmethod
    def parse(cls, text: str) -> "FigureName":
        """From its text; any text is one."""
        indicator, _, part = text.partition(" ")
        return cls(indicator, part.strip())

    def __str__(self) -> str:
        return f"{self.indicator} {self.part}".rstrip()


def _deadline(value: str) -> str:
    month = value.removesuffix(NEXT_YEAR)
    if month.isdecimal() and month not in [f"{number:02}" for number in range(1, 13)]:
        raise ValueError(
            f'срок — слова или месяц двумя цифрами в кавычках: "06", следующего учебного года — "11+", а дано «{value}»'
        )
    return value


class RuleExamples(Strict):
    """Facts for which the rule recommends, does not, cannot be judged."""

    fires: list[dict[str, Any]] = []
    silent: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self.fires) + len(self.silent) + len(self.unknown)


class Rule(Strict):
    """When something is recommended, and to whom.

    ``when`` is asked of the facts of the figure of a unit ``at`` the level. With ``by`` it is asked of each stratum:
    one recommendation names those where it holds. A municipality's rule with ``organisations`` holds where that
    condition does in at least one of its organisations (and ``when``, if any, in the municipality): it names them, in
    the order of the register. ``action``: words of the concept that the measure follows. ``deadline``: words, or a
    month as indicators write it. ``text``: the key of the sentences, that of the rule where not given.
    """

    id: str = Field(min_length=1)
    indicator: IndicatorId
    part: str = ""
    by: list[str] = []
    at: ReportLevel
    when: FactCondition = Field(default=TRUE)
    organisations: FactCondition | None = None
    addressee: Addressee
    action: str = Field(min_length=1)
    deadline: Annotated[
        str, Field(min_length=1), AfterValidator(_deadline), WithJsonSchema({"type": "string", "minLength": 1})
    ]
    effect: str
    text: str = ""
    since: SchoolYear | None = None
    until: SchoolYear | None = None
    examples: RuleExamples

    @model_validator(mode="after")
    def _whole(self) -> "Rule":
        if self.when == TRUE and self.organisations is None:
            raise ValueError("у правила нет условия: напишите when (или organisations)")
        if self.at is Level.REGION:
            raise wrong("правило бывает муниципалитета (municipality) или организации (organisation)", "at")
        if self.organisations is not None and (self.at != Level.MUNICIPALITY or self.by):
            raise ValueError("organisations бывает только у правила муниципалитета (at: municipality) без by")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until ({self.until}) раньше, чем since ({self.since})")
        return self

    @property
    def figure(self) -> FigureName:
        """The figure whose facts it is about."""
        return FigureName(self.indicator, self.part)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What it asks: of its unit and, where it does, of organisations."""
        return (self.when,) if self.organisations is None else (self.when, self.organisations)

    @property
    def text_key(self) -> str:
        """The key of its sentences."""
        return self.text or self.id

    def holds_in(self, period: Period) -> bool:
        """Whether it is in force in a school year."""
        return (self.since is None or self.since <= period) and (self.until is None or period <= self.until)


class Sentences(Strict):
    """What is said where a rule fires; ``{fields}`` are filled in."""

    finding: str = Field(min_length=1)
    measure: str = Field(min_length=1)
    expected: str = Field(min_length=1)


class RulesFile(Strict):
    """One file of the folder: rules, sentences by key, or both."""

    rules: list[Rule] = []
    texts: dict[str, Sentences] = {}
