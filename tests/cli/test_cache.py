"""What is read is kept: taken up while nothing changes, read anew when anything does, never trusted half-written."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from calling import call, spawn

from quality_cli.app.workspace.cache import Cache
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.program import PROGRAM
from quality_cli.datasets.tables.fingerprint import fingerprint
from quality_cli.datasets.tables.table import Tables

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
REGISTER = "Реестр организаций.xlsx"


@pytest.fixture
def options(small_data: Path, tmp_path: Path) -> Options:
    """A call over a copy of the small data that nobody has read."""
    shutil.copytree(small_data, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    return Options(data=tmp_path / "data", out=tmp_path / "out")


def read(options: Options, program: Path = PROGRAM) -> tuple[Tables, set[str]]:
    """What a reading gives, and the files that it has opened."""
    opened = set()

    def progress(stage: str, item: str, done: int, total: int) -> None:
        if (options.data / item).is_file():
            opened.add(item)

    return Workspace(options, progress, program=program).tables, opened


def kept(options: Options) -> list[Path]:
    """Files of the cache."""
    return list((options.data / ".quality" / "cache").iterdir())


def assert_same(tables: Tables, others: Tables) -> None:
    """Every value, its physical form, the order of rows, files, units and findings."""
    assert list(tables.by_dataset) == list(others.by_dataset)
    for name, table in tables.by_dataset.items():
        other = others[name]
        pd.testing.assert_frame_equal(table.frame, other.frame, check_exact=True, check_categorical=True)
        for column in table.frame:
            one, two = table.frame[column], other.frame[column]
            if isinstance(one.dtype, pd.CategoricalDtype):
                assert one.cat.categories.dtype == two.cat.categories.dtype
                one, two = one.cat.codes, two.cat.codes
            assert one.to_numpy().tobytes() == two.to_numpy().tobytes()
        assert (len(table), table.periods()) == (len(other), other.periods())
        for period in (None, *table.periods()):
            assert table.files(period) == other.files(period)
        for rows in (1, 7, len(table), len(table) + 1):
            one, two = (some.sample(["_row", "_file"], table.periods(), rows) for some in (table, other))
            assert len(one) == len(two)
            assert one.encoded("_row").decoded().equals(two.encoded("_row").decoded())
            assert one.encoded("_file").decoded().equals(two.encoded("_file").decoded())
    assert tables.organisations.records() == others.organisations.records()
    assert tables.files == others.files
    assert list(tables.findings) == list(others.findings)


def test_the_whole_sample_comes_back_as_it_was_read(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    options = Options(data=tmp_path / "data", out=tmp_path / "out")
    first, opened = read(options)
    assert len(opened) > 100
    again, opened = read(options)
    assert opened == set()
    assert_same(first, again)


def test_results_are_the_same_bytes_with_the_cache_and_without(options: Options, tmp_path: Path) -> None:
    outs = []
    for number, more in enumerate(([], [], ["--no-cache"])):
        outs.append(tmp_path / f"out{number}")
        outcome = call("compute", "--data", options.data, "--out", outs[-1], *more)
        assert outcome.code == 0, outcome.err
    written = [{path.name for path in out.iterdir()} - {"manifest.json"} for out in outs]
    assert written[0] == written[1] == written[2] > {"results.csv", "completeness.csv"}
    for name in written[0]:
        assert len({(out / name).read_bytes() for out in outs}) == 1, name
    files = [json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"] for out in outs]
    assert files[0] == files[1] == files[2]


def test_without_the_cache_nothing_is_kept_and_nothing_taken(options: Options) -> None:
    plain = replace(options, cache=False)
    assert read(plain)[1]
    assert not (options.data / ".quality" / "cache").exists()
    read(options)
    assert read(plain)[1]


def test_nothing_of_the_readers_is_loaded_to_take_up_what_is_kept(options: Options) -> None:
    program = (
        "import sys; from quality_cli.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
        "print(*sorted({'python_calamine', 'quality_cli.datasets.read'} & set(sys.modules)), 'told')"
    )
    command = [sys.executable, "-c", program, "compute", "--quiet", "--data", options.data, "--out", options.out]
    told = []
    for _ in range(2):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout.splitlines()[-1])
    assert told == ["python_calamine quality_cli.datasets.read told", "told"]


def added_row(options: Options) -> Options:
    path = next(options.data.glob("Шкалы*"))
    path.write_bytes(path.read_bytes() + b"\n")
    return options


def renamed_file(options: Options) -> Options:
    path = next(options.data.glob("Ф1_*"))
    path.rename(path.with_stem(f"{path.stem} (1)"))  # the order of files stays
    return options


def removed_file(options: Options) -> Options:
    next(options.data.glob("Ф1_*")).unlink()
    return options


def added_file(options: Options) -> Options:
    shutil.copy(SAMPLE / "2026" / "Достижения.csv", options.data)
    return options


def outside_link(options: Options) -> Options:
    (options.data / "ссылка.xlsx").symlink_to(SAMPLE / REGISTER)
    return options


def own_layout(options: Options) -> Options:
    own = options.data.parent / "catalogue" / "datasets"
    own.mkdir(parents=True)
    (own / "vpr.yaml").write_text("extends: vpr\ncolumns: {grade: {headers: [Параллель учёбы]}}\n", encoding="utf-8")
    return replace(options, catalogue=own.parent)


def own_scale(options: Options) -> Options:
    own = options.data.parent / "catalogue" / "scales"
    own.mkdir(parents=True)
    shutil.copy(next(options.data.glob("Шкалы*")), own)
    return replace(options, catalogue=own.parent)


def other_key(options: Options) -> Options:
    (options.data / ".quality" / "key").write_bytes(os.urandom(32))
    return options


@pytest.mark.parametrize(
    "change",
    [added_row, renamed_file, removed_file, added_file, outside_link, own_layout, own_scale, other_key],
    ids=lambda change: change.__name__,
)
def test_a_change_makes_a_reading_and_is_in_it(options: Options, change: Callable[[Options], Options]) -> None:
    read(options)
    changed = change(options)
    tables, opened = read(changed)
    assert opened
    assert_same(tables, read(replace(changed, cache=False))[0])
    assert read(changed)[1] == set()


def test_a_change_inside_ones_own_catalogue_makes_a_reading(options: Options) -> None:
    for own in (own_layout(options), own_scale(options)):
        assert own.catalogue is not None
        read(own)
        path = next(path for path in own.catalogue.rglob("*") if path.is_file())
        path.write_bytes(path.read_bytes().replace("Параллель учёбы".encode(), "Класс обучения".encode()) + b"\n")
        assert read(own)[1], path


def test_a_note_in_a_contract_changes_nothing(options: Options) -> None:
    own = own_layout(options)
    read(own)
    with (own.data.parent / "catalogue" / "datasets" / "vpr.yaml").open("a", encoding="utf-8") as contract:
        contract.write("# примечание\n")
    assert read(own)[1] == set()


@pytest.mark.parametrize(
    ("place", "read_anew"),
    [
        ("datasets/values/build.py", True),
        ("core/text.py", True),
        ("__init__.py", True),
        ("engine/select.py", False),
        ("cli/main.py", False),
    ],
)
def test_another_line_of_what_reads_makes_a_reading(
    options: Options, tmp_path: Path, place: str, read_anew: bool
) -> None:
    program = shutil.copytree(PROGRAM, tmp_path / "program" / PROGRAM.name, ignore=shutil.ignore_patterns("*.pyc"))
    read(options)
    assert read(options, program)[1] == set()
    with (program / place).open("a", encoding="utf-8") as code:
        code.write("# changed\n")
    assert bool(read(options, program)[1]) is read_anew


def test_another_version_of_a_library_is_another_name_of_a_reading(options: Options) -> None:
    workspace = Workspace(options)
    code = dict(workspace.rules["code"])
    names = {fingerprint(workspace.inputs, workspace.catalogue.specs, code)}
    for library in ("python", "pandas", "numpy", "pyarrow", "python-calamine", "pydantic"):
        other = code | {library: code[library] + ".1"}
        names.add(fingerprint(workspace.inputs, workspace.catalogue.specs, other))
    assert len(names) == 7


def test_a_touched_file_is_the_same_file(options: Options) -> None:
    read(options)
    for path in options.data.glob("*.*"):
        path.touch()
    assert read(options)[1] == set()


def test_a_file_that_changes_while_it_is_read_is_not_kept(options: Options) -> None:
    """Otherwise the change would come back when the file is as it was."""
    scales = next(options.data.glob("Шкалы*"))
    whole = scales.read_bytes()

    def progress(stage: str, item: str, done: int, total: int) -> None:
        if stage == "Чтение" and not done:
            scales.write_bytes(whole[: len(whole) // 2])

    assert Workspace(options, progress).tables.changed == (scales.name,)
    scales.write_bytes(whole)
    tables, opened = read(options)
    assert opened
    assert_same(tables, read(replace(options, cache=False))[0])


def test_every_place_is_told_whatever_is_kept(options: Options) -> None:
    register = options.data / "Достижения.csv"
    lines = (SAMPLE / "2026" / "Достижения.csv").read_text(encoding="utf-8-sig").splitlines()
    spoilt = [line.replace("2025/2026", "когда-то") for line in lines[1:20]]
    register.write_text("\n".join([lines[0], *spoilt, *lines[20:]]), encoding="utf-8-sig")
    plain = call("check", options.data)
    first = call("check", options.data, "--json")
    assert max(len(finding["places"]) for finding in json.loads(first.out)["findings"]) > 5
    assert call("check", options.data).out == plain.out
    assert call("check", options.data).err == plain.err == call("check", options.data, "--no-cache").err
    assert call("check", options.data, "--json").out == first.out


def test_a_damaged_snapshot_is_not_taken(options: Options) -> None:
    tables, _ = read(options)
    (path,) = kept(options)
    whole = path.read_bytes()
    chance = random.Random(20260401)
    spoilt = [whole[: chance.randrange(len(whole))] for _ in range(200)]
    for _ in range(200):
        place = chance.randrange(len(whole))
        spoilt.append(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
    spoilt += [b"", whole + b"\0", bytes(len(whole)), whole[32:], whole[::-1]]
    cache = Cache(path.parent)
    for content in spoilt:
        path.write_bytes(content)
        assert cache.load(path.stem) is None
    again, opened = read(options)
    assert opened
    assert_same(tables, again)
    assert path.read_bytes() == whole
    path.rename(path.with_stem("0" * 64))
    assert cache.load("0" * 64) is None


_STORING = """
import itertools, sys
from pathlib import Path
from quality_cli.app.workspace.cache import Cache
for turn in itertools.count():
    Cache(Path(sys.argv[1])).store("kept", bytes([turn % 256]) * 3_000_000)
    print("stored", flush=True)
