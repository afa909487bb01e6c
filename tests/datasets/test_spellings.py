"""What people write into cells: grades, classes, posts, categories and answers, by the words of the catalogue."""

import re
from pathlib import Path

import pytest
from exports import SPECS, cells, olympiad, read, xlsx

from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.parse import BAD, parse_cells


def column(folder: Path, dataset: str, header: str, *told: object) -> Tables:
    """A table of the dataset with these cells under a header, one row for each."""
    contract = SPECS.contracts[dataset]
    needed = {
        "Организация": "з-01",
        "Учебный год": "2025/2026",
        "Реестр": "региональная база",
        "Категория": "все",
        "Группа": "педагог",
        "Численность": "20",
        "Работа": "КДР4 чтение",
    }
    titles = {item.title for item in contract.columns.values() if item.required}
    given = {title: cell for title, cell in needed.items() if title in titles and title != header}
    person = next((item.title for item in contract.columns.values() if item.personal), None)
    rows = [[*given.values(), cell, *([f"п-{number}"] if person else [])] for number, cell in enumerate(told, start=1)]
    xlsx(folder / "список.xlsx", [[*given, header, *([person] if person else [])], *rows])
    return read(folder)


def values(tables: Tables, dataset: str, name: str) -> list[object]:
    return [row[name] for row in tables[dataset].records()]


CLASSES = """
    8А 8 | 8 а 8 | 9 «Б» 9 | 10-й 10 | 4 кл. 4 | 4 класс 4 | IV 4 | 5-1 5 | 5/2 5 | VIIIа 8 | IX - б 9
    11 «А» (хим.-био.) 11
    8-Б класс 8 | класс 8 8 | 10ФМ 10 | 8"В" 8 | 8Б кл. 8 | 8 8 | 8.0 8 | 5-го 5 | ХI 11
"""
"""Cells with the grade after the last space; the Х of the last is Cyrillic."""


@pytest.mark.parametrize("told", [item.strip() for item in re.split(r"[|\n]", CLASSES) if item.strip()])
def test_a_grade_by_the_name_of_a_class(folder: Path, told: str) -> None:
    cell, _, grade = told.rpartition(" ")
    tables = column(folder, "registers", "Класс", cell)
    assert (values(tables, "registers", "grade"), list(tables.findings)) == ([int(grade)], [])


@pytest.mark.parametrize("cell", ["8 чел", "8 лет", "7-8", "8А, 9Б", "Х", "IIX", "13", "13А", "А", "1,5", "8,5 балла"])
def test_what_is_no_one_grade_is_told_by_its_cell(folder: Path, cell: str) -> None:
    tables = column(folder, "registers", "Класс", "8А", cell)
    assert values(tables, "registers", "grade") == [8, None]
    (finding,) = tables.findings
    assert (finding.code, str(finding.places[0])) == ("cell.value", "список.xlsx · Лист1 · D3")
    assert "ожидается класс" in finding.hint


def test_numbers_of_a_grade_are_not_told_class_by_class(folder: Path) -> None:
    """The contingent has one row for a grade: «8А» and «8Б» would be two answers to one question."""
    tables = column(folder, "contingent", "Класс", "7-й класс", "VIII", "9А", "9Б")
    assert values(tables, "contingent", "grade") == [7, 8]  # numbers of nobody knows which grade are added to nothing
    told = [finding.hint for finding in tables.findings if finding.code == "cell.value"]
    assert len(told) == 2
    assert all("складывают" in hint for hint in told)


POSTS = """
    как написано                   | группа       | должность
    директор                       | руководитель | иная
    Директор школы                 | руководитель | иная
    и. о. директора                | руководитель | иная
    заведующая                     | руководитель | иная
    зам. директора по УВР          | управленец   | иная
    Заместитель директора по ВР    | управленец   | иная
    учитель математики             | педагог      | учитель
    Учитель начальных классов      | педагог      | учитель
    учитель истории, обществознания | педагог     | учитель
    Учитель – логопед              | педагог      | логопед
    педагог-организатор            | педагог      | иная
    Педагог - психолог             | педагог      | психолог
    старший воспитатель            | педагог      | воспитатель
    советник директора по воспитанию | педагог    | иная
    завуч                          | управленец   | иная
    завхоз                         | иной         | иная
    соц. педагог                   | педагог      | иная
    главный бухгалтер              | иной         | иная
    и. о. заведующей               | руководитель | иная
    заведующий хозяйством          | иной         | иная
    учитель физики, директор       | ?            | ?
    директор, учитель физики       | ?            | ?
    космонавт                      | ?            | ?
"""


