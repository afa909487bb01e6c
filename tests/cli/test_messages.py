"""What is wrong with a path, a right, a stream or a disk is told in Russian, with an exit code, and is no accident."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import call

ROOT = Path(__file__).resolve().parents[2]
OUR_WORDS = {"quality", "yaml", "csv", "xlsx", "docx", "parquet", "json", "utf", "data", "out", "config", "catalogue"}
PROGRAM = "from quality_cli.cli.main import main; main()"


def is_russian(told: str, given: str = "") -> bool:
    """Whether a message has no sentence of English: no two words of it in a row that the call did not give."""
    bare = re.sub(r"«[^»]*»|--[\w-]+|quality( \w+)+|\S*[/\\.:]\S*", " ", told.replace(given, " ") if given else told)
    return not re.search(r"[A-Za-z]{3,} [a-z]{2,}", bare)


BAD = {"too long": "x" * 300, "not UTF-8": os.fsdecode(b"\xcf\xe0\xef"), "under a file": "файл/внутри", "spaces": " \n"}
CALLS = (
    ("compute", "--data", "BAD", "--out", "out"),
    ("compute", "--data", "data", "--out", "BAD"),
    ("run", "--data", "data", "--out", "BAD", "--format", "md"),
    ("report", "--out", "BAD"),
    ("check", "BAD"),
    ("check", "data", "--marked", "BAD"),
    ("check", "data", "--suggest", "BAD"),
    ("compute", "--config", "BAD"),
    ("compute", "--catalogue", "BAD", "--out", "out"),
    ("catalogue", "check", "--catalogue", "BAD"),
    ("catalogue", "diff", "BAD"),
    ("catalogue", "docs", "--out", "BAD/x.md"),
    ("forms", "make", "--data", "data", "--period", "2025/2026", "--out", "BAD"),
    ("forms", "collect", "--data", "data", "--from", "BAD"),
    ("forms", "status", "--data", "data", "--period", "2025/2026", "--remind", "BAD"),
    ("plan", "--data", "BAD"),
    ("explain", "1.1.2-m1", "--org", "x", "--data", "BAD"),
)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("arguments", CALLS, ids=lambda arguments: " ".join(arguments[:4]))
def test_a_bad_path_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], bad: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "файл").write_text("", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "Реестр.csv").write_text("Код;Вышестоящая;Вид;Краткое наименование\nм;;;М\n", encoding="utf-8")
    outcome = call(*(word.replace("BAD", BAD[bad]) for word in arguments))
    assert outcome.code != 1, outcome.err
    assert "Внутренняя ошибка" not in outcome.err
    assert is_russian(outcome.err, BAD[bad]), outcome.err


@pytest.mark.parametrize("key", ["data", "out", "catalogue", "templates", "key"])
def test_a_path_that_no_system_has_is_told(tmp_path: Path, small_data: Path, key: str) -> None:
    paths = {"data": str(small_data), "out": str(tmp_path / "out")} | {key: "а\0б"}
    (tmp_path / "quality.yaml").write_text(json.dumps(paths), encoding="utf-8")  # YAML too
    outcome = call("compute", "--config", tmp_path / "quality.yaml")
    assert "Внутренняя ошибка" not in outcome.err
    assert (outcome.code in (2, 10, 11, 15)) or key == "templates", outcome.err
    assert is_russian(outcome.err), outcome.err


def spawned(*arguments: object, redirected: str = "", **more: object) -> "subprocess.CompletedProcess[bytes]":
    """Call through a shell, with streams closed or led elsewhere."""
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120, **more)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("redirected", "code"),
    [(">&-", 0), ("2>&-", 0), ("<&-", 0), (">&- 2>&- <&-", 0), (">/dev/full", 15), (">/dev/full 2>/dev/full", 15)],
)
@pytest.mark.parametrize("arguments", [("--help",), ("catalogue", "schema")])
def test_streams_that_are_closed_or_full(arguments: tuple[str, ...], redirected: str, code: int) -> None:
    done = spawned(*arguments, redirected=redirected)
    assert done.returncode == code
    told = done.stderr.decode()
    assert told in ("", "Ошибка: не вывести результат: на диске нет места\n")


@pytest.mark.parametrize("arguments", [("catalogue", "schema"), ("--help",)])
def test_a_reader_that_leaves_early_is_no_error(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=120)
    os.close(writing)
    assert b"Traceback" not in done.stderr
    assert b"Broken" not in done.stderr
    assert "Внутренняя" not in done.stderr.decode()
    assert done.returncode == 0


def test_a_file_opened_after_a_stream_was_closed_does_not_take_its_place(small_data: Path, tmp_path: Path) -> None:
    done = spawned("compute", "--data", small_data, "--out", tmp_path / "out", redirected=">&- 2>&-")
    assert done.returncode == 0
    assert (tmp_path / "out" / "results.csv").read_bytes().startswith(b"\xef\xbb\xbfperiod;")


def test_a_full_disk_is_15_and_the_old_output_stays(small_data: Path, tmp_path: Path) -> None:
    """A limit on the size of a file stands for the disk: the system refuses to write on just as it does there."""
    out = tmp_path / "out"
    assert call("compute", "--data", small_data, "--out", out).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))"
    limited = f"import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {limit}; {PROGRAM}"
    command = [sys.executable, "-c", limited, "compute", "--data", str(small_data), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert (done.returncode, "файл слишком велик" in done.stderr.decode()) == (15, True), done.stderr.decode()
    assert is_russian(done.stderr.decode())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"out", ".out.lock"}


@pytest.mark.parametrize(
    ("target", "told"),
    [("/dev/full", "нужен обычный файл"), ("папка", "нужен обычный файл"), ("файл/x.md", "часть пути — файл")],
)
def test_an_annex_that_cannot_be_written_is_15(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "папка").mkdir()
    (tmp_path / "файл").write_text("моё", encoding="utf-8")
    outcome = call("catalogue", "docs", "--out", target)
    assert (outcome.code, told in outcome.err) == (15, True), outcome.err
    assert (tmp_path / "файл").read_text(encoding="utf-8") == "моё"


ENGLISH = [
    *(("-z",), ("--",), ("check", "a", "b"), ("run", "--period"), ("catalogue",), ("catalogue", "x")),
    *(("forms", "make", "-q", "-x"), ("compute", "--data="), ("compute", "--quiet=1"), ("report", "--format", "")),
    *(("check", "--explain"), ("--version=1",), ("catalogue", "list", "--due", "x"), ("explain",), ("compute", "-qz")),
    ("forms", "status", "--today", "2026-02-31", "--period", "2025/2026"),
    *(("catalogue", "docs", "extra"), ("run", "--strict", "--no-such-option", "1"), ("compute", "--dat", "x")),
]


@pytest.mark.parametrize("arguments", ENGLISH, ids=" ".join)
def test_a_wrong_call_is_told_without_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = call(*arguments)
    assert is_russian(outcome.err), outcome.err
    assert "Внутренняя ошибка" not in outcome.err


def _raw(tree: ast.AST) -> Iterator[ast.AST]:
    """Places that print an error of the system, or a library's, as it is: ``{error}`` where ``error`` is an OSError."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None or handler.type is None:
            continue
        caught = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(handler.type)}
        if not caught & {"OSError", "Exception", "ArrowException", "YAMLError", "PermissionError"}:
            continue
        for node in ast.walk(handler):
            if isinstance(node, ast.FormattedValue | ast.Call):
                named = node.value if isinstance(node, ast.FormattedValue) else (node.args or [None])[0]
                is_text = isinstance(node, ast.FormattedValue) or getattr(node.func, "id", "") in ("str", "repr")
                if is_text and isinstance(named, ast.Name) and named.id == handler.name:
                    yield node


def test_no_error_of_the_system_is_printed_as_it_is() -> None:
    found = []
    for path in sorted((ROOT / "quality_cli").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found += [f"{path.name}: strerror"] if "strerror" in text else []
        found += [f"{path.name}:{node.lineno}" for node in _raw(ast.parse(text))]  # type: ignore[attr-defined]
    assert found == []
