"""Documents as data: ``indicator_specs/documents/*.yaml`` names templates, charts and what is worth a sentence."""

from typing import Literal

from quality_cli.analysis.observations import ObservationRule
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.errors import CatalogueError
from quality_cli.core.ids import closest
from quality_cli.core.yamlfile import Document, Strict, validate


class TemplatesByLevel(Strict):
    """Template file for each level of unit; absent: no document at this level."""

    municipality: str | None = None
    organisation: str | None = None


class Chart(Strict):
    """A chart by one stratifier: ``marks`` stacks the parts of an indicator, ``years`` sets this year beside the last.

    ``key`` is the file name that the template's image refers to.
    """

    key: str
    kind: Literal["marks", "years"]
    indicator: str
    parts: list[str] = [""]
    by: str
    label: str = "{value}"


class DocumentSpec(Strict):
    """One document: its name, templates, indicators it presents; units that have any of them receive it.

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
    observations: list[ObservationRule] = []


def documents_of(catalogue: Catalogue) -> list[DocumentSpec]:
    """Every document of the catalogue, those of directions one by one.

    Raises :class:`CatalogueError` for a mistake in a file of documents.
    """
    specs = [_checked(document, catalogue) for document in catalogue.documents.values()]
    single = [spec for spec in specs if not spec.per_direction]
    repeated = [spec for spec in specs if spec.per_direction]
    return single + [_for_direction(spec, catalogue, number) for spec in repeated for number in _directions(catalogue)]


def _checked(document: Document, catalogue: Catalogue) -> DocumentSpec:
    """The document without the indicators that are switched off; a name that nobody knows is a mistake."""
    spec = validate(DocumentSpec, document)
    named = [(name, ("indicators", index)) for index, name in enumerate(spec.indicators)]
    for key in ("charts", "observations"):
        named += [(item.indicator, (key, index)) for index, item in enumerate(getattr(spec, key))]
    known = {*catalogue.indicators, *catalogue.off}
    mistakes = [
        document.mistake(f"нет показателя «{name}»{closest(name, known)}", path)
        for name, path in named
        if name not in known
    ]
    if mistakes:
        raise CatalogueError(mistakes)
    on = catalogue.indicators
    return spec.model_copy(
        update={
            "indicators": [name for name in spec.indicators if name in on],
            "charts": [chart for chart in spec.charts if chart.indicator in on],
            "observations": [rule for rule in spec.observations if rule.indicator in on],
        }
    )


def _directions(catalogue: Catalogue) -> list[str]:
    held = {group.direction for group in catalogue.groups}
    return [direction.id for direction in catalogue.settings.directions if direction.id in held]


def _for_direction(spec: DocumentSpec, catalogue: Catalogue, number: str) -> DocumentSpec:
    direction = next(item for item in catalogue.settings.directions if item.id == number)
    named = {name: getattr(spec, name).format(id=direction.id, title=direction.title) for name in ("title", "file")}
    indicators = [item.id for group in catalogue.groups if group.direction == number for item in group.indicators]
    return spec.model_copy(update={**named, "indicators": indicators, "direction": number})