@pytest.mark.parametrize(("header", "place"), [("Группа", 1), ("Должность", 2)])
def test_posts(folder: Path, header: str, place: int) -> None:
    rows = cells(POSTS)[1:]
    tables = column(folder, "staff", header, *(row[0] for row in rows), "педагог" if place == 1 else "учитель")
    told = {row[0]: row[place] for row in rows}
    contract = {"Группа": "group", "Должность": "post"}[header]
    known = [value for value in values(tables, "staff", contract) if value]
    assert known == [value for value in told.values() if value != "?"] + ["педагог" if place == 1 else "учитель"]
    unread = sum(finding.total for finding in tables.findings if finding.code == "cell.value")
    assert unread == sum(value == "?" for value in told.values())


@pytest.mark.parametrize(("known", "other"), [("group", "post"), ("post", "group")])
def test_a_post_that_one_column_knows_the_other_knows_too(known: str, other: str) -> None:
    """A list by posts fills both; what only names a group, or begins like posts of several, is no post."""
    no_posts = {
        *("педагогический работник", "руководитель", "управленец", "административно-управленческий работник", "АУП"),
        *("иной", "учебно-вспомогательный персонал", "обслуживающий персонал", "МОП", "УВП", "иная", "другая"),
        *(
            "директор …",
            "заведующий …",
            "заведующая …",
            "инструктор …",
            "руководитель …",
            "и.о. …",
            "врио …",
            "исполняющий обязанности …",
        ),
    }
    columns = SPECS.contracts["staff"].columns
    texts = [text for value, words in columns[known].values.items() for text in (value, *words) if text not in no_posts]
    told = parse_cells([text.replace("…", "школы") for text in texts], columns[other])
    assert [text for text, value in zip(texts, told, strict=True) if value is BAD] == []


def test_a_list_by_posts_needs_no_groups(folder: Path) -> None:
    header = ["Организация", "Учебный год", "Код работника", "Должность"]
    posts = ["директор", "учитель химии", "завхоз"]
    rows = [["з-01", "2025/2026", f"р-{number}", post] for number, post in enumerate(posts)]
    xlsx(folder / "кадры.xlsx", [header, *rows])
    tables = read(folder)
    assert values(tables, "staff", "group") == ["руководитель", "педагог", "иной"]
    assert values(tables, "staff", "post") == ["иная", "учитель", "иная"]
    xlsx(folder / "кадры.xlsx", [[*header, "Группа"], *([*row, "управленец"] for row in rows)])
    assert values(read(folder), "staff", "group") == ["управленец"] * 3  # what is told wins


CATEGORIES = {
    "без категории": ["б/к", "Б / К.", "СЗД", "соответствие занимаемой должности", "нет", "не имеет"],
    "первая": ["1 КК", "1КК", "I категория", "Первая", "1", "первая кв.категория", "1-я"],
    "высшая": ["в/к", "ВКК", "Высшая категория", "высш."],
    None: ["-", "", "н/д", "не знаю"],
}


@pytest.mark.parametrize("value", CATEGORIES)
def test_categories(folder: Path, value: str | None) -> None:
    tables = column(folder, "staff", "Категория", *CATEGORIES[value])
    assert values(tables, "staff", "category") == [value] * len(CATEGORIES[value])
    assert list(tables.findings) == []


ANSWERS = {
    1: ["имеется", "+", "v", "✓", "да.", "ДА", "Да, имеется", "есть", 1, True, "имеетcя"],  # Latin «c»
    0: ["нет", "Нет.", "не имеется", "отсутствует", 0, False, "нет, не имеется"],
    None: [None, "не знаю", "нет сведений", "?", "н/д"],
}


@pytest.mark.parametrize("value", ANSWERS)
def test_answers(folder: Path, value: int | None) -> None:
    tables = column(folder, "staff", "Есть ИОМ", *ANSWERS[value])
    assert values(tables, "staff", "iom") == [value] * len(ANSWERS[value])
    assert list(tables.findings) == []


@pytest.mark.parametrize("dash", ["-", "–", "—", " - "])
def test_a_dash_is_no_answer_and_told(folder: Path, dash: str) -> None:
    tables = column(folder, "staff", "Есть ИОМ", "+", dash, dash)
    assert values(tables, "staff", "iom") == [1, None, None]
    (finding,) = tables.findings
    assert (finding.code, finding.severity, finding.total) == ("cell.dash", "warning", 2)
    assert str(finding.places[0]) == "список.xlsx · Лист1 · D3"


@pytest.mark.parametrize("cell", ["х", "x", "да/нет", "частично"])
def test_what_may_be_yes_and_no_is_neither(folder: Path, cell: str) -> None:
    tables = column(folder, "staff", "Есть ИОМ", "да", cell)
    assert values(tables, "staff", "iom") == [1, None]
    (finding,) = tables.findings
    assert finding.code == "cell.value"
    assert f"«{cell}»" in finding.message


def test_an_unknown_word_is_told_with_the_nearest(folder: Path) -> None:
    tables = column(folder, "staff", "Категория", "вторая категория", "первая катег", "вторая категория")
    told = {finding.message.partition(": ")[2]: (finding.total, finding.hint) for finding in tables.findings}
    assert told["не понять «вторая категория»"][0] == 2
    assert "возможно, это" in told["не понять «вторая категория»"][1]


