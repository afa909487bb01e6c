"""``quality check --suggest``: what it proposes for a file nobody knows makes that file readable."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import yaml
from calling import call

from quality_cli.core.resources import CATALOGUE
from quality_cli.core.yamlfile import read_yaml

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
F1 = SAMPLE / "2026" / "Ф1_Математика 4 класс.xlsx"
TABLE = SAMPLE / "2025" / "История 7 класс (таблица).csv"
PROTOCOL = SAMPLE / "2025" / "Математика 6 класс ВПР 2025.xlsx"

RENAMED_F1 = {
    "ОО": "Логин организации",
    "Код участника": "Код участника ВПР",
    "Первичный балл": "Итоговый балл",
    "Отметка": "Отметка за работу",
    "Отметка по журналу": "Отметка в журнале",
    "1 (1б)": "Задание 1 (1 балл)",
}
RENAMED_PROTOCOL = {"логин школы": "логин ОО", "код обучающегося": "код ученика", "всего баллов": "баллов всего"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the register only."""
    folder = tmp_path / "данные"
    folder.mkdir()
    shutil.copy(SAMPLE / "Реестр организаций.xlsx", folder)
    return folder


def _renamed(source: Path, target: Path, names: Mapping[str, str]) -> Path:
    """A copy with other headers."""
    if source.suffix == ".csv":
        text = source.read_text(encoding="cp1251")
        for old, new in names.items():
            assert f";{old};" in text.splitlines()[0]
            text = text.replace(f";{old};", f";{new};", 1)
        target.write_text(text, encoding="cp1251")
        return target
    book = openpyxl.load_workbook(source)
    cells = [cell for row in book.worksheets[0].iter_rows(max_row=10) for cell in row]
    for old, new in names.items():
        (found,) = [cell for cell in cells if cell.value == old]
        found.value = new
    book.save(target)
    return target


def _rows(data: Path, *options: object) -> dict[str, tuple[list[str], int]]:
    """Layouts and rows of every file of the folder, by name."""
    told = json.loads(call("check", data, "--json", *options).out)
    return {file["name"]: (file["layouts"], file["rows"]) for file in told["files"]}


def _pasted(text: str, catalogue: Path) -> Path:
    """An own catalogue with the proposal: the shipped dataset with what it adds."""
    proposal = catalogue / "datasets" / "proposal.yaml"
    proposal.parent.mkdir(parents=True)
    proposal.write_text(text, encoding="utf-8")
    added = read_yaml(proposal).data
    proposal.unlink()
    whole = read_yaml(CATALOGUE / "datasets" / f"{added['extends']}.yaml").data
    for name, column in added.get("columns", {}).items():
        whole["columns"][name].setdefault("headers", []).extend(column["headers"])
    whole["layouts"] = [*whole.get("layouts", []), *added.get("layouts", [])]
    text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
    (catalogue / "datasets" / f"{added['extends']}.yaml").write_text(text, encoding="utf-8")
    return catalogue


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (F1, RENAMED_F1),
        (PROTOCOL, RENAMED_PROTOCOL),
        (TABLE, {"Предмет": "Учебный предмет", "Отметка": "Отметка за работу", "Класс": "Класс обучения"}),
    ],
    ids=["report", "protocol", "table"],
)
def test_the_proposal_makes_the_file_readable(
    data: Path, tmp_path: Path, source: Path, names: Mapping[str, str]
) -> None:
    shutil.copy(source, data)
    ((_, expected),) = [value for name, value in _rows(data).items() if name == source.name]
    (data / source.name).unlink()
    file = _renamed(source, data / source.name, names)
    assert _rows(data)[file.name] == ([], 0)
    outcome = call("check", data, "--suggest", file)
    assert outcome.code == 0
    catalogue = _pasted(outcome.out, tmp_path / "каталог")
    layouts, rows = _rows(data, "--catalogue", catalogue)[file.name]
    assert rows == expected
    assert layouts
    assert call("catalogue", "check", "--catalogue", catalogue).code == 0


