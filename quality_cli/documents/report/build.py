"""The report model of one unit, made of the results, what is judged of them, and the catalogue."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TypeVar

from quality_cli.analysis.completeness import NAMES
from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.judgement.recommendation import BETWEEN, UNKNOWN, Recommendation, Recommendations
from quality_cli.analysis.results import Result, ResultKey, Results
from quality_cli.catalogue.figures import Figure, counts_organisations, is_share, question_of, stratifier_title
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Group, Indicator
from quality_cli.catalogue.wording import stages, status_word
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.organisations import Unit as Organisation
from quality_cli.core.periods import Period
from quality_cli.core.russian import NO_DATA, num, unit_after
from quality_cli.core.strata import TOTAL, Stratum
from quality_cli.documents.report.judged import Judged
from quality_cli.documents.report.spec import DocumentSpec
from quality_cli.documents.templates.model import (
    Answer,
    Breakdown,
    Cell,
    Conclusions,
    Figures,
    GoalView,
    GroupView,
    IndicatorText,
    IndicatorView,
    Lacking,
    Office,
    Report,
    School,
    Signatory,
    Unit,
    UnjudgedView,
)

SMALL_MARK = "*"
PARTIAL_MARK = "†"
CONFLICT = "противоречие"
YES_NO = "да/нет"
_PER_CENT = ("%", "п. п.")
"""Units that are always told with a decimal."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Builder:
    """Makes models from one results table and what is judged of it.

    ``answers``: what was answered in words, by unit, school year and question; ``attached``: the municipality's own
    documents in words, by the kind that the catalogue names; ``lacking`` tells which tables that figures rest on are
    not handed in whole, of an organisation those that it owes itself.
    """

    catalogue: Catalogue
    results: Results
    assessments: Assessments
    recommendations: Recommendations
    organisations: OrgTree
    answers: Mapping[tuple[str, str, str], Answer]
    attached: Mapping[str, Sequence[str]]
    period: Period
    office: Office
    signatory: Signatory
    lacking: Callable[[Sequence[Figure], Organisation], tuple[Lacking, ...]] = lambda _, __: ()

    def report(
        self, spec: DocumentSpec, unit: Organisation, members: Sequence[Organisation], images: Iterable[str]
    ) -> Report:
        """The model of a unit's document; ``members`` are the organisations a municipality's document lists."""
        municipality = self.organisations.ancestor(unit.id, Level.MUNICIPALITY) or unit
        before = self.period.shifted(-1)
        year = str(self.period)
        views = tuple(_concerning(unit, (self._indicator(name, unit) for name in spec.indicators)))
        groups = tuple(self._groups(spec, unit, members))
        recommendations = self._recommendations(spec, unit)
        return Report(
            title=spec.title,
            unit=unit_view(unit),
            municipality=unit_view(municipality),
            period=year,
            previous=str(before),
            has_previous=str(before) in self.results.periods(),
            own=self.figures(unit, self.period),
            own_before=self.figures(unit, before),
            district=self.figures(municipality, self.period, named=municipality.id == unit.id),
            schools=tuple(School(unit_view(member), self.figures(member, self.period)) for member in members),
            indicators=views,
            goals=tuple(
                GoalView(goal.text, tuple(goal.tasks)) for goal in self.catalogue.aims.goals.get(spec.direction, ())
            ),
            groups=groups,
            conclusions=self._conclusions(spec, unit, members, groups),
            recommendations=tuple(self._judged.recommended(recommendations, alone=unit.level is Level.ORGANISATION)),
            unjudged=tuple(
                UnjudgedView(row.finding, tuple(row.rule.split(BETWEEN)))
                for row in recommendations
                if row.outcome == UNKNOWN
            ),
            lacking=self._lacking(spec, unit),
            images=tuple(images),
            sources=_tables(view.figures[0][1].source for view in views if view.figures),
            small_below=self.catalogue.settings.small_below,
            office=self.office,
            signatory=self.signatory,
        )

    def figures(self, unit: Organisation, period: Period, *, named: bool = True) -> Figures:
        """All figures of a unit in a school year; the same object each time. ``named``: who has not handed in what they
        need is named, which is for the unit's own document only."""
        key = unit.id, str(period), named
        if key not in self._figures:
            cells = tuple(self._cell(row.key, row) for row in self.results.of_unit(unit.id, str(period)))
            if not named:
                cells = tuple(cell._replace(note=cell.note.partition(NAMES)[0]) if NAMES in cell.note else cell
                              for cell in cells)  # fmt: skip
            self._figures[key] = Figures(unit_view(unit), str(period), cells)
        return self._figures[key]

    @cached_property
    def _figures(self) -> dict[tuple[str, str, bool], Figures]:
        return {}

    @cached_property
    def _of_units(self) -> frozenset[tuple[str, str]]:
        contracts = self.catalogue.specs.contracts
        shares = (f for f in self.catalogue.figures if f.condition is not None or is_share(f))
        return frozenset((f.indicator, f.part) for f in shares if counts_organisations(f, contracts))

    @cached_property
    def _of_all(self) -> frozenset[tuple[str, str]]:
        return frozenset((figure.indicator, figure.part) for figure in self.catalogue.figures if figure.rollup == "all")

    @cached_property
    def _cells(self) -> dict[ResultKey, Cell]:
        return {}

    def _cell(self, key: ResultKey, row: Result) -> Cell:
        """The cell of a row; the same object each time."""
        if key not in self._cells:
            figure = row.indicator, row.part
            self._cells[key] = _told(row, of_units=figure in self._of_units, of_all=figure in self._of_all)
        return self._cells[key]

    def _at(self, figure: Figure, unit_id: str, stratum: Stratum = TOTAL) -> Cell:
        return self._known(ResultKey(figure.indicator, figure.part, unit_id, str(self.period), stratum))

    def _known(self, key: ResultKey) -> Cell:
        """The figure of a row of the results, should they have it."""
        row = self.results.get(key)
        return self._cell(key, row) if row else Cell(key.indicator, key.part, key.stratum)

    @cached_property
    def _judged(self) -> Judged:
        return Judged(self.catalogue, self.assessments, self._known)

    def _conclusions(
        self, spec: DocumentSpec, unit: Organisation, members: Sequence[Organisation], groups: Sequence[GroupView]
    ) -> Conclusions:
        """What is judged of the figures that the document names, or of all that it shows."""
        level = Level.ORGANISATION if unit.level is Level.ORGANISATION else Level.MUNICIPALITY
        shown = set(spec.indicators)
        named = [self._judged.figures[figure.indicator, figure.part] for figure in spec.conclusions]
        grouped = [view.indicator.id for group in groups for view in group.indicators]
        figures = [figure for figure in named if figure.level is level] or [
            figure for name in grouped or spec.indicators for figure in self.catalogue.figures_of[name]
        ]
        directions = {
            group.direction for group in self.catalogue.groups for item in group.indicators if item.id in shown
        }
        return self._judged.of(figures, unit, members, str(self.period), directions)

    def _recommendations(self, spec: DocumentSpec, unit: Organisation) -> list[Recommendation]:
        """Those of the document's direction; of a document across directions those that rest on its indicators."""
        found = self.recommendations.of_unit(unit.id, str(self.period), spec.direction)
        if spec.direction:
            return found
        shown = set(spec.indicators)
        return [row for row in found if shown & set(re.findall(r"[^;:\s]+", row.indicators))]

    def _stands(self, cell: Cell, unit_id: str) -> bool:
        """Whether the results have a row of it."""
        key = ResultKey(cell.indicator, cell.part, unit_id, str(self.period), cell.stratum)
        return self.results.get(key) is not None

    def _indicator(self, indicator_id: str, unit: Organisation) -> IndicatorView:
        indicator = self.catalogue.indicators[indicator_id]
        shown: list[tuple[str, Cell]] = []
        beside: list[tuple[str, Cell]] = []
        main = self._main(indicator)
        for figure in self.catalogue.figures_of[indicator_id]:
            cell = self._at(figure, unit.id)
            if figure in main:
                shown.append((figure.title, cell))
            elif cell.value is not None and not _same(cell, shown[-1][1]):
                beside.append((figure.title, cell))
        answers = (
            (figure.title, self.answers.get((unit.id, str(self.period), question_of(indicator_id, figure.part))))
            for figure in main
        )
        told = tuple((title, answer) for title, answer in answers if answer is not None)
        alone = any(cell.unit == YES_NO for _, cell in shown)
        title = indicator.of_one if alone and indicator.of_one and unit.level is Level.ORGANISATION else indicator.title
        return IndicatorView(indicator_text(indicator, title), tuple(shown), tuple(beside), told)

    def _groups(self, spec: DocumentSpec, unit: Organisation, members: Sequence[Organisation]) -> Iterator[GroupView]:
        """Groups of the document's direction with the indicators of the unit's level, or with those of the other
        level where none of its own concerns the unit."""
        level = Level.MUNICIPALITY if unit.level is not Level.ORGANISATION else Level.ORGANISATION
        groups = [group for group in self.catalogue.groups if group.direction == spec.direction]
        here = {item.id: self._indicator(item.id, unit) for group in groups for item in group.asked}
        here = {
            view.indicator.id: view
            for view in _concerning(unit, here.values())
            if any(self._stands(cell, unit.id) for _, cell in view.figures)
        }
        at_level = {name: view for name, view in here.items() if view.indicator.level == level}
        for group in groups:
            shown = [item for item in group.asked if item.id in (at_level or here)]
            if shown:
                breakdowns = (*self._breakdowns(shown, unit), *self._by_organisation(shown, members))
                yield _group(group, shown, [here[item.id] for item in shown], breakdowns, level, self.attached)

    def _lacking(self, spec: DocumentSpec, unit: Organisation) -> tuple[Lacking, ...]:
        """Tables that figures of the document rest on and that are not handed in whole; of one organisation only those
        that it owes."""
        level = Level.ORGANISATION if unit.level is Level.ORGANISATION else Level.MUNICIPALITY
        shown = [self.catalogue.indicators[name] for name in spec.indicators]
        at_level = [item for item in shown if item.level is level] or shown
        figures = [figure for item in at_level for figure in self.catalogue.figures_of[item.id]]
        return self.lacking(figures, unit)

    def _breakdowns(self, shown: Sequence[Indicator], unit: Organisation) -> Iterator[Breakdown]:
        """Figures of a group by each of its stratifiers alone, where there is data for any stratum; their cross is left
        to the results table."""
        for name in dict.fromkeys(name for item in shown for name in item.by):
            figures = [figure for item in shown if name in item.by for figure in self._main(item)]
            keys = [ResultKey(figure.indicator, figure.part, unit.id, str(self.period)) for figure in figures]
            strata = dict.fromkeys(row.stratum for key in keys for row in self.results.strata(key, (name,)))
            title = stratifier_title(figures[0], name, self.catalogue.specs.contracts)
            rows = [
                (stratum[0][1], tuple(self._at(figure, unit.id, stratum) for figure in figures)) for stratum in strata
            ]
            if unit.level is Level.ORGANISATION:
                rows = [row for row in rows if any(cell.status != "not_applicable" for cell in row[1])]
            if any(cell.status != "no_data" for _, cells in rows for cell in cells):
                yield Breakdown(title, *self._heads(figures), tuple(rows))

    def _by_organisation(self, shown: Sequence[Indicator], members: Sequence[Organisation]) -> Iterator[Breakdown]:
        """Figures of each organisation where the wording asks for them, in the order of the register."""
        figures = [figure for item in shown if item.by_organisation for figure in self._main(item)]
        cells = [(unit, tuple(self._at(figure, unit.id) for figure in figures)) for unit in members]
        rows = tuple((unit.name, row) for unit, row in cells if any(self._stands(cell, unit.id) for cell in row))
        if rows:
            yield Breakdown("Организация", *self._heads(figures), rows)

    def _heads(self, figures: Sequence[Figure]) -> tuple[str, tuple[str, ...]]:
        """What the columns of figures are called: the indicator where they are its parts, and the heads."""
        names = [self.catalogue.indicators[figure.indicator].called for figure in figures]
        if len(set(names)) == 1 and all(figure.title for figure in figures):
            return names[0], tuple(figure.title for figure in figures)
        told = (": ".join(filter(None, pair)) for pair in zip(names, (figure.title for figure in figures), strict=True))
        return "", tuple(told)

    def _main(self, indicator: Indicator) -> list[Figure]:
        """The figures of an indicator without those beside them."""
        beside = {part.id for part in indicator.beside}
        return [
            figure for figure in self.catalogue.figures_of[indicator.id] if not beside & set(figure.part.split(";"))
        ]


