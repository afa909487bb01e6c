"""People of exports: pseudonyms by a key, names in place of codes, columns left unread (all people invented)."""

import re
from pathlib import Path

import pytest
from exports import SPECS, cells, problems, read, xlsx

from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.people import Pseudonyms

FULL = "Иванов Иван Иванович"


def named(number: int = 1) -> Pseudonyms:
    """Pseudonyms by the key of this number."""
    return Pseudonyms(lambda: bytes([number]) * 32)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FULL, "ИВАНОВ  ИВАН ИВАНОВИЧ"),
        (FULL, " Иванов\xa0Иван\nИванович "),
        ("Фёдорова Алёна", "ФЕДОРОВА АЛЕНА"),
        ("Андрей", "Андрей"),  # «й» of two characters, as files from macOS have it
        ("Иванова-Петрова Анна", "Иванова – Петрова Анна"),
        ("123-456-789 64", "12345678964"),
    ],
)
def test_one_person_told_in_two_ways_has_one_pseudonym(one: str, other: str) -> None:
    pseudonym = named()
    assert pseudonym("pupil", one) == pseudonym("pupil", other)


@pytest.mark.parametrize(("one", "other"), [(FULL, "Иванов Иван"), ("5-12", "51-2"), ("у-1", "у-11")])
def test_different_people_have_different_pseudonyms(one: str, other: str) -> None:
    pseudonym = named()
    assert pseudonym("pupil", one) != pseudonym("pupil", other)


def test_a_pseudonym_says_what_it_is_and_depends_on_the_key() -> None:
    assert named()("pupil", FULL) == named()("pupil", FULL)
    assert re.fullmatch("обучающийся-[0-9a-f]{16}", named()("pupil", FULL))
    assert re.fullmatch("работник-[0-9a-f]{16}", named()("employee", FULL))
    assert named()("pupil", FULL)[-16:] != named()("employee", FULL)[-16:]
    assert named(1)("pupil", FULL) != named(2)("pupil", FULL)
    assert Pseudonyms()("pupil", FULL) != Pseudonyms()("pupil", FULL)  # without a key: for one reading only


def test_the_key_is_asked_once_and_only_when_a_person_is_met(folder: Path) -> None:
    asked: list[int] = []

    def key() -> bytes:
        asked.append(1)
        return bytes(32)

    xlsx(folder / "a.xlsx", cells("Организация | Учебный год | Процедура | Наблюдение\nз-01 | 2025/2026 | ВПР | да"))
    read_folder(folder, SPECS, pseudonyms=Pseudonyms(key))
    assert asked == []
    _kdr(folder, b=f"{_KDR}\nКДР4 чтение | 2023/2024 | 2 | у-1\nКДР4 чтение | 2023/2024 | 2 | у-2")
    read_folder(folder, SPECS, pseudonyms=Pseudonyms(key))
    assert asked == [1]


def test_every_code_of_a_person_is_marked_in_the_contracts() -> None:
    people = {
        f"{name}.{key}"
        for name, contract in SPECS.contracts.items()
        for key, column in contract.columns.items()
        if column.title.startswith("Код ") and name != "organisations"
    }
    marked = {
        f"{name}.{key}" for name, item in SPECS.contracts.items() for key, c in item.columns.items() if c.personal
    }
    assert marked == people


_KDR = "Работа | Учебный год | Уровень | Код обучающегося"


def _kdr(folder: Path, **files: str) -> Tables:
    """Read tables of КДР of school з-01, one workbook for each."""
    for name, text in files.items():
        rows = cells(text)
        xlsx(folder / f"{name}.xlsx", [["Организация", *rows[0]], *(["з-01", *row] for row in rows[1:])])
    return read(folder)


def test_whatever_stands_in_a_personal_column_is_replaced(folder: Path) -> None:
    tables = _kdr(folder, a=f"{_KDR}\nКДР4 чтение | 2023/2024 | 2 | у-00123\nКДР4 чтение | 2023/2024 | 3 | {FULL}")
    told = [row["pupil"] for row in tables["kdr"].records()]
    assert all(re.fullmatch("обучающийся-[0-9a-f]{16}", pupil) for pupil in told)
    assert len(set(told)) == 2


_BY_NAME = "Работа | Учебный год | Уровень | {}\nКДР6 чтение | 2025/2026 | 4 | {}"


@pytest.mark.parametrize(
    "later",
    [
        _BY_NAME.format("Ф.И.О.", "ИВАНОВ  ИВАН ИВАНОВИЧ"),
        _BY_NAME.format("ФИО обучающегося", FULL),
        _BY_NAME.format("Фамилия, имя, отчество (при наличии)", FULL),
        _BY_NAME.format("Отчество | Имя | Фамилия", "Иванович | иван | Иванов"),
        _BY_NAME.format("Код обучающегося | Ученик", f"| {FULL}"),
    ],
)
def test_the_same_child_is_linked_by_name_where_there_is_no_code(folder: Path, later: str) -> None:
    tables = _kdr(folder, до=f"{_KDR}\nКДР4 чтение | 2023/2024 | 2 | {FULL}", после=later)
    rows = {row["study"]: row for row in tables["kdr"].records()}
    assert rows["КДР6 чтение"]["pupil"] == rows["КДР4 чтение"]["pupil"]
    assert rows["КДР6 чтение"]["earlier_level"] == 2
    assert problems(tables) == []


