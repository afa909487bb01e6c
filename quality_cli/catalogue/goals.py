"""What a direction is for: goals, tasks, targets, and which strata are compared. ``goals/*.yaml`` of a catalogue.

Concept, «Механизмы управления качеством образования и их целевые ориентиры»; targets are printed in its appendix or
set by the office.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from pydantic import model_validator

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import Indicator, IndicatorId
from quality_cli.catalogue.sources import files_of_folders
from quality_cli.core.conditions import ValueCondition
from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period, SchoolYear
from quality_cli.core.where import AllOf, Compare, Condition
from quality_cli.core.yamlfile import Document, KeyPath, Strict, validate
from quality_cli.datasets.contracts.contract import Contract


class Goal(Strict):
    """A goal of a direction and the tasks that lead to it, in the words of the concept."""

    text: str
    tasks: list[str] = []
    source: str = ""


class Target(Strict):
    """What a figure should reach: a value (``reach``), or to be better than the year before (``improve``). ``text`` is
    what it is called, where its numbers do not say it.

    ``at``: a level, or the id of one organisation, which outweighs what is said of its level; without it, the level
    that the concept reports the indicator at. Of several for the same the last one written holds. ``since`` and
    ``until`` are school years, both included.
    """

    indicator: IndicatorId
    part: str = ""
    at: str = ""
    reach: ValueCondition | None = None
    improve: bool = False
    text: str = ""
    since: SchoolYear | None = None
    until: SchoolYear | None = None
    source: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> "Target":
        if (self.reach is None) != self.improve:
            raise ValueError("цель — это либо значение (reach: {ge: 100}), либо улучшение за год (improve: да)")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until ({self.until}) раньше, чем since ({self.since})")
        return self

    def holds_in(self, period: Period) -> bool:
        """Whether it is a target of this school year."""
        return (self.since is None or self.since <= period) and (self.until is None or period <= self.until)


class Compared(Strict):
    """Strata of an outcome (without ``by`` its total) that are compared with the year before and with others, beside
    the totals of which the catalogue says what is better; with ``part``, of this part of it only.

    Each is one claim more among those of an organisation in a direction, and each claim more makes all of them harder
    to prove.
    """

    indicator: IndicatorId
    part: str | None = None
    by: list[str] = []


class Goals(Strict):
    """A file of ``goals/``: what a direction is for and how it is judged."""

    direction: str
    goals: list[Goal] = []
    targets: list[Target] = []
    compared: list[Compared] = []


_Item = TypeVar("_Item", bound=Target | Compared)


@dataclass(frozen=True, slots=True)
class Aims:
    """Goals by direction; all targets, those of the user's folder last; what outcomes are compared by."""

    goals: Mapping[str, Sequence[Goal]]
    targets: Sequence[Target]
    compared: Sequence[Compared]


@dataclass(frozen=True, slots=True)
class Known:
    """What targets may be of: the indicators of a catalogue with their figures, and what is switched off."""

    indicators: Mapping[str, Indicator]
    figures: Mapping[str, Sequence[Figure]]
    contracts: Mapping[str, Contract]
    off: frozenset[str] = frozenset()

    def mistakes(self, item: Target | Compared) -> Iterator[tuple[str, KeyPath]]:
        """What is wrong with an item, each with the key where it is written."""
        if item.indicator not in self.indicators:
            yield f"нет показателя «{item.indicator}»{closest(item.indicator, self.indicators)}", ("indicator",)
        elif isinstance(item, Target):
            yield from _of_target(item, self)
        else:
            yield from _of_strata(item, self)


