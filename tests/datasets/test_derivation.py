"""Joined and derived tables equal the plain oracle on any data; a row with an unknown key is never another row."""

from pathlib import Path
from typing import Any

from exports import cells, read, xlsx
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.core.findings import Findings
from quality_cli.core.where import parse_where
from quality_cli.datasets.checks import run_checks
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.derivation import reference
from quality_cli.datasets.derivation.derive import derive
from quality_cli.datasets.derivation.join import join
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.provenance import Trace
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Columns, Table, column_values

Row = dict[str, Any]

NUMBERS = ("grade", "level", "part", "whole", "score", "first", "second")
"""Columns of numbers that are given; words are the other ones."""
WORDS = ("study", "child", "login")
SCALES = Contract.model_validate(
    {
        "dataset": "scales",
        "title": "Шкалы",
        "grain": "класс",
        "columns": {name: {"title": name, "type": "number"} for name in ("grade", "three", "four")}
        | {"study": {"title": "study", "type": "text"}},
    }
)
WORKS = Contract.model_validate(
    {
        "dataset": "works",
        "title": "Работы",
        "grain": "работа",
        "key": ["study", "child", "grade"],
        "columns": {
            **{name: {"title": name, "type": "number"} for name in NUMBERS},
            **{name: {"title": name, "type": "text"} for name in WORDS if name != "login"},
            "task": {"title": "task", "type": "numbers"},
            "total": {"title": "total", "type": "number", "derive": {"sum_of": "task"}},
            "top": {"title": "top", "type": "number", "derive": {"max_of": "task"}},
            "filled": {"title": "filled", "type": "number", "derive": {"filled_of": "task"}},
            "sum": {"title": "sum", "type": "number", "derive": {"sum_of": ["first", "second"], "only": {"grade": 4}}},
            "count": {"title": "count", "type": "number", "derive": {"share_of": {"share": "part", "of": "whole"}}},
            "gain": {"title": "gain", "type": "number", "derive": {"difference": ["first", "second"]}},
            "percent": {"title": "percent", "type": "number", "derive": {"percent": ["first", "second"]}},
            "text": {"title": "text", "type": "text", "derive": {"text": "{study}, {grade}-{grade}"}},
            "before": {
                "title": "before",
                "type": "text",
                "derive": {"map": {"column": "study", "words": {"б": "а", "в": "б"}}},
            },
            "mark": {
                "title": "mark",
                "type": "integer",
                "derive": {
                    "scale": {
                        "dataset": "scales",
                        "match": ["grade", "study"],
                        "score": "total",
                        "lowest": 2,
                        "thresholds": {"three": 3, "four": 4},
                    }
                },
            },
            "away": {
                "title": "away",
                "type": "number",
                "derive": {
                    "scale": {
                        "dataset": "scales",
                        "match": ["grade", "study"],
                        "score": "total",
                        "lowest": 2,
                        "thresholds": {"three": 3, "four": 4},
                        "gives": "distance",
                    }
                },
            },
            "was": {
                "title": "was",
                "type": "integer",
                "derive": {
                    "earlier": {"dataset": "works", "match": {"child": "child", "before": "study"}, "value": "level"}
                },
            },
            "where": {
                "title": "where",
                "type": "text",
                "derive": {"earlier": {"dataset": "works", "match": {"child": "child"}, "value": "study"}},
            },
            "listed": {
                "title": "listed",
                "type": "flag",
                "derive": {
                    "where": {"also_in": {"dataset": "scales", "on": ["grade", "study"], "blank_is_any": ["grade"]}}
                },
            },
        },
    }
)


def _columns(rows: list[Row], sheet: str) -> Columns:
    """A sheet as it comes to be joined."""
    texts = {*WORDS, "before", "where", "school", "text"}
    names = [name for name in rows[0] if name not in (FILE, SHEET, ROW)]
    return {
        **{name: column_values([row[name] for row in rows], numeric=name not in texts) for name in names},
        FILE: column_values(["а.xlsx"] * len(rows), numeric=False),
        SHEET: column_values([sheet] * len(rows), numeric=False),
        ROW: column_values(range(1, len(rows) + 1), numeric=True),
    }


_small = st.none() | st.integers(0, 3)
_derived = ("total", "top", "filled", "sum", "count", "gain", "percent", "mark", "away", "was", "listed")
_rows = st.lists(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(NUMBERS, _small),
            "study": st.sampled_from([None, "а", "б", "в"]),
            "child": st.sampled_from([None, "1", "2"]),
            "login": st.sampled_from([None, None, "edu1"]),
            **dict.fromkeys(("task.1", "task.2", "task.max", "task.filled"), _small),
            **{name: st.none() | st.none() | st.integers(0, 1) for name in _derived},
            **{name: st.none() | st.sampled_from(["а", "б"]) for name in ("before", "where", "text")},
            PERIOD: st.sampled_from([None, 2023, 2024, 2025]),
        }
    ),
    min_size=1,
    max_size=8,
)
_scales = st.lists(
    st.fixed_dictionaries(
        {"grade": _small, "three": _small, "four": _small, "study": st.sampled_from([None, "а", "б", "в"])}
    ),
    max_size=4,
)