def test_a_name_that_slipped_in_is_not_told(folder: Path) -> None:
    tables = column(folder, "staff", "Категория", "Лимонов Евлампий", "лимонов")
    assert all("имонов" not in str(finding) for finding in tables.findings)
    assert sum(finding.total for finding in tables.findings) == 2


def own(path: Path, words: str, dataset: str = "") -> Path:
    (path / "datasets").mkdir(parents=True)
    (path / "words.yaml").write_text(words, encoding="utf-8")
    if dataset:
        (path / "datasets" / "staff.yaml").write_text(dataset, encoding="utf-8")
    return path


def test_a_methodologist_adds_words(folder: Path, tmp_path: Path) -> None:
    extended = "extends: staff\ncolumns:\n  iom: {values: {да: [разработан]}}\n  post: {values: {учитель: [уч …]}}\n"
    catalogue = own(tmp_path / "мой", "means_yes: [ага]\nmeans_no: [х]\n", extended)
    column(folder, "staff", "Есть ИОМ", "разработан", "ага", "х", "+")
    tables = read_folder(folder, load_specs([CATALOGUE, catalogue]))
    assert values(tables, "staff", "iom") == [1, 1, 0, 1]
    column(folder, "staff", "Должность", "уч. математики")
    assert values(read_folder(folder, load_specs([CATALOGUE, catalogue])), "staff", "post") == ["учитель"]


@pytest.mark.parametrize(
    ("words", "dataset", "told"),
    [
        ("да: [ага]", "", "мой/words.yaml:1:1"),
        ("means_yes: ага", "", "мой/words.yaml:1:1"),
        ("means_yes: [ага]", "extends: staff\ncolumns:\n  iom: {values: {может: []}}\n", "только «да» и «нет»"),
        ("means_yes: [ага]", "extends: staff\ncolumns:\n  iom: {spelled: class}\n", "type: integer"),
    ],
)
def test_mistakes_in_words_are_told(tmp_path: Path, words: str, dataset: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_specs([CATALOGUE, own(tmp_path / "мой", words, dataset)])
    assert told in str(caught.value)


def test_a_protocol_with_names_of_classes(folder: Path) -> None:
    told = ["8А", "9 «Б»", "8 класс", "9", "10-й", "8а"]
    rows = [[n, f"Выдуманов В{n}", f"М-{n}", "МБОУ «Лесная СОШ»", cell, 7, 7, 5, 19, 0.9, n, "участник"]
            for n, cell in enumerate(told, start=1)]  # fmt: skip
    xlsx(folder / "Протокол.xlsx", olympiad(*rows))
    tables = read(folder)
    assert values(tables, "achievements", "grade") == [8, 9, 8, 9, 10, 8]
    assert [finding.code for finding in tables.findings if finding.severity == "error"] == []


def test_what_is_not_understood_is_not_the_value_of_a_blank_cell(folder: Path) -> None:
    tables = column(folder, "kdr", "Объективность", "х", None, "нет")
    assert values(tables, "kdr", "objective") == [None, True, False]
    assert "cell.value" in [finding.code for finding in tables.findings]


@pytest.mark.parametrize("header", ["Школа", "Наименование ОО", "Образовательная организация", "название школы"])
@pytest.mark.parametrize(
    ("dataset", "rest"),
    [
        ("registers", "Учебный год: 2025/2026; Класс: 8А; Код обучающегося: у-1; Реестр: региональная база"),
        ("contingent", "Учебный год: 2025/2026; Класс: 8; Категория: все; Численность: 20"),
        ("staff", "Учебный год: 2025/2026; Код работника: р-1; Занимаемая должность: директор; Педстаж: 7"),
        ("kdr", "Учебный год: 2025/2026; Код обучающегося: у-1; Работа: КДР4; Уровень: базовый"),
    ],
)
def test_the_column_of_the_organisation_in_any_table(folder: Path, dataset: str, rest: str, header: str) -> None:
    pairs = [item.split(": ") for item in f"{header}: Лесная СОШ; {rest}".split("; ")]
    xlsx(folder / "a.xlsx", [[name for name, _ in pairs], [cell for _, cell in pairs]])
    assert values(read(folder), dataset, "org") == ["з-02"]


def test_a_signature_without_a_colon_is_no_row(folder: Path) -> None:
    works = olympiad((1, "Выдуманов Г. Г.", "Ш", "з-01", 8, 5, 5, 5, 15, 75, 1, "победитель"))
    rows = [[str(row[0]).removesuffix(":"), *row[1:]] if row and row[0] else row for row in works]
    assert rows != [list(row) for row in works]
    xlsx(folder / "протокол.xlsx", rows)
    tables = read(folder)
    assert len(tables["achievements"].frame) == 1
    assert not {"org.unknown", "row.rejected"} & {finding.code for finding in tables.findings}
