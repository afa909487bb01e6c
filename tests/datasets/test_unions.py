"""A union of tables: its rows are those of the tables, as the plain oracle has them; a mistake is told at its place."""

from pathlib import Path
from typing import Any

import pytest
from exports import cells, register, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Findings
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.derivation import reference
from quality_cli.datasets.derivation.join import join
from quality_cli.datasets.derivation.union import unions
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Columns, Table, column_values

ALL = """
dataset: all
title: Все дети
grain: строка списка
organisation: org
period: {school_year: year}
union:
  - {dataset: non_native, where: {supported: да}}
  - {dataset: plans, columns: {what: plan}}
columns:
  org: {title: Организация, type: organisation, required: yes}
  year: {title: Учебный год, type: period, required: yes}
  grade: {title: Класс, type: integer}
  pupil: {title: Ребёнок, type: text, personal: pupil}
  what: {title: Вид плана, type: category, values_of: plans.plan}
"""


def _own(tmp_path: Path, text: str = ALL) -> Path:
    (tmp_path / "свой" / "datasets").mkdir(parents=True)
    (tmp_path / "свой" / "datasets" / "all.yaml").write_text(text.lstrip(), encoding="utf-8")
    return tmp_path / "свой"


def test_rows_of_several_files_become_one_table_and_keep_their_places(tmp_path: Path) -> None:
    specs = load_specs([CATALOGUE, _own(tmp_path)])
    data = tmp_path / "данные"
    register(data)
    children = """
        Организация | Учебный год | Класс | Код обучающегося | Охвачен адаптацией | Есть ИОМ или сопровождение
        з-01        | 2025/2026   | 5     | а                | да                 | да
        з-01        | 2025/2026   | 5     | б                | да                 | нет
    """
    plans = """
        Организация | Учебный год | Код обучающегося | Вид
        з-01        | 2025/2026   | а                | ИОП
        з-02        | 2024/2025   | в                | ИОП
    """
    xlsx(data / "дети.xlsx", cells(children))
    xlsx(data / "планы.xlsx", cells(plans))
    tables = read_folder(data, specs)
    rows = tables["all"].records()
    assert [(row[FILE], row[ROW], row["org"], row["year"], row["what"]) for row in rows] == [
        ("дети.xlsx", 2, "з-01", 2025, None),
        ("планы.xlsx", 2, "з-01", 2025, "ИОП"),
        ("планы.xlsx", 3, "з-02", 2024, "ИОП"),
    ]
    assert rows[0]["pupil"] == rows[1]["pupil"] != rows[2]["pupil"]
    assert (tables["all"].periods(), tables["all"].files(2024)) == ([2024, 2025], ["дети.xlsx", "планы.xlsx"][1:])
    (data / "планы.xlsx").unlink()
    assert len(read_folder(data, specs)["all"]) == 1
    (data / "дети.xlsx").unlink()
    assert "all" not in read_folder(data, specs)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("dataset: plans", "dataset: planz", "8:6: нет набора данных «planz»; возможно, «plans»?"),
        ("dataset: plans", "dataset: vpr_scales", "«period» и «organisation»"),
        ("{supported: да}", "{suported: да}", "возможно, «supported»?"),
        ("what: plan", "what: pln", "в наборе «plans» нет столбца «pln»"),
        ("what: plan", "wat: plan", "в наборе «all» нет столбца «wat»; возможно, «what»?"),
        ("personal: pupil", "personal: employee", "указывают на разных людей"),
        ("values_of: plans.plan", "values: {другое: []}", "в столбце «what» объединения нет значений набора «plans»"),
        ("type: category, values_of: plans.plan", "type: number", "разного вида"),
        ("organisation: org\n", "organisation: org\nkey: [org]\n", "нет ключа"),
    ],
)
def test_a_mistake_in_a_union_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert ALL.count(old) == 1
    with pytest.raises(CatalogueError) as raised:
        load_specs([CATALOGUE, _own(tmp_path, ALL.replace(old, new))])
    assert told in str(raised.value)


COLUMNS: dict[str, Any] = {
    "school": {"title": "school", "type": "organisation", "required": True},
    "year": {"title": "year", "type": "integer", "required": True},
    "child": {"title": "child", "type": "text"},
    "grade": {"title": "grade", "type": "number"},
}
LIST = {"title": "Список", "grain": "строка", "organisation": "school", "period": {"spring_of": "year"}}
CONTRACTS = {
    name: Contract.model_validate({"dataset": name, **LIST, "columns": COLUMNS}) for name in ("first", "second")
}
CONTRACTS["both"] = Contract.model_validate(
    {
        "dataset": "both",
        "title": "Оба",
        "grain": "строка",
        "organisation": "org",
        "period": {"school_year": "begun"},
        "union": [
            {"dataset": "first", "where": {"grade": {"ge": 2}}},
            {"dataset": "second", "columns": {"level": "grade"}},
        ],
        "columns": {
            "org": {"title": "org", "type": "organisation", "required": True},
            "begun": {"title": "begun", "type": "period", "required": True},
            **{name: COLUMNS[name] for name in ("child", "grade")},
            "level": {"title": "level", "type": "number"},
        },
    }
)
_rows = st.lists(
    st.fixed_dictionaries(
        {
            "school": st.sampled_from(["А", "Б"]),
            "year": st.sampled_from([2024, 2025]),
            "child": st.sampled_from([None, "1", "2"]),
            "grade": st.none() | st.integers(1, 3),
        }
    ),
    max_size=5,
)


def _table(contract: Contract, rows: list[dict[str, Any]]) -> Table:
    columns: Columns = {
        name: column_values([row[name] for row in rows], numeric=name in ("year", "grade")) for name in COLUMNS
    }
    columns[PERIOD] = columns["year"] - 1
    columns[FILE] = columns[SHEET] = column_values(["а"] * len(rows), numeric=False)
    columns[ROW] = column_values(range(1, len(rows) + 1), numeric=True)
    return join(contract, [columns], Findings())


@settings(max_examples=60)
@given(_rows, _rows)
def test_a_union_is_that_of_the_oracle(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    tables = {name: _table(CONTRACTS[name], rows) for name, rows in (("first", first), ("second", second))}
    found = unions(CONTRACTS, tables, Findings())["both"].records()
    plain = {name: table.records() for name, table in tables.items()}
    expected = reference.united(CONTRACTS["both"], CONTRACTS, plain)
    assert [{name: row[name] for name in (*CONTRACTS["both"].columns, PERIOD)} for row in found] == expected
