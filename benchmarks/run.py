"""Measures the program as whole processes and prints ratios of one run (machines are noisy; times are not compared).

Each pair alternates; the figure is the ratio of medians. Nothing is asserted.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With that variable every start would compile the program anew, which no user's does."""
QUALITY = [sys.executable, "-c", "from quality_cli.cli.main import main; main()"]


def measure(command: list[str]) -> float:
    """Wall time of one process in seconds."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=ENVIRONMENT)
    return time.perf_counter() - started


def compare(title: str, command: list[str], base_title: str, base: list[str]) -> None:
    """Run both in turn and print the ratio of medians."""
    measure(command)
    measure(base)
    pairs = [(measure(command), measure(base)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{title}: {ours / theirs:.2f} × {base_title} ({ours * 1000:.0f} ms / {theirs * 1000:.0f} ms, n={ROUNDS})")


def main() -> None:
    """Print every ratio."""
    python = [sys.executable, "-c"]
    imports = [*python, "import pandas, pyarrow.parquet"]
    compare("quality --help", [*QUALITY, "--help"], "import typer", [*python, "import typer"])
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/out", "--quiet"]
        data = ["--data", str(ROOT / "sample_data")]
        compare(
            "quality compute (sample)", [*QUALITY, "compute", *data, *out], "import pandas, pyarrow.parquet", imports
        )
        compare("quality report (sample)", [*QUALITY, "report", *out], "import pandas, pyarrow.parquet", imports)
        compare("quality run, unchanged", [*QUALITY, "run", *data, *out], "import pandas, pyarrow.parquet", imports)


if __name__ == "__main__":
    main()
