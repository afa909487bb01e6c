"""Use cases over data: read and check, compute the results."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Results
from quality_cli.app.forms.free_answers import TOLD, told_in, write_told
from quality_cli.app.plan import plan_of
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.data import read_data
from quality_cli.app.workspace.manifest import (
    counts,
    fingerprint,
    hashes,
    now,
    read_manifest,
    tool,
    tree_files,
    write_manifest,
)
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Finding, Findings, Place
from quality_cli.core.paths import shown_path
from quality_cli.core.progress import Progress, silent
from quality_cli.core.resources import CATALOGUE, TEMPLATES
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.readers.folder import data_files
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.organisations import REGISTER
from quality_cli.documents.workbooks.results import write_workbook
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.scan.engines import engine_named

RESULTS = ("results.parquet", "results.csv", "results.xlsx")
FINDINGS = "findings.json"
UNITS = "organisations.json"


@dataclass(frozen=True, slots=True)
class Computed:
    """What one computation gave."""

    results: Results
    tables: Tables
    catalogue: Catalogue


def compute(options: Options, progress: Progress = silent) -> Computed:
    """Compute the results and publish them in ``options.out``."""
    with lock(options.out):
        started = now()
        computed = calculate(options, progress)
        with publication(options.out) as stage:
            write_results(stage, computed, options, started, read_manifest(options.out))
    return computed


def calculate(options: Options, progress: Progress = silent) -> Computed:
    """Compute without writing anything.

    Raises :class:`NothingToDoError` where no file gives data to any of the chosen indicators.
    """
    engine = engine_named(options.engine)
    catalogue = load_catalogue(options.catalogue)
    indicators = catalogue.select(options.indicators, options.directions)
    tables = read_data(options, catalogue, progress)
    plan = plan_of(indicators, options, catalogue, tables)
    if not plan.periods or not any(name != REGISTER and name in tables for name in plan.datasets()):
        findings = "".join(f"\n  {finding}" for finding in tables.findings)
        raise NothingToDoError(f"в папке «{options.data}» нет данных ни для одного показателя{findings}")
    progress("Расчёт", "", 0, 1)
    results = assess(Executor(plan, tables, engine).run(), catalogue.settings.small_below)
    for row in results.conflicts():
        place = Place(
            ", ".join(filter(None, (row.indicator, row.part, row.org_name, encode_stratum(row.stratum), row.period)))
        )
        hint = "сверьте источники; до этого значение в документы не попадает"
        tables.findings.warning("result.conflict", row.note, place, hint)
    progress("Расчёт", "", 1, 1)
    return Computed(results, tables, catalogue)


def write_results(stage: Path, computed: Computed, options: Options, started: str, before: dict[str, Any]) -> None:
    """Write the results, their views and the findings into ``stage``, the manifest last."""
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
    (stage / FINDINGS).write_text(_json(findings_records(computed.tables.findings)), encoding="utf-8")
    (stage / UNITS).write_text(_json(computed.tables.organisations.records()), encoding="utf-8")
    write_told(stage, told_in(computed.tables, computed.catalogue))
    write_manifest(
        stage,
        {
            "started": started,
            "finished": now(),
            "inputs": input_fingerprint(options),
            "catalogue": {
                "name": computed.catalogue.settings.catalogue,
                "version": computed.catalogue.settings.version,
            },
            "options": shown_options(options),
            "engine": options.engine,
            "periods": computed.results.periods(),
            "rows": len(computed.results),
            "problems": counts(computed.tables.findings),
            "files": [asdict(file) for file in computed.tables.files],
            "outputs": hashes(stage, (*RESULTS, FINDINGS, UNITS, TOLD)),
            **({"documents": before["documents"]} if "documents" in before else {}),
        },
    )


def input_fingerprint(options: Options) -> str:
    """One hash of everything the output depends on: data, catalogue, templates, options, program; not the key."""
    files = [path for path in data_files(options.data, Findings()) if path.is_file()]
    files += tree_files(CATALOGUE, options.catalogue, TEMPLATES, options.templates)
    return fingerprint(files, json.dumps([shown_options(options), tool()], ensure_ascii=False))


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
