"""A document of one unit: view model, Markdown, charts, DOCX."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import Any

from quality_cli.analysis.observations import observe, parse_stratum
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure, counts_organisations, question_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.documents.docx.docx import to_docx
from quality_cli.documents.report.charts import BarGroup, StackedRow, grouped_bars, stacked_shares
from quality_cli.documents.report.markdown import publishable, render
from quality_cli.documents.report.spec import Chart, DocumentSpec
from quality_cli.documents.report.view import (
    Answer,
    Breakdown,
    Cell,
    Figures,
    GroupView,
    IndicatorView,
    ObservationView,
    SchoolView,
)

BLANK = "бланк.docx"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document ready to be written: Markdown as published, pictures by file name, DOCX where asked."""

    markdown: str
    images: Mapping[str, bytes]
    docx: bytes | None


@dataclass(frozen=True)
class Assembler:
    """Makes documents from one results table; ``templates`` are folders, the user's own first.

    ``answers``: what was answered in words, by unit, school year and question.
    """

    catalogue: Catalogue
    results: Results
    organisations: OrgTree
    answers: Mapping[tuple[str, str, str], Answer]
    period: Period
    templates: Sequence[Path]
    office: Mapping[str, str]
    signatory: Mapping[str, str]

    def render(self, spec: DocumentSpec, unit: Unit, members: Sequence[Unit], *, docx: bool) -> Rendered:
        """Render the document of ``unit``; ``members`` are the organisations a municipality's document lists.

        Raises :class:`quality_cli.documents.report.markdown.TemplateFault` for a mistake in the template.
        """
        name = spec.templates.municipality if unit.level is Level.MUNICIPALITY else spec.templates.organisation
        assert name is not None
        charts = {chart.key: draw for chart in spec.charts if (draw := self._chart(chart, unit)) is not None}
        text = render(name, self.templates, self._context(spec, unit, members, charts))
        images = {key: draw() for key, draw in charts.items() if f"]({key})" in text}
        document = to_docx(text, self._blank(), images, spec.title) if docx else None
        return Rendered(publishable(text), images, document)

    def _blank(self) -> Path:
        return next(folder / BLANK for folder in self.templates if (folder / BLANK).is_file())

    def _figures(self, unit: Unit, period: Period) -> Figures:
        return Figures(self.results, unit, str(period), self._order, self._of_units)

    @cached_property
    def _order(self) -> Mapping[str, tuple[str, ...]]:
        return {indicator.id: tuple(indicator.by) for indicator in self.catalogue.indicators.values()}

    @cached_property
    def _of_units(self) -> frozenset[tuple[str, str]]:
        contracts = self.catalogue.specs.contracts
        return frozenset((f.indicator, f.part) for f in self.catalogue.figures if counts_organisations(f, contracts))

    def _context(
        self, spec: DocumentSpec, unit: Unit, members: Sequence[Unit], charts: Iterable[str]
    ) -> dict[str, Any]:
        municipality = self.organisations.ancestor(unit.id, Level.MUNICIPALITY) or unit
        before = self.period.shifted(-1)
        own = self._figures(unit, self.period)
        found = observe(spec.observations, self.results, unit.id, municipality.id, str(self.period), str(before))
        return {
            "title": spec.title,
            **{name: count(1).__next__ for name in ("section", "table", "figure")},
            "unit": unit,
            "municipality": municipality,
            "period": str(self.period),
            "previous": str(before),
            "own": own,
            "own_before": self._figures(unit, before),
            "district": self._figures(municipality, self.period),
            "has_previous": str(before) in self.results.periods(),
            "schools": [SchoolView(member, self._figures(member, self.period)) for member in members],
            "indicators": [self._indicator(indicator_id, own) for indicator_id in spec.indicators],
            "groups": self._groups(spec, unit, own, members),
            "observations": [ObservationView.of(observation) for observation in found],
            "images": set(charts),
            "small_below": self.catalogue.settings.small_below,
            "office": self.office,
            "signatory": self.signatory,
            "sources": self._sources(spec, unit),
        }

    def _indicator(self, indicator_id: str, own: Figures) -> IndicatorView:
        indicator = self.catalogue.indicators[indicator_id]
        shown: list[tuple[str, Cell]] = []
        beside: list[tuple[str, Cell]] = []
        main = {figure.part for figure in self._main(indicator)}
        for figure in self.catalogue.figures_of[indicator_id]:
            cell = own(indicator_id, figure.part)
            if figure.part in main:
                shown.append((figure.title, cell))
            elif cell.value is not None and not cell.same_as(shown[-1][1]):
                beside.append((figure.title, cell))
        answers = (
            (figure.title, self.answers.get((own.unit.id, own.period, question_of(indicator_id, figure.part))))
            for figure in self._main(indicator)
        )
        told = tuple((title, answer) for title, answer in answers if answer is not None)
        return IndicatorView(indicator, tuple(shown), tuple(beside), told)

    def _groups(self, spec: DocumentSpec, unit: Unit, own: Figures, members: Sequence[Unit]) -> list[GroupView]:
        """Groups of the document's direction with the indicators of the unit's level, or with those of the other
        level where none of its own concerns the unit."""
        level = Level.MUNICIPALITY if unit.level is not Level.ORGANISATION else Level.ORGANISATION
        groups = [group for group in self.catalogue.groups if group.direction == spec.direction]
        here = {item.id: self._indicator(item.id, own) for group in groups for item in group.indicators}
        here = {name: view for name, view in here.items() if any(cell.row for _, cell in view.figures)}
        at_level = {name: view for name, view in here.items() if view.indicator.level is level}
        views = []
        for group in groups:
            shown = tuple(view for name, view in (at_level or here).items() if name in {i.id for i in group.indicators})
            if shown:
                texts = (getattr(part, str(level)) for part in (group.actions, group.documents))
                actions, documents = map(tuple, texts)
                breakdowns = (*self._breakdowns(shown, own), *self._by_organisation(shown, members))
                views.append(GroupView(group.group, group.title, shown, breakdowns, actions, documents))
        return views

    def _breakdowns(self, shown: Sequence[IndicatorView], own: Figures) -> Iterator[Breakdown]:
        """Figures of a group by each of its stratifiers alone; their cross is left to the results table."""
        for name in dict.fromkeys(name for view in shown for name in view.indicator.by):
            indicators = [view.indicator for view in shown if name in view.indicator.by]
            figures = [figure for indicator in indicators for figure in self._main(indicator)]
            told = [
                row
                for figure in figures
                for row in self.results.of_unit(own.unit.id, own.period, figure.indicator, figure.part, name)
            ]
            values = dict.fromkeys(parse_stratum(row.stratum)[name] for row in told)
            title = self.catalogue.specs.contracts[figures[0].population].columns[name].title
            rows = tuple(
                (value, tuple(own(figure.indicator, figure.part, **{name: value}) for figure in figures))
                for value in values
            )
            if rows:
                yield Breakdown(title, tuple((figure.indicator, figure.title) for figure in figures), rows)

    def _by_organisation(self, shown: Sequence[IndicatorView], members: Sequence[Unit]) -> Iterator[Breakdown]:
        """Figures of each organisation where the wording asks for them, in the order of the register."""
        asked = [view.indicator for view in shown if view.indicator.by_organisation]
        figures = [figure for indicator in asked for figure in self._main(indicator)]
        of_members = [(unit.name, self._figures(unit, self.period)) for unit in members]
        cells = [(name, tuple(own(f.indicator, f.part) for f in figures)) for name, own in of_members]
        rows = tuple((name, row) for name, row in cells if any(cell.row for cell in row))
        if rows:
            yield Breakdown("Организация", tuple((figure.indicator, figure.title) for figure in figures), rows)

    def _sources(self, spec: DocumentSpec, unit: Unit) -> list[str]:
        figures = self._figures(unit, self.period)
        rows = [
            figures(indicator_id, self.catalogue.figures_of[indicator_id][0].part).row
            for indicator_id in spec.indicators
        ]
        return list(dict.fromkeys(part for row in rows if row for part in row.source.split("; ")))

    def _chart(self, chart: Chart, unit: Unit) -> Callable[[], bytes] | None:
        """How to draw the picture (drawn only if the template shows it), or None where there is nothing to draw."""
        own, before = self._figures(unit, self.period), self._figures(unit, self.period.shifted(-1))
        values = own.values(chart.indicator, chart.by, chart.parts[0])
        if not values:
            return None
        labels = [chart.label.format(value=value) for value in values]
        if chart.kind == "marks":
            rows = [
                StackedRow(label, tuple(own(chart.indicator, part, **{chart.by: value}).n or 0 for part in chart.parts))
                for label, value in zip(labels, values, strict=True)
            ]
            return partial(stacked_shares, rows) if any(sum(row.amounts) for row in rows) else None
        groups = [
            BarGroup(
                label,
                tuple(year(chart.indicator, chart.parts[0], **{chart.by: value}).value for year in (before, own)),
            )
            for label, value in zip(labels, values, strict=True)
        ]
        return partial(grouped_bars, groups, (before.period, own.period), legend="Учебный год")

    def _main(self, indicator: Indicator) -> list[Figure]:
        """The figures of an indicator without those beside them."""
        beside = {part.id for part in indicator.beside}
        return [
            figure for figure in self.catalogue.figures_of[indicator.id] if not beside & set(figure.part.split(";"))
        ]
