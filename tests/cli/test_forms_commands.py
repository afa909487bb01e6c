"""``quality forms``: from a blank form to a figure, to standings and reminders."""

import csv
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from calling import Outcome, call

from quality_cli.analysis.results import Results

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
YEAR = ("--period", "2025/2026")
ANSWERS = "Ответы на формы 2025-2026.csv"
MORNING = 1_779_260_000  # 20 May 2026 in every time zone of Russia


def with_register(folder: Path) -> Path:
    """A data folder with the register only."""
    folder.mkdir()
    shutil.copy(next(SAMPLE.glob("Реестр*")), folder)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return with_register(tmp_path / "data")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blank forms of everybody."""
    folder = tmp_path_factory.mktemp("made")
    outcome = call("forms", "make", "--data", with_register(folder / "data"), *YEAR, "--out", folder / "forms")
    assert outcome.code == 0, outcome.err
    return folder / "forms"


def blank(made: Path, name: str) -> Path:
    """The form whose file name holds a word."""
    return next(path for path in sorted(made.rglob("Форма*.xlsx")) if name in path.name)


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def hand_in(
    form: Path, target: Path, answers: Mapping[str, Any], *, evidence: str = "приказ № 1", at: int = MORNING
) -> Path:
    """Fill in a form and hand it in as ``target``; ``answers`` by question, «*» stands for the rest."""
    book = openpyxl.load_workbook(form)
    sheet = book["Вопросы"]
    for number, *_, answer, proof, _ in sheet.iter_rows(min_row=7):
        value = answers.get(str(number.value), answers.get("*"))
        if not answer.protection.locked and value is not None:
            answer.value = 50 if value == "да" and "число" in str(sheet.cell(answer.row, 4).value) else value
            proof.value = evidence
    target.parent.mkdir(exist_ok=True)
    book.save(target)
    os.utime(target, (at, at))
    return target


def rows(data: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Gathered answers by organisation and question."""
    with (data / ANSWERS).open(encoding="utf-8-sig", newline="") as file:
        return {(row["Организация"], row["Вопрос"]): row for row in csv.DictReader(file, delimiter=";")}


def collect(data: Path, folder: Path) -> Outcome:
    """Collect the forms of a folder."""
    return call("forms", "collect", "--from", folder, "--data", data, *YEAR)


def status(data: Path, *arguments: object) -> dict[str, dict[str, Any]]:
    """Standings by code of the organisation."""
    outcome = call("forms", "status", "--data", data, *YEAR, "--json", *arguments)
    assert outcome.code == 0, outcome.err
    return {item["org_id"]: item for item in json.loads(outcome.out)["organisations"]}


def test_everybody_gets_a_form_and_the_second_run_the_same_bytes(made: Path, data: Path, tmp_path: Path) -> None:
    forms = sorted(made.rglob("Форма*.xlsx"))
    assert len(forms) == 19  # ten schools, eight kindergartens, the education office
    assert [path.name for path in made.glob("*.xlsx")] == ["Книга 2025-2026 муниципальный эксперт.xlsx"]
    assert "Форма 2025-2026 МБОУ Брусничная СОШ.xlsx" in {path.name for path in forms}
    assert call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "again").code == 0
    assert contents(tmp_path / "again") == contents(made)


def test_forms_of_some_and_of_one_direction(data: Path, tmp_path: Path) -> None:
    call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "one", "--org", "vo-08", "--direction", "1.1")
    (form,) = (tmp_path / "one").rglob("Форма*.xlsx")
    sheet = openpyxl.load_workbook(form)["Вопросы"]
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=8, max_col=1)] == ["1.1.6-s1", "1.1.6-s2"]


