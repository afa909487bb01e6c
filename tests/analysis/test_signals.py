"""Signals: raised where what they require and what they say hold for certain."""

from typing import Any

import pytest

from quality_cli.analysis.judgement.rows import ResultRows
from quality_cli.analysis.judgement.signals import signals_of
from quality_cli.analysis.results import Results
from quality_cli.catalogue.signals import Signal
from quality_cli.core.organisations import OrgTree, Unit
from quality_cli.core.strata import encode_stratum

NOW, BEFORE = "2025/2026", "2024/2025"
TREE = OrgTree(
    [
        Unit("М", "М", "М", "муниципалитет"),
        Unit("А", "А", "А", "школа", parent="М"),
        Unit("Б", "Б", "Б", "школа", parent="М"),
        Unit("Н", "Н", "Н", "муниципалитет"),
        Unit("В", "В", "В", "школа", parent="Н"),
    ]
)
EMPTY = (
    *("numerator", "excluded", "unknown", "possible_low", "possible_high", "matched", "base", "expected", "received"),
)
COLUMNS = ("period", "org_id", "part", "stratum", "value", "denominator", "ci_low", "ci_high")


def results(table: str) -> Results:
    """Rows of a small table; «-» is an empty cell."""
    rows = []
    for line in filter(None, map(str.strip, table.splitlines())):
        cells = dict(zip(COLUMNS, ("" if cell == "-" else cell for cell in line.split()), strict=True))
        numbers = {name: float(cells[name]) if cells[name] else None for name in COLUMNS[4:]}
        by = ",".join(pair.split("=")[0] for pair in cells["stratum"].split(";") if pair)
        level = "municipality" if cells["org_id"] in "МН" else "organisation"
        rows.append({**cells, **numbers, "by": by, "level": level, "org_name": cells["org_id"]})
    fixed: dict[str, Any] = {
        "indicator": "1.1.2-m1", "reported": True, "unit": "%", "small": False, "status": "ok", "note": "",
        "source": "", **dict.fromkeys(EMPTY),
    }  # fmt: skip
    return Results.of({name: [{**fixed, **row}[name] for row in rows] for name in {**fixed, **rows[0]}})


def raised(table: str, **written: Any) -> list[str]:
    """Where a signal is raised: «unit year stratum»."""
    fixed = {"id": "s", "title": "т", "indicator": "1.1.2-m1", "requirement": "т", "caveat": "т", "source": "т"}
    signal = Signal.model_validate({**fixed, **written})
    told = results(table)
    found, rows = signals_of(ResultRows(told.table), [signal], TREE), list(told)
    assert {tuple(ids) for ids in found.values()} <= {("s",)}
    keys = [rows[row].key for row in found]
    return [f"{key.org_id} {key.period[:4]} {encode_stratum(key.stratum)}".strip() for key in keys]


def test_only_what_is_certain_raises_a_signal() -> None:
    table = f"""
        {NOW} А - - 60 10 30 80
        {NOW} Б - - 60 9  30 80
        {NOW} В - - 60 -  -  -
        {NOW} М - - 60 99 30 80
    """
    assert raised(table, when={"value": {"ge": 60}}) == ["А 2025", "Б 2025", "В 2025"]
    assert raised(table, when={"value": {"ge": 60}}, requires={"denominator": {"ge": 10}}) == ["А 2025"]
    assert raised(table, when={"ci_low": {"gt": 29}}) == ["А 2025", "Б 2025"]
    assert raised(table, when={"not": {"ci_low": {"gt": 30}}}) == ["А 2025", "Б 2025"]
    assert raised(table, when={"ci_low": {"known": False}}) == ["В 2025"]


def test_a_signal_may_be_of_the_municipality() -> None:
    table = f"{NOW} А - - 60 10 - -\n{NOW} М - - 60 99 - -"
    assert raised(table, when={"value": {"ge": 60}}, levels=["municipality"]) == ["М 2025"]


def test_the_municipality_is_the_units_own() -> None:
    table = f"""
        {NOW}    А - - 60 10 50 70
        {NOW}    В - - 60 10 50 70
        {BEFORE} А - - 60 10 50 70
        {NOW}    М - - 40 99 30 45
        {NOW}    Н - - 40 99 30 55
    """
    above = {"ci_low": {"gt": {"column": "whole.ci_high"}}}
    assert raised(table, when=above) == ["А 2025"]
    assert raised(table, when={"whole.difference": {"ge": 20}}) == ["А 2025", "В 2025"]


