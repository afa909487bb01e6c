"""Where ``quality compute`` of the sample spends its time: stages in units of ``import pandas, pyarrow.parquet``.

Every round is a fresh process that times that import and then the stages, all by the processor, so that a busy
machine changes numerator and denominator alike. Medians are printed; nothing is asserted.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7


def one_round(out: Path) -> dict[str, float]:
    """Ratios of one process, this one; nothing of ours may have been imported before."""
    marks: dict[str, float] = {}
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    marks["import pandas, pyarrow.parquet"] = time.process_time()
    from quality_cli.analysis import alternatives
    from quality_cli.analysis.assess import assess
    from quality_cli.analysis.judgement.judge import judge
    from quality_cli.analysis.judgement.recommend import recommend
    from quality_cli.app.compute import Computed, write_results
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.publish import publication
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.engine.combine.execute import Executor

    marks["imports of ours"] = time.process_time()
    workspace = Workspace(resolve_options(data=ROOT / "sample_data", out=out))
    identity = workspace.identity
    marks["identity"] = time.process_time()
    catalogue = workspace.catalogue
    marks["catalogue"] = time.process_time()
    tables = workspace.tables
    marks["reading"] = time.process_time()
    cube = Executor(workspace.plan, tables).run()
    marks["engine"] = time.process_time()
    results = assess(cube, catalogue.settings.small_below)
    conflicts = alternatives.table_of(cube)
    marks["results"] = time.process_time()
    assessments = judge(results, catalogue, tables.organisations)
    marks["judgement"] = time.process_time()
    completeness = workspace.completeness
    marks["completeness"] = time.process_time()
    recommendations = recommend(workspace.recommending, catalogue, results, assessments, tables.organisations)
    marks["recommendations"] = time.process_time()
    with publication(out) as stage:
        computed = Computed(results, assessments, recommendations, conflicts, completeness, tables, catalogue, identity)
        write_results(stage, computed)
    marks["writing"] = time.process_time()
    ends = list(marks.values())
    return {name: (end - start) / ends[0] for name, start, end in zip(marks, [0.0, *ends], ends, strict=False)}


def main() -> None:
    """Print the medians of all rounds."""
    # with that variable every start would compile the program anew, which no user's does
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, f"{folder}/out"]
        runs = [
            subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env=environment).stdout
            for _ in range(ROUNDS + 1)
        ]
    rounds = [json.loads(run) for run in runs[1:]]  # the first one compiles
    for name in rounds[0]:
        print(f"{statistics.median(item[name] for item in rounds):6.2f} × {name}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(one_round(Path(sys.argv[1]))))
    else:
        main()