def _told(row: Result, *, of_units: bool, of_all: bool) -> Cell:
    """A row of the results for a template.

    ``of_units``: the figure is a share of organisations, which of one organisation is told as да or нет;
    ``of_all``: above an organisation, да says that it is so in all of them.
    """
    lacking = _lacking(row)
    alone = of_units and row.unit == "%" and row.level == Level.ORGANISATION and row.denominator == 1
    unit = YES_NO if alone else row.unit
    shown = _shown(row, unit, of_all=of_all and row.level != Level.ORGANISATION)
    if row.small and unit != YES_NO and row.value is not None:
        shown += SMALL_MARK
    return Cell(
        indicator=row.indicator,
        part=row.part,
        stratum=row.stratum,
        value=row.value,
        n=_whole(row.numerator),
        d=_whole(row.denominator),
        excluded=_whole(row.excluded) or 0,
        unknown=_whole(row.unknown) or 0,
        status=row.status,
        small=row.small,
        unit=unit if row.value is None else unit_after(row.value, unit),
        shown=shown,
        marked=shown + (PARTIAL_MARK if lacking else ""),
        lacking=lacking,
        note=row.note,
        source=row.source,
    )


def _lacking(row: Result) -> str:
    """What a value that is not whole lacks: how many of those whose reports it needs have handed them in, where that is
    known and the reason."""
    if row.status != "partial":
        return ""
    if row.level == Level.ORGANISATION or row.expected is None or row.received is None or row.received >= row.expected:
        return "сведения неполны"
    return f"отчитались {row.received:.0f} из {row.expected:.0f}"


