"""A run killed at any moment leaves what was published whole, and the next run succeeds."""

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def start(data: Path, out: Path) -> "subprocess.Popen[bytes]":
    """Start ``quality run`` in a process of its own."""
    program = "from quality_cli.cli.main import main; main()"
    arguments = ["run", "--force", "--quiet", "--format", "md", "--data", str(data), "--out", str(out)]
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL)


def assert_whole(out: Path) -> None:
    """Every file that the manifest names is there, with its hash, and no other."""
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    files = {**told["outputs"], **told["documents"]["files"]}
    there = {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert there == files


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.long)])
def test_killed_run_leaves_the_published_output_whole(
    make_data: Callable[[Path, str], Path], tmp_path: Path, kills: int
) -> None:
    # Two folders in turn, so that a mixture of two outputs would show.
    folders = [make_data(tmp_path / "one", "Ф1_Физика 8*"), make_data(tmp_path / "two", "Ф1_Физика 7*")]
    out = tmp_path / "out"
    began = time.monotonic()
    assert start(folders[0], out).wait() == 0
    duration = time.monotonic() - began
    assert_whole(out)

    chance = random.Random(20260401)
    late = [chance.uniform(0.75, 1.0) for _ in range(kills // 2)]  # where it writes and publishes
    moments = late + [chance.uniform(0.0, 0.75) for _ in range(kills - len(late))]
    killed = 0
    for number, moment in enumerate(moments, start=1):
        process = start(folders[number % 2], out)
        time.sleep(moment * duration)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        assert_whole(out)
    assert killed

    assert start(folders[0], out).wait() == 0
    assert_whole(out)
    assert not (tmp_path / ".out.new").exists()
