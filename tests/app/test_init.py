"""A new workspace: all that the daily work needs, every setting told, nothing of anybody's overwritten."""

import re
import shlex
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest

from quality_cli.app.init import FOLDERS, init
from quality_cli.app.workspace.commented import commented
from quality_cli.app.workspace.config import ConfigFile, resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.cli.main import command_paths
from quality_cli.core.errors import OutputError
from quality_cli.core.findings import Findings
from quality_cli.core.yamlfile import read_yaml
from quality_cli.engine.scan.engines import EXTRAS, OWN
from tests.cli.calling import call

RUSSIAN = re.compile(r"[а-яё]")


def keys(model: Any) -> Any:
    """Names of the fields of a model, with those of the models in it."""
    return {
        name: keys(field.annotation) if hasattr(field.annotation, "model_fields") else None
        for name, field in model.model_fields.items()
    }


def written_keys(data: Any) -> Any:
    """The same of what a file holds."""
    return {name: written_keys(value) if isinstance(value, dict) else None for name, value in data.items()}


def test_the_file_of_settings_holds_every_setting_with_a_comment_in_russian(tmp_path: Path) -> None:
    init(tmp_path / "x")
    document = read_yaml(tmp_path / "x" / "quality.yaml")
    assert written_keys(document.data) == keys(ConfigFile)
    lines = commented(ConfigFile).splitlines()
    for number, line in enumerate(lines):
        if ":" in line and not line.lstrip().startswith("#"):
            assert lines[number - 1].lstrip().startswith("# "), line
            assert RUSSIAN.search(lines[number - 1]), line


def test_what_is_written_is_in_force_and_otherwise_the_default(tmp_path: Path) -> None:
    init(tmp_path / "x")
    options = resolve_options(config=tmp_path / "x" / "quality.yaml")
    for name in (*FOLDERS, "out"):
        assert getattr(options, name) == tmp_path / "x" / name
    bare = resolve_options(config=_empty(tmp_path))
    for name in ("key", "period", "indicators", "directions", "engine", "office", "signatory"):
        assert getattr(options, name) == getattr(bare, name)
    assert Workspace(options).indicators


def _empty(folder: Path) -> Path:
    path = folder / "quality.yaml"
    path.write_text("", encoding="utf-8")
    return path


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quality.yaml").write_text("period: 2025/2026\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "моё.csv").write_text("моё", encoding="utf-8")
    (tmp_path / "ПРОЧТИТЕ.md").symlink_to(tmp_path / "нигде")
    made = init(tmp_path)
    assert set(made.kept) == {"quality.yaml", "ПРОЧТИТЕ.md"}
    assert made.written == ("catalogue/ПРОЧТИТЕ.md",)
    assert (tmp_path / "quality.yaml").read_text(encoding="utf-8") == "period: 2025/2026\n"
    assert not (tmp_path / "нигде").exists()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert init(tmp_path).written == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("моё", encoding="utf-8")
    with pytest.raises(OutputError, match="не записать в"):
        init(tmp_path / "x")
    assert call("init", tmp_path / "x").code == 15


def commands_of(page: Path) -> list[list[str]]:
    """Calls of the program that a page shows in its blocks."""
    blocks = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if "quality " in line]


def test_the_pages_name_only_commands_that_exist(tmp_path: Path) -> None:
    init(tmp_path)
    known = {" ".join(path) for path in command_paths()}
    for page in tmp_path.rglob("*.md"):
        for words in re.findall(r"quality ((?:[a-z]+ ?)+)", page.read_text(encoding="utf-8")):
            assert any(words.startswith(command) for command in known), words


def test_every_command_of_the_first_page_works_from_within_the_folder(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("init", "x").code == 0
    monkeypatch.chdir(tmp_path / "x")
    shutil.copytree(small_data, tmp_path / "x" / "data", dirs_exist_ok=True)
    commands = commands_of(Path("ПРОЧТИТЕ.md"))
    assert ["run"] in commands
    for command in commands:
        outcome = call(*command)
        assert outcome.code == 0, (command, outcome.err)
    assert Path("out/results.xlsx").is_file()
    assert list(Path("out/documents").rglob("*.docx"))
    assert "Ничего не изменилось" in call("run").out


def test_a_new_folder_gives_no_warnings_of_its_own(small_data: Path, tmp_path: Path) -> None:
    init(tmp_path)
    shutil.copytree(small_data, tmp_path / "data", dirs_exist_ok=True)
    findings: Findings = Workspace(resolve_options(config=tmp_path / "quality.yaml")).tables.findings
    assert "ПРОЧТИТЕ" not in " ".join(map(str, findings))


def test_engines_of_the_settings_are_those_there_are() -> None:
    assert set(get_args(ConfigFile.model_fields["engine"].annotation)) == {OWN, *EXTRAS}
