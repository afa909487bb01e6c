"""The key of the pseudonyms: made once for its owner alone, told when it is wrong, and of no effect on a figure."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from quality_cli.app.compute import calculate, compute
from quality_cli.app.run import run
from quality_cli.app.workspace.config import Options, resolve_options
from quality_cli.app.workspace.key import PLACE, KeyFile
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.errors import ConfigurationError, NothingToDoError


@pytest.fixture
def options(small_data: Path, tmp_path: Path) -> Options:
    """A call over a copy of the small data."""
    shutil.copytree(small_data, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    return Options(data=tmp_path / "data", out=tmp_path / "out")


def codes(options: Options) -> dict[str, str]:
    """Findings about the key: message by code."""
    tables = Workspace(options).tables
    return {finding.code: str(finding) for finding in tables.findings if finding.code.startswith("key.")}


def test_the_key_is_made_when_first_needed_and_kept(options: Options) -> None:
    assert codes(options) == {}
    path = options.data / ".quality" / "key"
    content = path.read_bytes()
    assert len(content) == 32
    assert codes(options) == {}
    assert path.read_bytes() == content


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_key_is_its_owners_alone(options: Options) -> None:
    codes(options)
    path = options.data / PLACE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    assert "chmod 600" in codes(options)["key.permissions"]


def test_of_concurrent_first_runs_one_makes_the_key(tmp_path: Path) -> None:
    keys = [KeyFile(tmp_path / "data" / PLACE, shared=False) for _ in range(16)]
    (tmp_path / "data").mkdir()
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda key: key(), keys))) == 1


def test_no_key_where_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(NothingToDoError):
        _ = Workspace(Options(data=tmp_path / "нет", out=tmp_path / "out")).tables
    with pytest.raises(NothingToDoError):
        _ = Workspace(Options(data=tmp_path, out=tmp_path / "out")).tables
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(b"short"), "испорчен: в нём 5 байт, а должно быть 32"),
        (lambda path: path.mkdir(), "не прочитать файл ключа"),
    ],
)
def test_a_wrong_key_is_told(options: Options, spoil: Callable[[Path], object], told: str) -> None:
    path = options.data / PLACE
    path.parent.mkdir()
    spoil(path)
    with pytest.raises(ConfigurationError, match=told) as raised:
        _ = Workspace(options).tables
    assert str(path) in str(raised.value)


def test_a_shared_key_is_never_made_anew(options: Options) -> None:
    shared = replace(options, key=options.data.parent / "общий ключ")
    with pytest.raises(ConfigurationError, match=r"нет файла ключа «.*общий ключ», названного в настройках"):
        _ = Workspace(shared).tables
    assert not (options.data / PLACE).exists()
    codes(options)
    shutil.copy(options.data / PLACE, options.data.parent / "общий ключ")
    assert codes(shared) == {}


def test_a_folder_that_cannot_hold_a_key_is_read_with_a_key_for_one_run(options: Options) -> None:
    (options.data / ".quality" / "lock").mkdir(parents=True)
    assert "разовым" in codes(options)["key.temporary"]
    assert len(calculate(Workspace(options)).results)


def test_the_key_in_the_configuration_is_relative_to_it(tmp_path: Path) -> None:
    config = tmp_path / "quality.yaml"
    config.write_text("key: ключи/общий", encoding="utf-8")
    (tmp_path / "ключи").mkdir()
    (tmp_path / "ключи" / "общий").write_bytes(bytes(32))
    assert resolve_options(config=config).key == tmp_path / "ключи" / "общий"


def test_nothing_published_depends_on_the_key(options: Options) -> None:
    published = []
    for number in range(2):
        key = options.data.parent / f"key{number}"
        key.write_bytes(bytes([number]) * 32)
        key.chmod(0o600)
        chosen = replace(options, key=key, out=options.out / str(number))
        compute(Workspace(chosen))
        published.append(
            {path.name: path.read_bytes() for path in chosen.out.iterdir() if path.name != "manifest.json"}
        )
        manifest = json.loads((chosen.out / "manifest.json").read_text("utf-8"))
        published[-1]["identity"] = json.dumps(manifest["identity"]).encode()
    assert published[0] == published[1]


def test_a_new_or_lost_key_does_not_make_a_run_needed(options: Options) -> None:
    assert not run(Workspace(options), ("md",)).skipped
    assert run(Workspace(options), ("md",)).skipped
    shutil.rmtree(options.data / ".quality")
    assert run(Workspace(options), ("md",)).skipped
