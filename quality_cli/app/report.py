"""Use case: documents for the municipality and each organisation from published results."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from quality_cli.analysis.results import Results
from quality_cli.app.compute import RESULTS, UNITS
from quality_cli.app.forms.free_answers import Told, read_told
from quality_cli.app.workspace.config import Options, template_folders
from quality_cli.app.workspace.manifest import hashes, now, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.core.progress import Progress, silent
from quality_cli.core.text import cleaned
from quality_cli.documents.report.assemble import Assembler
from quality_cli.documents.report.build import Builder
from quality_cli.documents.report.spec import DocumentSpec, documents_of
from quality_cli.documents.templates.model import Office, Signatory
from quality_cli.documents.templates.renderer import Renderer, read_templates

FORMATS = ("docx", "md")
DOCUMENTS = "documents"

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*«»]+')


@dataclass(frozen=True, slots=True)
class Published:
    """What documents are made of: the results, the units, what was answered in words."""

    results: Results
    organisations: OrgTree
    told: Told


def report(options: Options, formats: Sequence[str] = FORMATS, progress: Progress = silent) -> list[str]:
    """Render the documents from ``results.parquet`` of ``options.out`` beside it; returns their relative names.

    Needs no data folder: the results carry everything. Raises :class:`NothingToDoError` where there are none.
    """
    check_formats(formats)
    with lock(options.out):
        published = _read_published(options.out)
        catalogue = load_catalogue(options.catalogue)
        manifest = read_manifest(options.out)
        with publication(options.out) as stage:
            written = write_documents(stage, catalogue, published, options, formats, progress)
            write_manifest(stage, {**manifest, **documents_entry(stage, written, formats)})
    return written


def check_formats(formats: Sequence[str]) -> None:
    """Raise :class:`ConfigurationError` for a format that cannot be written."""
    for name in formats:
        if name not in FORMATS:
            raise ConfigurationError(f"нет формата «{name}»; есть: {', '.join(FORMATS)}")


def write_documents(
    stage: Path,
    catalogue: Catalogue,
    published: Published,
    options: Options,
    formats: Sequence[str],
    progress: Progress = silent,
) -> list[str]:
    """Write every document of the latest (or chosen) period under ``stage/documents``; returns relative names."""
    results, tree = published.results, published.organisations
    periods = results.periods()
    if options.period and str(options.period) not in periods:
        raise NothingToDoError(f"в результатах нет {options.period} учебного года; есть: {', '.join(periods)}")
    period = options.period or Period.parse(periods[-1])
    builder = Builder(
        catalogue=catalogue,
        results=results,
        organisations=tree,
        answers=published.told,
        period=period,
        office=Office(**options.office.model_dump()),
        signatory=Signatory(**options.signatory.model_dump()),
    )
    folders = template_folders(options)
    specs = documents_of(catalogue)
    jobs = [(spec, unit, members) for spec in specs for unit, members in _recipients(spec, results, tree)]
    place = {unit.id: number for number, unit in enumerate(tree)}
    jobs.sort(key=lambda job: place[job[1].id])  # documents of a unit share its figures
    written: list[str] = []
    with Renderer(read_templates(folders), names_of(catalogue)) as renderer:
        assembler = Assembler(builder, renderer, folders)
        for number, (spec, unit, members) in enumerate(jobs):
            progress("Документы", unit.name, number, len(jobs))
            rendered = assembler.render(spec, unit, members, docx="docx" in formats)
            folder = stage / DOCUMENTS / safe_name(f"{unit.id} {unit.name}")
            folder.mkdir(parents=True, exist_ok=True)
            base = folder / safe_name(f"{spec.file} {period}")
            files: dict[str, bytes] = {}
            if rendered.docx is not None:
                files[f"{base.name}.docx"] = rendered.docx
            if "md" in formats:
                files[f"{base.name}.md"] = rendered.markdown.encode()
                files.update(rendered.images)
            for name, content in files.items():
                (folder / name).write_bytes(content)
            written += [f"{DOCUMENTS}/{folder.name}/{name}" for name in files]
    progress("Документы", "", len(jobs), len(jobs))
    return written


def documents_entry(stage: Path, written: Sequence[str], formats: Sequence[str]) -> dict[str, Any]:
    """What the manifest says of the documents."""
    return {"documents": {"finished": now(), "formats": list(formats), "files": hashes(stage, written)}}


def safe_name(text: str) -> str:
    """A file name from any text: no separators, unseen characters, quotes or leading dots; at most 120 characters."""
    plain = re.sub(r"\s+", " ", _UNSAFE.sub("-", cleaned(text)).replace("- ", " ").replace(" -", " "))
    return plain.strip(" .-")[:120].strip(" .-") or "без названия"


def _recipients(spec: DocumentSpec, results: Results, tree: OrgTree) -> list[tuple[Unit, list[Unit]]]:
    """Units that receive the document: those that any of its indicators concerns."""
    presented = set(spec.indicators)
    concerned = {row.org_id for row in results if row.indicator in presented and row.status != "not_applicable"}
    chosen = [unit for unit in tree if unit.id in concerned]
    recipients: list[tuple[Unit, list[Unit]]] = []
    for unit in chosen:
        if unit.level is Level.MUNICIPALITY and spec.templates.municipality:
            members = [
                member
                for member in chosen
                if member.level is Level.ORGANISATION and tree.ancestor(member.id, Level.MUNICIPALITY) == unit
            ]
            recipients.append((unit, members))
        elif unit.level is Level.ORGANISATION and spec.templates.organisation:
            recipients.append((unit, []))
    return recipients


def _read_published(out: Path) -> Published:
    try:
        units = json.loads((out / UNITS).read_text(encoding="utf-8"))
        return Published(Results.read(out / RESULTS[0]), OrgTree.from_records(units), read_told(out))
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise NothingToDoError(f"в папке «{out}» нет результатов; сначала выполните quality compute") from error
