"""What several folders of tests share."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from quality_cli.app.compute import Computed, calculate
from quality_cli.app.run import run
from quality_cli.app.workspace.config import Options, resolve_options

settings.register_profile("default", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)  # make test-long: another seed
settings.load_profile("default")

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
NOBODY = 65534


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
        run(resolve_options(data=folder / "data", out=folder / "out"))

    return once("sample", publish) / "out"


@pytest.fixture(scope="session")
def sample_data(sample_out: Path) -> Path:
    """The data folder of the sample district, with what is kept of its reading."""
    return sample_out.parent / "data"


@pytest.fixture(scope="session")
def sample(sample_data: Path, sample_out: Path) -> Computed:
    """Tables and results of the sample district."""
    return calculate(Options(data=sample_data, out=sample_out))


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


@pytest.fixture
def unprivileged(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """Permissions hold inside, and ``tmp_path`` is one's own, even where root runs the tests, as on a build machine."""

    @contextmanager
    def plain() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        modes = {folder: folder.stat().st_mode for folder in tmp_path.parents}
        closed = {folder: mode for folder, mode in modes.items() if mode & 0o011 != 0o011}
        for folder, mode in closed.items():
            folder.chmod(mode | 0o011)
        os.chown(tmp_path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
            for folder, mode in closed.items():
                folder.chmod(mode)

    return plain