def _plain(table: Table) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name not in (FILE, SHEET, ROW)} for row in table.records()]


def _joined(contract: Contract, *sheets: list[Row], findings: Findings | None = None) -> Table:
    parts = [_columns(rows, str(number)) for number, rows in enumerate(sheets) if rows]
    return join(contract, parts, Findings() if findings is None else findings)


@given(_rows, _rows)
def test_a_row_repeats_another_only_where_the_whole_key_is_known(first: list[Row], second: list[Row]) -> None:
    findings = Findings(sample=None)
    table = _joined(WORKS, first, second, findings=findings)
    assert _plain(table) == reference.joined(WORKS, [*first, *second])
    assert len(table) + sum(finding.total for finding in findings) == len(first) + len(second)
    assert all(len(finding.places) == finding.total for finding in findings)


@given(_rows, _scales)
def test_derived_columns_are_those_of_the_oracle(rows: list[Row], scales: list[Row]) -> None:
    works, listed = _joined(WORKS, rows), _joined(SCALES, scales)
    findings = Findings(sample=None)
    table = derive(works, {"works": works.frame, "scales": listed.frame}, findings)
    expected = reference.derived(WORKS, _plain(works), {"works": _plain(works), "scales": scales})
    assert _plain(table) == expected
    lacking = sum(
        row["mark"] is None
        and row["total"] is not None
        and not any((row["grade"], row["study"]) == (s["grade"], s["study"]) and None not in s.values() for s in scales)
        for row in expected
    )
    told = [int(finding.message.rpartition(" ")[2]) for finding in findings]
    assert sum(told) == lacking


ROUNDS = Contract.model_validate(
    {
        "dataset": "visits",
        "title": "Посещения",
        "grain": "ребёнок в четверти",
        "key": ["child", "quarter"],
        "period": {"school_year": "year", "round": "quarter"},
        "columns": {
            "year": {"title": "year", "type": "period", "required": True},
            "child": {"title": "child", "type": "text"},
            "quarter": {"title": "quarter", "type": "category", "values": {"I": [], "II": [], "III": []}},
            "days": {"title": "days", "type": "number"},
            "more": {"title": "more", "type": "number", "derive": {"since_main": "days"}},
            "final": {"title": "final", "type": "flag", "derive": {"latest_round": ["child"]}},
        },
    }
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "year": st.just(2025),
                "child": st.sampled_from([None, "а", "б"]),
                "quarter": st.sampled_from([None, "I", "II", "III"]),
                "days": st.sampled_from([None, 0.1, 0.3, 2]),
            }
        ),
        min_size=1,
        max_size=9,
    )
)
def test_a_round_is_told_from_the_year_and_compared_with_it(rows: list[Row]) -> None:
    """A blank round is the year itself: it repeats another blank one, and what a round changes is told against it."""
    blank = {"more": None, "final": None}
    given = [{**row, PERIOD: row["year"], **blank} for row in rows]
    columns: Columns = {
        name: column_values([row[name] for row in given], numeric=name not in ("child", "quarter"))
        for name in (*ROUNDS.columns, PERIOD)
    }
    columns |= {name: column_values([""] * len(given), numeric=False) for name in (FILE, SHEET)}
    columns[ROW] = column_values(list(range(len(given))), numeric=True)
    visits = join(ROUNDS, [columns], Findings())
    kept = reference.joined(ROUNDS, given)
    assert _plain(derive(visits, {"visits": visits.frame}, Findings())) == reference.derived(
        ROUNDS, kept, {"visits": kept}
    )


@given(_rows, _scales, st.randoms(use_true_random=False))
def test_the_order_of_rows_derives_nothing_else(rows: list[Row], scales: list[Row], random: Any) -> None:
    """Where no row is repeated: of repeated ones the first is kept."""
    kept = [dict(row) for row in reference.joined(WORKS, rows)]
    scales = list({(s["grade"], s["study"]): s for s in scales}.values())
    found = []
    for _ in range(2):
        works, listed = _joined(WORKS, kept), _joined(SCALES, scales)
        table = derive(works, {"works": works.frame, "scales": listed.frame}, Findings())
        found.append(sorted(str(sorted(row.items(), key=str)) for row in _plain(table)))
        random.shuffle(kept)
        random.shuffle(scales)
    assert found[0] == found[1]


