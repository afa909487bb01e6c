"""What of judged figures opens a document, what its tables hold, and how many figures no word is said of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from quality_cli.analysis.judgement.assessment import Assessment
from quality_cli.analysis.judgement.change import FEW
from quality_cli.documents.templates.model import (
    Conclusions,
    ConclusionView,
    JudgedView,
    SignalView,
)

_KINDS = ("target", "change", "same", "trend", "stands")
"""Of lines that open a document, in their order."""
_ROOM = 14
"""Lines on paper for the conclusions that open a document: with what stands above them, half a page. What they are is
one rule: a figure is told once, by the first of what holds of it — its target is missed, it changed, more of the same
children moved one way, it has a trend, it stands out; one of each kind, then as many as there is room for, in that
order. Of changes those for the worse come first, then those for the better, the larger before the smaller; what one
child, work or organisation fewer or more would undo does not open a document: the tables tell it."""
_SIGNALS, _OF_SIGNAL = 2, 2
"""Signals that open a document at most, as its template has them, and lines of each."""
_LINE = 75
"""Characters of a line on paper."""
_WORDS = 70
"""Characters of a conclusion beside its names: values and what is said of them."""
_BESIDE = 45
"""Characters of each thing more that a conclusion says."""
_YEARS = 5
"""Columns of years that a table on paper has room for."""
_SERIES = 3
"""Fewer years are no series: that is a change."""
_ROUNDING = 1e-9


@dataclass
class Gathered:
    """Conclusions in the making: rows of the assessments are taken one by one."""

    signals: tuple[SignalView, ...]
    lines: Mapping[str, list[tuple[float, ConclusionView]]] = field(
        default_factory=lambda: {kind: [] for kind in _KINDS}
    )
    targets: list[JudgedView] = field(default_factory=list)
    moved: list[JudgedView] = field(default_factory=list)
    pooled: list[JudgedView] = field(default_factory=list)
    followed: list[JudgedView] = field(default_factory=list)
    worth: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    incomparable: Counter[str] = field(default_factory=Counter)
    beside: Counter[bool] = field(default_factory=Counter)
    far: list[JudgedView] = field(default_factory=list)

    def take(self, row: Assessment, size: float, view: Callable[[], JudgedView]) -> None:
        """Take a row of the assessments, the change of which is so large; ``view`` makes what documents show of it,
        where they do."""
        if row.state or row.pooled_since or row.same_children or any(_shows(row)):
            self._take_shown(row, size, view())
        if row.stands and row.value is not None and row.funnel_low is not None:
            self.beside[_lies(row.value, row.funnel_low, row.funnel_high)] += 1
            if not _lies(row.value, row.funnel_outer_low, row.funnel_outer_high):
                self.far.append(view())
        match row.moved:
            case "":
                self.counts["alone"] += row.value is not None and not row.same_children
            case "same":
                self.counts["same"] += 1
            case "unclear" if row.change_reason == FEW:
                self.counts["few"] += 1
            case "unclear":
                self.unclear[row.change_reason] += 1
            case "incomparable":
                self.incomparable[row.change_reason] += 1

    def _take_shown(self, row: Assessment, size: float, shown: JudgedView) -> None:
        moved, trend, stands = _shows(row)
        if row.state:
            self.targets.append(shown)
        if moved or trend or stands or (row.state and len(shown.series) >= _SERIES):
            self.moved.append(shown)
        if shown.pooled.years:
            self.pooled.append(shown)
        if row.same_children:
            self.followed.append(shown)
        same = row.same_children in ("more_improved", "more_worsened")
        self.worth += row.state == "missed" or moved or same or trend or stands
        if row.state == "missed":
            self.lines["target"].append((0, ConclusionView("missed", shown)))
        elif moved and size:
            self.lines["change"].append((size, ConclusionView(row.progress or "moved", shown)))
        elif same:
            self.lines["same"].append((0, ConclusionView("same_children", shown)))
        elif trend:
            self.lines["trend"].append((0, ConclusionView("trend", shown)))
        elif stands:
            self.lines["stands"].append((0, ConclusionView("stands", shown)))

    def conclusions(self) -> Conclusions:
        """All of it; the lines in the order of kinds."""
        self.lines["change"].sort(key=_by_weight)
        kinds = [[line for _, line in kind] for kind in self.lines.values()]
        chosen = _chosen(kinds, _ROOM - _OF_SIGNAL * len(self.signals[:_SIGNALS]))
        lines = [line for kind, number in zip(kinds, chosen, strict=True) for line in kind[:number]]
        years = sorted({year for figure in self.moved for year, _ in figure.series})
        return Conclusions(
            lines=tuple(lines),
            more=self.worth - len(lines) + len(self.signals[_SIGNALS:]),
            targets=tuple(self.targets),
            moved=tuple(self.moved),
            years=tuple(years[-_YEARS:]),
            pooled=tuple(self.pooled),
            followed=tuple(self.followed),
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


def _shows(row: Assessment) -> tuple[bool, bool, bool]:
    """Whether a figure moved, whether it has a trend, whether it stands out."""
    return row.moved in ("grew", "fell"), row.trend in ("up", "down"), row.stands in ("above", "below")


def _lies(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies within limits, which are shares of whole children counted another way."""
    return low is not None and high is not None and low - _ROUNDING <= value <= high + _ROUNDING


def _by_weight(line: tuple[float, ConclusionView]) -> tuple[int, float]:
    """What became worse is told first, then what became better, of each the larger change."""
    return ("worsened", "improved", "moved").index(line[1].kind), -line[0]


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
    figure = line.figure
    told = (figure.what, figure.whom, *figure.missed_by)
    shows = (figure.state == "missed", figure.moved in ("grew", "fell"), figure.trend in ("up", "down"))
    besides = sum((*shows, figure.stands in ("above", "below"))) - 1
    return -(-(_WORDS + _BESIDE * besides + sum(map(len, told))) // _LINE)
