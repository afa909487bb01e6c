"""This tree against an earlier commit: ``python -m benchmarks.earlier COMMIT [--rounds N]``.

``quality compute`` of the sample that each tree has (what was read is kept, then not kept) and the engine over a
million works: whole processes in turn, measured by the processor (user and system), which a busy machine disturbs
least. Ratios of minima and of medians are printed; nothing is asserted.
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.data import prepared
from benchmarks.harness import ENVIRONMENT, ROOT

QUALITY = [sys.executable, "-c", "from quality_cli.cli.main import main; main()"]
METHODS = {"engine, 1m works": [sys.executable, "-m", "benchmarks.methods", "ours", "1m", "40"]}


@dataclass(frozen=True, slots=True)
class Tree:
    """The code of a commit, with a copy of its sample and compiled modules of its own."""

    code: Path
    own: Path

    def commands(self) -> dict[str, Sequence[str]]:
        """What is measured, by name."""
        compute = [*QUALITY, "compute", "--quiet", "--data", str(self.own / "data"), "--out", str(self.own / "out")]
        return {"compute, cached": compute, "compute": [*compute, "--no-cache"], **METHODS}

    def seconds(self, name: str) -> float:
        """Processor time of one process."""
        environment = {**ENVIRONMENT, "PYTHONPATH": str(self.code), "PYTHONPYCACHEPREFIX": str(self.own / "compiled")}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(self.commands()[name], cwd=self.code, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def earlier(commit: str, folder: Path) -> Path:
    """The tree of a commit, with the same prepared tables where it would make the same."""
    archive = ["git", "-C", str(ROOT), "archive", commit]
    with (
        subprocess.Popen(archive, stdout=subprocess.PIPE) as git,
        tarfile.open(fileobj=git.stdout, mode="r|") as packed,
    ):
        packed.extractall(folder, filter="data")
    data = "benchmarks/data.py"
    if (folder / data).read_bytes() == (ROOT / data).read_bytes():
        (folder / "benchmarks/.data").symlink_to(prepared("1m").parent)
    return folder


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.earlier")
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=8)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        codes = {"before": earlier(asked.commit, home / "earlier"), "now": ROOT}
        trees = {name: Tree(code, home / name) for name, code in codes.items()}
        for tree in trees.values():
            shutil.copytree(tree.code / "sample_data", tree.own / "data", ignore=shutil.ignore_patterns(".quality"))
        for name in trees["now"].commands():
            measured: dict[str, list[float]] = {who: [] for who in trees}
            for turn in range(-1, asked.rounds):  # the first one compiles and reads
                for who, tree in trees.items():
                    seconds = tree.seconds(name)
                    measured[who] += [seconds] * (turn >= 0)
            told = []
            for title, of in (("min", min), ("median", statistics.median)):
                before, now = (of(measured[who]) for who in trees)
                told.append(f"{title} {before:.2f} s, {now:.2f} s: {now / before:.2f}")
            print(f"{name}: {'; '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