def test_a_filled_form_becomes_a_figure(made: Path, data: Path, tmp_path: Path) -> None:
    for name, answer in (("СОШ № 1", "да"), ("СОШ № 2", "нет"), ("Лиственская", "да")):
        hand_in(blank(made, name), tmp_path / "back" / f"{name}.xlsx", {"2.3.1-m2": answer, "2.3.7-s2": 78.5})
    hand_in(blank(made, "округ"), tmp_path / "back" / "управление.xlsx", {"2.3.3-m3": 4})
    outcome = collect(data, tmp_path / "back")
    assert outcome.code == 0, outcome.err
    assert "Собрано: 7 ответов из 4 форм; ошибок: 0" in outcome.out.replace("\xa0", " ")
    ids = ("--indicator", "2.3.1-m2", "--indicator", "2.3.3-m3")
    assert call("compute", "--data", data, *YEAR, *ids, "--out", tmp_path / "out", "--strict").code == 0
    results = Results.read(tmp_path / "out" / "results.parquet")
    found = {(row.indicator, row.org_id): row.value for row in results if row.value is not None}
    assert found == {
        ("2.3.1-m2", "99-01"): 2, ("2.3.1-m2", "vo-01"): 1, ("2.3.1-m2", "vo-02"): 0, ("2.3.1-m2", "vo-06"): 1,
        ("2.3.3-m3", "99-01"): 4,
    }  # fmt: skip


def test_collecting_again_gives_the_same_file_and_keeps_what_others_answered(
    made: Path, data: Path, tmp_path: Path
) -> None:
    hand_in(blank(made, "СОШ № 1"), tmp_path / "may" / "a.xlsx", {"1.1.6-s1": "да", "2.3.7-s2": 0.1 + 70.2})
    collect(data, tmp_path / "may")
    first = (data / ANSWERS).read_bytes()
    collect(data, tmp_path / "may")
    assert (data / ANSWERS).read_bytes() == first
    hand_in(blank(made, "СОШ № 2"), tmp_path / "june" / "b.xlsx", {"1.1.6-s1": "нет"}, evidence="@приказ")
    assert collect(data, tmp_path / "june").code == 0
    found = rows(data)
    assert found["МБОУ «Верхнеозёрская СОШ № 1»", "2.3.7-s2"]["Число"] == "70,3"
    assert found["МБОУ «Верхнеозёрская СОШ № 1»", "1.1.6-s1"]["Файл"] == "a.xlsx"
    assert found["МБОУ «Верхнеозёрская СОШ № 2»", "1.1.6-s1"]["Подтверждение"] == "'@приказ"
    collect(data, tmp_path / "june")
    assert rows(data) == found
    assert {path.name for path in data.iterdir() if not path.name.startswith(".")} == {
        ANSWERS,
        "Реестр организаций.xlsx",
    }


def test_a_repeated_monitoring_has_a_form_of_its_own_and_leaves_the_year_as_it_was(data: Path, tmp_path: Path) -> None:
    rounds = ("--round", "Повторный мониторинг")
    make = ("forms", "make", "--data", data, *YEAR, "--direction", "2.4", "--org", "ds-01")
    assert call(*make, "--out", tmp_path / "forms").code == 0
    blank_form = next((tmp_path / "forms").rglob("Форма*.xlsx"))
    hand_in(blank_form, tmp_path / "sent" / "1.xlsx", {"2.4.2-m1": "нет", "2.4.5-m2": "да"})
    assert collect(data, tmp_path / "sent").code == 0
    assert call(*make, *rounds, "--out", tmp_path / "repeat").code == 0
    repeated = next((tmp_path / "repeat").rglob("Форма*повторный мониторинг*.xlsx"))
    sheet = openpyxl.load_workbook(repeated)["Вопросы"]
    asked = {str(row[0].value): str(row[4].value) for row in sheet.iter_rows(min_row=7)}
    assert asked["2.4.2-m1:повторный мониторинг"] == "30.11.2026"
    assert not asked.keys() & {"2.4.2-m1", "2.4.5-m2:повторный мониторинг"}  # of the year; settled by «да»
    hand_in(repeated, tmp_path / "sent2" / "1.xlsx", {"2.4.2-m1:повторный мониторинг": "да"})
    for _ in range(2):
        assert collect(data, tmp_path / "sent2").code == 0
        with (data / ANSWERS).open(encoding="utf-8-sig", newline="") as file:
            found = [(row["Вопрос"], row["Этап"], row["Да или нет"]) for row in csv.DictReader(file, delimiter=";")]
        assert found == [
            ("2.4.2-m1", "", "нет"),
            ("2.4.2-m1", "повторный мониторинг", "да"),
            ("2.4.5-m2", "", "да"),
        ]
    assert call(*make, "--round", "второй", "--out", tmp_path / "no").code == 2
    computed = call(
        *("compute", "--data", data, *YEAR, "--out", tmp_path / "out", "--indicator", "2.4.2-m1", "--no-cache")
    )
    assert computed.code == 0, computed.err
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        values = {row["part"]: row["value"] for row in csv.DictReader(file, delimiter=";") if row["org_id"] == "ds-01"}
    assert {part: float(value.replace(",", ".")) for part, value in values.items()} == {
        "": 0,
        "repeat": 100,
        "gain": 100,
    }


