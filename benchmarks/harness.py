"""Rounds of alternating fresh processes, and whether all methods gave the same."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import cells
from benchmarks.methods import LIMIT, OURS

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With that variable every start would compile the program anew, which no user's does."""


class UnequalError(Exception):
    """A method gave other results than ours: its time means nothing."""


@dataclass(slots=True)
class Measured:
    """Rounds of one command: seconds of work (of the whole process where it does not tell), wall, MiB at the peak."""

    work: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the work."""
        return statistics.median(self.work)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All methods over one size with one number of indicators; ``equal``: cells compared with ours."""

    size: str
    number: int
    methods: Mapping[str, Measured]
    equal: int


def compare(
    size: str, number: int, methods: Sequence[str], rounds: Callable[[str], int], say: Callable[[str], None]
) -> Comparison:
    """Check that the methods agree (which also warms the disk), then measure them in turn, round by round.

    Raises :class:`UnequalError` where one does not agree with ours.
    """
    with TemporaryDirectory() as folder:
        ours = Path(folder) / OURS
        for method in [OURS, *(name for name in methods if name != OURS)]:
            say(f"{size}, {number}: checking {method}")
            told = Path(folder) / method
            _run([method, size, str(number), *([str(told)] if method != LIMIT else [])])
            if method not in (OURS, LIMIT):
                if found := cells.difference(ours, told):
                    raise UnequalError(f"{method}, {size}, {number} indicators: {found}")
                told.unlink()
        equal = cells.count(ours)
    measured = {method: Measured() for method in methods}
    for turn in range(max(map(rounds, methods))):
        for method in methods:
            if turn < rounds(method):
                say(f"{size}, {number}: round {turn + 1}, {method}")
                result, wall = _run([method, size, str(number)])
                measured[method].work.append(result["work"])
                measured[method].peak.append(result["peak"])
                measured[method].wall.append(wall)
    return Comparison(size, number, measured, equal)


def _run(arguments: Sequence[str]) -> tuple[dict[str, float], float]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.methods", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT)
    return json.loads(done.stdout), time.perf_counter() - started


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Measured]:
    """Whole processes in turn, after one run of each that is not counted."""
    measured = {name: Measured() for name in commands}
    for turn in range(-1, rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=ENVIRONMENT)
            if turn >= 0:
                measured[name].work.append(time.perf_counter() - started)
    return measured
