"""Targets, change, difference from the rest: what is said, and above all what is not."""

from pathlib import Path

import pytest
from scipy import stats

from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.core.errors import CatalogueError
from tests.analysis.judged import HOBBY, WORKS, catalogue_of, hobbies, judged, one, works

FACT, OUTCOME, MIXED, COUNT, OF_NOBODY, MEAN = (f"9.1.1-s{number}" for number in range(1, 7))


def of_clubs(folder: Path, target: str, *lines: str) -> Assessments:
    """Judgement of clubs by one target."""
    return judged(catalogue_of(folder, target), hobby=[HOBBY, *lines])[1]


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (["да"] * 4, "reached"),
        (["да", "да", "да", "нет"], "missed"),
        (["да", "да", "да", ""], "insufficient"),  # the blank one may be either
        (["да", "нет", "", ""], "missed"),  # whatever they are
    ],
)
def test_a_fact_reaches_its_target_by_its_whole_possible_range(tmp_path: Path, free: list[str], state: str) -> None:
    found = one(of_clubs(tmp_path, f"indicator: {FACT}, reach: {{ge: 100}}", *hobbies("А", 2026, *free)), FACT)
    assert (found.state, found.unstable, found.target) == (state, False, "не менее 100 %")


def test_a_target_of_one_organisation_outweighs_that_of_its_level(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        tmp_path,
        f"indicator: {FACT}, at: Б, reach: {{ge: 40}}, source: приказ",
        f"indicator: {FACT}, reach: {{ge: 100}}, since: 2024/2025",
        f"indicator: {FACT}, reach: {{ge: 10}}, until: 2023/2024",
    )
    lines = [line for org in "АБ" for year in (2024, 2026) for line in hobbies(org, year, "да", "нет")]
    _, found = judged(catalogue, hobby=[HOBBY, *lines])
    assert one(found, FACT, "А").state == "missed"
    assert (one(found, FACT, "Б").state, one(found, FACT, "Б").target_source) == ("reached", "приказ")
    assert one(found, FACT, "А", "2023/2024").state == "reached"


@pytest.mark.parametrize(
    ("good", "all_of", "state"),
    [(38, 40, "reached"), (30, 40, "insufficient"), (20, 40, "missed"), (3, 3, "insufficient"), (0, 3, "missed")],
)
def test_an_outcome_reaches_its_target_only_by_an_exact_test(
    tmp_path: Path, good: int, all_of: int, state: str
) -> None:
    catalogue = catalogue_of(tmp_path, f"indicator: {OUTCOME}, reach: {{ge: 75}}")
    found = one(judged(catalogue, works=[WORKS, *works("А", 2026, "Чтение", good, all_of)])[1], OUTCOME)
    assert found.state == state
    assert (state == "insufficient") == bool(found.state_reason)


def test_a_state_that_one_child_would_change_is_unstable(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, f"indicator: {OUTCOME}, reach: {{ge: 75}}")
    for good, unstable in ((23, True), (15, False)):
        found = one(judged(catalogue, works=[WORKS, *works("А", 2026, "Чтение", good, 40)])[1], OUTCOME)
        assert (found.state, found.unstable) == ("missed", unstable)


def test_works_of_one_child_are_one_witness(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, f"indicator: {OUTCOME}, reach: {{ge: 75}}")
    once = works("А", 2026, "Чтение", 13, 26)
    twice = works("А", 2026, "Чтение", 7, 13) + works("А", 2026, "Счёт", 6, 13)
    assert one(judged(catalogue, works=[WORKS, *once])[1], OUTCOME).state == "missed"
    assert one(judged(catalogue, works=[WORKS, *twice])[1], OUTCOME).state == "insufficient"


