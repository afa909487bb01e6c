"""A filled form that lies in the data folder: its answers are data, as if they had been collected."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from calling import call

from quality_cli.analysis.results import Results

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
YEAR = ("--period", "2025/2026")
FLAG, TEXT, NUMBER = "2.3.1-m2", "2.3.3-s2", "2.3.7-s2"
SCHOOL = "vo-01"


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blank forms of the first school, and the expert's book."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "data").mkdir()
    shutil.copy(next(SAMPLE.glob("Реестр*")), folder / "data")
    whose = ("--numbers", "--org", SCHOOL, "--org", "ds-01")
    made = call("forms", "make", "--data", folder / "data", *YEAR, "--out", folder / "forms", *whose)
    assert made.code == 0, made.err
    return folder / "forms"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the register only."""
    (tmp_path / "data").mkdir()
    shutil.copy(next(SAMPLE.glob("Реестр*")), tmp_path / "data")
    return tmp_path / "data"


def filled(blank: Path, target: Path, answers: Mapping[str, Any], nothing: str = "") -> Path:
    """The form of the first school with answers by question, handed in as ``target``; of a table there is nothing."""
    book = openpyxl.load_workbook(next(blank.rglob("Форма*№ 1.xlsx")))
    for number, *_, answer, proof, _ in book["Вопросы"].iter_rows(min_row=7):
        if number.value in answers:
            answer.value, proof.value = answers[number.value], "приказ № 1"
    for table, _, said in book["Таблицы"].iter_rows(min_row=7, max_col=3) if nothing else ():
        if table.value == nothing:
            said.value = "таких нет"
    target.parent.mkdir(exist_ok=True)
    book.save(target)
    return target


def figures(data: Path) -> list[dict[str, Any]]:
    """Results of what is asked below, and of 1.4.7, but for the file they came from."""
    asked = [
        word for name in (FLAG, TEXT, NUMBER, "2.2.3-m1", "1.3.1-m1", "1.4.7-m1") for word in ("--indicator", name)
    ]
    outcome = call("compute", "--data", data, *YEAR, *asked, "--out", data.parent / "out")
    assert outcome.code == 0, outcome.err
    results = Results.read(data.parent / "out" / "results.parquet")
    return [{name: value for name, value in asdict(row).items() if name != "source"} for row in results]


def told(data: Path, *codes: str) -> list[dict[str, Any]]:
    """Findings of the check, of some codes."""
    return [item for item in json.loads(call("check", data, "--json").out)["findings"] if item["code"] in codes]


def collect(data: Path, forms: Path) -> None:
    outcome = call("forms", "collect", "--from", forms, "--data", data, *YEAR)
    assert outcome.code == 0, outcome.err


ALL = {FLAG: "да", TEXT: "нет", NUMBER: "78,5", "2.2.3-m1:числитель": 4, "1.3.1-m1:participants:числитель, школьный": 7}


def test_its_answers_are_those_that_would_be_collected(blank: Path, data: Path, tmp_path: Path) -> None:
    apart = tmp_path / "собрано"
    shutil.copytree(data, apart / "data")
    filled(blank, apart / "forms" / "a.xlsx", ALL, "Договоры с партнёрами")
    collect(apart / "data", apart / "forms")
    shutil.copy(apart / "forms" / "a.xlsx", data / "a.xlsx")
    mine = figures(data)
    assert mine == figures(apart / "data")
    assert (
        sum(row["value"] is not None and row["org_id"] == SCHOOL for row in mine) == 4
    )  # of no contracts the count is 0
    collect(data, apart / "forms")  # the form and what was collected from it: the same is said twice
    assert figures(data) == mine
    assert told(data, "row.duplicate", "row.conflict", "file.form") == []


def test_it_is_read_in_an_archive_and_taken_up_from_the_cache(blank: Path, data: Path, tmp_path: Path) -> None:
    filled(blank, tmp_path / "forms" / "a.xlsx", ALL)
    shutil.make_archive(str(data / "почта"), "zip", tmp_path / "forms")
    first = figures(data)
    assert any(row["indicator"] == FLAG and row["value"] == 1 for row in first)
    assert figures(data) == first


