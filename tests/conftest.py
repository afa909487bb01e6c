"""What several folders of tests share."""

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from quality_cli.app.compute import Computed, calculate
from quality_cli.app.run import run
from quality_cli.app.workspace.config import Options, resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.files import remove_tree

settings.register_profile("default", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)  # make test-long: another seed
settings.load_profile("default")

SEED = int(os.environ.setdefault("QUALITY_SEED", str(random.SystemRandom().randrange(10**9))))
"""Of the random rounds: new in every session and the same in all its processes; ``QUALITY_SEED=…`` repeats one."""

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed (``.ci/run``) a test that would be skipped fails."""
    report = yield
    if report.skipped and os.environ.get("QUALITY_NO_SKIPS"):
        report.outcome, report.longrepr = "failed", f"пропущен там, где пропусков быть не должно: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spark is one process: its tests go to one worker."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("spark"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder once in a session, however many processes share the tests; nobody may change it afterwards."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                whole.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def sample_out(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The sample district as ``quality run`` publishes it; whoever writes works on a copy."""

    def publish(folder: Path) -> None:
        shutil.copytree(SAMPLE, folder / "data", ignore=shutil.ignore_patterns(".*"))
        run(Workspace(resolve_options(data=folder / "data", out=folder / "out")))

    return once("sample", publish) / "out"


@pytest.fixture(scope="session")
def sample_data(sample_out: Path) -> Path:
    """The data folder of the sample district, with what is kept of its reading."""
    return sample_out.parent / "data"


@pytest.fixture(scope="session")
def sample(sample_data: Path, sample_out: Path) -> Computed:
    """Tables and results of the sample district."""
    return calculate(Workspace(Options(data=sample_data, out=sample_out)))


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