def test_the_proposal_changes_nothing_for_files_already_known(data: Path, tmp_path: Path) -> None:
    shutil.copy(F1, data / "известный.xlsx")
    before = _rows(data)
    file = _renamed(F1, tmp_path / "новый.xlsx", RENAMED_F1)
    catalogue = _pasted(call("check", "--suggest", file).out, tmp_path / "каталог")
    assert _rows(data, "--catalogue", catalogue) == before


def test_every_header_is_explained_and_nothing_is_written(data: Path) -> None:
    file = _renamed(F1, data / "a.xlsx", {**RENAMED_F1, "Муниципалитет": "Телефон"})
    before = sorted(data.rglob("*"))
    outcome = call("check", data, "--suggest", file)
    for line in (
        "# «a.xlsx», лист «МА 4 Индивидуальные результаты »: больше всего похоже на набор vpr,",
        "Ф1 «Индивидуальные результаты» (ФИС ОКО);\n# заголовок — строка 8",
        "«Вариант» → variant «Вариант»: совпадает",
        "«Код участника ВПР» → code «Код участника»: похоже на 0,87, проверьте",
        "«Логин организации» → org «Организация»: похоже",
        "«Телефон» — не понят, столбец не будет прочитан",
        "сохраните этот текст в своём каталоге как datasets/vpr.yaml",
    ):
        assert line in outcome.out
    assert outcome.err == ""
    assert sorted(data.rglob("*")) == before
    told = json.loads(call("check", data, "--suggest", file, "--json").out)
    assert [proposal["dataset"] for proposal in told] == ["vpr"]
    assert {"header": "Вариант", "column": "variant", "likeness": "exact", "similarity": 1.0} in told[0]["matches"]


REGISTER = """
Идентификатор;Название;Вид;Входит в
Р-1;Край;край;
М-1;Округ;район;Р-1
Ш-1;Школа № 1;школа;М-1
Ш-2;Школа № 2;школа;М-1
"""


@pytest.mark.parametrize("header", ["Идентификатор;Название;Вид;Входит в", "Номер;Кто;Что;Чей", "Код;Кто;Вид;Чей"])
def test_a_register_with_other_headers_is_seen_by_its_cells(tmp_path: Path, header: str) -> None:
    folder = tmp_path / "данные"
    folder.mkdir()
    file = folder / "реестр.csv"
    file.write_text(REGISTER.strip().replace("Идентификатор;Название;Вид;Входит в", header), encoding="utf-8")
    outcome = call("check", folder)
    assert outcome.code == 11
    assert "quality check --suggest" in outcome.err
    told = call("check", "--suggest", file).out
    assert "\nextends: organisations\n" in told
    assert f"«{header.split(';')[3]}» → parent «Вышестоящая»: судя по ячейкам под ним, проверьте" in told
    own = tmp_path / "каталог" / "datasets" / "organisations.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(told, encoding="utf-8")
    read = json.loads(call("check", folder, "--json", "--catalogue", tmp_path / "каталог").out)["files"]
    assert {item["name"]: item["rows"] for item in read}["реестр.csv"] == 4


def test_a_required_column_that_is_nowhere_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Организация;Класс;Учебный предмет;Отметка\nз-01;4;МА;3\n", encoding="utf-8")
    outcome = call("check", "--suggest", file)
    assert outcome.code == 0
    assert "Нигде не найдено обязательное: «Год»" in outcome.out


def test_a_file_already_known_needs_nothing() -> None:
    outcome = call("check", "--suggest", F1)
    assert outcome.code == 0
    assert "уже читается, это Ф1 «Индивидуальные результаты» (ФИС ОКО) (набор vpr)" in outcome.out


