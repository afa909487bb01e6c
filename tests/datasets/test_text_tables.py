"""Small text tables: the data of worked examples and of tests."""

import pytest
from exports import SPECS

from quality_cli.datasets.tables.text_rows import TextTableError
from quality_cli.datasets.tables.text_table import tables_from_text


def test_a_district_and_a_year_are_assumed() -> None:
    text = """
        org | grade | subject | mark
        А   | 4     | ма      | 2
        Б   | 5     | Химия   |
    """
    tables = tables_from_text({"vpr": text}, SPECS.contracts)
    assert [unit.id for unit in tables.organisations] == ["регион", "муниципалитет", "А", "Б"]
    rows = [(row["org"], row["subject"], row["mark"], row["year"]) for row in tables["vpr"].records()]
    assert rows == [("А", "Математика", 2, 2026), ("Б", "Химия", None, 2026)]
    assert tables["vpr"].periods() == [2025]


def test_families_defaults_and_derived_columns_work_as_in_files() -> None:
    text = "org | grade | subject | task.1 | task.2\nА | 4 | РУ | 9 | 2\nА | 4 | РУ | X | X"
    scale = "year | grade | subject | three | four | five\n2026 | 4 | РУ | 10 | 11 | 12"
    rows = tables_from_text({"vpr": text, "vpr_scales": scale}, SPECS.contracts)["vpr"].records()
    assert [(row["primary"], row["mark"], row["present"], row["level"]) for row in rows] == [
        (11, 4, 1, "базовый"),
        (None, None, None, "базовый"),
    ]  # without a variant, a total and a mark nobody knows
    text = text.replace("task.1", "variant | task.1").replace("| РУ |", "| РУ | 1 |")
    rows = tables_from_text({"vpr": text, "vpr_scales": scale}, SPECS.contracts)["vpr"].records()
    assert [(row["primary"], row["mark"], row["present"]) for row in rows] == [(11, 4, 1), (None, None, 1)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"vpr_objectivity": "org | sign"}, "если сведений и правда нет"),
        ({"впр": "org\nА"}, "нет набора данных «впр»"),
        ({"vpr": "org | grade | subjet\nА | 4 | РУ"}, "в наборе «vpr» нет столбца «subjet»"),
        ({"vpr": "org | grade | subject | mark\nА | 4 | РУ | 7"}, "не понять «7»"),
        ({"vpr": "org | grade | subject\nА | | РУ"}, "«Класс»"),
        ({"vpr": "org | grade | subject\nА | 4"}, "ячеек 2, а столбцов 3"),
        ({"vpr": "org | grade | subject\nА | 4 | РУ | 5"}, "ячеек 4, а столбцов 3"),
        ({"vpr": "org | grade | subject"}, "нет ни одной строки"),
        ({"vpr": "  \n "}, "таблица пуста"),
        ({"vpr": "org | grade | subject | code\n" + "А | 4 | РУ | 1\n" * 2}, "повторяет"),
    ],
)
def test_what_a_file_would_get_a_finding_for_is_an_error(data: dict[str, str], message: str) -> None:
    with pytest.raises(TextTableError, match=message):
        tables_from_text(data, SPECS.contracts)
