"""The program as whole processes against what it must import anyway: ratios of medians of alternating rounds."""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import ROOT, Measured, alternate

QUALITY = [sys.executable, "-c", "from quality_cli.cli.main import main; main()"]
IMPORTS = "import pandas, pyarrow.parquet"


@dataclass(frozen=True, slots=True)
class Pair:
    """A command and what it is compared with; ``goal``: at most so many times as long, where one is set."""

    title: str
    command: list[str]
    base: str
    goal: float | None = None


def compare(rounds: int) -> list[tuple[Pair, Measured, Measured]]:
    """Measure every pair over the sample district; what a command makes, the next one finds."""
    with TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "out"), "--quiet"]
        data = ["--data", str(ROOT / "sample_data")]
        pairs = (
            Pair("quality --help", ["--help"], "import typer", 2.5),
            Pair("quality catalogue check", ["catalogue", "check"], IMPORTS, 3),
            Pair("quality compute (sample)", ["compute", "--no-cache", *data, *out], IMPORTS),
            Pair("quality compute (sample, cached)", ["compute", *data, *out], IMPORTS, 3),
            Pair("quality report (sample)", ["report", *out], IMPORTS),
            Pair("quality run, unchanged", ["run", *data, *out], IMPORTS),
        )
        told = []
        for pair in pairs:
            commands = {"ours": [*QUALITY, *pair.command], "base": [sys.executable, "-c", pair.base]}
            measured = alternate(commands, rounds)
            told.append((pair, measured["ours"], measured["base"]))
        return told