@pytest.mark.parametrize(("indicator", "reach"), [(OF_NOBODY, "{ge: 50}"), (MEAN, "{ge: 3}")])
def test_an_outcome_that_nothing_tests_is_not_taken_for_a_fact(tmp_path: Path, indicator: str, reach: str) -> None:
    """Works of nobody knows how many children, and means: however far apart the values are."""
    catalogue = catalogue_of(tmp_path, f"indicator: {indicator}, reach: {reach}")
    lines = [
        f"{org} | {year} | {points}" for org, points in (("А", 9), ("Б", 1)) for year in (2025, 2026) for _ in range(9)
    ]
    lines[9:18] = ["А | 2026 | 1"] * 9
    found = one(judged(catalogue, quizzes=["org | year | points", *lines])[1], indicator)
    assert (found.moved, found.progress, found.state, found.stands) == ("unclear", "", "insufficient", "")
    assert (
        found.change_reason == found.state_reason == "проверить нечем: неизвестно, на скольких детях держится значение"
    )


def test_a_fact_moved_where_its_whole_range_did(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path)
    for before, now, moved, progress in (
        (["да", "нет"], ["да", "да"], "grew", "improved"),
        (["да", "да"], ["да", "нет"], "fell", "worsened"),
        (["да", "нет"], ["да", "нет"], "same", ""),
        (["да", "нет"], ["да", ""], "unclear", ""),
        (["нет", "нет", ""], ["да", "да", "да", ""], "grew", "improved"),
    ):
        lines = [HOBBY, *hobbies("А", 2025, *before), *hobbies("А", 2026, *now)]
        found = one(judged(catalogue, hobby=lines)[1], FACT)
        assert (found.moved, found.progress, found.earlier_period) == (moved, progress, "2024/2025")


def test_an_outcome_changed_only_where_the_claim_holds(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path)
    for before, now, all_of, moved, reason in (
        (40, 20, 50, "fell", ""),
        (30, 27, 50, "unclear", "отличие может быть случайным"),
        (4, 2, 5, "unclear", "детей слишком мало для вывода"),
    ):
        lines = [*works("А", 2025, "Чтение", before, all_of), *works("А", 2026, "Чтение", now, all_of)]
        found = one(judged(catalogue, works=[WORKS, *lines])[1], OUTCOME)
        assert (found.moved, found.change_reason) == (moved, reason)
        assert found.change == pytest.approx(100 * (now - before) / all_of)
        assert found.change_low is not None and found.change_high is not None
        assert found.change_low < found.change < found.change_high


def test_what_is_drawn_by_lot_is_shown_and_never_judged(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, compared=[f"indicator: {MIXED}, by: [subject]"])
    lines = [
        line
        for year, good in ((2025, 50), (2026, 5))
        for subject in ("Чтение", "Физика")
        for line in works("А", year, subject, good, 50)
    ]
    _, found = judged(catalogue, works=[WORKS, *lines])
    assert one(found, MIXED, subject="Чтение").moved == "fell"
    drawn, total = one(found, MIXED, subject="Физика"), one(found, MIXED)
    assert (drawn.moved, total.moved) == ("incomparable", "incomparable")
    assert (drawn.change, "по жребию" in drawn.change_reason, "по жребию" in total.change_reason) == (-90, True, True)


def test_an_organisation_is_compared_with_the_rest_and_not_with_itself(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path)
    lines = [*works("А", 2026, "Чтение", 5, 50), *works("Б", 2026, "Чтение", 40, 50), *works("В", 2026, "Чтение", 4, 5)]
    results, found = judged(catalogue, works=[WORKS, *lines])
    own = one(found, OUTCOME, "А")
    assert (own.stands, own.rest_value) == ("below", pytest.approx(100 * 44 / 55))
    assert one(found, OUTCOME, "В").stands == "unclear"
    whole = results.find(OUTCOME, "муниципалитет", "2025/2026")
    assert whole is not None and whole.value == pytest.approx(100 * 49 / 105)


