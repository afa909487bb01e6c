"""The methodology annex: the passport of every indicator, as one document."""

from collections.abc import Iterator

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.passport import ExampleView, examples_of, passport_facts
from quality_cli.core.resources import TEMPLATES
from quality_cli.documents.docx.docx import to_docx
from quality_cli.documents.templates.markdown import md, publishable

TITLE = "Методика расчёта показателей"


def methodology(catalogue: Catalogue) -> str:
    """Markdown of the annex, in the dialect of the documents."""
    parts = [f"# {TITLE}", f"{md(catalogue.settings.catalogue)}, {md(catalogue.settings.version)}"]
    for group in catalogue.groups:
        parts.append(f"## {md(f'{group.group}. {group.title}')}")
        parts += [_indicator(item, catalogue) for item in group.indicators]
    return "\n\n".join(parts) + "\n"


def methodology_file(catalogue: Catalogue, suffix: str) -> bytes:
    """The annex as a file: DOCX for the suffix ``.docx``, Markdown for any other."""
    text = methodology(catalogue)
    if suffix.lower() == ".docx":
        return to_docx(text, TEMPLATES / "бланк.docx", {}, TITLE)
    return publishable(text).encode()


def _indicator(indicator: Indicator, catalogue: Catalogue) -> str:
    facts = [f"- {md(name)}: {md(value)}" for name, value in passport_facts(indicator, catalogue)[1:]]
    return "\n\n".join([f"### {md(indicator.id)}", "\n".join(facts), *_example(examples_of(indicator, catalogue)[0])])


def _example(example: ExampleView) -> Iterator[str]:
    """The first worked example: the others are told by ``quality catalogue show``."""
    yield f"Пример{f': {md(example.title)}' if example.title else ''}."
    for title, header, rows in example.tables:
        yield f"{{.caption}}\n{md(title)}"
        cells = [" | ".join(map(md, row)) for row in (header, *rows)]
        yield "\n".join(f"| {row} |" for row in (cells[0], " | ".join("---" for _ in header), *cells[1:]))
    yield "\n".join(f"- {md(line)}" for line in example.expected)
