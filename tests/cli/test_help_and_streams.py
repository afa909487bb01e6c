"""Help in Russian and at once; streams that survive any console."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from calling import call, spawn

from quality_cli.cli.main import command_paths

COMMANDS = [[], ["catalogue"], ["forms"], *command_paths()]
NAMES = re.compile(
    r"--?[a-z][a-z-]*|quality(?: [a-z]+)*|[\w.]*\.(?:yaml|json|parquet|csv|xlsx)\b|docx|md|vpr|Word|Markdown"
    r"|cell\.value|JSON Schema|YAML|JSON|ID|N\.N|1\.1\.2-m1|sample_data|Excel|\bout\b|\((?:data|out)\)"
    r"|pandas|polars|[Dd]uck[Dd][Bb]|pyspark|[Ss]park"
    r"|\b(?:init|check|plan|compute|report|explain|run|forms|make|collect|status|tables|words|catalogue|mark|grade|list|show|test|schema|docs|diff|municipality|organisation"
    r"|indicators|datasets|documents|goals|recommendations|signals)\b"
)
"""Names of options, commands, files, formats and values: they are the same in every language."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_russian(command: list[str]) -> None:
    outcome = call(*command, "--help")
    assert outcome.code == 0
    assert "Вызов: quality" in outcome.out
    assert re.findall(r"[A-Za-z]{2,}", NAMES.sub("", outcome.out)) == []


def test_without_arguments_the_help_is_shown() -> None:
    assert call().out.strip() == call("--help").out.strip()
    assert call("catalogue").out.strip() == call("catalogue", "--help").out.strip()


def test_version() -> None:
    assert re.fullmatch(r"quality \d+\.\d+\.\d+\n", call("--version").out)


def test_help_imports_nothing_heavy() -> None:
    program = f"""
import json, sys
from quality_cli.cli.main import main
for command in {COMMANDS!r}:
    sys.argv = ["quality", *command, "--help"]
    try:
        main()
    except SystemExit as done:
        assert done.code == 0, command
heavy = {{"pandas", "numpy", "pyarrow", "openpyxl", "docx", "vl_convert", "jinja2", "yaml", "quality_cli.catalogue"}}
print("heavy:" + json.dumps(sorted(heavy & set(sys.modules))))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(run.stdout.rpartition("heavy:")[2]) == []


def test_compute_imports_nothing_of_documents(small_data: Path, tmp_path: Path) -> None:
    program = f"""
import json, sys
from quality_cli.cli.main import main
sys.argv = ["quality", "compute", "--data", {str(small_data)!r}, "--out", {str(tmp_path / "out")!r}, "--quiet"]
try:
    main()
except SystemExit as done:
    assert done.code == 0
unused = {{"openpyxl", "docx", "lxml", "vl_convert", "jinja2", "markdown_it", "rich"}}
print("unused:" + json.dumps(sorted(unused & set(sys.modules))))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(run.stdout.rpartition("unused:")[2]) == []


def test_piped_output_has_no_escape_codes(small_data: Path) -> None:
    for arguments in (["catalogue", "list"], ["check", small_data], ["--help"]):
        run = spawn(*arguments)
        assert run.returncode == 0
        assert b"\x1b" not in run.stdout + run.stderr


def test_tables_in_a_pipe_are_tab_separated() -> None:
    lines = call("catalogue", "list").out.splitlines()
    assert lines[0].split("\t") == ["Показатель", "Уровень", "Единица", "Название"]
    assert {len(line.split("\t")) for line in lines} == {4}


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp866"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=" ".join,
)
def test_any_console_will_do(environment: dict[str, str], small_data: Path, tmp_path: Path) -> None:
    for arguments in (["--help"], ["catalogue", "show", "1.1.2-m1"], ["compute", "--data", small_data]):
        out = ["--out", tmp_path / "out"] if "compute" in arguments else []
        run = spawn(*arguments, *out, **environment)
        assert run.returncode == 0, run.stderr
        assert b"Traceback" not in run.stderr


def test_console_of_dos_shows_russian() -> None:
    run = spawn("catalogue", "show", "1.1.2-m1", PYTHONIOENCODING="cp866")
    assert "Показатель: 1.1.2-m1" in run.stdout.decode("cp866")


def test_closed_pipe_is_not_an_error() -> None:
    program = "from quality_cli.cli.main import main; main()"
    command = f'"{sys.executable}" -c "{program}" catalogue list --json | head -c 1; exit "${{PIPESTATUS[0]}}"'
    run = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_defect_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    program = typer.Typer()

    @program.command()
    def broken() -> None:
        raise ZeroDivisionError("Выдуманова Анна")

    monkeypatch.delenv("QUALITY_DEBUG", raising=False)
    outcome = call(program=program)
    assert outcome.code == 1
    assert "Внутренняя ошибка программы: ZeroDivisionError, test_help_and_streams.py:" in outcome.err
    assert "Выдуманова" not in outcome.err  # the text of an error may quote a cell
    assert "QUALITY_DEBUG=1" in outcome.err
