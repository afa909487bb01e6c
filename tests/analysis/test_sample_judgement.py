"""What the sample shows of judgement; each feature is planted (``sample_data/simulation.py``, ``targets.py``)."""

from pathlib import Path

import openpyxl

from quality_cli.analysis.judgement.assessment import Assessment
from quality_cli.app.compute import Computed
from quality_cli.core.strata import Stratum

MATHS: Stratum = (("subject", "Математика"),)
RUSSIAN: Stratum = (("subject", "Русский язык"),)
BIOLOGY: Stratum = (("subject", "Биология"),)


def of(sample: Computed, indicator: str, org: str, part: str = "", stratum: Stratum = ()) -> Assessment:
    """What is judged of a figure of 2025/2026."""
    found = sample.assessments.find(indicator, org, "2025/2026", part, stratum)
    assert found is not None
    return found


def test_a_school_that_fell(sample: Computed) -> None:
    found = of(sample, "1.1.2-s2", "vo-02", "share", MATHS)
    assert (found.moved, found.progress, found.stands) == ("fell", "worsened", "below")


def test_a_school_that_only_looks_so(sample: Computed) -> None:
    """Four children of ten more did well: it looks like more than the fall, and may be chance in a class of 25."""
    found = of(sample, "1.1.1-s2", "vo-02", "share", RUSSIAN)
    assert found.change is not None and found.change > 30
    assert (found.moved, found.change_reason) == ("unclear", "отличие может быть случайным")


def test_the_same_children_fell_or_only_look_so(sample: Computed) -> None:
    """Of 30 children 20 read worse than two years ago and one better; ten of 19 and one may be chance, three are few,
    and where a fourth was not found nobody is judged."""
    fell, looks = of(sample, "1.1.4-s5", "vo-01", "higher"), of(sample, "1.1.4-s4", "vo-02", "higher")
    assert (fell.improved, fell.unchanged, fell.worsened, fell.same_children) == (1, 9, 20, "more_worsened")
    assert fell.gain_high is not None and fell.gain_high < -30
    assert (looks.improved, looks.worsened, looks.same_children) == (1, 10, "unclear")
    assert looks.same_children_reason == "отличие может быть случайным"
    unmatched = of(sample, "1.1.4-s5", "vo-09", "higher")
    assert unmatched.same_children_reason == "прежний результат найден меньше чем у 80 % детей"


def test_a_drawn_subject_is_shown_and_not_judged(sample: Computed) -> None:
    found = of(sample, "1.1.2-s2", "vo-02", "share", BIOLOGY)
    assert found.change is not None and found.change < -30
    assert (found.moved, "по жребию" in found.change_reason) == ("incomparable", True)


def test_a_target_that_few_children_cannot_prove(sample: Computed) -> None:
    found = of(sample, "1.1.4-s1", "vo-09", "share")
    assert (found.target, found.state) == ("не более 10 %", "insufficient")
    assert found.state_reason == "детей слишком мало: достижения цели не доказать ни при каком исходе"


def test_targets_of_the_table_outweigh_those_of_the_concept(sample: Computed) -> None:
    municipality, garden = (of(sample, "2.4.3-m12", org) for org in ("99-01", "ds-03"))
    assert (municipality.target, municipality.state) == ("не менее 90 %", "missed")
    assert (garden.target, garden.state, garden.target_source) == (
        *("не менее 50 %", "reached"),
        "приказ управления образования от 01.09.2025 № 112, п. 3",
    )
    assert (of(sample, "2.4.3-m11", "99-01").target, of(sample, "2.4.3-m11", "99-01").state) == (
        "не менее 100 %",
        "missed",
    )


def test_a_target_for_which_not_all_have_reported(sample: Computed) -> None:
    found = of(sample, "1.1.2-m1", "99-01")
    assert (found.state, found.state_reason) == ("insufficient", "отчитались 10 из 11")


def test_an_improvement_that_the_concept_expects(sample: Computed) -> None:
    assert {of(sample, name, "99-01").state for name in ("2.4.3-m1", "2.4.4-m1")} == {"missed"}
    assert of(sample, "2.4.3-m2", "99-01").state == "reached"


def test_no_school_has_a_target_on_vpr(sample: Computed) -> None:
    judged = [row for row in sample.assessments if row.indicator.startswith(("1.1.1", "1.1.2", "1.1.3", "1.1.5-s1"))]
    assert {row.state for row in judged if row.level == "organisation"} == {""}


def test_the_workbook_tells_all_of_it_in_russian(sample: Computed, sample_out: Path) -> None:
    book = openpyxl.load_workbook(sample_out / "assessment.xlsx", read_only=True)
    judged, advice = (list(book[name].iter_rows(values_only=True)) for name in ("Суждения", "Рекомендации"))
    assert (len(judged) - 1, len(advice) - 1) == (len(sample.assessments), len(sample.recommendations))
    states, moved = (
        {row[judged[0].index(title)] for row in judged[1:]} for title in ("Цель достигнута?", "Что произошло")
    )
    assert states == {None, "достигнута", "не достигнута", "недостаточно данных"}
    assert moved >= {"выросло", "снизилось", "не изменилось", "вывода нет", "несравнимо"}
    assert {row[judged[0].index("Те же дети")] for row in judged[1:]} == {None, "чаще ниже, чем выше", "вывода нет"}
    assert {row[advice[0].index("Итог")] for row in advice[1:]} == {"рекомендовано", "не оценено"}
