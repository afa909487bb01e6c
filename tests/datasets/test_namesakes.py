"""Children told by name (all invented): told apart where class, organisation and school year contradict that they are
one; nothing else tells them apart, and what was decided is told without a name."""

from pathlib import Path

import pytest
from exports import cells, read, xlsx

from quality_cli.core.findings import Finding
from quality_cli.datasets.tables.table import Tables

NAME = "Иванов Иван Иванович"
HEADERS = {
    "registers": "Организация | Учебный год | Класс | {who} | Реестр",
    "plans": "Организация | Учебный год | Класс | {who} | Вид",
    "kdr": "Организация | Учебный год | Класс | {who} | Работа | Уровень",
}
ENDS = {"registers": ["региональная база"], "plans": ["ИОП"], "kdr": ["КДР6", "базовый"]}
APART, UNSURE = "сочтены разными детьми", "ещё одним ребёнком"


def rows_of(folder: Path, text: str, who: str = "ФИО", told: str = NAME) -> Tables:
    """Rows of one child's name in several tables: «dataset | organisation | school year | class»."""
    rows = cells(text)
    for dataset, header in HEADERS.items():
        mine = [[org, year, grade, told, *ENDS[dataset]] for name, org, year, grade in rows if name == dataset]
        if mine:
            xlsx(folder / f"{dataset}.xlsx", [cells(header.format(who=who))[0], *mine])
    return read(folder)


def children(tables: Tables, text: str) -> str:
    """Which child each row is of, as letters in the order in which they are met."""
    met: dict[str, str] = {}
    left = {name: iter(tables[name].records()) for name in tables.by_dataset if name in HEADERS}
    return "".join(met.setdefault(next(left[row[0] or ""])["pupil"], "абвг"[len(met)]) for row in cells(text))


def told(tables: Tables) -> list[Finding]:
    return [finding for finding in tables.findings if finding.code == "person.namesakes"]


@pytest.mark.parametrize(
    ("text", "whose", "messages"),
    [
        ("plans | з-01 | 2025/2026 | 5А \n registers | з-01 | 2025/2026 | 5 «А»", "аа", []),
        ("plans | з-01 | 2025/2026 | 5А \n registers | з-01 | 2025/2026 | 5", "аа", []),
        ("plans | з-01 | 2024/2025 | 4А \n plans | з-02 | 2025/2026 | 5Б", "аа", []),  # moved
        ("plans | з-01 | 2025/2026 | 5А \n plans | з-01 | 2025/2026 | 5Б", "аб", [APART]),
        ("plans | з-01 | 2025/2026 | 5А \n registers | з-01 | 2025/2026 | 5-Б", "аб", [APART, APART]),
        ("plans | з-01 | 2025/2026 | 5 \n plans | з-01 | 2025/2026 | 6", "аб", [APART]),
        ("plans | з-01 | 2025/2026 | 5А \n plans | з-02 | 2025/2026 | 5А", "аб", [APART]),
        ("kdr | з-01 | 2025/2026 | 6А \n kdr | з-01 | 2025/2026 | 6Б", "аб", [APART]),
        (
            """plans | з-01 | 2024/2025 | 4А
               plans | з-01 | 2025/2026 | 5А
               plans | з-02 | 2025/2026 | 5А
               registers | з-02 | 2025/2026 | """,
            "аабб",
            [APART, APART],
        ),
        (
            """plans | з-01 | 2025/2026 | 5А
               plans | з-01 | 2025/2026 | 5Б
               registers | з-01 | 2025/2026 | 5""",
            "абв",
            [APART, UNSURE],
        ),
        (
            """plans | з-01 | 2025/2026 | 5
               plans | з-01 | 2025/2026 | 6
               registers | з-01 | 2025/2026 | """,
            "абв",
            [APART, UNSURE],
        ),
        (
            """plans | з-01 | 2024/2025 | 4Б
               plans | з-01 | 2025/2026 | 5А
               plans | з-01 | 2025/2026 | 7А""",
            "ааб",  # the class letter of a child may change where nobody else is there
            [APART],
        ),
    ],
)
def test_whose_row_it_is(folder: Path, text: str, whose: str, messages: list[str]) -> None:
    tables = rows_of(folder, text)
    assert children(tables, text) == whose
    assert sorted(word for finding in told(tables) for word in (APART, UNSURE) if word in finding.message) == sorted(
        messages
    )
    assert all(finding.severity == "warning" and finding.places[0].row > 1 for finding in told(tables))
    assert all(NAME not in str(finding) and "Иванов" not in str(finding) for finding in tables.findings)
    assert "row.conflict" not in {finding.code for finding in tables.findings}


def test_how_many_names_and_children_there_are_is_told(folder: Path) -> None:
    """Rows, names and children of the sheet."""
    header = cells(HEADERS["plans"].format(who="ФИО"))[0]
    rows = [
        ["з-01", "2025/2026", grade, name, "ИОП"] for name in (NAME, "Петрова Анна") for grade in ("5А", "5Б", "6А")
    ]
    xlsx(folder / "Планы.xlsx", [header, *rows, ["з-01", "2025/2026", "5А", "Сидоров Пётр", "ИОП"]])
    (finding,) = told(read(folder))
    assert finding.message.endswith("(здесь 2\xa0имени, 6\xa0детей)")
    assert (finding.total, str(finding.places[0])) == (6, "Планы.xlsx · Лист1 · строка 2")


def test_codes_are_nobodys_names(folder: Path) -> None:
    """A code in two classes is one child: what is wrong is its class."""
    text = "plans | з-01 | 2025/2026 | 5А \n registers | з-02 | 2025/2026 | 7Б"
    tables = rows_of(folder, text, "Код обучающегося", "у-17")
    assert children(tables, text) == "аа"
    assert told(tables) == []


def test_a_single_word_may_be_a_code(folder: Path) -> None:
    text = "plans | з-01 | 2025/2026 | 5А \n registers | з-02 | 2025/2026 | 7Б"
    tables = rows_of(folder, text, "Код обучающегося", "кедр")
    assert (children(tables, text), told(tables)) == ("аа", [])


def test_dates_of_birth_tell_only_of_those_who_are_taken_for_one(folder: Path) -> None:
    header = "Организация | Учебный год | Класс | ФИО | Дата рождения | Вид"
    apart = f"з-01 | 2025/2026 | 5А | {NAME} | 01.02.2014 | ИОП\nз-01 | 2025/2026 | 5Б | {NAME} | 03.04.2014 | ИОП"
    xlsx(folder / "Планы.xlsx", cells(f"{header}\n{apart}"))
    assert [APART in finding.message for finding in told(read(folder))] == [True]
    xlsx(folder / "Планы.xlsx", cells(f"{header}\n{apart.replace('5Б', '5А').replace('ИОП', 'ИУП', 1)}"))
    assert ["сочтены за одного" in finding.message for finding in told(read(folder))] == [True]
