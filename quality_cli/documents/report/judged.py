"""What a document says of the judgement of its figures: what opens it, what its tables of judgement hold."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from quality_cli.analysis.judgement.assessment import Assessment, Assessments
from quality_cli.analysis.judgement.change import FEW
from quality_cli.analysis.judgement.recommendation import Recommendation
from quality_cli.analysis.results import ResultKey
from quality_cli.catalogue.figures import Figure, counted_by
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.russian import counted, num, pct
from quality_cli.core.strata import Stratum
from quality_cli.datasets.contracts.contract import Counted
from quality_cli.documents.templates.model import (
    Cell,
    Conclusions,
    ConclusionView,
    JudgedView,
    RecommendationView,
    SignalView,
)

_ROOM = 14
"""Lines on paper for the conclusions that open a document: with what stands above them, half a page."""
_SIGNALS, _OF_SIGNAL = 2, 2
"""Signals that open a document at most, as its template has them, and lines of each."""
_LINE = 75
"""Characters of a line on paper."""
_WORDS = 70
"""Characters of a conclusion beside its names: values and what is said of them."""

_ROUNDING = 1e-9

_FORMS: Mapping[Counted, tuple[str, str, str]] = {
    "children": ("ребёнок", "ребёнка", "детей"),
    "staff": ("работник", "работника", "работников"),
    "organisations": ("организация", "организации", "организаций"),
    "documents": ("документ", "документа", "документов"),
    "works": ("работа", "работы", "работ"),
    "events": ("мероприятие", "мероприятия", "мероприятий"),
    "people": ("человек", "человека", "человек"),
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
        gathered = _Gathered(tuple(self._signals(unit, members, period, directions)))
        for row in rows:
            gathered.take(row, partial(self._view, row, members))
        return gathered.conclusions()

    def _signals(
        self, unit: Unit, members: Sequence[Unit], period: str, directions: Collection[str]
    ) -> Iterator[SignalView]:
        found: dict[str, dict[str, str]] = {}
        for one in (unit, *members):
            for row in self.assessments.of_unit(one.id, period):
                known = [name for name in row.signals.split(";") if name in self.catalogue.signals]
                if known and self._directions[row.indicator] in directions:
                    place = whom(row.stratum) or "в целом"
                    short = f"{place} — {self._value(row)}" if one is unit else f"{one.name} ({place})"
                    beside = _beside(row) if one is unit else ""
                    for name in known:
                        found.setdefault(name, {})[short] = f"{short}, {beside}" if beside else short
        for name, places in found.items():
            signal = self.catalogue.signals[name]
            yield SignalView(signal.title, signal.caveat, tuple(places), tuple(places.values()))

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
            whole=row.whole_value,
            usual=_usual(row),
        )

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


@dataclass
class _Gathered:
    """Conclusions in the making."""

    signals: tuple[SignalView, ...]
    lines: dict[str, list[ConclusionView]] = field(default_factory=lambda: {"target": [], "change": [], "stands": []})
    targets: list[JudgedView] = field(default_factory=list)
    moved: list[JudgedView] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    incomparable: Counter[str] = field(default_factory=Counter)
    beside: Counter[bool] = field(default_factory=Counter)
    far: list[JudgedView] = field(default_factory=list)

    def take(self, row: Assessment, view: Callable[[], JudgedView]) -> None:
        """Take a row of the assessments; ``view`` makes what documents show of it, where they do."""
        told = row.moved in ("grew", "fell"), row.stands in ("above", "below")
        if row.state or any(told):
            self._take_shown(row, view(), *told)
        if row.stands and row.value is not None and row.funnel_low is not None:
            self.beside[_lies(row.value, row.funnel_low, row.funnel_high)] += 1
            if not _lies(row.value, row.funnel_outer_low, row.funnel_outer_high):
                self.far.append(view())
        match row.moved:
            case "":
                self.counts["alone"] += row.value is not None
            case "same":
                self.counts["same"] += 1
            case "unclear" if row.change_reason == FEW:
                self.counts["few"] += 1
            case "unclear":
                self.unclear[row.change_reason] += 1
            case "incomparable":
                self.incomparable[row.change_reason] += 1

    def _take_shown(self, row: Assessment, shown: JudgedView, moved: bool, stands: bool) -> None:
        if row.state:
            self.targets.append(shown)
        if row.state == "missed":
            self.lines["target"].append(ConclusionView("missed", shown))
        if moved or stands:
            self.moved.append(shown)
        if moved:
            self.lines["change"].append(ConclusionView(row.progress or "moved", shown))
        if stands:
            self.lines["stands"].append(ConclusionView("stands", shown))

    def conclusions(self) -> Conclusions:
        """All of it; the lines in the order of kinds: targets, changes, differences."""
        self.lines["change"].sort(key=_by_weight)
        kinds = list(self.lines.values())
        chosen = _chosen(kinds, _ROOM - _OF_SIGNAL * len(self.signals[:_SIGNALS]))
        lines = [line for kind, number in zip(kinds, chosen, strict=True) for line in kind[:number]]
        return Conclusions(
            lines=tuple(lines),
            more=sum(map(len, kinds)) - len(lines) + len(self.signals[_SIGNALS:]),
            targets=tuple(self.targets),
            moved=tuple(self.moved),
            signals=self.signals,
            same=self.counts["same"],
            few=self.counts["few"],
            unclear=tuple(self.unclear.items()),
            incomparable=tuple(self.incomparable.items()),
            alone=self.counts["alone"],
            beside=self.beside.total(),
            inside=self.beside[True],
            far=tuple(self.far),
        )


def _usual(row: Assessment) -> tuple[float, ...]:
    """Between what a share of so many children usually lies beside that of the municipality; empty: unknown."""
    low, high = row.funnel_low, row.funnel_high
    return () if low is None or high is None else (low, high)


def _lies(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies within limits, which are shares of whole children counted another way."""
    return low is not None and high is not None and low - _ROUNDING <= value <= high + _ROUNDING


