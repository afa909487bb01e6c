"""What rules make of results: what is recommended, what cannot be judged, what is said."""

import json
from collections.abc import Iterable
from math import isinf
from pathlib import Path

import pytest

from quality_cli.analysis.judgement.recommend import recommend
from quality_cli.analysis.judgement.recommendation import Recommendation, Recommendations
from quality_cli.analysis.judgement.unit_facts import UnitFacts
from quality_cli.app.compute import Computed
from quality_cli.catalogue.rules.facts import FACTS, OF_CHILDREN
from quality_cli.catalogue.rules.load import load_rules
from quality_cli.catalogue.rules.model import FigureName
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.truth import Range
from tests.analysis.judged import HOBBY, STEPS, WORKS, catalogue_of, hobbies, judged, steps, works

NOW = "2025/2026"
TREE = OrgTree(
    [
        Unit("муниципалитет", "Округ", "Округ", "муниципалитет"),
        Unit("Б", "Школа Б", "Школа Б", "школа", "муниципалитет"),
        Unit("А", "Школа А", "Школа А", "школа", "муниципалитет"),
        Unit("В", "Школа В", "Школа В", "школа", "муниципалитет"),
    ]
)
"""The register is not in the order of the alphabet."""


def _rule(name: str, figure: str, condition: str, at: str = "organisation", finding: str = "{value}.") -> str:
    return f"""
rules:
  - id: {name}
    indicator: {figure}
    at: {at}
    {condition}
    addressee: педагог
    action: провести
    deadline: "11+"
    effect: {figure}
    examples: {{}}
texts:
  {name}: {{finding: "{finding}", measure: Сделать., expected: Станет лучше.}}
"""


def _recommended(folder: Path, rules: str, **tables: Iterable[str]) -> list[Recommendation]:
    (folder / "recommendations").mkdir()
    (folder / "recommendations" / "9.yaml").write_text(rules, encoding="utf-8")
    catalogue = catalogue_of(
        folder, "indicator: 9.1.1-s1, reach: {ge: 100}", compared=["indicator: 9.1.1-s2, by: [subject]"]
    )
    results, assessments = judged(catalogue, **tables)
    own = load_rules(catalogue, folder)
    return [row for row in recommend(own, catalogue, results, assessments, TREE) if row.period == NOW]


def test_a_recommendation_names_its_rule_and_the_figures(tmp_path: Path) -> None:
    rule = _rule(
        "own", "9.1.1-s1", "when: {value: {lt: 100}, state: missed}", finding="Бесплатных {value}, цель: {target}."
    )
    (row,) = _recommended(
        tmp_path, rule, hobby=[HOBBY, *hobbies("А", 2026, "да", "нет", "нет"), *hobbies("Б", 2026, "да")]
    )
    assert row == Recommendation(
        period=NOW,
        direction="9",
        org_id="А",
        org_name="Школа А",
        rule="own",
        outcome="fired",
        addressee="педагог",
        finding="Бесплатных 33,3\xa0%, цель: не менее 100\xa0%.",
        measure="Сделать.",
        deadline="ноябрь 2026\xa0г.",
        expected="Станет лучше.",
        effect="9.1.1-s1",
        action="9.1: «провести»",
        indicators="9.1.1-s1: 33,3\xa0%",
    )


@pytest.mark.parametrize(
    ("free", "told"),
    [
        (["да", "нет"], "fired: 50,0\xa0%."),
        (["да", "да", "да", "нет"], None),
        (
            ["да", "", "нет"],
            "unknown: Не оценено: Доля бесплатных кружков — не всё известно: значение может быть от 33,3 до 66,7.",
        ),
        (["нет", "", "нет"], "fired: 0,0\xa0% (возможно, от 0,0 до 33,3)."),  # whatever the blank one is
        (["", ""], "unknown: Не оценено: Доля бесплатных кружков — значения неизвестны."),
    ],
)
def test_what_is_unknown_never_fires_and_is_told(tmp_path: Path, free: list[str], told: str | None) -> None:
    rule = _rule("own", "9.1.1-s1", "when: {value: {lt: 60}}")
    rows = _recommended(tmp_path, rule, hobby=[HOBBY, *hobbies("А", 2026, *free)])
    assert [f"{row.outcome}: {row.finding}" for row in rows if row.org_id == "А"] == ([told] if told else [])


def test_nothing_to_compare_with_is_told(tmp_path: Path) -> None:
    rule = _rule("own", "9.1.1-s1", "when: {progress: worsened}")
    (row,) = _recommended(tmp_path, rule, hobby=[HOBBY, *hobbies("А", 2026, "да")])
    assert (row.outcome, row.measure) == ("unknown", "")
    assert row.finding == "Не оценено: Доля бесплатных кружков — сравнить не с чем."


