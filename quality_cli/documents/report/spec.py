"""Documents as data: ``indicator_specs/documents/*.yaml`` names templates, charts and what conclusions are about."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import Formatter
from typing import Literal

from pydantic import Field

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.names import Names, UnknownNameError
from quality_cli.core.yamlfile import KeyPath, Strict, validate
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.documents.report.charts import MARKS

BLANK = "бланк.docx"
"""The blank that documents are set on, among the templates."""


class TemplatesByLevel(Strict):
    """Template file for each level of unit; absent: no document at this level."""

    municipality: str | None = None
    organisation: str | None = None


class Chart(Strict):
    """A chart by one stratifier: ``marks`` stacks the parts of an indicator, ``years`` sets this year beside the last.

    ``key`` is the file name that the template's image refers to.
    """

    key: str = Field(pattern=r"^\w[\w .-]*\.png$")
    kind: Literal["marks", "years"]
    indicator: str
    parts: list[str] = Field(default=[""], min_length=1)
    by: str
    label: str = "{value}"


class FigureName(Strict):
    """A figure: an indicator, or a part of it."""

    indicator: str
    part: str = ""


class DocumentSpec(Strict):
    """One document: its name, templates, indicators it presents; units that have any of them receive it.

    ``conclusions``: the figures of the unit's level that its conclusions are about; where none is named, all it shows.
    ``per_direction``: one such document for every direction of the catalogue, with all its indicators; ``{id}`` and
    ``{title}`` of ``title`` and ``file`` are those of the direction.
    """

    document: str
    title: str
    file: str
    templates: TemplatesByLevel
    indicators: list[str] = []
    per_direction: bool = False
    direction: str = ""
    charts: list[Chart] = []
    conclusions: list[FigureName] = []


def documents_of(catalogue: Catalogue) -> list[DocumentSpec]:
    """Every document of the catalogue, those of directions one by one.

    Raises :class:`CatalogueError` with every mistake of every file of documents.
    """
    specs, mistakes = read_documents(catalogue)
    if mistakes:
        raise CatalogueError(mistakes)
    single = [spec for spec in specs.values() if not spec.per_direction]
    repeated = [spec for spec in specs.values() if spec.per_direction]
    return single + [_for_direction(spec, catalogue, number) for spec in repeated for number in _directions(catalogue)]


def read_documents(catalogue: Catalogue) -> tuple[dict[str, DocumentSpec], list[Finding]]:
    """Documents by the name of their file, without what is switched off; their mistakes."""
    names = names_of(catalogue)
    specs: dict[str, DocumentSpec] = {}
    mistakes: list[Finding] = []
    files: dict[str, str] = {}
    for key, document in catalogue.documents.items():
        try:
            spec = validate(DocumentSpec, document)
        except CatalogueError as error:
            mistakes += error.findings
            continue
        mistakes += [document.mistake(message, path) for message, path in _mistakes(spec, names)]
        if spec.file in files:
            message = f"файл с таким именем составляет и документ «{files[spec.file]}»"
            mistakes.append(document.mistake(message, ("file",)))
        files[spec.file] = spec.document
        specs[key] = _without(spec, catalogue.off)
    return specs, mistakes


def _mistakes(spec: DocumentSpec, names: Names) -> Iterator[Mistake]:
    """What a document names must exist: it would be silently missing from the paper."""
    allowed = ("id", "title") if spec.per_direction else ()
    yield from _places(spec.title, allowed, ("title",))
    yield from _places(spec.file, allowed, ("file",))
    for level, name in spec.templates:
        if name is not None and not name.endswith(".j2"):
            yield f"имя шаблона кончается на «.j2», а дано «{name}»", ("templates", level)
    if not any(name for _, name in spec.templates):
        yield "у документа нет ни одного шаблона: его никто не получит", ("templates",)
    for index, name in enumerate(spec.indicators):
        if name not in names.indicators and name not in names.off:
            yield f"нет показателя «{name}»{closest(name, names.indicators)}", ("indicators", index)
    keys: set[str] = set()
    for index, chart in enumerate(spec.charts):
        if chart.key in keys:
            yield f"рисунок «{chart.key}» уже есть", ("charts", index, "key")
        keys.add(chart.key)
        for message, path in _of_chart(chart, names):
            yield message, ("charts", index, *path)
    for index, figure in enumerate(spec.conclusions):
        for message, path in _of_figures(figure.indicator, {("part",): figure.part}, (), names):
            yield message, ("conclusions", index, *path)


def _of_chart(chart: Chart, names: Names) -> Iterator[Mistake]:
    yield from _places(chart.label, ("value",), ("label",))
    wanted = len(MARKS) if chart.kind == "marks" else 1
    if len(chart.parts) != wanted:
        yield f"у рисунка «{chart.kind}» частей (parts) должно быть {wanted}, а дано {len(chart.parts)}", ("parts",)
    parts: dict[KeyPath, str] = {("parts", index): part for index, part in enumerate(chart.parts)}
    yield from _of_figures(chart.indicator, parts, [chart.by], names)


def _of_figures(indicator: str, parts: Mapping[KeyPath, str], by: Sequence[str], names: Names) -> Iterator[Mistake]:
    """Mistakes in naming an indicator, parts of it and stratifiers, each where it is written."""
    if indicator in names.off:
        return
    if indicator not in names.indicators:
        yield f"нет показателя «{indicator}»{closest(indicator, names.indicators)}", ("indicator",)
        return
    for path, part in parts.items():
        try:
            names.check_part(indicator, part)
        except UnknownNameError as error:
            yield str(error), path
    try:
        names.stratum(indicator, names.indicators[indicator].parts[0], dict.fromkeys(by, ""))
    except UnknownNameError as error:
        yield str(error), ("by",)


def _places(text: str, allowed: Sequence[str], path: KeyPath) -> Iterator[Mistake]:
    """Mistakes of the {places} that are filled in."""
    try:
        parsed = [place[1:] for place in Formatter().parse(text) if place[1] is not None]
    except ValueError:
        yield "фигурные скобки не закрыты; сама скобка пишется дважды: {{ }}", path
        return
    for name, layout, conversion in parsed:
        if name not in allowed or layout or conversion:
            known = ", ".join(f"{{{word}}}" for word in allowed)
            yield f"{{{name}}} здесь нечем заменить{f'; бывает: {known}' if known else ''}", path


def _without(spec: DocumentSpec, off: Collection[str]) -> DocumentSpec:
    """The document without the indicators that are switched off."""
    return spec.model_copy(
        update={
            "indicators": [name for name in spec.indicators if name not in off],
            "charts": [chart for chart in spec.charts if chart.indicator not in off],
            "conclusions": [figure for figure in spec.conclusions if figure.indicator not in off],
        }
    )


def _directions(catalogue: Catalogue) -> list[str]:
    held = {group.direction for group in catalogue.groups}
    return [direction.id for direction in catalogue.settings.directions if direction.id in held]


def _for_direction(spec: DocumentSpec, catalogue: Catalogue, number: str) -> DocumentSpec:
    direction = next(item for item in catalogue.settings.directions if item.id == number)
    named = {name: getattr(spec, name).format(id=direction.id, title=direction.title) for name in ("title", "file")}
    indicators = [item.id for group in catalogue.groups if group.direction == number for item in group.asked]
    templates = TemplatesByLevel(**{level: name for level, name in spec.templates if level in direction.levels})
    return spec.model_copy(update={**named, "templates": templates, "indicators": indicators, "direction": number})