"""


def test_a_process_killed_while_it_writes_leaves_what_was_kept_whole(tmp_path: Path) -> None:
    cache = Cache(tmp_path / ".quality" / "cache")
    chance = random.Random(20260401)
    left: list[Path] = []
    for number in range(200):
        if number >= 15 and left:  # some were killed in the middle; how many it takes depends on the disk
            break
        process = subprocess.Popen([sys.executable, "-c", _STORING, str(cache.folder)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        content = cache.load("kept")
        assert content is not None
        assert (len(content), len(set(content))) == (3_000_000, 1)
        left = [path for path in cache.folder.iterdir() if path.suffix != ".tables"]
    assert left
    for path in left:
        os.utime(path, (0, 0))
    cache.store("kept", b"whole")
    assert [path.name for path in cache.folder.iterdir()] == ["kept.tables"]


def test_two_at_once_do_not_disturb_each_other(options: Options, tmp_path: Path) -> None:
    def compute(number: int) -> bytes:
        done = spawn("compute", "--data", options.data, "--out", tmp_path / f"out{number}", "--quiet")
        assert done.returncode == 0, done.stderr
        return (tmp_path / f"out{number}" / "results.csv").read_bytes()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(compute, range(2)))) == 1
    assert [path.suffix for path in kept(options)] == [".tables"]
    assert read(options)[1] == set()


def test_what_is_kept_does_not_outlive_the_files(options: Options) -> None:
    read(options)
    before = kept(options)
    removed_file(options)
    read(options)
    assert len(kept(options)) == 1 and kept(options) != before


def test_where_nothing_can_be_kept_the_work_is_done(options: Options) -> None:
    (options.data / ".quality").mkdir()
    (options.data / ".quality" / "cache").write_text("не папка", encoding="utf-8")
    first, opened = read(options)
    assert opened
    again, opened = read(options)
    assert opened
    assert_same(first, again)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_is_kept_is_its_owners_alone(options: Options) -> None:
    read(options)
    (path,) = kept(options)
    modes = [entry.stat().st_mode & 0o777 for entry in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def test_the_permissions_of_the_key_are_told_from_the_cache_too(options: Options) -> None:
    read(options)
    (options.data / ".quality" / "key").chmod(0o644)
    tables, opened = read(options)
    assert opened == set()
    assert "key.permissions" in {finding.code for finding in tables.findings}