def test_what_cannot_be_judged_for_one_reason_is_one_row(tmp_path: Path) -> None:
    same = {"at": "organisation", "addressee": "педагог", "action": "провести", "deadline": "май", "examples": {}}
    asked = {"one": ("s1", {"value": 0}), "other": ("s1", {"value": {"lt": 5}}), "new": ("s4", {"moved": "fell"})}
    rules = [
        {**same, "id": name, "indicator": f"9.1.1-{indicator}", "effect": "9.1.1-s1", "when": when}
        for name, (indicator, when) in asked.items()
    ]
    texts = {name: {"finding": "Да.", "measure": "Да.", "expected": "Да."} for name in asked}
    files = json.dumps({"rules": rules, "texts": texts})
    rows = _recommended(tmp_path, files, hobby=[HOBBY, *hobbies("А", 2026, "", "")])
    assert [(row.rule, row.finding) for row in rows if row.org_id == "А"] == [
        ("one; other", "Не оценено: Доля бесплатных кружков — значения неизвестны."),
        ("new", "Не оценено: Кружков — сравнить не с чем."),
    ]


def test_every_judged_fact_has_a_reason_for_being_unknown(tmp_path: Path) -> None:
    asked = {"число": {"ge": 0}, "да/нет": True, "слово": "unclear"}
    judged_facts = [name for name, kind in FACTS.items() if kind.judged and kind.kind in asked]
    same = {"indicator": "9.1.1-s2", "at": "organisation", "addressee": "педагог", "action": "провести", "examples": {}}
    followed = {"indicator": "9.1.1-s7", "part": "up", "at": "municipality"}
    rules = [
        {"id": name, "when": {name: "reached" if name == "state" else "improved" if name == "progress" else word}}
        | (followed if name in OF_CHILDREN else {})
        for name, word in ((name, asked[FACTS[name].kind]) for name in judged_facts)
    ]
    texts = {name: {"finding": "Да.", "measure": "Да.", "expected": "Да."} for name in judged_facts}
    written = {"rules": [{**same, **rule, "deadline": "май", "effect": "9.1.1-s2"} for rule in rules], "texts": texts}
    tables = {"works": [WORKS, *works("А", 2026, "Чтение", 1, 2)], "steps": [STEPS, *steps("А", 2026, 1, 1, 1)]}
    rows = _recommended(tmp_path, json.dumps(written), **tables)
    told = {
        rule: row.finding.rpartition(" — ")[2]
        for row in rows
        if row.outcome == "unknown"
        for rule in row.rule.split("; ")
    }
    assert told.keys() == set(judged_facts)
    assert told["state"] == told["target"] == "цель не задана."
    assert told["moved"] == "сравнить не с чем."
    assert told["stands"] == "нет сравнения с остальными."
    assert told["trend"] == "лет меньше пяти."
    assert told["same_children"] == "о тех же детях судят там, где показатель задан концепцией."


def test_change_is_told_without_a_sign(tmp_path: Path) -> None:
    rule = _rule(
        "own",
        "9.1.1-s1",
        "when: {progress: worsened}",
        finding="Было {earlier} ({earlier_period}), снизилось на {change}.",
    )
    lines = [*hobbies("А", 2025, "да", "да", "да", "нет"), *hobbies("А", 2026, "да", "нет")]
    (row,) = _recommended(tmp_path, rule, hobby=[HOBBY, *lines])
    assert row.finding == "Было 75,0\xa0% (2024/2025), снизилось на 25,0\xa0п.\xa0п."


def test_the_facts_of_another_figure(tmp_path: Path) -> None:
    rule = _rule(
        "own",
        "9.1.1-s1",
        "when: {value: {lt: 60}, 9.1.1-s4: {value: {ge: 3}}}",
        finding="Из {9.1.1-s4.value} бесплатны {value}.",
    )
    lines = [*hobbies("А", 2026, "да", "нет", "нет"), *hobbies("Б", 2026, "нет")]
    (row,) = _recommended(tmp_path, rule, hobby=[HOBBY, *lines])
    assert row.finding == "Из 3\xa0ед. бесплатны 33,3\xa0%."
    assert row.indicators == "9.1.1-s1: 33,3\xa0%; 9.1.1-s4: 3\xa0ед."


def test_strata_are_put_together_into_one(tmp_path: Path) -> None:
    rule = _rule("own", "9.1.1-s2", "by: [subject]\n    when: {stands: below}", finding="Ниже: {strata}.")
    lines = [
        *works("А", 2026, "Чтение", 2, 40),
        *works("А", 2026, "Счёт", 4, 40, first=50),
        *works("Б", 2026, "Чтение", 75, 80, first=100),
        *works("Б", 2026, "Счёт", 70, 80, first=200),
    ]
    rows = _recommended(tmp_path, rule, works=[WORKS, *lines])
    assert [(row.org_id, row.finding) for row in rows] == [("А", "Ниже: Чтение (5,0\xa0%); Счёт (10,0\xa0%).")]


