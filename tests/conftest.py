"""What several folders of tests share."""

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from quality_cli.core.files import remove_tree

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


@pytest.fixture
def in_time() -> Iterator[None]:
    """Ten seconds: what waits for a pipe or reads a device to its end fails instead of hanging."""

    def late(number: int, frame: object) -> None:
        pytest.fail("the program hangs")  # no OSError, which might be taken for an answer

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def shared_path() -> Iterator[Path]:
    """A folder that everybody may enter and write: those of pytest are their owner's alone."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    remove_tree(folder)


@pytest.fixture
def without_root() -> Callable[[], AbstractContextManager[None]]:
    """Lets a block run as somebody whom rights bind; whoever runs the tests is that already, unless it is root."""

    @contextmanager
    def nobody() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.setegid(65534)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)

    return nobody
