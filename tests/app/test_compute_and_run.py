"""Use cases over a small folder of real exports: what is published and what the manifest says of it."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from quality_cli.analysis.results import Results
from quality_cli.app.compute import compute
from quality_cli.app.report import report
from quality_cli.app.run import run
from quality_cli.app.workspace.config import Options, resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import ConfigurationError, LockedError, NothingToDoError
from quality_cli.documents.workbooks.results import write_workbook

RESULTS = {
    "results.parquet",
    "results.csv",
    "results.xlsx",
    "assessment.parquet",
    "assessment.csv",
    "assessment.xlsx",
    "recommendations.parquet",
    "recommendations.csv",
    "alternatives.parquet",
    "alternatives.csv",
    "completeness.parquet",
    "completeness.csv",
    "completeness.xlsx",
    "findings.json",
    "organisations.json",
    "answers.json",
}


def manifest(out: Path) -> dict[str, Any]:
    """The manifest of an output folder."""
    loaded: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def sha256(path: Path) -> str:
    """Hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def computed(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("computed") / "out"
    compute(Workspace(Options(data=small_data, out=out)))
    return out


@pytest.fixture(scope="module")
def published(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published") / "out"
    run(Workspace(Options(data=small_data, out=out)), ("md",))
    return out


def test_compute_publishes_results_and_their_views(computed: Path) -> None:
    assert {path.name for path in computed.iterdir()} == RESULTS | {"manifest.json"}
    reports = pyarrow.parquet.read_table(computed / "completeness.parquet").to_pylist()
    told = {row["state"] for row in reports if (row["dataset"], row["org_id"]) == ("staff", "vo-01")}
    assert told == {"missing"}
    assert (
        (computed / "completeness.csv")
        .read_text(encoding="utf-8-sig")
        .startswith("period;dataset;table;report;org_id;")
    )
    sheet = openpyxl.load_workbook(computed / "completeness.xlsx").active
    assert [cell.value for cell in sheet[1]] == [
        "Учебный год", "Таблица", "Отчёт", "Организация", "Состояние", "Код организации"
    ]  # fmt: skip
    assert sheet["E2"].value in ("представлен", "сведений нет", "не представлен")
    results = Results.read(computed / "results.parquet")
    assert results.periods() == ["2024/2025"]
    lines = (computed / "results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(results) + 1
    assert openpyxl.load_workbook(computed / "results.xlsx", read_only=True).sheetnames


@pytest.mark.parametrize(
    ("most", "shown"),
    [
        (2800, "итоги без разрезов"),
        (1000, "итоги муниципалитетов и региона без разрезов"),
        (100, "первые строки, 99"),
    ],
)
def test_a_sheet_holds_what_it_can_and_says_so(computed: Path, tmp_path: Path, most: int, shown: str) -> None:
    results = Results.read(computed / "results.parquet")
    assert write_workbook(results, load_catalogue(), tmp_path / "results.xlsx", most) == shown
    rows = list(openpyxl.load_workbook(tmp_path / "results.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert 0 < len(rows) < most < len(results)


def test_same_inputs_give_the_same_bytes(small_data: Path, computed: Path, tmp_path: Path) -> None:
    compute(Workspace(Options(data=small_data, out=tmp_path / "again")))
    assert {name: sha256(tmp_path / "again" / name) for name in RESULTS} == {
        name: sha256(computed / name) for name in RESULTS
    }


def test_manifest_names_every_file_read_and_written(small_data: Path, computed: Path) -> None:
    told = manifest(computed)
    assert told["outputs"] == {name: sha256(computed / name) for name in RESULTS}
    read = {file["name"]: file for file in told["files"] if not file["name"].startswith("каталог/")}
    assert set(read) == {path.name for path in small_data.iterdir() if path.name != ".quality"}
    for name, file in read.items():
        assert (file["size"], file["sha256"]) == ((small_data / name).stat().st_size, sha256(small_data / name))


def test_manifest_says_what_was_asked_and_found(small_data: Path, computed: Path) -> None:
    told = manifest(computed)
    assert told["tool"]["name"] == "quality"
    assert told["catalogue"]["version"]
    assert told["options"]["data"] == str(small_data)
    assert told["periods"] == ["2024/2025"]
    assert told["rows"] == len(Results.read(computed / "results.parquet"))
    assert set(told["problems"]) == {"error", "warning", "info"}
    assert told["started"] <= told["finished"]
    found = json.loads((computed / "findings.json").read_text(encoding="utf-8"))
    for severity, total in told["problems"].items():
        assert total == sum(finding["total"] for finding in found if finding["severity"] == severity)


def test_only_what_was_asked_is_computed(small_data: Path, tmp_path: Path) -> None:
    done = compute(Workspace(Options(data=small_data, out=tmp_path / "out", indicators=("1.1.1-М1",))))
    assert {row.indicator for row in done.results} == {"1.1.1-m1"}


def test_unknown_indicator_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"возможно, «1\.1\.1-m1»"):
        compute(Workspace(Options(data=tmp_path / "absent", out=tmp_path / "out", indicators=("1.1.1-m9",))))


def test_nothing_is_written_where_nothing_could_be_computed(small_data: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(next(small_data.glob("Реестр*")), bare)
    with pytest.raises(NothingToDoError):
        compute(Workspace(Options(data=bare, out=tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="names of files are not bytes there")
def test_file_named_in_another_encoding_is_read_and_named(small_data: Path, tmp_path: Path) -> None:
    """Archives unpacked on another system leave such names."""
    data = tmp_path / "data"
    shutil.copytree(small_data, data)
    works = next(data.glob("Ф1_Математика*"))
    works.rename(data / os.fsdecode("работы.xlsx".encode("cp1251")))
    compute(Workspace(Options(data=data, out=tmp_path / "out")))
    names = [file["name"] for file in manifest(tmp_path / "out")["files"]]
    assert "\\xf0\\xe0\\xe1\\xee\\xf2\\xfb.xlsx" in names


def test_period_without_data_has_no_figures_but_says_so(small_data: Path, tmp_path: Path) -> None:
    options = resolve_options(data=small_data, out=tmp_path / "out", period="2019/2020")
    assert {row.status for row in compute(Workspace(options)).results} == {"no_data", "not_applicable"}


def test_run_publishes_results_and_documents(published: Path) -> None:
    told = manifest(published)
    files = {**told["outputs"], **told["documents"]["files"]}
    assert files == {name: sha256(published / name) for name in files}
    on_disk = {path.relative_to(published).as_posix() for path in published.rglob("*") if path.is_file()}
    assert on_disk == {*files, "manifest.json"}
    assert any(name.endswith(".md") for name in files)
    assert not any(name.endswith(".docx") for name in files)


def test_run_over_the_same_inputs_does_nothing(small_data: Path, published: Path) -> None:
    before = (published / "manifest.json").read_bytes()
    assert run(Workspace(Options(data=small_data, out=published)), ("md",)).skipped
    assert (published / "manifest.json").read_bytes() == before


def test_run_works_again_when_something_is_missing_or_changed(
    make_data: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    data, out = make_data(tmp_path / "data", "Ф1_Математика 4*"), tmp_path / "out"
    assert not run(Workspace(Options(data=data, out=out)), ("md",)).skipped
    (out / "results.csv").unlink()
    assert not run(Workspace(Options(data=data, out=out)), ("md",)).skipped
    next(data.glob("Ф1_*")).rename(data / "другое имя.xlsx")
    assert not run(Workspace(Options(data=data, out=out)), ("md",)).skipped
    assert run(Workspace(Options(data=data, out=out)), ("md",)).skipped
    assert not run(Workspace(Options(data=data, out=out)), ("md",), force=True).skipped


def test_report_needs_no_data(published: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(published, out)
    shutil.rmtree(out / "documents")
    written = report(Workspace(Options(data=tmp_path / "absent", out=out)), ("md",))
    assert {name: sha256(out / name) for name in written.files} == manifest(published)["documents"]["files"]
    assert manifest(out)["outputs"] == manifest(published)["outputs"]


def test_report_without_results_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDoError, match="quality compute"):
        report(Workspace(Options(data=tmp_path, out=tmp_path / "out")), ("md",))
    assert not (tmp_path / "out").exists()


def test_second_run_at_the_same_time_is_refused(small_data: Path, tmp_path: Path) -> None:
    from quality_cli.app.workspace.publish import lock

    options = Options(data=small_data, out=tmp_path / "out")
    with lock(options.out):
        for job in (compute, run, report):
            with pytest.raises(LockedError):
                job(Workspace(options))


def test_a_district_attaches_its_own_documents(small_data: Path, tmp_path: Path) -> None:
    kind = "Приказ о проведении ВПР, включая регламенты"
    settings = tmp_path / "quality.yaml"
    own = f'{{kind: "{kind}", title: «О ВПР», number: 12-п, date: 01.03.2025, link: "https://example.org/12"}}'
    settings.write_text(f"documents: [{own}]\n", encoding="utf-8")
    options = resolve_options(config=settings, data=small_data, out=tmp_path / "out")
    run(Workspace(options), ("md",))
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.md")]
    told = [line for text in texts for line in text.splitlines() if line.startswith(f"- {kind}:")]
    assert told
    assert {line.replace("\\", "") for line in told} == {
        f"- {kind}: «О ВПР» от 01.03.2025 № 12-п, https://example.org/12"
    }
    settings.write_text("documents: [{kind: Приказ о проведении ВПР с регламентами}]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"справки не называют документа .* возможно, «Приказ"):
        run(Workspace(resolve_options(config=settings, data=small_data, out=tmp_path / "out")), ("md",))