def _shown(row: Result, unit: str, *, of_all: bool) -> str:
    """The value as tables print it: one decimal for shares, «н/д», «противоречие», «—»."""
    if row.status == "not_applicable":
        return "—"
    if row.value is None:
        return CONFLICT if row.status == "conflict" else NO_DATA
    if unit == YES_NO:
        word = "да" if row.value else "нет"
        return word + (" (во всех)" if row.value else " (не во всех)") * of_all
    whole = row.value.is_integer() and unit not in _PER_CENT
    return num(int(row.value) if whole else row.value)


def unit_view(unit: Organisation) -> Unit:
    """An organisation as documents name it."""
    names = (unit.id, unit.name, unit.full_name, unit.kind, str(unit.level))
    return Unit(*names, unit.parent, unit.genitive, unit.prepositional)


def indicator_text(indicator: Indicator, title: str) -> IndicatorText:
    """What the catalogue says of an indicator; ``title`` is what the document prints."""
    return IndicatorText(
        id=indicator.id,
        name=indicator.name,
        title=title,
        level=str(indicator.level),
        unit=indicator.unit or "",
        by=tuple(indicator.by),
        by_organisation=indicator.by_organisation,
        better=indicator.better or "",
        method=indicator.method,
        source=indicator.source,
        subsection=indicator.subsection,
        owner=indicator.owner,
        checked=indicator.checked,
        next_review=indicator.next_review,
        due=indicator.due,
    )