def test_two_versions_of_one_school_are_told_and_the_newer_counts(made: Path, data: Path, tmp_path: Path) -> None:
    form, back = blank(made, "СОШ № 1"), tmp_path / "back"
    hand_in(form, back / "исправленная.xlsx", {"1.1.6-s1": "нет"}, at=MORNING + 60)
    hand_in(form, back / "первая.xlsx", {"1.1.6-s1": "да", "1.1.6-s2": "да"})
    outcome = collect(data, back)
    assert outcome.code == 0
    assert "«да» («первая.xlsx») и «нет» («исправленная.xlsx»); учтён ответ из второй" in outcome.err
    found = {question: row["Да или нет"] for (_, question), row in rows(data).items()}
    assert found == {"1.1.6-s1": "нет", "1.1.6-s2": "да"}


def test_a_changed_answer_is_told(made: Path, data: Path, tmp_path: Path) -> None:
    hand_in(blank(made, "СОШ № 1"), tmp_path / "back" / "a.xlsx", {"1.1.6-s1": "да", "2.3.7-s2": 70})
    collect(data, tmp_path / "back")
    hand_in(blank(made, "СОШ № 1"), tmp_path / "back" / "a.xlsx", {"1.1.6-s1": "нет"})
    assert "ответ на вопрос 1.1.6-s1 изменён: было да, стало нет" in collect(data, tmp_path / "back").err
    assert {key[1] for key in rows(data)} == {"1.1.6-s1", "2.3.7-s2"}


def test_errors_in_forms_are_12_and_the_rest_is_gathered(made: Path, data: Path, tmp_path: Path) -> None:
    hand_in(blank(made, "СОШ № 1"), tmp_path / "back" / "a.xlsx", {"1.1.6-s1": "да", "1.1.6-s2": "возможно"})
    (tmp_path / "back" / "скан.pdf").write_bytes(b"%PDF")
    outcome = collect(data, tmp_path / "back")
    assert outcome.code == 12
    assert "[form.value] a.xlsx · Вопросы · F9: ответ «…» не понять" in outcome.err
    assert "[form.not_table] скан.pdf" in outcome.err
    assert [key[1] for key in rows(data)] == ["1.1.6-s1"]
    told = json.loads(call("forms", "collect", "--from", tmp_path / "back", "--data", data, "--json").out)
    assert told["answers"] == 1
    assert "form.value" in {finding["code"] for finding in told["findings"]}


def forged(form: Path, target: Path, cells: list[tuple[str, ...]]) -> None:
    """A filled form with a stamp of these rows and the sum that belongs to them."""
    hand_in(form, target, {"1.1.6-s1": "да"})
    book = openpyxl.load_workbook(target)
    del book["_форма"]
    sheet = book.create_sheet("_форма")
    total = hashlib.sha256("\n".join("\t".join(row) for row in cells).encode()).hexdigest()
    for row in [("сумма", total), *cells]:
        sheet.append(row)
    book.save(target)


HEAD = {"форма": "1", "каталог": "2025/2026", "код": "vo-02", "год": "2025/2026"}
FORGED: list[tuple[dict[str, str], list[tuple[str, ...]], str]] = [
    ({"форма": "первая"}, [], "form.stamp"),
    ({"форма": "9" * 5000}, [], "form.stamp"),
    ({"форма": "1000000"}, [], "form.stamp"),
    ({"код": "чужой"}, [], "form.unit"),
    ({"код": "vo-03"}, [], "form.unit"),
    ({}, [("строка", "1.1.6-s1", "yes", "Вопрос")], "form.stamp"),
    ({}, [("7", "Выдумкина Анна", "yes", "Вопрос")], "form.stamp"),
]


