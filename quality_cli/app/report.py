"""Use case: documents for the municipality and each organisation from published results."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quality_cli.analysis.judgement.assessment import FILES as ASSESSMENT
from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.judgement.recommendation import FILES as RECOMMENDATIONS
from quality_cli.analysis.judgement.recommendation import Recommendations
from quality_cli.analysis.results import OtherColumnsError, Results
from quality_cli.app.compute import COMPLETENESS, RESULTS, UNITS
from quality_cli.app.forms.free_answers import TOLD, Told, read_told
from quality_cli.app.unread import unread_files
from quality_cli.app.workspace.config import template_folders
from quality_cli.app.workspace.identity import digest_of
from quality_cli.app.workspace.manifest import hashes, now, read_manifest, section, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.catalogue.questions import questions_of
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.files import content, opened
from quality_cli.core.findings import Findings
from quality_cli.core.ids import closest
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.paths import distinct_names, safe_name
from quality_cli.core.periods import Period
from quality_cli.core.russian import counted
from quality_cli.documents.report.assemble import Assembler, Blank
from quality_cli.documents.report.build import Builder
from quality_cli.documents.report.lacking import lacking_of, owed_reports
from quality_cli.documents.report.spec import DocumentSpec, documents_of
from quality_cli.documents.templates.model import Lacking, Office, Signatory
from quality_cli.documents.templates.renderer import Renderer, read_templates

FORMATS = ("docx", "md")
DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Published:
    """What documents are made of: the results, what is judged and recommended, the units, what was answered in
    words."""

    results: Results
    assessments: Assessments
    recommendations: Recommendations
    organisations: OrgTree
    told: Told
    completeness: pa.Table


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A document that is not written: nearly all its figures have no data."""

    file: str
    unit: str
    empty: int
    figures: int

    def __str__(self) -> str:
        what = f"нет данных для {self.empty} из {counted(self.figures, 'значения', 'значений', 'значений')}"
        return f"не составлена «{self.file}», {self.unit}: {what}"


@dataclass(frozen=True, slots=True)
class Documents:
    """What was written, as names of files in the output folder, and what was not."""

    files: list[str]
    unwritten: list[Unwritten]


def report(workspace: Workspace, formats: Sequence[str] = FORMATS, findings: Findings | None = None) -> Documents:
    """Render the documents from ``results.parquet`` of the output folder beside it: what was written, what was not.

    Needs no data folder: the results carry everything. ``findings`` receives what is told of the folder.
    Raises :class:`NothingToDoError` where there are no results.
    """
    check_formats(formats)
    out = workspace.options.out
    with lock(out):
        published = _read_published(out)
        if findings is not None:
            findings.extend(unread_files(workspace))
        manifest = read_manifest(out)
        _ = workspace.rules  # as they are before anything is made by them
        with publication(out, findings) as stage:
            written = write_documents(stage, published, workspace, formats)
            entry = documents_entry(stage, written.files, workspace, formats, section(manifest, "outputs"))
            write_manifest(stage, {**manifest, **entry})
    return written


def check_formats(formats: Sequence[str]) -> None:
    """Raise :class:`ConfigurationError` for a format that cannot be written."""
    for name in formats:
        if name not in FORMATS:
            raise ConfigurationError(f"нет формата «{name}»; есть: {', '.join(FORMATS)}")


def _lacking(
    published: Published, catalogue: Catalogue, period: Period
) -> Callable[[Sequence[Figure], Unit], tuple[Lacking, ...]]:
    """What tells which tables are not handed in whole that figures rest on."""
    return partial(
        lacking_of,
        owed_reports(published.completeness, str(period)),
        organisations=published.organisations,
        contracts=catalogue.specs.contracts,
        asked={name: question.indicator.id for name, question in questions_of(catalogue).items()},
    )