def _group(
    group: Group,
    indicators: Sequence[Indicator],
    views: Sequence[IndicatorView],
    breakdowns: Sequence[Breakdown],
    level: Level,
    attached: Mapping[str, Sequence[str]],
) -> GroupView:
    actions, kinds = (tuple(getattr(part, str(level))) for part in (group.actions, group.documents))
    own = attached if level is Level.MUNICIPALITY else {}
    documents = tuple(f"{kind}: {'; '.join(own[kind])}" if own.get(kind) else kind for kind in kinds)
    cycles = groupby((item for item in indicators if item.cycle), lambda item: item.cycle)
    return GroupView(
        group=group.group,
        title=group.title,
        indicators=tuple(views),
        breakdowns=tuple(breakdowns),
        actions=actions,
        documents=documents,
        missing=_missing(views, breakdowns),
        left_out=_left_out(views),
        partial=_partial(views),
        answers=_answers(views),
        cycles=tuple((", ".join(item.id for item in items), tuple(stages(cycle))) for cycle, items in cycles if cycle),
        sources=_tables(cell.source for view in views for _, cell in view.figures),
    )


def _missing(views: Sequence[IndicatorView], breakdowns: Sequence[Breakdown]) -> tuple[tuple[str, str, str], ...]:
    """Figures without a value: which, the status in words and why; those of one reason stand together."""
    empty = _alike(views, lambda cell: (cell.status, cell.note) if cell.value is None else None)
    for table in breakdowns:
        for value, cells in table.rows:
            for cell in cells:
                if cell.status == "not_applicable":
                    names = empty.setdefault((cell.status, cell.note), [])
                    names.append(f"{cell.indicator} ({table.title.lower()}: {value})")
    return tuple((", ".join(dict.fromkeys(names)), status_word(status), why) for (status, why), names in empty.items())


