"""Use cases over data: read and check, compute the results."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quality_cli.analysis import alternatives
from quality_cli.analysis.assess import assess
from quality_cli.analysis.completeness import gaps, table_of
from quality_cli.analysis.csv_files import write_csv
from quality_cli.analysis.judgement.assessment import FILES as ASSESSMENT
from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.judgement.judge import judge
from quality_cli.analysis.judgement.recommend import recommend
from quality_cli.analysis.judgement.recommendation import FILES as RECOMMENDATIONS
from quality_cli.analysis.judgement.recommendation import Recommendations
from quality_cli.analysis.matrix import matrix_of
from quality_cli.analysis.results import Results
from quality_cli.app.forms.free_answers import TOLD, told_in, write_told
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.identity import INPUTS, Identity
from quality_cli.app.workspace.manifest import counts, hashes, now, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.app.workspace.targets import targets_in
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Finding, Findings, Place
from quality_cli.core.paths import shown_path
from quality_cli.core.periods import Period
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.readers.inputs import changed_file
from quality_cli.datasets.tables.table import PREPARED, Tables
from quality_cli.documents.workbooks.assessment import write_assessment_workbook
from quality_cli.documents.workbooks.completeness import write_completeness_workbook
from quality_cli.documents.workbooks.results import write_workbook
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.reports import Completeness
from quality_cli.engine.scan.engines import engine_named

RESULTS = ("results.parquet", "results.csv", "results.xlsx")
COMPLETENESS = ("completeness.parquet", "completeness.csv", "completeness.xlsx")
ALTERNATIVES = ("alternatives.parquet", "alternatives.csv")
ASSESSMENT_WORKBOOK = "assessment.xlsx"
FINDINGS = "findings.json"
UNITS = "organisations.json"


@dataclass(frozen=True, slots=True)
class Computed:
    """What one computation gave; ``identity`` names no file that changed while it was made."""

    results: Results
    assessments: Assessments
    recommendations: Recommendations
    alternatives: pa.Table
    completeness: Completeness
    tables: Tables
    catalogue: Catalogue
    identity: Identity


def compute(workspace: Workspace) -> Computed:
    """Compute the results and publish them in the folder that the options name."""
    out, data = workspace.options.out, workspace.options.data
    with lock(out, data):
        started = now()
        computed = calculate(workspace)
        with publication(out, computed.tables.findings) as stage:
            outputs = write_results(stage, computed)
            write_account(stage, computed, workspace.options, started, outputs, read_manifest(out))
    return computed


_TIMELESS = "ни в одной таблице нет учебного года, они годятся для любого; укажите, за какой рассчитать"


def calculate(workspace: Workspace) -> Computed:
    """Compute without writing anything.

    Raises :class:`NothingToDoError` where no file gives data to any of the chosen indicators.
    """
    options, progress = workspace.options, workspace.progress
    engine = engine_named(options.engine)
    rules, _, _ = workspace.rules, workspace.indicators, workspace.recommending  # mistakes in these are told first
    identity = {INPUTS: workspace.inputs.record(), **rules}
    tables, plan = workspace.tables, workspace.plan
    if options.catalogue or options.templates:
        from quality_cli.app.unread import unread_files  # loads the language of templates

        tables.findings.extend(unread_files(workspace))
    supplied = any(name != REGISTER and name in tables for name in plan.datasets())
    if supplied and not plan.periods:
        raise NothingToDoError(f"{_TIMELESS}: --period 2025/2026")
    if not supplied:
        findings = "".join(f"\n  {finding}" for finding in tables.findings)
        raise NothingToDoError(f"в папке «{options.data}» нет данных ни для одного показателя{findings}")
    progress("Расчёт", "", 0, 1)
    completeness, coverage = workspace.completeness, workspace.coverage_for(plan)
    cube = Executor(plan, tables, engine, coverage).run()
    results = assess(cube, workspace.catalogue.settings.small_below, coverage)
    for row in results.conflicts():
        place = Place(
            ", ".join(filter(None, (row.indicator, row.part, row.org_name, encode_stratum(row.stratum), row.period)))
        )
        hint = f"сверьте источники: что сообщает каждый — {ALTERNATIVES[1]}; до этого значение в документы не попадает"
        tables.findings.warning("result.conflict", row.note, place, hint)
    tables.findings.extend(gaps(completeness, tables.organisations, workspace.catalogue.specs.contracts))
    assessments, recommendations = judged(results, workspace)
    progress("Расчёт", "", 1, 1)
    return Computed(
        results,
        assessments,
        recommendations,
        alternatives.table_of(cube),
        completeness,
        tables,
        workspace.catalogue,
        _without(identity, _changed(workspace)),
    )


def judged(results: Results, workspace: Workspace) -> tuple[Assessments, Recommendations]:
    """What is judged of the results, by the targets of the catalogue and of the data folder; what is recommended."""
    catalogue, organisations = workspace.catalogue, workspace.tables.organisations
    assessments = judge(results, catalogue, organisations, targets_in(workspace.tables, catalogue))
    return assessments, recommend(workspace.recommending, catalogue, results, assessments, organisations)


def _changed(workspace: Workspace) -> tuple[str, ...]:
    """Files that changed since they were hashed; of prepared tables, which are read to the very end, it is told now."""
    tables = workspace.tables
    prepared = [file.name for file in tables.files if PREPARED in file.layouts]
    written = workspace.inputs.written_since(prepared)
    for name in written:
        tables.findings.add(changed_file(name))
    return (*tables.changed, *written)


def _without(identity: Identity, names: tuple[str, ...]) -> Identity:
    """An identity that no later one equals where any of the inputs is named: what was read is not what was hashed."""
    inputs = {name: told for name, told in identity[INPUTS].items() if name not in names}
    return {**identity, INPUTS: inputs}


def write_results(stage: Path, computed: Computed) -> dict[str, str]:
    """Write the results, their views and the findings into ``stage``; gives the SHA-256 of each file."""
    results = computed.results
    with ThreadPoolExecutor() as pool:  # squeezing, much of the work, holds nobody up
        workbook = pool.submit(write_workbook, results, computed.catalogue, stage / RESULTS[2])
        tables = [
            pool.submit(results.write_csv, stage / RESULTS[1]),
            pool.submit(results.write_parquet, stage / RESULTS[0]),
        ]
    for table in tables:
        table.result()
    shown = workbook.result()
    if shown:
        message = f"в лист Excel все результаты не помещаются, в {RESULTS[2]} — {shown}"
        computed.tables.findings.info("result.sheet", message, hint=f"всё — в {RESULTS[0]} и {RESULTS[1]}")
    pq.write_table(computed.alternatives, stage / ALTERNATIVES[0], compression="zstd")
    write_csv(computed.alternatives, stage / ALTERNATIVES[1])
    computed.assessments.write(stage)
    computed.recommendations.write(stage)
    write_assessment_workbook(
        computed.assessments, computed.recommendations, computed.catalogue, stage / ASSESSMENT_WORKBOOK
    )
    write_completeness(stage, computed)
    (stage / FINDINGS).write_text(_json(findings_records(computed.tables.findings)), encoding="utf-8")
    (stage / UNITS).write_text(_json(computed.tables.organisations.records()), encoding="utf-8")
    write_told(stage, told_in(computed.tables, computed.catalogue))
    named = (
        *RESULTS,
        *ASSESSMENT,
        ASSESSMENT_WORKBOOK,
        *RECOMMENDATIONS,
        *ALTERNATIVES,
        *COMPLETENESS,
        FINDINGS,
        UNITS,
        TOLD,
    )
    return hashes(stage, named)


def write_completeness(stage: Path, computed: Computed) -> None:
    """Write the table of completeness and its views into ``stage``."""
    contracts, organisations = computed.catalogue.specs.contracts, computed.tables.organisations
    table = table_of(computed.completeness, organisations, contracts)
    pq.write_table(table, stage / COMPLETENESS[0], compression="zstd")
    write_csv(table, stage / COMPLETENESS[1])
    matrices = [matrix_of(computed.completeness, Period(year), organisations) for year in computed.completeness.periods]
    write_completeness_workbook(table, matrices, organisations, contracts, stage / COMPLETENESS[2])


def write_account(
    stage: Path,
    computed: Computed,
    options: Options,
    started: str,
    outputs: Mapping[str, str],
    beside: Mapping[str, Any],
) -> None:
    """Write the manifest of the ``outputs`` into ``stage``; of what lies ``beside`` them it keeps the documents."""
    settings = computed.catalogue.settings
    write_manifest(
        stage,
        {
            "started": started,
            "finished": now(),
            "identity": computed.identity,
            "catalogue": {"name": settings.catalogue, "version": settings.version},
            "options": shown_options(options),
            "engine": options.engine,
            "periods": computed.results.periods(),
            "rows": len(computed.results),
            "problems": counts(computed.tables.findings),
            "files": [asdict(file) for file in computed.tables.files],
            "outputs": outputs,
            **({"documents": beside["documents"]} if "documents" in beside else {}),
        },
    )


def shown_options(options: Options) -> dict[str, Any]:
    """Options as the manifest shows them."""
    return {
        "data": shown_path(options.data),
        "catalogue": shown_path(options.catalogue) if options.catalogue else "",
        "period": str(options.period or ""),
        "indicators": list(options.indicators),
        "directions": list(options.directions),
        "office": options.office.name,
        "signatory": options.signatory.position,
    }


def findings_records(findings: Findings) -> list[dict[str, Any]]:
    """Findings as plain data: totals are exact, places are a sample."""
    return [_finding(finding) for finding in findings]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "total": finding.total,
        "places": [asdict(place) for place in finding.places],
    }