TOTALS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("сумма", {"sum": "amount"}, {"sum": "amount"}),
    ("дети", {"distinct": "child"}, {"distinct": "child"}),
    ("строки", {}, {"distinct": "child"}),
]
CHECKED = Contract.model_validate(
    {
        "dataset": "checked",
        "title": "Проверяемое",
        "grain": "строка",
        "period": {"school_year": "year"},
        "columns": {
            "year": {"title": "year", "type": "period", "required": True},
            "child": {"title": "child", "type": "text"},
            "school": {"title": "school", "type": "text"},
            "grade": {"title": "grade", "type": "number"},
            "amount": {"title": "amount", "type": "number"},
        },
        "checks": [
            {
                "id": "listed",
                "title": "нет в списке",
                "exists_in": {"dataset": "listed", "match": {"child": "child", "grade": "grade"}},
            },
            {"id": "one_school", "title": "в двух школах", "one": {"value": "school", "per": ["child", "grade"]}},
            *(
                {
                    "id": f"more_{number}",
                    "title": f"больше: {kind}",
                    "total": {
                        "by": ["school", "grade"],
                        **own,
                        "at_most": {"dataset": "listed", "match": {"school": "school"}, **whole},
                    },
                }
                for number, (kind, own, whole) in enumerate(TOTALS)
            ),
        ],
    }
)
LISTED = CHECKED.model_copy(update={"dataset": "listed", "checks": []})
_checked = st.lists(
    st.fixed_dictionaries(
        {
            "year": st.sampled_from([None, 2024, 2025]),
            "child": st.sampled_from([None, "1", "2"]),
            "school": st.sampled_from([None, "А", "Б"]),
            "grade": st.none() | st.integers(1, 2),
            "amount": st.none() | st.integers(0, 2),
        }
    ),
    min_size=1,
    max_size=7,
)


def _count(rows: list[Row], kind: str) -> int | None:
    if kind == "строки":
        return len(rows)
    cells = [row["amount" if kind == "сумма" else "child"] for row in rows]
    known = [cell for cell in cells if cell is not None]
    return len(set(known)) if kind == "дети" else sum(known) if known else None


def _wrong(rows: list[Row], listed: list[Row]) -> dict[str, int]:
    """How many rows (of a total: groups) each check must name."""
    years = {row["year"] for row in listed}
    absent = [
        row
        for row in rows
        if None not in (row["year"], row["child"], row["grade"]) and row["year"] in years
        if not any(all(row[name] == other[name] for name in ("year", "child", "grade")) for other in listed)
    ]
    pairs = {
        (row["year"], row["child"], row["grade"], row["school"])
        for row in rows
        if None not in (row["year"], row["child"], row["grade"], row["school"])
    }
    wrong = {
        "нет в списке": len(absent),
        "в двух школах": sum(any(pair[:3] == other[:3] and pair != other for other in pairs) for pair in pairs),
    }
    groups = {(row["year"], row["school"], row["grade"]) for row in rows}
    for kind, *_ in TOTALS:
        wrong[f"больше: {kind}"] = 0
        for group in (group for group in groups if None not in group):
            own = _count([row for row in rows if (row["year"], row["school"], row["grade"]) == group], kind)
            others = [row for row in listed if (row["year"], row["school"]) == group[:2]]
            whole = _count(others, kind if kind == "сумма" else "дети")
            wrong[f"больше: {kind}"] += bool(others) and None not in (own, whole) and own > whole  # type: ignore[operator]
    return {title: total for title, total in wrong.items() if total}


@given(_checked, _checked)
def test_checks_never_compare_rows_by_what_is_unknown(rows: list[Row], listed: list[Row]) -> None:
    tables = {
        contract.dataset: _joined(contract, [{**row, PERIOD: row["year"]} for row in given])
        for contract, given in ((CHECKED, rows), (LISTED, listed))
    }
    findings = Findings()
    run_checks(tables, Trace([]), findings)
    assert {finding.message: finding.total for finding in findings} == _wrong(rows, listed)


def test_children_without_codes_are_nobody_s_former_selves(folder: Path) -> None:
    works = """
        Организация | Учебный год | Работа      | Код обучающегося | Уровень
        з-01        | 2023/2024   | КДР4 чтение |                  | 3
        з-01        | 2023/2024   | КДР4 чтение | а                | 3
        з-01        | 2025/2026   | КДР6 чтение |                  | 2
        з-01        | 2025/2026   | КДР6 чтение | а                | 2
    """
    xlsx(folder / "кдр.xlsx", cells(works))
    tables = read(folder)
    assert [row["earlier_level"] for row in tables["kdr"].records()] == [None, None, None, 3]
    assert [(finding.code, finding.total) for finding in tables.findings] == [("person.missing", 2)]


def test_a_child_of_a_list_without_a_code_is_nobody(folder: Path) -> None:
    """«Also in the plans»: a row of a plan whose child is not named must not stand for every child."""
    plans = """
        Организация | Учебный год | Код обучающегося | Вид
        з-01        | 2025/2026   |                  | ИОП
        з-01        | 2025/2026   | а                | ИОП
    """
    xlsx(folder / "планы.xlsx", cells(plans))
    children = """
        Организация | Учебный год | Класс | Код обучающегося | Реестр
        з-01        | 2025/2026   | 5     | а                | Талант и успех
        з-01        | 2025/2026   | 5     | б                | Талант и успех
        з-01        | 2025/2026   | 5     |                  | Талант и успех
    """
    xlsx(folder / "реестр.xlsx", cells(children))
    tables = read(folder)
    condition = parse_where({"also_in": {"dataset": "plans", "on": ["year", "pupil"]}})
    frames = {name: tables[name].frame for name in ("plans", "registers")}
    truth = Evaluator(frames["registers"], frames)(condition)
    assert truth.true.tolist() == [True, False, False]
    assert truth.unknown.tolist() == [False, False, True]