def read_aims(folders: Sequence[Path], directions: Sequence[str], known: Known) -> tuple[Aims, list[Finding]]:
    """Everything that the files of ``goals/`` say, and their mistakes.

    A later folder's goals and compared strata of a direction replace an earlier one's; its targets are added. What an
    earlier folder says of indicators that a later one has changed or dropped is left out.
    """
    goals: dict[str, Sequence[Goal]] = {}
    targets: list[Target] = []
    compared: dict[str, Sequence[Compared]] = {}
    mistakes: list[Finding] = []
    for folder in folders:
        read, unread = files_of_folders([folder], "goals")
        mistakes += unread
        for _, document in read:
            try:
                own = validate(Goals, document)
            except CatalogueError as error:
                mistakes += error.findings
                continue
            if own.direction not in directions:
                message = f"нет направления «{own.direction}»{closest(own.direction, directions)}"
                mistakes.append(document.mistake(message, ("direction",)))
            strict = document if folder == folders[-1] else None
            if own.goals:
                goals[own.direction] = own.goals
            targets += _right("targets", own.targets, known, strict, mistakes)
            if own.compared:
                compared[own.direction] = _right("compared", own.compared, known, strict, mistakes)
    return Aims(goals, targets, list(chain.from_iterable(compared.values()))), mistakes


def _right(
    key: str, items: Sequence[_Item], known: Known, document: Document | None, mistakes: list[Finding]
) -> list[_Item]:
    """The items that nothing is wrong with; what is wrong with the others is told where their document is given."""
    kept = []
    for index, item in enumerate(items):
        if item.indicator not in known.off:
            wrong = list(known.mistakes(item))
            if not wrong:
                kept.append(item)
            elif document is not None:
                mistakes += [document.mistake(message, (key, index, *inner)) for message, inner in wrong]
    return kept


def _of_strata(compared: Compared, known: Known) -> Iterator[tuple[str, KeyPath]]:
    indicator = known.indicators[compared.indicator]
    parts = [figure.part for figure in known.figures[indicator.id]]
    if compared.part is not None and compared.part not in parts:
        yield _no_part(indicator.id, compared.part, parts), ("part",)
    for number, name in enumerate(compared.by):
        if name not in indicator.by:
            near = closest(name, indicator.by) or (f"; есть: {', '.join(indicator.by)}" if indicator.by else "")
            yield f"у показателя {indicator.id} нет разреза «{name}»{near}", ("by", number)
    if 1 < len(compared.by) < len(indicator.by):
        yield (
            f"показатель {indicator.id} раскладывают по одному разрезу или по всем: {', '.join(indicator.by)}",
            ("by",),
        )


def _of_target(target: Target, known: Known) -> Iterator[tuple[str, KeyPath]]:
    own = known.figures[target.indicator]
    parts = [figure.part for figure in own]
    if target.part not in parts:
        yield _no_part(target.indicator, target.part, parts), ("part",)
        return
    if target.reach is not None and not limits_of(target.reach):
        yield "цель пишут сравнениями: {ge: 100}, {le: 5}, {ge: 40, le: 60}", ("reach",)
    if target.improve and known.indicators[target.indicator].better is None:
        yield "у показателя не сказано, что лучше (better: higher или lower): улучшения не определить", ("improve",)
    figure = own[parts.index(target.part)]
    level = target.at or str(figure.level)
    reason = next((why for name in figure.datasets if (why := known.contracts[name].untargeted)), "")
    if reason and level not in (Level.MUNICIPALITY, Level.REGION):
        yield f"{reason}; такие значения показывают изменения и сигналы", ("at",) if target.at else ("indicator",)


def _no_part(indicator: str, part: str, parts: Sequence[str]) -> str:
    """«у показателя 2.4.3-m3 нет части «reapeat»; возможно, «repeat»?»."""
    known = closest(part, parts) or f"; есть: {', '.join(f'«{one}»' for one in parts)}"
    return f"у показателя {indicator} нет части «{part}»{known}"


def limits_of(condition: Condition) -> tuple[tuple[str, float], ...]:
    """The comparisons that a target consists of, each as operator and number; nothing where it is something else."""
    items = condition.items if isinstance(condition, AllOf) else (condition,)
    told = [
        (item.op, float(item.value))
        for item in items
        if isinstance(item, Compare) and item.op != "ne" and isinstance(item.value, int | float)
    ]
    return tuple(told) if len(told) == len(items) else ()