def test_what_cannot_be_suggested_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("что-то;своё\n1;2\n", encoding="utf-8")
    (tmp_path / "a.xlsx").write_bytes(b"")
    for name, code, message in (
        ("a.csv", 11, "не похож ни на один набор данных"),
        ("a.xlsx", 11, "файл пуст"),
        ("b.xlsx", 2, "нет файла"),
    ):
        outcome = call("check", "--suggest", tmp_path / name)
        assert outcome.code == code
        assert message in outcome.err


INVENTED = {
    "grades under years": ("Учреждение|1 год|2 год|3 год|4 год|Всего детей", "{}|5|6|7|8|26", 8),
    "bare grades": ("№ п/п|Кто|1|2|3|4|5", "1|{}|5|6|7|8|9", 10),
    "flags by subject": ("Год|Чья работа|РУ-4|МА-4|РУ-5|МА-5|Итого", "2026|{}|1|0||1|2", 4),
    "shares of marks": (
        "Учебная организация|Год|Класс|Предмет|Участников|2|3|4|5",
        "{}|2026|4|МА|20|5|25|50|20",
        2,
    ),
    "graded works": (
        "Школьная организация|Год|Класс обучения|Учебный предмет|Код участника ВПР|Отметка",
        "{}|2026|4|МА|7|3",
        2,
    ),
}


@pytest.mark.parametrize("name", INVENTED)
def test_what_is_proposed_is_read_by_the_check(data: Path, tmp_path: Path, name: str) -> None:
    header, row, expected = INVENTED[name]
    schools = _schools(data)
    lines = [header, *(row.format(school) for school in schools)]
    text = "\n".join(";".join(f'"{cell.strip()}"' for cell in line.split("|")) for line in lines)
    file = data / "2025-2026.csv"
    file.write_text(text, encoding="utf-8")
    assert _rows(data)[file.name] == ([], 0)
    outcome = call("check", data, "--suggest", file)
    assert outcome.code == 0, outcome.err
    dataset = next(line.split()[1] for line in outcome.out.splitlines() if line.startswith("extends:"))
    own = tmp_path / "каталог" / "datasets" / f"{dataset}.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(outcome.out, encoding="utf-8")
    catalogue = own.parent.parent
    assert call("catalogue", "check", "--catalogue", catalogue).code == 0
    layouts, rows = _rows(data, "--catalogue", catalogue)[file.name]
    assert layouts
    told = json.loads(call("check", data, "--json", "--catalogue", catalogue).out)["findings"]
    unread = {"file.unknown", "header.missing", "sheet.unknown", "sheet.fact"}
    assert [finding["message"] for finding in told if finding["code"] in unread] == []
    assert rows == expected
    assert "уже читается" in call("check", data, "--suggest", file, "--catalogue", catalogue).out


def _schools(data: Path) -> list[str]:
    """Codes of two schools of the sample: names of the register may change."""
    book = openpyxl.load_workbook(data / "Реестр организаций.xlsx")
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    kind, name = rows[0].index("Вид"), rows[0].index("Краткое наименование")
    return [str(row[name]) for row in rows if row[kind] == "школа"][:2]


def test_totals_are_proposed_for_no_table_of_people(data: Path) -> None:
    file = data / "a.csv"
    file.write_text("Организация;Год;Класс;Предмет;2;3;4;5\nvo-01;2026;4;МА;5;25;50;20\n", encoding="utf-8")
    out = call("check", data, "--suggest", file).out
    assert "\nextends: vpr_marks\n" in out
    assert "Нигде не найдено обязательное: «Кол-во участников»" in out


def test_a_total_of_the_series_is_told_as_one(data: Path) -> None:
    file = data / "2025-2026.csv"
    file.write_text("Учреждение;1 год;2 год;3 год;Всего детей\nШкола;1;2;3;6\n", encoding="utf-8")
    out = call("check", data, "--suggest", file).out
    assert "«Всего детей» — итог: сверяется с суммой столбцов и к ней не прибавляется" in out
