"""Tables whose columns or lists are rows of a dataset, and tables of totals that are never taken for people."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from exports import SPECS, cells, problems, read, xlsx

from quality_cli.core.findings import Finding
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Layout, Unpivot
from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables

ONE, TWO = "МБОУ «Заречная СОШ № 1»", "МБОУ «Лесная СОШ»"
GRADES = [f"{grade} кл." for grade in range(1, 12)]
MARKS = ("Год", "Класс", "Предмет", "Муниципалитет", "ОО", "Логин", "Кол-во участников", "2", "3", "4", "5")
FLAGS = ("Год", "Муниципалитет", "ОО", "Логин", "4 РУ", "4 МА", "5 РУ", "5 МА", "Количество маркеров")
YEAR = ["Сведения на начало 2025/2026 учебного года"]


def _told(tables: Tables, code: str) -> list[tuple[str, str]]:
    """Cells of the findings of a kind, with what is said at each."""
    return [(place.cell, place.note) for finding in tables.findings if finding.code == code for place in finding.places]


def _rows(tables: Tables, dataset: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in tables[dataset].records()]


@pytest.mark.parametrize(
    ("kind", "written"), [("shares", (5, 25, 50, 20)), ("numbers", (1, 5, 10, 4)), ("rounded", (5.3, 26.3, 47.4, 21.1))]
)
def test_marks_of_schools_are_read_as_shares_or_as_numbers_by_what_they_add_up_to(
    folder: Path, kind: str, written: Sequence[float]
) -> None:
    participants = 19 if kind == "rounded" else 20
    row = (2026, 4, "Русский язык", "Заречный район", ONE, "edu770101", participants, *written)
    xlsx(folder / "a.xlsx", [MARKS, row])
    tables = read(folder)
    expected = (1, 5, 9, 4) if kind == "rounded" else (1, 5, 10, 4)
    assert _rows(tables, "vpr_marks", "org", "mark_2", "mark_3", "mark_4", "mark_5") == [("з-01", *expected)]
    assert "vpr" not in tables
    assert problems(tables) == []


def test_numbers_that_add_up_to_nothing_are_neither_shares_nor_marks(folder: Path) -> None:
    xlsx(folder / "a.xlsx", [MARKS, (2026, 4, "Русский язык", "Заречный район", ONE, "edu770101", 20, 50, 50, 50, 50)])
    tables = read(folder)
    assert not {"vpr", "vpr_marks"} & tables.by_dataset.keys()
    assert [code for code, _ in problems(tables)] == ["header.missing"]


def test_a_grade_in_a_header_is_the_grade_of_the_rows_below_it(folder: Path) -> None:
    rows = [["Школа", *GRADES, "Всего"], [ONE, *range(10, 21), 165], [TWO, 5, *[None] * 10, 5]]
    xlsx(folder / "ОО-1.xlsx", [YEAR, *rows])
    tables = read(folder)
    assert _rows(tables, "contingent", "org", "year", "grade", "category", "pupils", "_row", "_cell") == [
        *(("з-01", 2025, grade, "все", 9 + grade, 3, f"{'ABCDEFGHIJKL'[grade]}3") for grade in range(1, 12)),
        ("з-02", 2025, 1, "все", 5, 4, "B4"),
    ]
    assert problems(tables) == []


@pytest.mark.parametrize(
    "spelling", ["{} класс", "{}-й класс", "{} классы", "{} КЛ", "{}-е классы", " {}  кл. "], ids=str
)
def test_grades_are_understood_however_headers_name_them(folder: Path, spelling: str) -> None:
    xlsx(folder / "a.xlsx", [YEAR, ["Организация", *map(spelling.format, (1, 4, 11))], ["з-01", 7, 8, 9]])
    assert _rows(read(folder), "contingent", "grade", "pupils") == [(1, 7), (4, 8), (11, 9)]


def test_grades_below_a_group_are_a_series_too(folder: Path) -> None:
    xlsx(folder / "a.xlsx", [YEAR, [], ["Школа", "Классы", None, None], [None, 1, 2, 3], ["з-01", 7, 8, 9]])
    assert _rows(read(folder), "contingent", "grade", "pupils") == [(1, 7), (2, 8), (3, 9)]


def test_a_total_is_compared_with_its_parts_and_never_added(folder: Path) -> None:
    rows = [["Школа", "1 кл.", "2 кл.", "Всего"], [ONE, 10, 12, 22], [TWO, 10, 12, 23], ["Итого", 20, 24, 45]]
    xlsx(folder / "a.xlsx", [YEAR, *rows])
    tables = read(folder)
    assert _rows(tables, "contingent", "org", "pupils") == [("з-01", 10), ("з-01", 12), ("з-02", 10), ("з-02", 12)]
    assert _told(tables, "cell.total") == [("D4", "итог 23, сумма 22"), ("D5", "итог 45, сумма 44")]
    assert [str(place) for found in tables.findings if found.code == "row.total" for place in found.places] == [
        "a.xlsx · Лист1 · строка 5",
        "a.xlsx · Лист1 · строка 5",
    ]  # of each column that its row was turned into


def test_what_is_wrong_in_a_turned_cell_is_told_at_its_cell(folder: Path) -> None:
    rows = [["Школа", "1 кл.", "2 кл.", "13 кл."], [ONE, "много", 12, 3], [TWO, None, None, None]]
    xlsx(folder / "a.xlsx", [YEAR, *rows])
    tables = read(folder)
    # The number of nobody knows which grade is no part, and less than the parts: told, and not counted.
    assert _rows(tables, "contingent", "org", "grade", "pupils") == [("з-01", 2, 12)]
    assert "total.conflict" in [code for code, _ in problems(tables)]
    assert ("B3", "") in _told(tables, "cell.value")
    assert ("D3", "") in _told(tables, "cell.value")  # no such grade
    assert "row.rejected" in [code for code, _ in problems(tables)]  # the school that told nothing


def test_a_contradiction_with_another_file_names_the_row(folder: Path) -> None:
    xlsx(folder / "a.xlsx", [YEAR, ["Школа", "1 кл.", "2 кл."], [ONE, 10, 12]])
    xlsx(folder / "b.xlsx", [YEAR, ["Школа", "1 кл.", "2 кл."], [ONE, 10, 13]])
    tables = read(folder)
    assert sorted(row[0] for row in _rows(tables, "contingent", "pupils")) == [10, 12]
    assert {"row.conflict", "row.duplicate"} <= {finding.code for finding in tables.findings}


def test_flagged_works_in_columns_are_rows_of_the_list(folder: Path) -> None:
    rows = [
        (2026, "Заречный район", ONE, "edu770101", 1, None, 0, 1, 2),
        (2026, "Заречный район", TWO, "edu770102", None, None, None, None, None),
        (2025, "Заречный район", TWO, "edu770102", "нет", "завышение", "-", None, 1),
    ]
    xlsx(folder / "bias.xlsx", [FLAGS, *rows])
    tables = read(folder)
    assert _rows(tables, "vpr_objectivity", "org", "year", "grade", "subject", "_cell") == [
        ("з-01", 2026, 4, "Русский язык", "E2"),
        ("з-01", 2026, 5, "Математика", "H2"),
        ("з-02", 2025, 4, "Математика", "F4"),
    ]
    assert _told(tables, "cell.total") == []
    assert "vpr" not in tables


@pytest.mark.parametrize("header", ["Организация", "Логин", "ОО", "Наименование ОО"])
def test_what_is_recognised_by_any_spelling_is_read_by_it(folder: Path, header: str) -> None:
    xlsx(folder / "a.xlsx", [(header, "Год", "4 РУ", "4 МА"), (ONE, 2026, 1, None)])
    xlsx(folder / "b.xlsx", [(header, "Год", "Признак", "Работы"), (TWO, 2026, "завышение", "5 МА")])
    rows = _rows(read(folder), "vpr_objectivity", "org", "grade", "_file")
    assert [row[:2] for row in rows] == [("з-01", 4), ("з-02", 5)]


def test_a_list_in_a_cell_is_as_many_rows_and_what_it_says_wrongly_flags_nothing(folder: Path) -> None:
    """A flag without a grade would be a flag of all grades."""
    rows = [
        ("Год", "ОО", "Признак", "Работы"),
        (2026, ONE, "завышение", "4 РУ, МА 5; 6 ЪЪ"),
        (2026, TWO, "скачок", "?"),
    ]
    xlsx(folder / "a.xlsx", rows)
    tables = read(folder)
    assert _rows(tables, "vpr_objectivity", "org", "grade", "subject", "sign", "_cell") == [
        ("з-01", 4, "Русский язык", "завышение", "D2"),
        ("з-01", 5, "Математика", "завышение", "D2"),
    ]
    assert [cell for cell, _ in _told(tables, "cell.value")] == ["D2", "D3"]


def test_merged_cells_beside_a_series_reach_over_the_rows_made_of_them(folder: Path) -> None:
    import openpyxl

    path = xlsx(folder / "a.xlsx", [FLAGS, (2026, None, ONE, None, 1, 1, None, None, 2), (2025, None, None, None, 1)])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("C2:C3")
    book.save(path)
    assert [row[:2] for row in _rows(read(folder), "vpr_objectivity", "org", "year")] == [
        ("з-01", 2026),
        ("з-01", 2026),
        ("з-01", 2025),
    ]


def test_a_short_row_of_a_text_table_is_told(folder: Path) -> None:
    text = "Учебный год;Школа;1 кл.;2 кл.;3 кл.\n2025/2026;з-01;5;6;7\n2025/2026;з-02;5\n"
    (folder / "a.csv").write_text(text, encoding="utf-8")
    tables = read(folder)
    assert _rows(tables, "contingent", "org", "grade") == [("з-01", 1), ("з-01", 2), ("з-01", 3), ("з-02", 1)]
    assert "row.short" in [code for code, _ in problems(tables)]


MARK_COUNTS = Layout(
    layout="vpr_numbers.marks",
    dataset="vpr_numbers",
    title="число работ с каждой отметкой",
    recognise={"headers": ["Школа", "Предмет"]},
    columns={"org": ["Школа"], "subject": ["Предмет"]},
    unpivot=Unpivot(headers=["{mark}", "отметка {mark}"], value="works"),
)


@pytest.mark.parametrize("headers", ["2 | 3 | 4 | 5", "отметка 2 | отметка 3 | отметка 4 | отметка 5"])
def test_counts_of_marks_are_one_row_for_each_mark(folder: Path, headers: str) -> None:
    columns = {
        "org": {"title": "Организация", "type": "organisation", "required": True},
        "subject": {"title": "Предмет", "type": "text", "required": True},
        "mark": {"title": "Отметка", "type": "integer", "min": 2, "max": 5},
        "works": {"title": "Работ", "type": "integer", "min": 0},
    }
    contract = Contract.model_validate(
        {"dataset": "vpr_numbers", "title": "Отметки", "grain": "школа", "organisation": "org", "columns": columns}
    )
    specs = Specs({**SPECS.contracts, "vpr_numbers": contract}, (*SPECS.layouts, MARK_COUNTS), SPECS.scale_files)
    xlsx(folder / "a.xlsx", cells(f"Школа | Предмет | {headers}\nз-01 | Химия | 0 | 5 | | 4"))
    rows = read_folder(folder, specs)["vpr_numbers"].records()
    assert [(row["mark"], row["works"], row["_cell"]) for row in rows] == [(2, 0, "C2"), (3, 5, "D2"), (5, 4, "F2")]


TOTALS = {
    "one row for each mark": "Отметка | Количество\n3 | 5",
    "numbers of marks": "Писали | на 2 | на 3\n20 | 1 | 5",
    "marks without participants": "2 | 3 | 4 | 5\n5 | 25 | 50 | 20",
    "shares": "Качество, % | Успеваемость, %\n70 | 95",
    "one number": "Кол-во участников\n20",
}


@pytest.mark.parametrize("text", TOTALS.values(), ids=TOTALS)
def test_totals_are_never_works_of_pupils(folder: Path, text: str) -> None:
    header, row = cells(text)
    common = [["Организация", "Год", "Класс", "Предмет"], ["з-01", "2026", "4", "Химия"]]
    xlsx(folder / "a.xlsx", [[*common[0], *header], [*common[1], *map(float, row)]])
    tables = read(folder)
    assert "vpr" not in tables
    (problem,) = [finding for finding in tables.findings if finding.code == "header.missing"]
    assert "это сводная таблица" in problem.message
    assert "Статистика по отметкам ВПР (Ф3)" in problem.message


def test_works_without_codes_are_still_works(folder: Path) -> None:
    header = ("Организация", "Год", "Класс", "Предмет", "Отметка", "Телефон")
    xlsx(folder / "a.xlsx", [header, ("з-01", 2026, 4, "Химия", 3, "нет"), ("з-01", 2026, 4, "Химия", 5, "есть")])
    assert _rows(read(folder), "vpr", "mark") == [(3,), (5,)]


def test_a_mistake_in_unpivot_is_named_at_its_place(tmp_path: Path) -> None:
    from quality_cli.core.errors import CatalogueError
    from quality_cli.core.resources import CATALOGUE
    from quality_cli.datasets.contracts.specs import load_specs

    def mistake(unpivot: str) -> Finding:
        path = tmp_path / "datasets" / "contingent.yaml"
        path.parent.mkdir(exist_ok=True)
        layout = f"{{layout: contingent.own, title: свой, recognise: {{headers: [Кто]}}, unpivot: {unpivot}}}"
        path.write_text(f"extends: contingent\nlayouts:\n- {layout}\n", encoding="utf-8")
        with pytest.raises(CatalogueError) as raised:
            load_specs([CATALOGUE, tmp_path])
        return raised.value.findings[0]

    assert "«grad»" in mistake('{headers: ["{grad} кл"], value: pupils}').message
    assert "«pupil»" in mistake('{headers: ["{grade} кл"], value: pupil}').message
    assert "ровно один ключ" in mistake('{headers: ["{grade} кл"]}').message
    assert "нужно место" in mistake("{headers: [Класс], value: pupils}").message