def test_a_municipality_is_told_its_organisations_in_the_order_of_the_register(tmp_path: Path) -> None:
    rule = _rule("own", "9.1.1-s1", "organisations: {value: {lt: 60}}", "municipality", "Мало: {organisations}.")
    lines = [*hobbies("А", 2026, "нет"), *hobbies("Б", 2026, "да", "нет"), *hobbies("В", 2026, "да", "", "нет")]
    (row,) = _recommended(tmp_path, rule, hobby=[HOBBY, *lines])
    assert row.org_id == "муниципалитет"
    assert row.finding == "Мало: Школа Б (50,0\xa0%) и Школа А (0,0\xa0%). Не оценено из-за неполных данных: Школа В."


def test_a_rule_holds_in_its_school_years(tmp_path: Path) -> None:
    rule = _rule("own", "9.1.1-s1", "when: {value: {lt: 60}}\n    until: 2024/2025")
    assert _recommended(tmp_path, rule, hobby=[HOBBY, *hobbies("А", 2026, "нет")]) == []


def _row(sample: Computed, rule: str, org: str) -> Recommendation | None:
    return next((row for row in sample.recommendations.of_unit(org, NOW) if row.rule == rule), None)


def test_the_sample_has_a_rule_that_fires_one_that_must_not_and_one_that_cannot_be_judged(sample: Computed) -> None:
    fired = _row(sample, "1.1-failing", "vo-08")
    assert fired is not None
    assert fired.outcome == "fired"
    assert "Русский язык (31,8\xa0%)" in fired.finding
    # Ten of 19 children are lower and one higher, 20 of 30 and one: only the latter holds among all that is claimed
    assert _row(sample, "1.1-fifth-grade", "vo-02") is None
    certain = _row(sample, "1.1-continuity", "vo-01")
    assert certain is not None
    assert "ниже у 20, выше у 1" in certain.finding
    named = _row(sample, "1.1-continuity-schools", "99-01")
    assert named is not None
    assert named.finding.endswith("№\xa01» (выше у 1, ниже у 20).")
    silent = _row(sample, "2.1-adapted-programmes", "99-01")
    assert silent is not None
    assert silent.outcome == "unknown"
    assert silent.finding.endswith("данных недостаточно: МКОУ «Верхнетаёжная ООШ».")


def test_every_direction_of_the_sample_has_recommendations_for_those_it_is_about(sample: Computed) -> None:
    fired = {
        (row.direction, row.org_id[:2]) for row in sample.recommendations if (row.outcome, row.period) == ("fired", NOW)
    }
    for direction in sample.catalogue.settings.directions:
        assert (direction.id, "99") in fired
        if Level.ORGANISATION in direction.levels and direction.id != "2.4":
            assert (direction.id, "vo") in fired
    assert ("2.4", "ds") in fired


def test_sentences_of_the_sample_are_whole(sample: Computed) -> None:
    for row in sample.recommendations:
        texts = (row.finding, row.measure, row.expected)
        assert all(
            "{" not in text and "н/д" not in text and ".." not in text for text in texts if row.outcome == "fired"
        ), row
        assert row.measure or row.outcome == "unknown"
        assert row.finding.endswith(".")


def test_no_organisation_is_told_of_another(sample: Computed) -> None:
    names = {unit.id: unit.name for unit in sample.tables.organisations.at(Level.ORGANISATION)}
    for row in sample.recommendations:
        if row.org_id in names:
            told = " ".join((row.finding, row.measure, row.expected, row.indicators))
            assert not any(name in told for unit, name in names.items() if unit != row.org_id), row


def test_a_value_that_not_everybody_has_reported_for_settles_nothing(sample: Computed) -> None:
    names = [FigureName(figure.indicator, figure.part) for figure in sample.catalogue.figures]
    facts = UnitFacts([(name, ()) for name in names], sample.catalogue, sample.results, sample.assessments)
    found: dict[str, set[tuple[bool, bool]]] = {}
    for name in names:
        own = facts.of(NOW, "99-01", name)
        if own is not None and own.lacks_reports and own.told("value") is not None:
            value = own("value")
            limits = (value.low, value.high) if isinstance(value, Range) else (0.0, 0.0)
            found.setdefault(own.figure.measure, set()).add((isinf(limits[0]), isinf(limits[1])))
    assert found["share"] == {(True, True)}  # it may be anything
    assert found["count"] == {(False, True)}  # others could only add to it
    assert found["share_of_orgs"] == {(False, False)}  # the silent ones are in its range


def test_rows_are_written_as_they_are(sample: Computed, sample_out: Path, tmp_path: Path) -> None:
    published = Recommendations.read(sample_out / "recommendations.parquet")
    assert list(published) == list(sample.recommendations)
    order = [unit.id for unit in sample.tables.organisations]
    places = [(row.period, order.index(row.org_id)) for row in published]
    assert places == sorted(places)
