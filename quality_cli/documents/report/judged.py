"""Judgements of figures, signals and recommendations as documents tell them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf

from quality_cli.analysis.judgement.assessment import Assessment, Assessments
from quality_cli.analysis.judgement.recommendation import Recommendation
from quality_cli.analysis.results import ResultKey
from quality_cli.catalogue.figures import Figure, counted_by, is_share
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.periods import Period
from quality_cli.core.russian import counted, num, pct
from quality_cli.core.strata import Stratum
from quality_cli.datasets.contracts.column import Counted
from quality_cli.documents.report.conclusions import Gathered
from quality_cli.documents.templates.model import (
    Cell,
    Conclusions,
    JudgedView,
    PooledView,
    RecommendationView,
    SignalView,
)

_PLACES = 5
"""Strata of an organisation at most that a signal names in the document of its municipality."""


_FORMS: Mapping[Counted, tuple[str, str, str]] = {
    "children": ("ребёнок", "ребёнка", "детей"),
    "staff": ("работник", "работника", "работников"),
    "organisations": ("организация", "организации", "организаций"),
    "documents": ("документ", "документа", "документов"),
    "works": ("работа", "работы", "работ"),
    "events": ("мероприятие", "мероприятия", "мероприятий"),
    "people": ("человек", "человека", "человек"),
    "answers": ("ответ", "ответа", "ответов"),
    "records": ("запись", "записи", "записей"),
}


@dataclass(frozen=True)
class Judged:
    """Judgements as documents tell them. ``cell`` gives the figure of a row of the results."""

    catalogue: Catalogue
    assessments: Assessments
    cell: Callable[[ResultKey], Cell]

    def of(
        self, figures: Sequence[Figure], unit: Unit, members: Sequence[Unit], period: str, directions: Collection[str]
    ) -> Conclusions:
        """What is judged of these figures of a unit, and the signals of the directions; ``members`` are the
        organisations that a municipality's document may name."""
        order = {(figure.indicator, figure.part): number for number, figure in enumerate(figures)}
        rows = [row for row in self.assessments.of_unit(unit.id, period) if (row.indicator, row.part) in order]
        rows.sort(key=lambda row: (order[row.indicator, row.part], len(row.stratum)))
        gathered = Gathered(tuple(self._signals(unit, members, period, directions)))
        for row in rows:
            gathered.take(row, self._size(row), partial(self._view, row, members))
        return gathered.conclusions()

    def _signals(
        self, unit: Unit, members: Sequence[Unit], period: str, directions: Collection[str]
    ) -> Iterator[SignalView]:
        found: dict[str, dict[str, dict[str, str]]] = {}
        for one in (unit, *members):
            for row in self.assessments.of_unit(one.id, period):
                known = [name for name in row.signals.split(";") if name in self.catalogue.signals]
                if known and self._directions[row.indicator] in directions:
                    place = whom(row.stratum) or "в целом"
                    short = f"{place} — {self._value(row)}" if one is unit else place
                    beside = _beside(row) if one is unit else ""
                    for name in known:
                        told = found.setdefault(name, {}).setdefault(one.id, {})
                        told[short] = f"{short}, {beside}" if beside else short
        names = {one.id: one.name for one in members}
        for name, places in found.items():
            signal = self.catalogue.signals[name]
            own = places.pop(unit.id, {})
            others = (f"{names[one]} ({_first(tuple(told))})" for one, told in places.items())
            where = (*own, *(names[one] for one in places))
            yield SignalView(signal.title, signal.caveat, where, (*own.values(), *others))

    def _value(self, row: Assessment) -> str:
        cell = self.cell(row.key)
        figure = self.figures[row.indicator, row.part]
        of_points = figure.denominator.kind == "sum"  # which are neither works nor children
        base = "" if of_points else self._base(figure, cell)
        return " ".join(filter(None, (cell.shown, cell.unit, f"({base})" if base else "")))

    @cached_property
    def _directions(self) -> Mapping[str, str]:
        return {item.id: group.direction for group in self.catalogue.groups for item in group.indicators}

    def _view(self, row: Assessment, members: Sequence[Unit]) -> JudgedView:
        figure, indicator = self.figures[row.indicator, row.part], self.catalogue.indicators[row.indicator]
        now = self.cell(row.key)
        alone = row.level == Level.ORGANISATION
        return JudgedView(
            indicator=row.indicator,
            what=indicator.of_one if alone and now.unit == "да/нет" and indicator.of_one else indicator.called,
            whom="; ".join(filter(None, (figure.title, whom(row.stratum)))),
            base=self._base(figure, now),
            now=now,
            target=row.target,
            target_source=row.target_source,
            state=row.state,
            unstable=row.unstable,
            state_reason=row.state_reason,
            missed_by=tuple(unit.name for unit in members if self._misses(row, unit)),
            earlier_period=row.earlier_period,
            before=self.cell(row.key._replace(period=row.earlier_period)),
            change=row.change,
            moved=row.moved,
            progress=row.progress,
            rest=row.rest_value,
            stands=row.stands,
            stands_reason=row.stands_reason,
            series=self._series(row),
            trend=row.trend,
            trend_since=row.trend_since,
            pooled=_pooled(row),
            improved=_whole(row.improved),
            unchanged=_whole(row.unchanged),
            worsened=_whole(row.worsened),
            same_children=row.same_children,
            same_children_reason=row.same_children_reason,
            whole=row.whole_value,
            usual=_usual(row),
        )

    def _series(self, row: Assessment) -> tuple[tuple[str, Cell], ...]:
        """The figure in the school year before and as far back as each can be compared with the next, itself last."""
        keys = [row.key]
        later: Assessment | None = row
        while later is not None and later.moved and (later is row or later.moved != "incomparable"):
            keys.append(row.key._replace(period=later.earlier_period))
            later = self.assessments.get(keys[-1]) if later.moved != "incomparable" else None
        return tuple((key.period, self.cell(key)) for key in reversed(keys))

    def _size(self, row: Assessment) -> float:
        """How large a change is, 0 to 100: of shares in percentage points, of numbers in per cent of the larger one, of
        да and нет all of it; 0 where one child, work or organisation makes it."""
        figure, now = self.figures[row.indicator, row.part], self.cell(row.key)
        if row.change is None or now.unit == "да/нет":
            return 100
        change = abs(row.change)
        share = is_share(figure) or figure.condition is not None
        base = 100 if figure.measure == "count" else now.d if share else None
        units = inf if base is None else change * base / 100
        if round(units, 6) <= 1:
            return 0
        return change if share else 100 * change / max(change, abs(row.value or 0), abs(row.earlier_value or 0))

    def recommended(self, rows: Sequence[Recommendation], *, alone: bool) -> Iterator[RecommendationView]:
        """Those that say to do something; ``alone``: to one organisation."""
        for row in rows:
            if row.outcome == "fired":
                yield RecommendationView(
                    rule=row.rule,
                    addressee=row.addressee,
                    finding=row.finding,
                    measure=row.measure,
                    deadline=row.deadline,
                    expected=row.expected,
                    effect=self._named(row.effect, alone=alone),
                    action=row.action,
                )

    def _named(self, effect: str, *, alone: bool) -> str:
        """A figure named «1.1.2-m1 part» in words, as the catalogue calls it; other text as it is."""
        indicator, _, part = effect.partition(" ")
        figure = self.figures.get((indicator, part))
        if figure is None:
            return effect
        of = self.catalogue.indicators[indicator]
        called = of.of_one if alone and of.of_one else of.called
        title = f": {figure.title}" if figure.title else ""
        return f"{called}{title} ({indicator})"

    def _misses(self, row: Assessment, unit: Unit) -> bool:
        found = self.assessments.get(row.key._replace(org_id=unit.id))
        return found is not None and found.state == "missed"

    def _base(self, figure: Figure, cell: Cell) -> str:
        if cell.d is None or cell.unit != "%":
            return ""
        return counted(cell.d, *_FORMS[counted_by(figure, self.catalogue.specs.contracts)])

    @cached_property
    def figures(self) -> Mapping[tuple[str, str], Figure]:
        """Every figure of the catalogue by indicator and part."""
        return {(figure.indicator, figure.part): figure for figure in self.catalogue.figures}


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _pooled(row: Assessment) -> PooledView:
    if not row.pooled_since:
        return PooledView()
    years = Period.parse(row.period).start - Period.parse(row.pooled_since).start + 1
    return PooledView(years, row.pooled_since, row.pooled_value, row.pooled_low, row.pooled_high)


def _usual(row: Assessment) -> tuple[float, ...]:
    """Between what a share of so many children usually lies beside that of the municipality; empty: unknown."""
    low, high = row.funnel_low, row.funnel_high
    return () if low is None or high is None else (low, high)


def _beside(row: Assessment) -> str:
    """What stands beside a value that raised a signal."""
    if row.rank_correlation is not None:
        return f"коэффициент Спирмена {num(row.rank_correlation, 2)}"
    if not (usual := _usual(row)):
        return ""
    low, high = (num(limit) for limit in usual)
    return f"по муниципалитету {pct(row.whole_value)}, при таком числе детей обычно от {low} до {high} %"


def _first(places: Sequence[str]) -> str:
    """The places of one organisation in the municipality's document; its own document has all."""
    more = len(places) - _PLACES
    return "; ".join(places) if more <= 1 else f"{'; '.join(places[:_PLACES])} и ещё {more}"


def whom(stratum: Stratum) -> str:
    """A stratum as a sentence names it: «8-е классы, физика»."""
    return ", ".join(_value(name, value) for name, value in stratum)


def _value(name: str, value: str) -> str:
    if name == "grade":
        return f"{value}-е классы"
    return value[:1].lower() + value[1:] if name == "subject" else value