def test_a_code_wins_over_a_name(folder: Path) -> None:
    text = f"{_KDR} | ФИО\nКДР4 чтение | 2023/2024 | 2 | у-1 | {FULL}\nКДР6 чтение | 2025/2026 | 3 | у-1 | Иванов И."
    tables = _kdr(folder, a=text)
    assert len({row["pupil"] for row in tables["kdr"].records()}) == 1
    assert problems(tables) == [("column.personal", "a.xlsx · Лист1 · F1")]


def test_namesakes_are_told_where_dates_of_birth_show_them(folder: Path) -> None:
    tables = _kdr(
        folder,
        a=f"""
        Работа      | Учебный год | Уровень | ФИО    | Дата рождения
        КДР4 чтение | 2023/2024   | 2       | {FULL} | 17.03.2013
        КДР6 чтение | 2023/2024   | 3       | {FULL} | 18.03.2011
        КДР6 чтение | 2023/2024   | 3       | Петрова Анна | 18.03.2011
        """,
    )
    (finding,) = (finding for finding in tables.findings if finding.code == "person.namesakes")
    assert (str(finding.places[0]), finding.total) == ("a.xlsx · Лист1 · F1", 1)
    assert finding.hint == "добавьте столбец «Код обучающегося» с постоянным условным кодом"


@pytest.mark.parametrize(
    ("header", "known"), [("ФИО педагога", True), ("Наставник", True), ("Психолог", False), ("ФИО матери", False)]
)
def test_pupil_and_teacher_of_one_table_are_different_people(folder: Path, header: str, known: bool) -> None:
    columns = f"Организация | Учебный год | Мероприятие | Этап | Статус | ФИО | {header}"
    xlsx(
        folder / "a.xlsx",
        cells(f"{columns}\nз-01 | 2025/2026 | ВсОШ | школьный | участник | {FULL} | Петрова Анна"),
    )
    (row,) = read(folder)["achievements"].records()
    assert row["pupil"].startswith("обучающийся-")
    assert (row["teacher"] is not None) == known
    assert row["teacher"] is None or row["teacher"].startswith("работник-")


def test_personal_columns_that_no_contract_names_are_not_read(folder: Path) -> None:
    columns = [
        *("Дата рождения", "СНИЛС", "Серия и номер паспорта", "Телефон родителя", "E-mail", "Адрес", "Члены жюри"),
        *("Отчество", "ФИО матери", "Примечание", "Наименование программы", "Численность"),
    ]
    rows = cells(f"{_KDR}\nКДР4 чтение | 2023/2024 | 2 | у-1")
    xlsx(folder / "a.xlsx", [["Организация", *rows[0], *columns], ["з-01", *rows[1], *(f"тайна {n}" for n in columns)]])
    tables = read(folder)
    personal = [finding for finding in tables.findings if finding.code != "column.unread"]
    assert [finding.places[0].cell for finding in tables.findings if finding not in personal] == ["P1", "Q1"]
    assert [(finding.code, finding.places[0].cell, finding.message.partition(": ")[2]) for finding in personal] == [
        ("column.personal", "F1", "дата или место рождения"),
        ("column.personal", "G1", "СНИЛС"),
        ("column.personal", "H1", "документ"),
        ("column.personal", "I1", "телефон"),
        ("column.personal", "J1", "электронная почта"),
        ("column.personal", "K1", "адрес"),
        ("column.personal", "L1", "жюри"),
        ("column.personal", "M1", "ФИО"),  # and N1
    ]
    assert "тайна" not in tables["kdr"].frame.to_csv()


OWN = """
dataset: кружки
title: Кружки
grain: ребёнок
key: [org, child]
organisation: org
columns:
  org: {title: Организация, type: organisation, required: yes}
  child: {title: Ребёнок, type: text, personal: pupil}
  leader: {title: Руководитель, type: text, personal: employee}
  staffed: {title: В штате, type: flag, derive: {where: {leader: {known: yes}}}}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("type: text, personal: pupil", "type: integer, personal: pupil", "столбец с ключом «personal» — текст"),
        ("personal: employee", "personal: teacher", '"teacher" здесь не годится'),
        ("{known: yes}", "Петров", "столбец «leader»: указывает на человека"),
        ("{leader: {known: yes}}", "{leader: {eq: {column: child}}}", "указывают на разных людей"),
        (
            "{leader: {known: yes}}",
            "{also_in: {dataset: answers, on: [leader]}}",
            "в наборе «answers» нет столбца «leader»",
        ),
        (
            "derive: {where: {leader: {known: yes}}}",
            "derive: {earlier: {dataset: staff, match: {child: employee}, value: group}}",
            "столбцы «child» набора «кружки» и «employee» набора «staff» указывают на разных людей",
        ),
    ],
)
def test_mistakes_about_people_in_a_contract_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets" / "кружки.yaml"
    path.write_text(OWN.lstrip(), encoding="utf-8")
    load_specs([CATALOGUE, tmp_path])
    assert OWN.count(old) == 1
    path.write_text(OWN.lstrip().replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(told)):
        load_specs([CATALOGUE, tmp_path])
