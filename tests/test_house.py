"""The house itself: what is shipped is whole, generated pages are fresh, nothing names a machine or a registry."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HALVES = (("py", r"pi\.org"), ("pythonho", "sted"), (r"registry\.np", "mjs"), ("index-", "url"))  # not named here whole
REGISTRY = re.compile("|".join(map("".join, HALVES)))


def test_a_wheel_works_without_a_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = "import sys; sys.path.insert(0, 'site'); from quality_cli.cli.main import main; main()"
    run = subprocess.run(
        [sys.executable, "-I", "-c", program, "catalogue", "check"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "Ошибок нет" in run.stdout
    resources = tmp_path / "site" / "quality_cli" / "resources"
    assert (resources / "templates" / "бланк.docx").is_file()
    assert (resources / "indicator_specs" / "1.1" / "1.1.1.yaml").is_file()


def test_generated_pages_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build.py"), "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr


def test_every_command_is_in_the_manual() -> None:
    manual = (ROOT / "README.ru.md").read_text(encoding="utf-8")
    catalogue = ("check", "test", "show", "list", "diff", "docs", "schema")
    for command in ("check", "compute", "report", "run", *(f"catalogue {name}" for name in catalogue)):
        assert f"quality {command}" in manual, command


def test_no_file_names_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    texts = [ROOT / name for name in listed.split("\0") if name and not name.endswith((".xlsx", ".docx", ".png"))]
    named = [path.name for path in texts if path.is_file() and REGISTRY.search(path.read_text("utf-8", "replace"))]
    assert named == []


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
