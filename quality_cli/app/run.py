"""Use case for cron: check, compute and report in one go, published as one folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quality_cli.analysis.completeness import table_of
from quality_cli.app.compute import calculate, write_account, write_results
from quality_cli.app.forms.free_answers import told_in
from quality_cli.app.report import (
    DOCUMENTS,
    FORMATS,
    Published,
    Unwritten,
    check_formats,
    documents_entry,
    documents_identity,
    write_documents,
)
from quality_cli.app.workspace.identity import Identity, changes
from quality_cli.app.workspace.manifest import now, published_identity, read_manifest, section
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.findings import Findings


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: nothing when the identity is that of the published output.

    ``changed``: the names that differ, by component of the identity, and the documents where they alone are out of
    date; empty for a first run and where files of the output were lacking. ``unwritten`` are documents that would have
    nothing to say.
    """

    skipped: bool
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    documents: int = 0
    rows: int = 0
    findings: Findings | None = None
    unwritten: Sequence[Unwritten] = ()


def run(workspace: Workspace, formats: Sequence[str] = FORMATS, *, force: bool = False) -> RunOutcome:
    """Do the whole job; a reader of the output folder sees the old output or the new one, never a mixture."""
    check_formats(formats)
    out = workspace.options.out
    with lock(out, workspace.options.data):
        before = read_manifest(out)
        known = published_identity(before)
        changed = {} if known is None else _changed(known, before, workspace, formats)
        made = {**section(before, "outputs"), **section(section(before, DOCUMENTS), "files")}
        whole = known is not None and all((out / name).is_file() for name in made)
        if whole and not changed and not force:
            return RunOutcome(skipped=True)
        started = now()
        computed = calculate(workspace)
        with publication(out, computed.tables.findings) as stage:
            outputs = write_results(stage, computed)
            told = told_in(computed.tables, computed.catalogue)
            tree = computed.tables.organisations
            completeness = table_of(computed.completeness, tree, computed.catalogue.specs.contracts)
            published = Published(
                computed.results, computed.assessments, computed.recommendations, tree, told, completeness
            )
            written = write_documents(stage, published, workspace, formats)
            entry = documents_entry(stage, written.files, workspace, formats, outputs)
            write_account(stage, computed, workspace.options, started, outputs, entry)
    return RunOutcome(
        False, changed, len(written.files), len(computed.results), computed.tables.findings, written.unwritten
    )


def _changed(
    known: Identity, before: Mapping[str, Any], workspace: Workspace, formats: Sequence[str]
) -> dict[str, list[str]]:
    """What differs from the published output: its identity, or only the documents that lie beside it."""
    found = changes(known, workspace.identity)
    current = documents_identity(workspace, formats, section(before, "outputs"))
    if not found and section(before, DOCUMENTS).get("identity") != current:
        return {DOCUMENTS: sorted(formats)}
    return found