def test_forged_stamps_stop_nothing_else(made: Path, data: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    hand_in(blank(made, "СОШ № 1"), back / "верная.xlsx", {"1.1.6-s1": "да", "1.1.6-s2": "да"})
    for number, (changed, body, _) in enumerate(FORGED):
        forged(blank(made, "СОШ № 2"), back / f"поддельная {number}.xlsx", [*{**HEAD, **changed}.items(), *body])
    outcome = collect(data, back)
    assert outcome.code == 12, outcome.err
    told = [f"[{code}] поддельная {number}.xlsx" for number, (_, _, code) in enumerate(FORGED)]
    assert [words for words in told if words not in outcome.err] == []
    assert "Выдумкина" not in outcome.err
    assert {("МБОУ «Верхнеозёрская СОШ № 1»", question) for question in ("1.1.6-s1", "1.1.6-s2")} <= set(rows(data))


def test_nothing_to_collect_is_11(data: Path, tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    for folder, words in ((tmp_path / "back", "нет ни одной формы"), (tmp_path / "нет", "нет папки с формами")):
        outcome = collect(data, folder)
        assert (outcome.code, words in outcome.err) == (11, True)
    assert not (data / ANSWERS).exists()


def test_a_file_of_answers_that_is_something_else_is_not_overwritten(made: Path, data: Path, tmp_path: Path) -> None:
    (data / ANSWERS).write_text("Заметки;Разное\nне;трогать\n", encoding="utf-8")
    hand_in(blank(made, "СОШ № 1"), tmp_path / "back" / "a.xlsx", {"*": "да"})
    outcome = collect(data, tmp_path / "back")
    assert outcome.code == 15
    assert "переименуйте" in outcome.err
    assert "не;трогать" in (data / ANSWERS).read_text(encoding="utf-8")


def test_what_is_answered_is_not_asked_again(made: Path, data: Path, tmp_path: Path) -> None:
    hand_in(blank(made, "Лесная"), tmp_path / "back" / "a.xlsx", {"*": "да"})
    hand_in(blank(made, "Рябинка"), tmp_path / "back" / "b.xlsx", {"2.4.2-m1": "да"})
    assert collect(data, tmp_path / "back").code == 0
    more = tmp_path / "more"
    told = json.loads(call("forms", "make", "--data", data, *YEAR, "--out", more, "--json").out)
    asked = {item["org_id"]: item["questions"] for item in told["forms"] if item["respondent"] == "organisation"}
    assert asked["ds-05"] == 0  # tables alone
    assert asked["ds-06"] == asked["ds-01"] - 1
    every = call("forms", "make", "--data", data, *YEAR, "--out", more, "--all-questions", "--org", "ds-05", "--json")
    assert [item["questions"] for item in json.loads(every.out)["forms"] if item["tables"]] == [asked["ds-01"]]


def test_what_an_export_gives_is_not_asked_but_an_answer_is_kept(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "9").mkdir(parents=True)
    (own / "9" / "9.1.yaml").write_text(
        'group: "9.1"\ndirection: "9"\ntitle: Своё\nindicators:\n'
        "  - id: 9.1-s1\n    name: Число работников\n    level: organisation\n    measure: count\n"
        "    population: {dataset: staff}\n    asked: Сколько работников в школе?\n    unit: чел.\n"
        "    organisations: {where: {kind: школа}}\n    method: по списку\n    examples:\n"
        '      - data: {staff: "org | employee\\nА | р1"}\n        expect: [{at: А, value: 1}]\n',
        encoding="utf-8",
    )
    (own / "catalogue.yaml").write_text('directions: [{id: "9", title: Своё}]', encoding="utf-8")
    staff = "Организация;Учебный год;Код работника;Группа\nvo-01;2025/2026;р1;педагог\n"
    (data / "Работники.csv").write_text(staff, encoding="utf-8")
    common = ("--data", data, *YEAR, "--catalogue", own)

    def asked(*more: str) -> list[str]:
        made = call("forms", "make", *common, "--direction", "9", "--out", tmp_path / "forms", "--json", *more)
        return [item["org_id"] for item in json.loads(made.out)["forms"] if item["questions"]]

    assert "vo-01" in asked("--all-questions")
    hand_in(blank(tmp_path / "forms", "СОШ № 1"), tmp_path / "back" / "a.xlsx", {"9.1-s1": 2})
    assert asked() == [f"vo-{number:02}" for number in range(2, 11)]
    assert call("forms", "collect", "--from", tmp_path / "back", *common).code == 0
    assert rows(data)["МБОУ «Верхнеозёрская СОШ № 1»", "9.1-s1"]["Число"] == "2"


def test_a_filled_form_is_never_overwritten(data: Path, tmp_path: Path) -> None:
    make = ("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "forms", "--org", "vo-01")
    assert call(*make).code == 0
    blank_form = blank(tmp_path / "forms", "СОШ № 1")
    filled = hand_in(blank_form, blank_form, {"1.1.6-s1": "да"}).read_bytes()
    outcome = call(*make, "--direction", "1.1")
    assert outcome.code == 15
    assert "возможно, форма заполнена" in outcome.err
    assert blank_form.read_bytes() == filled


def test_status_tells_who_has_answered_what_and_what_is_overdue(made: Path, data: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    hand_in(blank(made, "СОШ № 1"), back / "a.xlsx", {"*": "да"})
    hand_in(blank(made, "СОШ № 2"), back / "b.xlsx", {"1.1.6-s1": "да", "2.3.1-m2": "нет"})
    before = status(data, "--today", "2026-06-30")
    assert before["vo-01"]["answered"] == 0
    programme = [f"2.3.1-s1:{part}" for part in ("programme", "goals", "modules", "self_analysis", "plan")]
    # due in September; June's term is today
    assert before["vo-01"]["overdue"] == ["2.3.1-m2", "2.3.1-m3", *programme]
    seen = status(data, "--today", "2026-07-01", "--from", back)
    assert not (data / ANSWERS).exists()
    collect(data, back)
    after = status(data, "--today", "2026-07-01")
    assert after == seen
    whole, part = after["vo-01"], after["vo-02"]
    assert (whole["answered"], whole["evidence"], whole["missing"]) == (whole["asked"], whole["asked"], [])
    assert whole["files"] == [{"file": "a.xlsx", "received": "20.05.2026"}]
    assert (part["answered"], len(part["missing"]), part["next_term"]) == (2, part["asked"] - 2, "2025-09-30")
    in_autumn = ["2.3.8-m1:числитель"]  # due at the end of August
    assert part["overdue"] == [name for name in part["missing"] if name not in in_autumn]
    table = call("forms", "status", "--data", data, *YEAR, "--today", "2026-07-01").out
    assert f"МБОУ «Верхнеозёрская СОШ № 1»\t{whole['asked']}\t{whole['asked']}\t" in table
    assert "Сдали полностью: 1 из 20; не всё ответили: 19" in table
    told = json.loads(call("forms", "status", "--data", data, *YEAR, "--today", "2026-07-01", "--json").out)
    answers = {unit["org_id"]: unit["tables"]["answers"] for unit in told["completeness"]["organisations"]}
    assert (answers["vo-01"]["missing"], answers["vo-02"]["received"]) == (0, 2)
    _, _, matrix = table.partition("Кто что представил за 2025/2026 учебный год")
    assert "\nМБОУ «Верхнеозёрская СОШ № 1»\t!\t+\t" in matrix
    assert "\tОтветы организаций\t1 из 19\t" in matrix


def test_a_form_says_that_there_is_nothing_to_hand_in(made: Path, data: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    book = openpyxl.load_workbook(blank(made, "СОШ № 1"))
    sheet = book["Таблицы"]
    lines = {sheet.cell(row, 1).value: row for row in range(7, sheet.max_row + 1)}
    assert {"Договоры с партнёрами", "Работники", "Результаты ВПР"} <= lines.keys()
    sheet.cell(lines["Договоры с партнёрами"], 3).value = "таких нет"
    sheet.cell(lines["Обучающиеся с неродным русским языком"], 3).value = "+"
    sheet.cell(lines["Работники"], 3).value = "спросим"
    book.save(back / "a.xlsx")

    def tables(*more: object) -> dict[str, dict[str, int]]:
        told = json.loads(call("forms", "status", "--data", data, *YEAR, "--json", *more).out)
        return next(item["tables"] for item in told["completeness"]["organisations"] if item["org_id"] == "vo-01")

    seen = tables("--from", back)
    assert [seen[name]["none"] for name in ("contracts", "non_native", "staff")] == [1, 1, 0]
    assert tables()["contracts"]["missing"] == 1
    outcome = collect(data, back)
    assert outcome.code == 12
    assert "form.value" in outcome.err
    assert "«Таких нет» сказано по 2\u00a0таблицам" in outcome.out
    assert tables() == seen
    again = call("forms", "collect", "--from", back, "--data", data)
    assert again.code == 12
    assert tables() == seen
    more = tmp_path / "more"
    assert call("forms", "make", "--data", data, *YEAR, "--out", more, "--org", "vo-01").code == 0
    left = openpyxl.load_workbook(blank(more, "СОШ № 1"))["Таблицы"]
    assert "Договоры с партнёрами" not in {left.cell(row, 1).value for row in range(7, left.max_row + 1)}


def test_reminders_go_to_those_who_have_not_answered(made: Path, data: Path, tmp_path: Path) -> None:
    hand_in(blank(made, "Лесная"), tmp_path / "back" / "a.xlsx", {"*": "да"})
    hand_in(blank(made, "СОШ № 2"), tmp_path / "back" / "b.xlsx", {"1.1.6-s1": "да"})
    reminders = tmp_path / "reminders"
    status(data, "--remind", reminders, "--today", "2026-06-01")
    assert len(list(reminders.glob("*.md"))) == 20  # the expert, too
    collect(data, tmp_path / "back")
    status(data, "--remind", reminders, "--today", "2026-06-01")
    assert len(list(reminders.glob("*.md"))) == 19  # the kindergarten that has answered is not reminded again
    text = next(reminders.glob("*СОШ № 2*")).read_text(encoding="utf-8").replace("\xa0", " ")
    assert re.search(r"ответов — 1, а спрашивал(ось|ся) \d+ вопрос", text)
    assert "Срок уже прошёл по 7 вопросам" in text
    assert "Утверждена ли в школе РПВ (на 1 сентября и позже)? | до 30 сентября 2025 г. (прошёл) |" in text
    assert "Есть ли приказ о проведении школьного этапа ВсОШ?" not in text
    assert "Лиственская" not in text


WRONG = [
    (["make"], 2, "--period 2025/2026"),
    (["make", *YEAR, "--org", "vo-99"], 2, "нет организации «vo-99» в реестре; возможно, «vo-"),
    (["make", *YEAR, "--direction", "7.7"], 2, "нет направления «7.7»"),
    (["collect"], 2, "не указан параметр --from"),
    (["status", *YEAR, "--today", "завтра"], 2, "день пишется как 2026-06-30"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=str)
def test_wrong_calls(data: Path, tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    out = ["--out", tmp_path / "forms"] if "make" in arguments else []
    outcome = call("forms", *arguments, "--data", data, *out)
    assert (outcome.code, words in outcome.err) == (code, True), outcome.err


def questions(form: Path) -> set[str]:
    """Numbers of the questions of a form."""
    sheet = openpyxl.load_workbook(form)["Вопросы"]
    return {str(sheet.cell(row, 1).value) for row in range(7, sheet.max_row + 1) if sheet.cell(row, 4).value}


def test_what_is_sensitive_is_asked_for_as_numbers_and_never_as_a_list(data: Path, tmp_path: Path) -> None:
    asked, year = tmp_path / "asked", ("--period", "2025/2026", "--org", "vo-01", "--org", "vo-02")
    assert call("forms", "make", "--data", data, *year, "--out", asked).code == 0
    form = blank(asked, "СОШ № 1")
    registered = {name for name in questions(form) if name.startswith("2.3.5-m1")}
    assert {"2.3.5-m1:all:числитель", "2.3.5-m1:kdn:числитель"} <= registered
    assert "2.2.2-s1:числитель" not in questions(form)  # of staff a list is asked for
    tables = openpyxl.load_workbook(form)["Таблицы"]
    lacking = {row[0]: str(row[1]) for row in tables.iter_rows(min_row=7, values_only=True)}
    assert "Работники" in lacking
    assert "Профилактический учёт" not in lacking
    assert "тестирование" not in lacking["Участие обучающихся в формах работы"]
    (data / "Учёт.csv").write_text(
        "Организация;Учебный год;Класс;Код обучающегося;Учёт КДН;Учёт ОПДН;Внутришкольный учёт\n"
        "vo-01;2025/2026;8;ч-1;да;нет;нет\n",
        encoding="utf-8",
    )
    assert call("forms", "make", "--data", data, *year, "--out", tmp_path / "later").code == 0
    assert not registered & questions(blank(tmp_path / "later", "СОШ № 1"))
    assert registered <= questions(blank(tmp_path / "later", "СОШ № 2"))