def _left_out(views: Sequence[IndicatorView]) -> tuple[tuple[str, int, int], ...]:
    """Figures that leave rows out: which, how many are excluded and how many are unknown."""
    told = _alike(views, lambda cell: (cell.excluded, cell.unknown) if cell.excluded or cell.unknown else None)
    return tuple((", ".join(names), excluded, unknown) for (excluded, unknown), names in told.items())


def _partial(views: Sequence[IndicatorView]) -> tuple[tuple[str, str], ...]:
    """Figures with a value that lack reports: which, and whose or what."""
    told = _alike(views, lambda cell: cell.note if cell.lacking else None)
    return tuple((", ".join(names), why) for why, names in told.items())


def _answers(views: Sequence[IndicatorView]) -> tuple[tuple[str, Answer], ...]:
    """What was answered in words: to which questions, and the answer; equal ones stand together."""
    named = _named((view, len(view.figures), view.answers) for view in views)
    return tuple((", ".join(names), answer) for answer, names in named.items())


def _alike(views: Sequence[IndicatorView], trait: Callable[[Cell], _T | None]) -> dict[_T, list[str]]:
    """Names of the figures that have each trait."""
    told = ((view, [(title, trait(cell)) for title, cell in view.figures]) for view in views)
    return _named(
        (view, len(all_of), [(title, seen) for title, seen in all_of if seen is not None]) for view, all_of in told
    )


def _named(told: Iterable[tuple[IndicatorView, int, Sequence[tuple[str, _T]]]]) -> dict[_T, list[str]]:
    """Of each thing that is told of parts of indicators (how many they are, what of which), the names of these; all the
    parts of an indicator are named by it alone."""
    named: dict[_T, list[str]] = {}
    for view, parts, things in told:
        found: dict[_T, list[str]] = {}
        for title, seen in things:
            found.setdefault(seen, []).append(title)
        for seen, titles in found.items():
            whole = len(titles) == parts
            name = view.indicator.id if whole else f"{view.indicator.id} ({'; '.join(titles)})"
            named.setdefault(seen, []).append(name)
    return named


def _same(one: Cell, other: Cell) -> bool:
    """Whether both are one value of the same rows."""
    return (one.value, one.unit, one.n, one.d) == (other.value, other.unit, other.n, other.d)


def _tables(sources: Iterable[str]) -> tuple[str, ...]:
    """The tables that several figures rest on, each told once and without its files."""
    parts = (part.partition(": ")[0] for source in sources for part in source.split("; ") if ": " in part)
    return tuple(dict.fromkeys(parts))


def _concerning(unit: Organisation, views: Iterable[IndicatorView]) -> Iterator[IndicatorView]:
    """Indicators that a document is to tell of: a school without grades 10–11 is not told of them."""
    for view in views:
        told = any(cell.status != "not_applicable" for _, cell in view.figures)
        if told or unit.level is not Level.ORGANISATION:
            yield view


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
