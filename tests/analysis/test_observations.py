"""Which figures are worth a sentence."""

from typing import Any

import pytest

from quality_cli.analysis.observations import ObservationRule, observe
from quality_cli.analysis.results import Results

NOW, BEFORE = "2025/2026", "2024/2025"
TEXTS = ("part", "by", "stratum", "note", "source", "org_name")


def results(*lines: str) -> Results:
    """Rows as «period unit stratum value denominator [low high]»."""
    rows = []
    for line in lines:
        period, unit, stratum, value, denominator, *interval = line.split()
        low, high = map(float, interval) if interval else (None, None)
        rows.append(
            {
                "period": period, "org_id": unit, "stratum": "" if stratum == "-" else stratum,
                "by": "" if stratum == "-" else stratum.split("=")[0], "value": float(value),
                "denominator": float(denominator), "base": float(denominator), "ci_low": low, "ci_high": high,
            }
        )  # fmt: skip
    fixed: dict[str, Any] = {
        "indicator": "1.1.2-m1", "level": "organisation", "reported": True, "numerator": 0.0, "unit": "%",
        "excluded": 0.0, "unknown": 0.0,
        "possible_low": None, "possible_high": None, "matched": None,
        "expected": None, "received": None, "small": False, "status": "ok",
        **dict.fromkeys(TEXTS, ""),
    }  # fmt: skip
    filled = [{**fixed, **row} for row in rows]
    return Results.of({name: [row[name] for row in filled] for name in filled[0]})


def seen(table: Results, **rule: Any) -> list[tuple[dict[str, str], float]]:
    """What a rule observes about school А."""
    written = {"id": "r", "indicator": "1.1.2-m1", "compare": "previous", "moves": "up", "at_least": 5.0, **rule}
    found = observe([ObservationRule.model_validate(written)], table, "А", "М", NOW, BEFORE)
    return [(dict(item.now.stratum), round(item.difference, 6)) for item in found]


GREW = (f"{NOW} А - 30 20", f"{BEFORE} А - 25 20")


def test_growth_by_the_least_that_is_asked_is_observed() -> None:
    assert seen(results(*GREW)) == [({}, 5)]
    assert seen(results(*GREW), at_least=5.1) == []


def test_fall_is_another_rule() -> None:
    fell = results(f"{NOW} А - 20 20", f"{BEFORE} А - 25 20")
    assert seen(fell) == []
    assert seen(fell, moves="down") == [({}, -5)]
    assert seen(results(*GREW), moves="down") == []


@pytest.mark.parametrize("denominators", [(9, 20), (20, 9)])
def test_small_group_now_or_a_year_ago_tells_nothing(denominators: tuple[int, int]) -> None:
    now, before = denominators
    table = results(f"{NOW} А - 30 {now}", f"{BEFORE} А - 10 {before}")
    assert seen(table) == []
    assert seen(table, min_denominator=9) == [({}, 20)]


def test_without_a_year_before_there_is_nothing_to_compare() -> None:
    assert seen(results(f"{NOW} А - 30 20")) == []


def test_level_needs_no_comparison() -> None:
    table = results(f"{NOW} А - 30 20")
    assert seen(table, compare="level", at_least=30.0) == [({}, 30)]
    assert seen(table, compare="level", at_least=31.0) == []
    assert seen(table, compare="level", moves="down", at_least=30.0) == [({}, 30)]


def test_municipality_must_lie_outside_the_interval_of_the_school() -> None:
    inside = results(f"{NOW} А - 30 20 14.5 51.9", f"{NOW} М - 20 400")
    outside = results(f"{NOW} А - 30 200 24 36.7", f"{NOW} М - 20 400")
    assert seen(inside, compare="municipality") == []
    assert seen(outside, compare="municipality") == [({}, 10)]


def test_strata_in_the_order_of_the_table() -> None:
    table = results(
        f"{NOW} А grade=8 40 20", f"{NOW} А grade=5 50 20", f"{BEFORE} А grade=5 10 20", f"{BEFORE} А grade=8 10 20"
    )
    assert seen(table, by=["grade"]) == [({"grade": "8"}, 30), ({"grade": "5"}, 40)]