def test_other_questions_read_it_anew(blank: Path, data: Path, tmp_path: Path) -> None:
    filled(blank, data / "a.xlsx", ALL)
    assert told(data, "form.reworded") == []
    own = tmp_path / "каталог"
    (own / "2.3").mkdir(parents=True)
    text = (Path(__file__).resolve().parents[2] / "indicator_specs" / "2.3" / "2.3.1.yaml").read_text("utf-8")
    (own / "2.3" / "2.3.1.yaml").write_text(text.replace("1 сентября и позже", "1 сентября или позже"), "utf-8")
    outcome = call("check", data, "--json", "--catalogue", own)
    assert "form.reworded" in {item["code"] for item in json.loads(outcome.out)["findings"]}


def test_the_way_back_is_to_its_cell(blank: Path, data: Path) -> None:
    filled(blank, data / "a.xlsx", ALL)
    outcome = call("explain", FLAG, "--data", data, *YEAR, "--org", SCHOOL)
    assert outcome.code == 0, outcome.err
    sheet = openpyxl.load_workbook(data / "a.xlsx")["Вопросы"]
    row = next(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == FLAG)
    assert f"a.xlsx: 1 строка ({row})\n    ячейки: Вопросы · F{row}" in outcome.out.replace("\xa0", " ")


def test_another_answer_than_the_one_collected_is_told_with_both_places(
    blank: Path, data: Path, tmp_path: Path
) -> None:
    filled(blank, tmp_path / "forms" / "a.xlsx", {FLAG: "да"})
    collect(data, tmp_path / "forms")
    filled(blank, data / "b.xlsx", {FLAG: "нет"})
    (finding,) = told(data, "row.conflict")
    assert finding["places"][0]["file"] == "b.xlsx"
    assert finding["places"][0]["cell"].startswith("F")
    assert "Ответы на формы 2025-2026.csv" in finding["places"][0]["note"]
    assert [row["value"] for row in figures(data) if (row["indicator"], row["org_id"]) == (FLAG, SCHOOL)] == [1]


def test_two_forms_that_differ_are_told_whenever_they_were_saved(blank: Path, data: Path) -> None:
    one = filled(blank, data / "a.xlsx", {FLAG: "да"})
    two = filled(blank, data / "b.xlsx", {FLAG: "нет"})
    for first, second in ((1, 2), (2, 1)):
        os.utime(one, (first, first))
        os.utime(two, (second, second))
        (finding,) = told(data, "form.conflict")
        assert [(place["file"], place["cell"][:1]) for place in finding["places"]] == [("b.xlsx", "F"), ("a.xlsx", "F")]
        assert [row["value"] for row in figures(data) if (row["indicator"], row["org_id"]) == (FLAG, SCHOOL)] == [0]
        shutil.rmtree(data / ".quality" / "cache", ignore_errors=True)


def test_a_blank_one_is_no_error(blank: Path, data: Path) -> None:
    filled(blank, data / "a.xlsx", {})
    shutil.copy(next(blank.rglob("Книга*.xlsx")), data)
    findings = [
        item for item in json.loads(call("check", data, "--json").out)["findings"] if item["code"][:4] != "file"
    ]
    assert {item["code"] for item in findings} == {"form.unanswered"}
    assert "error" not in {item["severity"] for item in findings}


def test_of_another_organisation_nothing_is_read_and_the_rest_is(blank: Path, data: Path) -> None:
    filled(blank, data / "a.xlsx", {FLAG: "да"})
    form = filled(blank, data / "b.xlsx", {NUMBER: 5})
    book = openpyxl.load_workbook(form)
    for row in book["Вопросы"].iter_rows(max_row=5):
        for cell in row:
            if isinstance(cell.value, str) and "№ 1" in cell.value:
                cell.value = cell.value.replace("№ 1", "№ 2")
    book.save(form)
    (finding,) = told(data, "form.unit")
    assert (finding["severity"], finding["places"][0]["file"]) == ("error", "b.xlsx")
    values = {row["indicator"]: row["value"] for row in figures(data) if row["org_id"] == SCHOOL}
    assert (values[FLAG], values[NUMBER]) == (1, None)
