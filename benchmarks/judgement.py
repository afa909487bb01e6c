"""What judgement costs: ``python -m benchmarks.judgement [--rounds N]``.

``quality compute`` of the sample (what was read is kept) and of 1,300 schools (a million works), in processor time:
the whole against the whole less judging and recommending, measured in the same process. Prints ratios.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.data import prepared
from benchmarks.harness import ENVIRONMENT, ROOT


def one_round(data: Path, out: Path) -> float:
    """How many times as much processor time a run takes with judgement as without."""
    from quality_cli.app.compute import compute, judged
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace

    workspace = Workspace(resolve_options(data=data, out=out))
    computed = compute(workspace)
    whole = time.process_time()
    judged(computed.results, workspace)
    judging = time.process_time() - whole
    return whole / (whole - judging)


def main() -> None:
    """Print the medians and the extremes of all rounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judgement")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        sample = Path(folder) / "data"
        shutil.copytree(ROOT / "sample_data", sample, ignore=shutil.ignore_patterns(".quality"))
        for name, data in (("sample", sample), ("1,300 schools", prepared("1m"))):
            command = [sys.executable, "-m", "benchmarks.judgement", "--data", str(data), f"{folder}/out"]
            ratios = [
                json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=ENVIRONMENT).stdout)
                for _ in range(rounds + 1)
            ][1:]  # the first one compiles and reads
            print(f"{name}: {statistics.median(ratios):.2f} × ({min(ratios):.2f}–{max(ratios):.2f})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--data"]:
        print(json.dumps(one_round(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
