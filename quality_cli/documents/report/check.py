"""Documents checked as a whole: their descriptions and the templates they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.ids import closest
from quality_cli.documents.report.spec import DocumentSpec, documents_of, read_documents
from quality_cli.documents.templates.jinja import TemplateFault
from quality_cli.documents.templates.lint import lint
from quality_cli.documents.templates.model import REMINDER, Reminder, Report
from quality_cli.documents.templates.renderer import read_templates


@dataclass(frozen=True, slots=True)
class Checked:
    """Documents without mistakes, and the names of all templates that they use, with what these include."""

    documents: tuple[DocumentSpec, ...]
    templates: frozenset[str]


def check_documents(catalogue: Catalogue, folders: Sequence[Path]) -> Checked:
    """Check the documents of a catalogue with the templates of ``folders``.

    Raises :class:`CatalogueError` with every mistake of every file, :class:`ConfigurationError` where templates cannot
    be read.
    """
    templates, names = read_templates(folders), names_of(catalogue)
    specs, mistakes = read_documents(catalogue)
    reminder = lint(REMINDER, Reminder, templates, names)
    faults, used = list(reminder.mistakes), set(reminder.templates)
    for key, spec in specs.items():
        document = catalogue.documents[key]
        for level, name in spec.templates:
            if name is None or name not in templates:
                if name is not None:
                    message = f"нет шаблона «{name}»{closest(name, templates)}"
                    mistakes.append(document.mistake(message, ("templates", level)))
                continue
            found = lint(name, Report, templates, names)
            faults += found.mistakes
            used |= found.templates
    mistakes += dict.fromkeys(map(_finding, faults))
    if mistakes:
        raise CatalogueError(mistakes)
    return Checked(tuple(documents_of(catalogue)), frozenset(used))


def _finding(fault: TemplateFault) -> Finding:
    place = Place(fault.template, line=fault.line, column=1)
    return Finding("catalogue.invalid", Severity.ERROR, fault.message, (place,))
