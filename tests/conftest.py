"""What several folders of tests share."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=3000)  # make fuzz
settings.load_profile("default")

SEED = int(os.environ.setdefault("QUALITY_SEED", str(random.SystemRandom().randrange(10**9))))
"""Of the random rounds: new in every session and the same in all its processes; ``QUALITY_SEED=…`` repeats one."""

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"


@pytest.fixture(scope="session")
def make_data() -> Callable[[Path, str], Path]:
    """Makes a small data folder: the register, the scales and the Ф1 files whose names match a pattern."""

    def make(folder: Path, pattern: str) -> Path:
        folder.mkdir(parents=True)
        for path in (*SAMPLE.glob("Реестр*"), *SAMPLE.glob("Шкалы*"), *(SAMPLE / "2025").glob(pattern)):
            shutil.copy(path, folder)
        return folder

    return make


@pytest.fixture(scope="session")
def small_data(make_data: Callable[[Path, str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two works of 2025: reading it takes a moment."""
    return make_data(tmp_path_factory.mktemp("small") / "data", "Ф1_* 4 класс.xlsx")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """At the end, for the header is not shown where output is brief."""
    terminalreporter.write_line(f"random rounds: QUALITY_SEED={SEED}")
