"""Use case for cron: check, compute and report in one go, published as one folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quality_cli.app.compute import calculate, input_fingerprint, write_results
from quality_cli.app.forms.free_answers import told_in
from quality_cli.app.report import FORMATS, Published, check_formats, documents_entry, write_documents
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.manifest import now, read_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.core.findings import Findings
from quality_cli.core.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: nothing when the inputs are those of the published output."""

    skipped: bool
    documents: int = 0
    rows: int = 0
    findings: Findings | None = None


def run(
    options: Options, formats: Sequence[str] = FORMATS, *, force: bool = False, progress: Progress = silent
) -> RunOutcome:
    """Do the whole job; a reader of ``options.out`` sees the old output or the new one, never a mixture."""
    check_formats(formats)
    with lock(options.out, options.data):
        before = read_manifest(options.out)
        if not force and _unchanged(before, options, formats):
            return RunOutcome(skipped=True)
        started = now()
        computed = calculate(options, progress)
        with publication(options.out, computed.tables.findings) as stage:
            published = Published(
                computed.results, computed.tables.organisations, told_in(computed.tables, computed.catalogue)
            )
            written = write_documents(stage, computed.catalogue, published, options, formats, progress)
            write_results(stage, computed, options, started, documents_entry(stage, written, formats))
    return RunOutcome(False, len(written), len(computed.results), computed.tables.findings)


def _unchanged(manifest: dict[str, Any], options: Options, formats: Sequence[str]) -> bool:
    """Whether the published output was made from the same inputs and is still all there."""
    documents = manifest.get("documents", {})
    made = {**manifest.get("outputs", {}), **documents.get("files", {})}
    return (
        bool(made)
        and documents.get("formats") == list(formats)
        and manifest.get("inputs") == input_fingerprint(options)
        and all((options.out / name).is_file() for name in made)
    )
