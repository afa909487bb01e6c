"""Documents as data: ``indicator_specs/documents/*.yaml`` names templates, charts and what is worth a sentence."""

from typing import Literal

from quality_cli.analysis.observations import ObservationRule
from quality_cli.core.conditions import Where
from quality_cli.core.yamlfile import Strict


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
    """One document: its name, templates, who receives it, indicators it presents."""

    document: str
    title: str
    file: str
    organisations: Where
    templates: TemplatesByLevel
    indicators: list[str]
    charts: list[Chart] = []
    observations: list[ObservationRule] = []
