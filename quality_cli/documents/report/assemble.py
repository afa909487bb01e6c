"""A document of one unit: report model, Markdown, charts, DOCX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from quality_cli.core.organisations import Level, Unit
from quality_cli.core.russian import NO_DATA, num
from quality_cli.core.strata import names_of
from quality_cli.documents.docx.docx import to_docx
from quality_cli.documents.report.build import PARTIAL_MARK, SMALL_MARK, Builder
from quality_cli.documents.report.charts import BarGroup, StackedRow, grouped_bars, stacked_shares
from quality_cli.documents.report.spec import BLANK, Chart, DocumentSpec
from quality_cli.documents.templates.markdown import publishable
from quality_cli.documents.templates.model import Cell, Figures, Report
from quality_cli.documents.templates.renderer import Renderer

_NEARLY_ALL = 0.9
"""A document is not written where so large a share of its figures has no data."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document ready to be written: Markdown as published, pictures by file name, DOCX where asked."""

    markdown: str
    images: Mapping[str, bytes]
    docx: bytes | None


@dataclass(frozen=True, slots=True)
class Blank:
    """How many of the figures of a document that apply to its unit have no data; nobody needs it where nearly all."""

    empty: int
    figures: int

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read in the document."""
        return self.figures > 0 and self.empty >= _NEARLY_ALL * self.figures


@dataclass(frozen=True)
class Assembler:
    """Makes documents; ``templates`` are folders, the user's own first (the blank is theirs too)."""

    builder: Builder
    renderer: Renderer
    templates: Sequence[Path]

    def render(self, spec: DocumentSpec, unit: Unit, members: Sequence[Unit], *, docx: bool) -> Rendered | Blank:
        """Render the document of ``unit``, unless nearly all of it would say that there are no data; ``members`` are
        the organisations a municipality's document lists.

        Raises :class:`quality_cli.documents.templates.jinja.TemplateFault` for a mistake in the template.
        """
        name = spec.templates.municipality if unit.level is Level.MUNICIPALITY else spec.templates.organisation
        assert name is not None
        charts = {chart.key: draw for chart in spec.charts if (draw := self._chart(chart, unit)) is not None}
        model = self.builder.report(spec, unit, members, charts)
        blank = _blank_of(model)
        if blank.is_blank:
            return blank
        text = self.renderer.render(name, model)
        images = {key: draw() for key, draw in charts.items() if f"]({key})" in text}
        document = to_docx(text, self._blank(), images, spec.title) if docx else None
        return Rendered(publishable(text), images, document)

    def _blank(self) -> Path:
        return next(folder / BLANK for folder in self.templates if (folder / BLANK).is_file())

    def _chart(self, chart: Chart, unit: Unit) -> Callable[[], bytes] | None:
        """How to draw the picture (drawn only if the template shows it), or None where there is nothing to draw."""
        period = self.builder.period
        own, before = self.builder.figures(unit, period), self.builder.figures(unit, period.shifted(-1))
        first = _cells(chart, own, chart.parts[0])
        named = {
            value: chart.label.format(value=value) for value, cell in first.items() if cell.status != "not_applicable"
        }
        if chart.kind == "marks":
            parts = [_cells(chart, own, part) for part in chart.parts]
            rows = [_stacked(label, [part.get(value) for part in parts]) for value, label in named.items()]
            return partial(stacked_shares, rows) if any(sum(row.amounts) for row in rows) else None
        years = (_cells(chart, before, chart.parts[0]), first)
        groups = [_bars(label, [year.get(value) for year in years]) for value, label in named.items()]
        return partial(grouped_bars, groups, (before.period, own.period), legend="Учебный год") if groups else None


def _stacked(label: str, cells: Sequence[Cell | None]) -> StackedRow:
    """A bar of the parts of one value of the stratifier: its name says of how many, and what the tables mark."""
    known = [cell for cell in cells if cell is not None]
    (first, *_), silent = known, [cell for cell in known if cell.value is None]
    if silent or first.d is None:
        return StackedRow(label, (0,) * len(cells), silent[0].shown if silent else NO_DATA)
    marks = SMALL_MARK * first.small + f" {PARTIAL_MARK}" * bool(first.lacking)
    return StackedRow(f"{label} ({num(first.d)}){marks}", tuple((cell.n if cell else None) or 0 for cell in cells))


def _bars(label: str, cells: Sequence[Cell | None]) -> BarGroup:
    """Bars of the school years of one value of the stratifier, with the texts of the tables."""
    return BarGroup(
        label,
        tuple(cell.value if cell else None for cell in cells),
        tuple(cell.marked if cell else NO_DATA for cell in cells),
    )


def _blank_of(model: Report) -> Blank:
    """Figures of the level that the document is of (all of them where it has none)."""
    grouped = [view for group in model.groups for view in group.indicators]
    level = "organisation" if model.unit.level == "organisation" else "municipality"
    own = [view for view in model.indicators if view.indicator.level == level]
    views = grouped or own or list(model.indicators)
    told = [cell for view in views for _, cell in view.figures if cell.status != "not_applicable"]
    return Blank(sum(cell.status in ("no_data", "suppressed") for cell in told), len(told))


def _cells(chart: Chart, figures: Figures, part: str) -> Mapping[str, Cell]:
    """What a chart shows of a part, by the value of its stratifier."""
    return {
        cell.stratum[0][1]: cell
        for cell in figures.cells
        if (cell.indicator, cell.part) == (chart.indicator, part) and names_of(cell.stratum) == (chart.by,)
    }
