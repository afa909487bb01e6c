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


WORKS = Contract.model_validate(
    {"dataset": "works", **LIST, "columns": {**COLUMNS, "task": {"title": "task", "type": "numbers"}}}
)
TASKS = Contract.model_validate(
    {
        "dataset": "tasks",
        **LIST,
        "union": [
            {
                "dataset": "works",
                "where": {"grade": {"known": True}},
                "unpivot": {"family": "task", "label": "number", "value": "points", "max": "most", "mark": "kind"},
            }
        ],
        "columns": {
            **COLUMNS,
            "number": {"title": "number", "type": "text"},
            "points": {"title": "points", "type": "number"},
            "most": {"title": "most", "type": "number"},
            "kind": {"title": "kind", "type": "category", "values": {"Б": [], "П": []}},
        },
    }
)
HEADS = ("1\t2\tБ\n2.1\t3\tП", "1\t1\t", "2.1\t\tБ\n3\t4\t")
_works = st.lists(
    st.fixed_dictionaries(
        {
            "school": st.sampled_from(["А", "Б"]),
            "year": st.sampled_from([2024, 2025]),
            "child": st.sampled_from([None, "1", "2"]),
            "grade": st.none() | st.integers(1, 3),
            "task.heads": st.sampled_from(HEADS),
            **dict.fromkeys(("task.1", "task.2.1", "task.3"), st.none() | st.integers(0, 2)),
        }
    ),
    min_size=1,
    max_size=6,
)


def _of_works(rows: list[dict[str, Any]]) -> Table:
    texts = ("school", "child", "task.heads")
    columns: Columns = {name: column_values([row[name] for row in rows], numeric=name not in texts) for name in rows[0]}
    columns[PERIOD] = columns["year"] - 1
    columns[FILE] = columns[SHEET] = column_values(["а"] * len(rows), numeric=False)
    columns[ROW] = column_values(range(1, len(rows) + 1), numeric=True)
    return join(WORKS, [columns], Findings())


@settings(max_examples=60)
@given(_works)
def test_a_family_becomes_rows_as_the_oracle_has_them(rows: list[dict[str, Any]]) -> None:
    contracts = {"works": WORKS, "tasks": TASKS}
    tables = {"works": _of_works(rows)}
    found = unions(contracts, tables, Findings())["tasks"].records()
    expected = reference.united(TASKS, contracts, {"works": tables["works"].records()})

    def ordered(told: list[dict[str, Any]]) -> list[str]:
        return sorted(str({name: row[name] for name in (*TASKS.columns, PERIOD)}) for row in told)

    assert ordered(found) == ordered(expected)


def test_a_table_without_columns_of_the_family_makes_no_rows() -> None:
    assert unions({"works": WORKS, "tasks": TASKS}, {"works": _table(WORKS, [])}, Findings()) == {}


def test_a_mark_that_is_not_understood_is_told(tmp_path: Path) -> None:
    row = {"school": "А", "year": 2025, "child": "1", "grade": 1, "task.heads": "1\t2\tтрудное", "task.1": 1}
    findings = Findings()
    (found,) = unions({"works": WORKS, "tasks": TASKS}, {"works": _of_works([row])}, findings)["tasks"].records()
    assert (found["kind"], found["points"]) == (None, 1)
    assert [(finding.code, finding.message) for finding in findings] == [("cell.value", "«kind»: не понять «…»")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("family: task", "family: taks", "в наборе «vpr» нет семейства столбцов (type: numbers) «taks»"),
        ("family: task", "family: mark", "в наборе «vpr» нет семейства столбцов (type: numbers) «mark»"),
        ("label: number", "label: nomer", "в наборе «tasks» нет столбца «nomer»"),
        ("label: number", "label: points", "столбец «points» должен хранить слово"),
        ("value: points", "value: number", "столбец «number» должен хранить число"),
    ],
)
def test_a_mistake_in_a_family_of_a_union_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = """
dataset: tasks
title: Задания
grain: задание
organisation: org
period: {spring_of: year}
union:
  - {dataset: vpr, unpivot: {family: task, label: number, value: points}}
columns:
  org: {title: Организация, type: organisation, required: yes}
  year: {title: Год, type: year, required: yes}
  number: {title: Задание, type: text}
  points: {title: Балл, type: number}
"""
    load_specs([CATALOGUE, _own(tmp_path, text)])
    (tmp_path / "свой" / "datasets" / "all.yaml").write_text(text.lstrip().replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_specs([CATALOGUE, tmp_path / "свой"])
    assert told in str(error.value)