def write_documents(stage: Path, published: Published, workspace: Workspace, formats: Sequence[str]) -> Documents:
    """Write every document of the latest (or chosen) period under ``stage/documents`` that has anything to say."""
    options, catalogue, progress = workspace.options, workspace.catalogue, workspace.progress
    results, tree = published.results, published.organisations
    periods = results.periods()
    if options.period and str(options.period) not in periods:
        raise NothingToDoError(f"в результатах нет {options.period} учебного года; есть: {', '.join(periods)}")
    period = options.period or Period.parse(periods[-1])
    builder = Builder(
        catalogue=catalogue,
        results=results,
        assessments=published.assessments,
        recommendations=published.recommendations,
        organisations=tree,
        answers=published.told,
        period=period,
        attached=_attached(workspace),
        office=Office(**options.office.model_dump()),
        signatory=Signatory(**options.signatory.model_dump()),
        lacking=_lacking(published, catalogue, period),
    )
    folders = template_folders(options)
    specs = documents_of(catalogue)
    jobs = [(spec, unit, members) for spec in specs for unit, members in _recipients(spec, results, tree, period)]
    place = {unit.id: number for number, unit in enumerate(tree)}
    jobs.sort(key=lambda job: place[job[1].id])  # documents of a unit share its figures
    homes = distinct_names({unit.id: (f"{unit.id} {unit.name}",) for unit in tree})
    bases = distinct_names({spec.document + spec.direction: (f"{spec.file} {period}",) for spec in specs})
    written: list[str] = []
    unwritten: list[Unwritten] = []
    with Renderer(read_templates(folders), names_of(catalogue)) as renderer:
        assembler = Assembler(builder, renderer, folders)
        for number, (spec, unit, members) in enumerate(jobs):
            progress("Документы", unit.name, number, len(jobs))
            rendered = assembler.render(spec, unit, members, docx="docx" in formats)
            base = bases[spec.document + spec.direction]
            if isinstance(rendered, Blank):
                unwritten.append(Unwritten(base, unit.name, rendered.empty, rendered.figures))
                continue
            folder = stage / DOCUMENTS / homes[unit.id]
            folder.mkdir(parents=True, exist_ok=True)
            files: dict[str, bytes] = {}
            if rendered.docx is not None:
                files[f"{base}.docx"] = rendered.docx
            if "md" in formats:
                files[f"{base}.md"] = rendered.markdown.encode()
                files.update(rendered.images)
            for name, whole in files.items():
                if safe_name(name) != name:
                    raise ConfigurationError(
                        f"рисунок назван «{name}», а так файл назвать нельзя; исправьте key в charts"
                    )
                (folder / name).write_bytes(whole)
            written += [f"{DOCUMENTS}/{folder.name}/{name}" for name in files]
    progress("Документы", "", len(jobs), len(jobs))
    return Documents(written, unwritten)


def _attached(workspace: Workspace) -> Mapping[str, Sequence[str]]:
    """The municipality's own documents in words, by the kind that the catalogue names.

    Raises :class:`ConfigurationError` for a kind that it does not name.
    """
    kinds = {kind.rstrip(":") for group in workspace.catalogue.groups for kind in group.documents.municipality}
    found: dict[str, list[str]] = {}
    for document in workspace.options.documents:
        if document.kind not in kinds:
            raise ConfigurationError(
                f"documents: справки не называют документа «{document.kind}»{closest(document.kind, kinds)}"
            )
        found.setdefault(document.kind, []).append(document.words())
    return found


def documents_entry(
    stage: Path, written: Sequence[str], workspace: Workspace, formats: Sequence[str], outputs: Mapping[str, str]
) -> dict[str, Any]:
    """What the manifest says of documents made from the ``outputs`` of a computation."""
    return {
        DOCUMENTS: {
            "finished": now(),
            "formats": list(formats),
            "identity": documents_identity(workspace, formats, outputs),
            "files": hashes(stage, written),
        }
    }


def documents_identity(workspace: Workspace, formats: Sequence[str], outputs: Mapping[str, str]) -> str:
    """One hash of the results that documents are made from and of all that makes them.

    ``report`` and ``compute`` each renew a half of the output folder: documents of other results are not up to date.
    """
    sources = [
        outputs.get(name, "") for name in (RESULTS[0], ASSESSMENT[0], RECOMMENDATIONS[0], COMPLETENESS[0], UNITS, TOLD)
    ]
    return digest_of(workspace.rules, list(formats), sources)


def _recipients(spec: DocumentSpec, results: Results, tree: OrgTree, period: Period) -> list[tuple[Unit, list[Unit]]]:
    """Units that receive the document: those of the school year that any of its indicators concerns."""
    presented = set(spec.indicators)
    concerned = {row.org_id for row in results if row.indicator in presented and row.status != "not_applicable"}
    chosen = [unit for unit in tree if unit.id in concerned and unit.exists(period.start)]
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
        units, results = json.loads(content(out / UNITS)), Results.read(out / RESULTS[0])
        with opened(out / COMPLETENESS[0]) as file:
            completeness = pq.read_table(file, use_threads=False)
        judged = [out / name for name in (ASSESSMENT[0], RECOMMENDATIONS[0])]
        if absent := [path.name for path in judged if not path.exists()]:
            message = f"в папке «{out}» результаты прежней версии: нет {' и '.join(absent)}"
            raise NothingToDoError(f"{message}; рассчитайте заново: quality compute")
        assessments, recommendations = Assessments.read(judged[0]), Recommendations.read(judged[1])
        tree = OrgTree.from_records(units)
        return Published(results, assessments, recommendations, tree, read_told(out), completeness)
    except OtherColumnsError as error:
        raise NothingToDoError(f"в папке «{out}» {error}; рассчитайте заново: quality compute") from error
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise NothingToDoError(f"в папке «{out}» нет результатов; сначала выполните quality compute") from error