@pytest.mark.parametrize(("unknown", "word"), [(1, "below"), (160, "unclear")])
def test_a_difference_holds_whatever_the_unknown_cells_hold(tmp_path: Path, unknown: int, word: str) -> None:
    blank = [f"А | 2026 | Чтение | {code} | " for code in range(901, 901 + unknown)]
    lines = [*works("А", 2026, "Чтение", 5, 50), *blank, *works("Б", 2026, "Чтение", 40, 50)]
    found = one(judged(catalogue_of(tmp_path), works=[WORKS, *lines])[1], OUTCOME)
    assert (found.stands, found.difference) == (word, pytest.approx(10 - 80))


def test_a_funnel_has_the_limits_of_as_many_children(tmp_path: Path) -> None:
    """Exact binomial limits about the municipality's share, as scipy has them; no other school is told."""
    lines = [
        *works("А", 2026, "Чтение", 15, 40),
        *works("Б", 2026, "Чтение", 55, 90),
        *works("В", 2026, "Чтение", 5, 10),
    ]
    _, found = judged(catalogue_of(tmp_path), works=[WORKS, *lines])
    share = 75 / 140
    for org, children in (("А", 40), ("Б", 90), ("В", 10)):
        own = one(found, OUTCOME, org)
        told = (own.funnel_low, own.funnel_high, own.funnel_outer_low, own.funnel_outer_high)
        limits = stats.binom.ppf([0.025, 0.975, 0.001, 0.999], children, share) / children
        assert told == pytest.approx(tuple(100 * limits))
        assert (own.whole_value, own.overdispersion) == (pytest.approx(100 * share), 1)


def test_a_funnel_is_wider_where_schools_differ_more_than_children_do_by_chance(tmp_path: Path) -> None:
    lines = [line for n, org in enumerate("АБВГДЕ") for line in works(org, 2026, "Чтение", 5 + 30 * (n % 2), 40)]
    own = one(judged(catalogue_of(tmp_path), works=[WORKS, *lines])[1], OUTCOME)
    assert own.overdispersion == pytest.approx(15**2 / (40 * 0.25))  # each school is 15 of 40 away from one half
    assert own.funnel_low is not None and own.value is not None
    assert 0 <= own.funnel_low < own.value


def test_an_only_organisation_has_no_rest(tmp_path: Path) -> None:
    _, found = judged(catalogue_of(tmp_path), works=[WORKS, *works("А", 2026, "Чтение", 5, 50)])
    assert found.find(OUTCOME, "А", "2025/2026") is None


def test_the_more_is_compared_the_harder_it_is_to_prove_anything(tmp_path: Path) -> None:
    lines = [WORKS]
    for subject, now in (("Чтение", 12), ("Счёт", 20)):
        lines += [*works("А", 2025, subject, 22, 40), *works("А", 2026, subject, now, 40, first=101)]
    alone = judged(catalogue_of(tmp_path / "1"), works=lines[:81])[1]
    together = judged(catalogue_of(tmp_path / "2", compared=[f"indicator: {OUTCOME}, by: [subject]"]), works=lines)[1]
    assert one(alone, OUTCOME).moved == "fell" or one(alone, OUTCOME).moved == "unclear"
    assert one(together, OUTCOME, subject="Чтение").moved == "unclear"


def test_improvement_is_a_target_too(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, f"indicator: {FACT}, improve: да")
    for before, now, state in (
        (["да", "нет"], ["да", "да"], "reached"),
        (["да", "нет"], ["да", "нет"], "missed"),
        (["да", "да"], ["да", "да"], "reached"),  # nothing better is possible
        (["да", "нет"], ["да", ""], "insufficient"),
        ([], ["да"], "insufficient"),
    ):
        lines = [HOBBY, *hobbies("А", 2025, *before), *hobbies("А", 2026, *now)]
        found = one(judged(catalogue, hobby=lines)[1], FACT)
        assert (found.state, found.target) == (state, "лучше, чем год назад")


