"""Documents as data: ``indicator_specs/documents/*.yaml`` names templates, charts and what is worth a sentence."""

from typing import Literal

from quality_cli.analysis.observations import ObservationRule
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.yamlfile import Strict, validate


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

    Raises :class:`quality_cli.core.errors.CatalogueError` for a mistake in a file of documents.
    """
    specs = [validate(DocumentSpec, document) for document in catalogue.documents.values()]
    single = [spec for spec in specs if not spec.per_direction]
    repeated = [spec for spec in specs if spec.per_direction]
    return single + [_for_direction(spec, catalogue, number) for spec in repeated for number in _directions(catalogue)]


def _directions(catalogue: Catalogue) -> list[str]:
    held = {group.direction for group in catalogue.groups}
    return [direction.id for direction in catalogue.settings.directions if direction.id in held]


def _for_direction(spec: DocumentSpec, catalogue: Catalogue, number: str) -> DocumentSpec:
    direction = next(item for item in catalogue.settings.directions if item.id == number)
    named = {name: getattr(spec, name).format(id=direction.id, title=direction.title) for name in ("title", "file")}
    indicators = [item.id for group in catalogue.groups if group.direction == number for item in group.indicators]
    return spec.model_copy(update={**named, "indicators": indicators, "direction": number})
