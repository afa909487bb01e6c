"""Exit codes and messages: the contract of scripts and cron."""

import json
import shutil
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from calling import Outcome, call

from quality_cli.app.compute import RESULTS
from quality_cli.app.workspace.publish import lock


@pytest.fixture(scope="module")
def broken_data(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small folder with one mark that cannot be."""
    folder = tmp_path_factory.mktemp("broken") / "data"
    shutil.copytree(small_data, folder)
    table = "Организация;Год;Класс;Предмет;Код участника;Отметка\nvo-01;2025;4;Математика;1;семь\n"
    (folder / "Отметки.csv").write_text(table, encoding="utf-8")
    return folder


def failed(outcome: Outcome, code: int, *words: str) -> None:
    """A failure is a Russian message on stderr, nothing on stdout and no traceback."""
    assert outcome.code == code, outcome.err
    assert "Ошибка: " in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    for word in words:
        assert word in outcome.err


WRONG_CALLS: list[tuple[list[str], list[str]]] = [
    (["comput"], ["нет команды «comput»", "возможно, «compute»"]),
    (["compute", "--dta", "x"], ["нет параметра --dta", "возможно, --data"]),
    (["compute", "--out"], ["после --out нужно значение"]),
    (["compute", "--strict=да"], ["--strict пишется без значения"]),
    (["compute", "лишнее"], ["лишнее в вызове: лишнее"]),
    (["catalogue", "show"], ["не указан аргумент ID"]),
    (["compute", "--period", "2025"], ["учебный год пишется как 2025/2026", "«2025»"]),
    (["compute", "--indicator", "1.1.2-m9"], ["нет показателя «1.1.2-m9»", "возможно, «1.1.2-m"]),
    (["compute", "--direction", "7.7"], ["нет направления «7.7»", "1.1"]),
    (["compute", "--config", "нет.yaml"], ["нет файла настроек «нет.yaml»"]),
    (["compute", "--catalogue", "нет"], ["нет папки каталога «нет»"]),
    (["report", "--format", "pdf"], ["нет формата «pdf»", "docx"]),
    (["run", "--format", "docx,exe"], ["нет формата «exe»"]),
    (["catalogue", "show", "1.1.2-м7"], ["нет показателя «1.1.2-м7»", "возможно"]),
    (["catalogue", "list", "--level", "школа"], ["нет уровня «школа»", "organisation"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG_CALLS, ids=" ".join)
def test_wrong_call_is_2(
    arguments: list[str], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    failed(call(*arguments), 2, *words)
    assert list(tmp_path.iterdir()) == [] or [path.name for path in tmp_path.iterdir()] == [".out.lock"]


def test_wrong_configuration_is_2_with_its_place(tmp_path: Path) -> None:
    config = tmp_path / "quality.yaml"
    config.write_text("office:\n  nmae: Управление\n", encoding="utf-8")
    failed(call("compute", "--config", config), 2, f"{config}:2:3: неизвестный ключ «nmae»; возможно, «name»?")


def test_wrong_catalogue_is_10_with_the_place_of_every_mistake(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "9").mkdir(parents=True)
    text = """group: "9.1"
direction: "1.4"
title: Проба
indicators:
  - id: 9.1-m1
    name: Проба
    level: municipality
    measure: share
    population: {dataset: vpr, where: {grde: 4}}
    numerator: {where: {mark: "2"}}
    unit: "%"
    method: проба
    examples: [{data: {}, expect: [{value: 1}]}]
"""
    (own / "9" / "9.1.yaml").write_text(text, encoding="utf-8")
    for command in (["catalogue", "check"], ["compute", "--out", tmp_path / "out"]):
        failed(
            call(*command, "--catalogue", own),
            10,
            "own/9/9.1.yaml:9:40: в наборе «vpr» нет столбца «grde»; возможно, «grade»?",
            "own/9/9.1.yaml:10:25: столбец «mark»: нужно число",
        )


def test_wrong_example_is_10(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "9").mkdir(parents=True)
    text = """group: "9.1"
direction: "1.4"
title: Проба
indicators:
  - id: 9.1-m1
    name: Проба
    level: municipality
    measure: count
    population: {dataset: vpr}
    unit: шт.
    method: проба
    examples:
      - data: {vpr: "org | grade | subject\\nА | 4 | Математика"}
        expect: [{value: 2}]
"""
    (own / "9" / "9.1.yaml").write_text(text, encoding="utf-8")
    outcome = call("catalogue", "test", "--catalogue", own, "--indicator", "9.1-m1")
    failed(outcome, 10, "9.1-m1", "ожидалось 2", "получено 1")


@pytest.mark.parametrize("command", [["compute"], ["check"], ["run"]])
def test_missing_folder_is_11(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed(call(*command, "--data", "нет такой"), 11, "нет папки с данными «нет такой»", "--data ПАПКА")


def test_nothing_computable_is_11(small_data: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(next(small_data.glob("Реестр*")), tmp_path / "data")
    failed(
        call("compute", "--data", tmp_path / "data", "--out", tmp_path / "out"),
        11,
        "нет данных ни для одного показателя",
    )


def test_report_without_results_is_11(tmp_path: Path) -> None:
    failed(call("report", "--out", tmp_path / "out"), 11, "нет результатов; сначала выполните quality compute")


def test_report_of_results_of_another_version_is_11(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"outputs": {}}', encoding="utf-8")
    (tmp_path / "organisations.json").write_text("[]", encoding="utf-8")
    pyarrow.parquet.write_table(pyarrow.table({"period": ["2025/2026"], "status": ["small"]}), tmp_path / RESULTS[0])
    advice = "другой версии программы: нет indicator", "рассчитайте заново: quality compute"
    failed(call("report", "--out", tmp_path), 11, *advice)


def test_errors_of_data_are_12_in_check(broken_data: Path) -> None:
    outcome = call("check", broken_data)
    assert outcome.code == 12
    assert "Отметки.csv" in outcome.err
    assert "семь" in outcome.err
    assert "Отметки.csv" in outcome.out


def test_errors_of_data_are_12_only_when_strict(broken_data: Path, tmp_path: Path) -> None:
    assert call("compute", "--data", broken_data, "--out", tmp_path / "out").code == 0
    outcome = call("compute", "--data", broken_data, "--out", tmp_path / "strict", "--strict")
    assert outcome.code == 12
    assert (tmp_path / "strict" / "results.parquet").is_file()


def test_clean_data_are_0(small_data: Path) -> None:
    outcome = call("check", small_data)
    assert outcome.code == 0, outcome.err


def test_held_lock_is_14(small_data: Path, tmp_path: Path) -> None:
    with lock(tmp_path / "out"):
        failed(call("compute", "--data", small_data, "--out", tmp_path / "out"), 14, "другой запуск")


def test_foreign_folder_is_15(small_data: Path, tmp_path: Path) -> None:
    (tmp_path / "фото.jpg").write_text("моё", encoding="utf-8")
    failed(call("compute", "--data", small_data, "--out", tmp_path), 15, "занята другими файлами")
    assert (tmp_path / "фото.jpg").read_text(encoding="utf-8") == "моё"


def test_json_is_json(small_data: Path, broken_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    computed = json.loads(call("compute", "--data", small_data, "--out", out, "--json").out)
    assert computed["periods"] == ["2024/2025"]
    assert json.loads(call("report", "--out", out, "--format", "md", "--json").out)["documents"]
    ran = call("run", "--data", small_data, "--out", out, "--format", "md", "--json")
    assert json.loads(ran.out)["skipped"] is True
    checked = json.loads(call("check", broken_data, "--json").out)
    assert {"files", "findings"} <= set(checked)
    assert json.loads(call("catalogue", "list", "--json").out)[0]["id"] == "1.1.1-m1"


def test_quiet_says_nothing_of_the_data(broken_data: Path, tmp_path: Path) -> None:
    outcome = call("compute", "--data", broken_data, "--out", tmp_path / "out", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")


def test_show_accepts_both_alphabets() -> None:
    assert call("catalogue", "show", "1.1.2-М1").out == call("catalogue", "show", "1.1.2-m1").out != ""