def test_a_trend_needs_five_years_and_an_order_in_them(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path)
    for counts, trend in (((1, 2, 3, 4), ""), ((1, 2, 3, 4, 5), "up"), ((3, 1, 4, 2, 5), "unclear")):
        lines = [line for year, n in enumerate(counts, 2027 - len(counts)) for line in hobbies("А", year, *["да"] * n)]
        assert one(judged(catalogue, hobby=[HOBBY, *lines])[1], COUNT).trend == trend


def test_a_year_with_unknown_cells_is_no_part_of_a_series(tmp_path: Path) -> None:
    lines = [line for year in (2024, 2025, 2026) for line in works("А", year, "Чтение", 2, 6)]
    whole = one(judged(catalogue_of(tmp_path / "1"), works=[WORKS, *lines])[1], OUTCOME)
    partly = one(judged(catalogue_of(tmp_path / "2"), works=[WORKS, *lines, "А | 2024 | Чтение | 99 | "])[1], OUTCOME)
    assert (whole.pooled_since, partly.pooled_since) == ("2023/2024", "2024/2025")


def test_years_of_few_children_are_put_together_and_named(tmp_path: Path) -> None:
    lines = [line for year in (2023, 2024, 2025, 2026) for line in works("А", year, "Чтение", year - 2021, 6)]
    found = one(judged(catalogue_of(tmp_path), works=[WORKS, *lines])[1], OUTCOME)
    assert (found.pooled_since, found.pooled_value) == ("2023/2024", pytest.approx(100 * 12 / 18))
    assert found.pooled_low is not None and found.pooled_low < 100 * 12 / 18


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (f"indicator: {FACT}x, reach: {{ge: 1}}", "показатель обозначается как"),
        ("indicator: 9.1.1-s9, reach: {ge: 1}", "нет показателя «9.1.1-s9»; возможно"),
        (f"indicator: {FACT}, part: half, reach: {{ge: 1}}", "нет части «half»"),
        (f"indicator: {FACT}, reach: {{ge: 1}}, improve: да", "это либо значение"),
        (f"indicator: {FACT}, reach: {{known: да}}", "цель пишут сравнениями"),
        (f"indicator: {FACT}, reach: {{ge: 1}}, since: 2025/2026, until: 2024/2025", "раньше, чем since"),
        (f"indicator: {COUNT}, improve: да", "не сказано, что лучше"),
        ("indicator: 1.1.2-s1, part: share, reach: {le: 5}", "ВПР проводят, чтобы помочь школе"),
        ("indicator: 1.1.2-m1, at: organisation, reach: {le: 5}", "ВПР проводят, чтобы помочь школе"),
        ("indicator: 1.1.2-m1, at: vo-01, reach: {le: 5}", "ВПР проводят, чтобы помочь школе"),
    ],
)
def test_a_wrong_target_is_told_with_its_place(tmp_path: Path, target: str, message: str) -> None:
    with pytest.raises(CatalogueError) as error:
        catalogue_of(tmp_path, target)
    (finding,) = error.value.findings
    assert message in finding.message
    assert (finding.places[0].file.endswith("goals/9.yaml"), finding.places[0].line) == (True, 3)


def test_a_municipality_may_have_a_target_on_vpr(tmp_path: Path) -> None:
    assert catalogue_of(tmp_path, "indicator: 1.1.2-m1, reach: {le: 5}").aims.targets[-1].indicator == "1.1.2-m1"


def test_what_is_judged_survives_its_file(tmp_path: Path) -> None:
    _, found = judged(
        catalogue_of(tmp_path / "own"), hobby=[HOBBY, *hobbies("А", 2025, "да"), *hobbies("А", 2026, "нет")]
    )
    found.write(tmp_path)
    assert list(Assessments.read(tmp_path / "assessment.parquet")) == list(found)
    header, *lines = (tmp_path / "assessment.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (len(lines), "moved" in header) == (len(found), True)
