"""One identity of a run: any change of what the output depends on is new work and is named, anything else is not."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from quality_cli.app.compute import compute
from quality_cli.app.report import report
from quality_cli.app.run import run
from quality_cli.app.workspace.config import (
    ConfigFile,
    NothingToReport,
    Office,
    Options,
    OwnDocument,
    Signatory,
    resolve_options,
)
from quality_cli.app.workspace.identity import NEUTRAL, changes, changes_in_words
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.periods import Period
from quality_cli.core.program import PROGRAM
from quality_cli.core.resources import CATALOGUE, TEMPLATES

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
MD = ("md",)


@pytest.fixture
def options(small_data: Path, tmp_path: Path) -> Options:
    """A call over a copy of the small data, with a folder of every kind of one's own."""
    shutil.copytree(small_data, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(SAMPLE / "2025" / "edu990101", tmp_path / "data" / "edu990101")
    (tmp_path / "data" / "письмо.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "catalogue" / "datasets").mkdir(parents=True)
    (tmp_path / "catalogue" / "datasets" / "vpr.yaml").write_text("extends: vpr\ncolumns: {}\n", encoding="utf-8")
    (tmp_path / "templates").mkdir()
    for name in ("common.md.j2", "бланк.docx"):
        shutil.copy(TEMPLATES / name, tmp_path / "templates")
    places = {name: tmp_path / name for name in ("data", "out", "catalogue", "templates")}
    return Options(**places)


def sha256(path: Path) -> str:
    """Hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def changed(options: Options, change: Callable[[], object]) -> dict[str, list[str]]:
    """What a change of the files makes of the identity."""
    before = Workspace(options).identity
    change()
    return changes(before, Workspace(options).identity)


def flat(model: Any, prefix: str = "") -> list[str]:
    """Names of the settings of a model, of those inside it as «office.name»."""
    return [
        name
        for key, field in model.model_fields.items()
        for name in (
            flat(field.annotation, f"{prefix}{key}.") if hasattr(field.annotation, "model_fields") else [prefix + key]
        )
    ]


OTHER: dict[str, Any] = {
    "period": Period(2023),
    "indicators": ("1.1.2-m1",),
    "directions": ("1.1",),
    "engine": "polars",
    "documents": (OwnDocument(kind="А", title="Б"),),
    "none": (NothingToReport(table="plans", period="2025/2026"),),
    "office": [Office(name="А"), Office(place="А")],
    "signatory": [Signatory(name="А"), Signatory(position="А")],
}
"""Another value of every option that counts."""


def test_every_option_counts_or_is_known_not_to(options: Options) -> None:
    assert {field.name for field in fields(Options)} == NEUTRAL | set(OTHER)
    before = Workspace(options).identity
    assert changes(before, Workspace(options).identity) == {}
    for name, values in OTHER.items():
        for value in values if isinstance(values, list) else [values]:
            found = changes(before, Workspace(replace(options, **{name: value})).identity)
            told = [name]
            if isinstance(value, BaseModel):
                told = [f"{name}.{inner}" for inner in flat(type(value)) if getattr(value, inner)]
            assert found == {"options": told}


WRITTEN = {
    "period": "2023/2024",
    "indicators": "[1.1.2-m1]",
    "directions": '["1.1"]',
    "engine": "polars",
    "documents": "[{kind: А, number: 1-п}]",
    "none": "[{table: plans, period: 2025/2026}]",
    "office.name": "А",
    "office.place": "А",
    "signatory.position": "А",
    "signatory.name": "А",
}
"""Another value of every setting of quality.yaml that is no place."""


def test_every_setting_of_the_file_counts(tmp_path: Path) -> None:
    config = tmp_path / "quality.yaml"
    for name in ("data", "catalogue", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "key").write_bytes(bytes(32))
    places = {"data", "out", "catalogue", "templates", "key"}
    assert set(flat(ConfigFile)) == places | set(WRITTEN)

    def identity(text: str) -> Any:
        config.write_text(text, encoding="utf-8")
        return Workspace(resolve_options(config=config)).identity

    before = identity("")
    assert identity("# примечание\n") == before
    for name, value in WRITTEN.items():
        outer, _, inner = name.partition(".")
        text = f"{outer}: {{{inner}: {value}}}" if inner else f"{name}: {value}"
        assert changes(before, identity(text)) == {"options": [name]}
    for name in places - {"out", "key"}:  # what lies there counts
        (tmp_path / name / "файл.csv").write_text("а;б", encoding="utf-8")
        (found,) = changes(before, identity(f"{name}: {name}"))
        assert found == {"data": "inputs"}.get(name, name)
    assert identity("{out: другая, key: key}") == before


def test_a_byte_of_any_file_counts(options: Options) -> None:
    kinds = {"csv", "xlsx", "parquet", "zip", "ods", "xls", "txt"}
    for kind in kinds:
        (options.data / f"проба.{kind}").write_bytes(b"PAR1" if kind == "parquet" else b"1;2")
    files = [path for path in options.data.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert kinds <= {path.suffix[1:] for path in files}
    for path in files:
        name = path.relative_to(options.data).as_posix()
        assert changed(options, lambda: path.write_bytes(path.read_bytes() + b"\n")) == {"inputs": [name]}  # noqa: B023


def test_a_byte_of_any_file_of_ones_own_catalogue_and_templates_counts(options: Options) -> None:
    for component in ("catalogue", "templates"):
        folder = getattr(options, component)
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            name = f"своё/{path.relative_to(folder).as_posix()}"
            assert changed(options, lambda: path.write_bytes(path.read_bytes() + b"\n")) == {component: [name]}  # noqa: B023


def test_every_file_of_what_is_shipped_counts(options: Options) -> None:
    identity = Workspace(options).identity
    for component, folder in (("catalogue", CATALOGUE), ("templates", TEMPLATES)):
        told = {name: held for name, held in identity[component].items() if not name.startswith("своё/")}
        shipped = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert told == {path.relative_to(folder).as_posix(): sha256(path) for path in shipped}


def test_a_byte_of_any_line_of_code_counts(options: Options, tmp_path: Path) -> None:
    root = tmp_path / "copy" / PROGRAM.name
    shutil.copytree(PROGRAM, root, ignore=shutil.ignore_patterns("__pycache__"))
    before = Workspace(options, program=root).rules
    assert before["code"] == Workspace(options).rules["code"]
    files = sorted(root.rglob("*.py"))
    assert len(files) > 100
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content + b"#")
        (component,) = changes(before, Workspace(options, program=root).rules).items()
        layer = path.relative_to(root).parts[0] if path.parent != root else root.name
        assert component == ("code", [layer])
        path.write_bytes(content)
    (root / "engine" / "другое.py").write_text("", encoding="utf-8")
    assert changes(before, Workspace(options, program=root).rules) == {"code": ["engine"]}


def test_versions_of_python_and_of_the_libraries_count(options: Options) -> None:
    code = Workspace(options).rules["code"]
    for library in ("pandas", "numpy", "pyarrow", "pydantic", "jinja2", "python-docx", "lxml", "vl-convert-python"):
        assert code[library]
    assert code["python"]
    assert "pytest" not in code


def test_the_name_and_the_place_of_a_file_count(options: Options) -> None:
    form = next((options.data / "edu990101").iterdir())
    register = next(options.data.glob("Реестр*"))
    folder = options.data / "edu990102"
    assert len(changed(options, lambda: form.parent.rename(folder))["inputs"]) == 2 * len(list(folder.iterdir()))
    assert len(changed(options, lambda: register.rename(options.data / "другое имя.xlsx"))["inputs"]) == 2
    assert len(changed(options, lambda: shutil.copy(SAMPLE / "2026" / "Достижения.csv", options.data))["inputs"]) == 1
    assert len(changed(options, (options.data / "Достижения.csv").unlink)["inputs"]) == 1
    assert len(changed(options, (options.data / "письмо.pdf").unlink)["inputs"]) == 1
    assert len(changed(options, lambda: (options.data / "с.csv").symlink_to(SAMPLE / "quality.yaml"))["inputs"]) == 1


def test_nothing_else_counts(options: Options, tmp_path: Path) -> None:
    def touch() -> None:
        for folder in (options.data, options.catalogue, options.templates):
            assert folder is not None
            for path in folder.rglob("*"):
                os.utime(path, (1, 1))
        (options.data / ".quality").mkdir()
        (options.data / ".quality" / "key").write_bytes(os.urandom(32))
        (options.data / "~$Реестр.xlsx").write_bytes(b"lock")
        (options.data / "письмо.pdf").write_bytes(b"%PDF-1.7 of which only the name is told")

    assert changed(options, touch) == {}
    before = Workspace(options).identity
    moved = {name: shutil.copytree(getattr(options, name), tmp_path / "там" / name) for name in ("data", "catalogue")}
    other = replace(options, **moved, out=tmp_path / "иначе", key=tmp_path / "ключ", cache=False)
    assert Workspace(other).identity == before


def test_run_does_what_the_identity_says_and_names_what_changed(small_data: Path, tmp_path: Path) -> None:
    data = shutil.copytree(small_data, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    first = Options(data=data, out=tmp_path / "out")
    assert run(Workspace(first), MD).changed == {}
    assert run(Workspace(first), MD).skipped
    signed = replace(first, signatory=Signatory(name="А"))
    again = run(Workspace(signed), MD)
    assert not again.skipped
    assert changes_in_words(again.changed) == "настройки (signatory.name)"
    form = next(data.glob("Ф1_*"))
    form.rename(form.with_stem("другое"))
    again = run(Workspace(first), MD)
    assert changes_in_words(again.changed) == "данные (2\N{NO-BREAK SPACE}файла), настройки (signatory.name)"
    assert run(Workspace(first), MD).skipped
    damaged = '{"outputs": 1, "documents": [], "identity": {"inputs": {}}}'
    (first.out / "manifest.json").write_text(damaged, encoding="utf-8")
    assert not run(Workspace(first), MD).skipped


def test_documents_of_other_results_or_settings_are_not_up_to_date(small_data: Path, tmp_path: Path) -> None:
    options = Options(data=small_data, out=tmp_path / "out", directions=("1.1",))
    run(Workspace(options), MD)
    report(Workspace(replace(options, signatory=Signatory(name="А"))), MD)
    assert changes_in_words(run(Workspace(options), MD).changed) == "справки (md)"
    assert run(Workspace(options), MD).skipped
    compute(Workspace(replace(options, indicators=("1.1.1-m1",), directions=())))
    report(Workspace(options), MD)
    compute(Workspace(options))
    assert not run(Workspace(options), MD).skipped


_COUNTING = """
import collections, json, sys
from pathlib import Path
data, out = map(Path, sys.argv[1:3])
opened = collections.Counter()
sys.addaudithook(lambda event, given: event == "open" and opened.update([str(given[0])]))
sys.argv = ["quality", "run", "--data", str(data), "--out", str(out), "--format", "md", "--quiet"]
from quality_cli.cli.main import main
try:
    main()
except SystemExit as done:
    assert done.code == 0
files = [path for path in data.rglob("*") if path.is_file() and ".quality" not in path.parts]
print(json.dumps(sorted({opened[str(path)] for path in files})))
"""


def test_a_file_is_hashed_once_and_read_once(options: Options) -> None:
    (options.data / "письмо.pdf").unlink()
    command = [sys.executable, "-c", _COUNTING, str(options.data), str(options.out)]

    def times() -> list[int]:
        """How many times the files of the data were opened by a run."""
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: list[int] = json.loads(done.stdout.splitlines()[-1])
        return found

    assert times() == [2]
    assert times() == [1]  # only to find that nothing has changed
    shutil.rmtree(options.out)
    assert times() == [1]  # the tables are taken from the cache


@pytest.mark.parametrize("prepared", [False, True])
def test_a_file_that_changes_while_it_is_read_makes_the_next_run_needed(
    prepared: bool, small_data: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(small_data, tmp_path / "data", ignore=shutil.ignore_patterns(".*"))
    options = Options(data=data, out=tmp_path / "out", directions=("1.1",))
    path = next(data.glob("Шкалы*"))
    if prepared:
        path = data / "vpr.parquet"
        tables = Workspace(replace(options, cache=False)).tables
        frame = tables["vpr"].frame.drop(columns=["_file", "_sheet", "_row"])
        frame[[name for name in frame if "." not in str(name)]].to_parquet(path)
    whole = path.read_bytes()

    def progress(stage: str, item: str, done: int, total: int) -> None:
        if stage == ("Расчёт" if prepared else "Чтение") and not done:
            path.write_bytes(whole if prepared else whole[: len(whole) // 2])

    outcome = run(Workspace(options, progress), MD)
    assert outcome.findings is not None
    assert [place.file for f in outcome.findings if f.code == "file.changed" for place in f.places] == [path.name]
    path.write_bytes(whole)
    again = run(Workspace(options), MD)
    assert again.changed == {"inputs": [path.name]}
    assert run(Workspace(options), MD).skipped
