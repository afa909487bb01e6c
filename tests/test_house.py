"""The house itself: what is shipped is whole, generated pages are fresh, nothing names a machine or a registry."""

import ast
import fnmatch
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from quality_cli.cli.main import command_paths

ROOT = Path(__file__).resolve().parent.parent
BINARY = (".xlsx", ".xls", ".docx", ".png")


def _any(*halves: tuple[str, str]) -> re.Pattern[str]:
    """What may stand nowhere, not even here: each comes in two halves."""
    return re.compile("|".join(map("".join, halves)))


REGISTRY = _any(("py", r"pi\.org"), ("pythonho", "sted"), (r"registry\.np", "mjs"), ("index-", "url"))
MACHINE = _any(("/wo", "rk/"), ("/ro", "ot/"), ("/ho", r"me/\w"), ("/Us", r"ers/\w"), ("/tm", r"p/\w"))
UNMERGED = _any(("(?m)^<<<<", "<<< "), ("^>>>>", ">>> "))
ELSEWHERE = _any(("desi", "gn §"), (r"\.\./sha", "red"), (r"review\.", "md"), ("hard-", "cases"))


@cache
def texts() -> dict[str, str]:
    """Every text file of the project by its path, whether it lies in a repository or was taken out of an archive."""
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8", "replace") for path in _files()}


def _files() -> Iterator[Path]:
    """Files but those that ``.gitignore`` names: by a word, or from the root on where the line begins with ``/``."""
    lines = (ROOT / ".gitignore").read_text("utf-8").split()
    for folder, inner, names in os.walk(ROOT):
        here = "/" + Path(folder).relative_to(ROOT).as_posix().removeprefix(".")
        kept = [
            name
            for name in (*inner, *names)
            if name != ".git"
            and not any(
                fnmatch.fnmatch(f"{here.rstrip('/')}/{name}" if "/" in line.rstrip("/") else name, line.rstrip("/"))
                for line in lines
            )
        ]
        inner[:] = [name for name in inner if name in kept]
        yield from (Path(folder, name) for name in names if name in kept and not name.endswith(BINARY))


def test_a_wheel_works_without_a_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = "import sys; sys.path.insert(0, 'site'); from quality_cli.cli.main import main; main()"
    for command, told in ((["catalogue", "check"], "Ошибок нет"), (["init", "x"], "Готово")):
        run = subprocess.run(
            [sys.executable, "-I", "-c", program, *command],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert told in run.stdout
    assert (tmp_path / "x" / "ПРОЧТИТЕ.md").is_file()
    resources = tmp_path / "site" / "quality_cli" / "resources"
    assert (resources / "templates" / "бланк.docx").is_file()
    assert (resources / "indicator_specs" / "1.1" / "1.1.1.yaml").is_file()


def test_generated_pages_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build.py"), "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("command", command_paths(), ids=" ".join)
def test_every_command_is_in_the_manual(command: list[str]) -> None:
    manual = (ROOT / "README.ru.md").read_text(encoding="utf-8")
    assert re.search(rf"\bquality {' '.join(command)}\b", manual)


def _naming(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_whole_project_is_looked_at() -> None:
    assert {"README.md", ".ci/run", "quality_cli/core/where.py", "indicator_specs/1.1/1.1.1.yaml"} <= set(texts())
    assert not any(name.startswith((".venv/", "out/", ".git/")) or "__pycache__" in name for name in texts())


def test_no_file_names_a_registry() -> None:
    assert _naming(REGISTRY) == []


def test_no_file_names_a_machine() -> None:
    assert _naming(MACHINE) == []


def test_no_file_was_merged_by_halves() -> None:
    assert _naming(UNMERGED) == []


def test_no_file_refers_to_a_page_that_is_not_here() -> None:
    assert _naming(ELSEWHERE) == []


def test_what_is_added_at_places_is_of_the_type_of_the_array() -> None:
    """``np.add.at(int32_array, places, 1)`` casts row by row: 53 ns a row where a one of the same type takes 1.4."""
    slow = []
    for path in sorted((ROOT / "quality_cli").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and re.fullmatch(r"(np|numpy)\.\w+\.at", ast.unparse(call.func)):
                array, _, added = (*map(ast.unparse, call.args), "")[:3]
                if f"{array}.dtype" not in added:
                    slow.append(f"{path.relative_to(ROOT)}:{call.lineno}: np.asarray({added}, {array}.dtype)")
    assert slow == []