BY_GRADE = f"""
    {BEFORE} А - grade=4 80 20 - -
    {BEFORE} А - grade=5 75 20 - -
    {NOW}    А - grade=4 40 20 - -
    {NOW}    А - grade=5 50 20 - -
    {NOW}    А - grade=6 70 20 - -
    {NOW}    Б - grade=5 10 20 - -
    {NOW}    А - -       10 20 - -
"""


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("earlier.difference", ["А 2025 grade=4", "А 2025 grade=5"]),
        ("cohort.difference", ["А 2025 grade=5"]),
    ],
)
def test_the_year_before_and_the_same_cohort_are_different_rows(fact: str, told: list[str]) -> None:
    assert raised(BY_GRADE, by=["grade"], when={fact: {"le": -25}}) == told


def test_the_margin_is_the_same_without_the_last_stratifier() -> None:
    table = f"""
        {NOW} А - grade=5                    60 20 - -
        {NOW} А - grade=5;subject=Математика 20 10 - -
        {NOW} А - grade=5;subject=История    70 10 - -
        {NOW} Б - grade=5                    10 20 - -
        {NOW} Б - grade=5;subject=Математика 10 20 - -
        {NOW} В - grade=5;subject=Математика 10 20 - -
    """
    rule = {"by": ["grade", "subject"], "when": {"value": {"lt": 30}, "margin.value": {"ge": 30}}}
    assert raised(table, **rule) == ["А 2025 grade=5;subject=Математика"]


def test_a_cross_table_has_a_rank_correlation() -> None:
    """А: whoever has more of one has less of the other; Б: the other way round; В: one value of one kind, unknown."""
    table = f"""
        {NOW} А - subject=Химия                 20 - - -
        {NOW} А - subject=Химия;grade=3;mark=5  10 - - -
        {NOW} А - subject=Химия;grade=5;mark=3  10 - - -
        {NOW} Б - subject=Химия                 20 - - -
        {NOW} Б - subject=Химия;grade=3;mark=3  10 - - -
        {NOW} Б - subject=Химия;grade=5;mark=4  10 - - -
        {BEFORE} Б - subject=Химия;grade=5;mark=2 99 - - -
        {NOW} В - subject=Химия                 20 - - -
        {NOW} В - subject=Химия;grade=3;mark=5  20 - - -
    """
    rule = {"by": ["subject"], "across": ["grade", "mark"]}
    assert raised(table, **rule, when={"rank_correlation": {"lt": 0}}) == ["А 2025 subject=Химия"]
    assert raised(table, **rule, when={"rank_correlation": {"ge": 1}}) == ["Б 2025 subject=Химия"]


def test_a_cohort_of_two_stratifiers_keeps_the_other_one() -> None:
    table = f"""
        {BEFORE} А - grade=4;subject=Математика 80 20 - -
        {NOW}    А - grade=5;subject=Математика 50 20 - -
        {NOW}    А - grade=5;subject=История    50 20 - -
    """
    rule = {"by": ["grade", "subject"], "when": {"cohort.value": {"ge": 80}}}
    assert raised(table, **rule) == ["А 2025 grade=5;subject=Математика"]


def test_a_signal_may_look_at_some_strata_only() -> None:
    assert raised(BY_GRADE, by=["grade"], stratum={"grade": 5}, when={"value": {"ge": 1}}) == [
        "А 2024 grade=5",
        "А 2025 grade=5",
        "Б 2025 grade=5",
    ]


def test_another_part_of_the_same_unit_year_and_stratum() -> None:
    table = f"""
        {NOW} А lower  grade=5 40 20 - -
        {NOW} А higher grade=5 10 20 - -
        {NOW} А lower  grade=6 40 20 - -
        {NOW} А higher grade=6 45 20 - -
        {NOW} Б lower  grade=5 40 20 - -
    """
    rule = {"part": "lower", "by": ["grade"], "beside": {"up": {"part": "higher"}}}
    assert raised(table, **rule, when={"up.difference": {"ge": 30}}) == ["А 2025 grade=5"]


def test_a_figure_that_is_not_in_the_results_raises_nothing() -> None:
    assert raised(f"{NOW} А - - 60 10 - -", when={"x.value": {"ge": 1}}, beside={"x": {"part": "нет"}}) == []
    assert raised(f"{NOW} А - - 60 10 - -", indicator="1.1.2-m2", when={"value": {"ge": 1}}) == []
