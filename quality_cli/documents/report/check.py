"""Documents checked as a whole: their descriptions, the templates they name, the rules that templates tell of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.catalogue.sources import documents_of_folders
from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.ids import closest
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.yamlfile import Document
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
    rules = set(_rules([*catalogue.documents.values(), *documents_of_folders([CATALOGUE])[0].values()]))
    reminder = lint(REMINDER, Reminder, templates, names)
    faults, used = list(reminder.mistakes), set(reminder.templates)
    for key, spec in specs.items():
        document, named, whole = catalogue.documents[key], set[str](), True
        for level, name in spec.templates:
            if name is None or name not in templates:
                if name is not None:
                    message = f"нет шаблона «{name}»{closest(name, templates)}"
                    mistakes.append(document.mistake(message, ("templates", level)))
                    whole = False
                continue
            found = lint(name, Report, templates, names, rules)
            faults += found.mistakes
            used |= found.templates
            named |= found.rules
            whole = whole and not found.mistakes
        mistakes += _untold(document, named) if whole else ()
    mistakes += dict.fromkeys(map(_finding, faults))
    if mistakes:
        raise CatalogueError(mistakes)
    return Checked(tuple(documents_of(catalogue)), frozenset(used))


def _finding(fault: TemplateFault) -> Finding:
    place = Place(fault.template, line=fault.line, column=1)
    return Finding("catalogue.invalid", Severity.ERROR, fault.message, (place,))


def _rules(documents: Sequence[Document]) -> Iterator[str]:
    """Rules by name: of indicators that are switched off too, for templates go on naming them."""
    for document in documents:
        data = document.data if isinstance(document.data, dict) else {}
        rules = data.get("observations")
        yield from (str(rule.get("id")) for rule in rules if isinstance(rule, dict)) if isinstance(rules, list) else ()


def _untold(document: Document, named: set[str]) -> Iterator[Finding]:
    """Rules of which no template of the document makes a sentence."""
    for index, rule in enumerate(_rules([document])):
        if rule not in named:
            message = f"о правиле «{rule}» не говорит ни один шаблон документа{closest(rule, named)}"
            yield document.mistake(message, ("observations", index, "id"))
