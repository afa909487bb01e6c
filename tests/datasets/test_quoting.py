"""What of somebody's cell a message repeats, and how a sheet called after a person is named (all people invented)."""

import datetime
from pathlib import Path

import pytest
from exports import F1_HEADER, F1_ROW, f1, problems, read, register, table, xlsx

from quality_cli.datasets.quoting import quoted, sheet_name, words_of

KNOWN = words_of(["Русский язык", "Первичный балл", "призёр"])


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (7, "7"),
        (3.5, "3.5"),
        (True, "1"),
        ("1,5", "1,5"),
        ("4А", "4А"),
        ("пять", "пять"),
        ("б(1)", "б(1)"),
        ("русский  ЯЗЫК", "русский ЯЗЫК"),
        ("Призёр", "Призёр"),
        ("2024/2025", "2024/2025"),
        ("edu770101 | МБОУ «Лесная СОШ № 3»", "edu770101 | МБОУ «… СОШ № 3»"),
        ("отлично", "…"),
        ("Абрикосова", "…"),
        ("абрикосова василиса", "…"),
        ("Ким", "…"),
        ("Абрикосова В.П.", "…."),
        ("Председатель жюри: Абрикосова В. П.", "Председатель жюри: …."),
        ("Русский Абрикосова язык", "Русский … язык"),
        ("17.03.2011", "…"),
        (datetime.datetime(2011, 3, 17), "…"),
        ("0417 836251", "…"),
        (12345678964, "…"),
        ("123-456-789 64", "…"),
        ("+7 913 555-47-19", "+…"),
        ("abrikosova@primer.example", "…"),
        ("9" * 5000, "…"),
    ],
)
def test_only_known_words_and_short_numbers_are_repeated(cell: object, shown: str) -> None:
    assert quoted(cell, KNOWN) == shown


def test_a_misspelt_known_word_is_repeated_where_a_header_is_sought() -> None:
    assert quoted("первчный бал", KNOWN) == "…"
    assert quoted("первчный бал", KNOWN, misspelt=True) == "первчный бал"
    assert quoted("Первчный Абрикосова", KNOWN, misspelt=True) == "Первчный …"


@pytest.mark.parametrize(
    "name", ["Лист1", "РУ 4", "Сводная", "Русский язык 4 класс", "МА 20.04.2026", "Протокол", "4 «А»"]
)
def test_a_sheet_is_told_by_its_name(name: str) -> None:
    assert sheet_name(name, 2) == name


@pytest.mark.parametrize(
    "name",
    ["Абрикосова", "Абрикосова В.П.", "Василиса Платоновна", "ЛИМОНОВ ЕВЛАМПИЙ", "0417 836251", "a@primer.example"],
)
def test_a_sheet_called_after_a_person_is_told_by_its_number(name: str) -> None:
    assert sheet_name(name, 2) == "лист 2"


def test_a_sheet_called_after_a_person_in_findings(folder: Path) -> None:
    xlsx(folder / "a.xlsx", {"Лист1": table((1, 5)), "Абрикосова В.П.": table((2, 7)), "Лимонов": [("что-то", "своё")]})
    assert problems(read(folder)) == [("sheet.unknown", "a.xlsx · лист 3"), ("cell.value", "a.xlsx · лист 2 · F2")]


def test_a_name_among_headers_is_not_offered_as_a_header(folder: Path) -> None:
    header = [name.replace("Первичный балл", "Первичнова Алла") for name in F1_HEADER]
    xlsx(folder / "a.xlsx", f1(F1_ROW, header=header))
    (finding,) = read(folder).findings
    assert finding.code == "header.missing"
    assert finding.message.endswith("в заголовке нет: «Первичный балл»")


def test_a_superior_that_is_not_in_the_register_is_not_repeated_if_it_may_be_a_person(tmp_path: Path) -> None:
    text = """
        Код   | Вышестоящая     | Вид           | Краткое наименование
        край  |                 | регион        | Ленский край
        район | край            | муниципалитет | Заречный район
        з-01  | Абрикосова В.П. | школа         | МБОУ «Лесная СОШ»
    """
    register(tmp_path, text)
    (finding,) = read(tmp_path).findings
    assert finding.message == "у «МБОУ «Лесная СОШ»» нет вышестоящей строки «….»"