def _beside(row: Assessment) -> str:
    """What stands beside a value that raised a signal."""
    if row.rank_correlation is not None:
        return f"коэффициент Спирмена {num(row.rank_correlation, 2)}"
    if not (usual := _usual(row)):
        return ""
    low, high = (num(limit) for limit in usual)
    return f"по муниципалитету {pct(row.whole_value)}, при таком числе детей обычно от {low} до {high} %"


def _by_weight(line: ConclusionView) -> tuple[int, bool]:
    """What became worse is told first, then what became better; shares and да/нет before numbers."""
    return ("worsened", "improved", "moved").index(line.kind), line.figure.now.unit not in ("%", "п. п.", "да/нет")


def _chosen(kinds: Sequence[Sequence[ConclusionView]], room: int) -> list[int]:
    """How many of each kind are told: one of each, then of the first kinds what there is room for."""
    chosen = [min(len(kind), 1) for kind in kinds]
    room -= sum(_lines(line) for kind in kinds for line in kind[:1])
    for place, kind in enumerate(kinds):
        for line in kind[1:]:
            room -= _lines(line)
            chosen[place] += room >= 0
    return chosen


def _lines(line: ConclusionView) -> int:
    """How much room a conclusion takes on paper."""
    told = (line.figure.what, line.figure.whom, *line.figure.missed_by)
    return -(-(_WORDS + sum(map(len, told))) // _LINE)


def whom(stratum: Stratum) -> str:
    """A stratum as a sentence names it: «8-е классы, физика»."""
    return ", ".join(_value(name, value) for name, value in stratum)


def _value(name: str, value: str) -> str:
    if name == "grade":
        return f"{value}-е классы"
    return value[:1].lower() + value[1:] if name == "subject" else value
