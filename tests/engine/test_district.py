"""A small district counted on paper: every figure of the ВПР indicators at both levels.

Two schools; school «Лесная» (lg-02) also sends works under the login of its branch. School «Речная» (lg-01) has
grades 1–11, «Лесная» 1–9. The works (19 rows, spring of 2026), «—» is «did not write»:

    grade 4, Русский язык:   Речная 2 3 5 —        Лесная 4, branch: 5
    grade 4, Математика:     Речная 4 (no mark)    Лесная 2
    grade 5, Математика:     Речная 2 3 4          Лесная 3 5, branch: 2
    grade 10, Физика:        Речная 2 4 5 —
"""

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result, ResultKey, Results
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

REGISTER = """
id    | parent | kind          | name     | logins                | grade_from | grade_to
К     |        | регион        | Край     |                       |            |
М     | К      | муниципалитет | Округ    |                       |            |
lg-01 | М      | школа         | Речная   | edu990101             | 1          | 11
lg-02 | М      | школа         | Лесная   | edu990102, edu990103  | 1          | 9
lg-03 | М      | детский сад   | Ромашка  |                       |            |
"""
WORKS = """
org       | year | grade | subject      | code | present | mark | journal_mark
edu990101 | 2026 | 4     | Русский язык | 1    | да      | 2    | 3
edu990101 | 2026 | 4     | Русский язык | 2    | да      | 3    | 3
edu990101 | 2026 | 4     | Русский язык | 3    | да      | 5    | 4
edu990101 | 2026 | 4     | Русский язык | 4    | нет     |      | 4
edu990102 | 2026 | 4     | Русский язык | 1    | да      | 4    | 4
edu990103 | 2026 | 4     | Русский язык | 1    | да      | 5    | 5
edu990101 | 2026 | 4     | Математика   | 1    | да      | 4    | 5
edu990101 | 2026 | 4     | Математика   | 2    | да      |      | 3
edu990102 | 2026 | 4     | Математика   | 1    | да      | 2    |
edu990101 | 2026 | 5     | Математика   | 1    | да      | 2    | 2
edu990101 | 2026 | 5     | Математика   | 2    | да      | 3    | 3
edu990101 | 2026 | 5     | Математика   | 3    | да      | 4    | 3
edu990102 | 2026 | 5     | Математика   | 1    | да      | 3    | 4
edu990102 | 2026 | 5     | Математика   | 2    | да      | 5    | 5
edu990103 | 2026 | 5     | Математика   | 1    | да      | 2    | 3
edu990101 | 2026 | 10    | Физика       | 1    | да      | 2    | 3
edu990101 | 2026 | 10    | Физика       | 2    | да      | 4    | 4
edu990101 | 2026 | 10    | Физика       | 3    | да      | 5    | 4
edu990101 | 2026 | 10    | Физика       | 4    | нет     |      | 4
"""
LISTED = """
org       | year | grade | subject      | sign
edu990102 | 2026 | 4     | Русский язык | завышенный средний балл
"""
YEAR = "2025/2026"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def computed(catalogue: Catalogue, **texts: str) -> Results:
    """Results over text tables; the register is that of the district."""
    contracts = catalogue.specs.contracts
    tables = tables_from_text({"organisations": REGISTER, **texts}, contracts)
    plan = make_plan(catalogue.indicators.values(), catalogue.figures, tables, contracts)
    return assess(Executor(plan, tables).run(), catalogue.settings.small_below)


@pytest.fixture(scope="module")
def plain(catalogue: Catalogue) -> Results:
    return computed(catalogue, vpr=WORKS)


@pytest.fixture(scope="module")
def listed(catalogue: Catalogue) -> Results:
    return computed(catalogue, vpr=WORKS, vpr_objectivity=LISTED)


def row(results: Results, indicator: str, unit: str, part: str = "", stratum: str = "") -> Result:
    found = results.find(indicator, unit, YEAR, part, decode_stratum(stratum))
    assert found is not None, (indicator, unit, part, stratum)
    return found


# Grade 4. Known marks: Речная 2 3 5 4 (n=4, one work without a mark), Лесная 4 5 2 (n=3); the district n=7.
# Grade 5. Речная 2 3 4 (n=3), Лесная 3 5 2 (n=3); the district n=6.
# Grade 10. Речная 2 4 5 (n=3); Лесная has no grade 10. ВПР is not held in grade 11.
# Journal, works with both marks: grade 4 — Речная 2<3 3=3 5>4 4<5, Лесная 4=4 5=5 (its 2 has no journal mark);
# grade 5 — Речная 2=2 3=3 4>3, Лесная 3<4 5=5 2<3; grade 10 — Речная 2<3 4=4 5>4.
# So Речная: higher 3 (5>4, 4>3, 5>4), lower 3 (2<3, 4<5, 2<3), same 4, n=10, unknown 1;
# Лесная: higher 0, lower 2, same 3, n=5, unknown 1; the district 3, 5, 7 of 15, unknown 2.
# fmt: off
PAPER = [
    # indicator,  unit,   part,       N, D, value, unknown
    ("1.1.1-m1", "М",     "mark=2",   2, 7, 200 / 7, 1),
    ("1.1.1-m1", "М",     "mark=3",   1, 7, 100 / 7, 1),
    ("1.1.1-m1", "М",     "mark=4",   2, 7, 200 / 7, 1),
    ("1.1.1-m1", "М",     "mark=5",   2, 7, 200 / 7, 1),
    ("1.1.1-m1", "lg-01", "mark=2",   1, 4, 25,      1),
    ("1.1.1-m1", "lg-02", "mark=2",   1, 3, 100 / 3, 0),
    ("1.1.1-m1", "lg-02", "mark=3",   0, 3, 0,       0),
    ("1.1.1-s1", "М",     "",         2, 7, 2,       1),
    ("1.1.1-s1", "lg-01", "",         1, 4, 1,       1),
    ("1.1.1-s1", "lg-01", "share",    1, 4, 25,      1),
    ("1.1.1-s1", "lg-02", "",         1, 3, 1,       0),
    ("1.1.1-s2", "М",     "",         4, 7, 4,       1),
    ("1.1.1-s2", "lg-01", "",         2, 4, 2,       1),
    ("1.1.1-s2", "lg-02", "share",    2, 3, 200 / 3, 0),
    ("1.1.2-m1", "М",     "",         2, 6, 100 / 3, 0),
    ("1.1.2-m1", "lg-01", "",         1, 3, 100 / 3, 0),
    ("1.1.2-m1", "lg-02", "",         1, 3, 100 / 3, 0),
    ("1.1.2-m2", "М",     "",         2, 6, 100 / 3, 0),
    ("1.1.2-s1", "М",     "",         2, 6, 2,       0),
    ("1.1.2-s1", "lg-02", "",         1, 3, 1,       0),
    ("1.1.2-s2", "lg-01", "",         1, 3, 1,       0),
    ("1.1.2-s2", "lg-02", "share",    1, 3, 100 / 3, 0),
    ("1.1.3-m1", "М",     "",         1, 3, 100 / 3, 0),
    ("1.1.3-m1", "lg-01", "",         1, 3, 100 / 3, 0),
    ("1.1.3-m2", "М",     "",         2, 3, 200 / 3, 0),
    ("1.1.3-s1", "lg-01", "",         1, 3, 1,       0),
    ("1.1.3-s2", "lg-01", "share",    2, 3, 200 / 3, 0),
    ("1.1.5-m1", "М",     "higher",   3, 15, 20,       2),
    ("1.1.5-m1", "М",     "lower",    5, 15, 100 / 3,  2),
    ("1.1.5-m1", "М",     "same",     7, 15, 140 / 3,  2),
    ("1.1.5-m1", "lg-01", "same",     4, 10, 40,       1),
    ("1.1.5-s1", "lg-01", "higher",   3, 10, 3,        1),
    ("1.1.5-s1", "lg-02", "lower",    2, 5,  2,        1),
    ("1.1.5-s1", "lg-02", "same;share", 3, 5, 60,      1),
]
# fmt: on


@pytest.mark.parametrize(("indicator", "unit", "part", "numerator", "denominator", "value", "unknown"), PAPER)
def test_figure_counted_on_paper(
    plain: Results,
    indicator: str,
    unit: str,
    part: str,
    numerator: int,
    denominator: int,
    value: float,
    unknown: int,
) -> None:
    found = row(plain, indicator, unit, part)
    assert (found.numerator, found.denominator, found.unknown) == (numerator, denominator, unknown)
    assert found.value == pytest.approx(value)


def test_every_indicator_of_the_district_is_on_paper(catalogue: Catalogue) -> None:
    of_vpr = {item.id for item in catalogue.indicators.values() if item.dataset == "vpr" and not item.beyond}
    assert of_vpr == {line[0] for line in PAPER}


@pytest.mark.parametrize(
    ("unit", "stratum", "numerator", "denominator"),
    [("М", "grade=5", 2, 6), ("М", "subject=Математика", 2, 6), ("lg-02", "grade=5;subject=Математика", 1, 3)],
)
def test_strata_of_5_8_grades(plain: Results, unit: str, stratum: str, numerator: int, denominator: int) -> None:
    found = row(plain, "1.1.2-m1", unit, stratum=stratum)
    assert (found.numerator, found.denominator) == (numerator, denominator)


def test_subject_of_the_fourth_grade(plain: Results) -> None:
    # Русский язык: Речная 2 3 5, Лесная with its branch 4 5; Математика: Речная 4, Лесная 2.
    assert row(plain, "1.1.1-m1", "М", "mark=5", "subject=Русский язык").value == 40
    assert row(plain, "1.1.1-m1", "М", "mark=2", "subject=Математика").value == 50
    key = ResultKey("1.1.1-m1", "mark=5", "М", YEAR)
    assert [item.stratum for item in plain.strata(key, ("subject",))] == [
        (("subject", "Русский язык"),),
        (("subject", "Математика"),),
    ]


def test_works_of_the_branch_are_works_of_the_school(plain: Results) -> None:
    russian = row(plain, "1.1.1-s2", "lg-02", stratum="subject=Русский язык")
    assert (russian.numerator, russian.denominator) == (2, 2)
    assert plain.find("1.1.1-s2", "edu990103", YEAR) is None


def test_reported_is_the_level_of_the_concept(plain: Results) -> None:
    assert row(plain, "1.1.1-m1", "М", "mark=2").reported
    assert not row(plain, "1.1.1-m1", "lg-01", "mark=2").reported
    assert row(plain, "1.1.1-s1", "lg-01").reported


def test_school_without_the_grade_is_not_applicable_and_says_why(plain: Results) -> None:
    found = row(plain, "1.1.3-m1", "lg-02")
    assert (found.status, found.value, found.denominator) == ("not_applicable", None, None)
    assert found.note == "в организации нет 10–11-х классов"


def test_grade_without_a_procedure_is_not_applicable(plain: Results) -> None:
    found = row(plain, "1.1.3-m1", "М", stratum="grade=11")
    assert (found.status, found.value) == ("not_applicable", None)
    assert "не проводится" in found.note


def test_kindergarten_has_no_row_of_a_school_procedure(plain: Results) -> None:
    assert not [item for item in plain if item.org_id == "lg-03" and item.indicator.startswith("1.1.")]


def test_small_groups_are_marked_and_larger_are_not(plain: Results) -> None:
    assert row(plain, "1.1.2-m1", "М").small
    assert not row(plain, "1.1.5-m1", "М", "same").small
    works = row(plain, "1.1.5-m1", "lg-01", "same")
    assert works.base is not None and works.denominator is not None
    assert works.small and works.base < 10 <= works.denominator  # so many works, but of fewer children


def test_without_the_list_nobody_is_excluded_and_the_source_says_so(plain: Results) -> None:
    found = row(plain, "1.1.1-m1", "М", "mark=5")
    assert found.excluded == 0
    assert "Перечень организаций с признаками необъективности результатов ВПР: не загружено" in found.source
    beside = row(plain, "1.1.1-m1", "М", "mark=5;all_works")
    assert (beside.numerator, beside.denominator) == (found.numerator, found.denominator)


def test_number_of_listed_schools_is_unknown_without_the_list(plain: Results) -> None:
    found = row(plain, "1.1.5-m2", "М")
    assert (found.status, found.value) == ("no_data", None)
    assert found.note.startswith("не загружено")


def test_listed_works_are_excluded_with_the_branch(listed: Results) -> None:
    # Лесная's two works in Русский язык of grade 4 leave: Речная 2 3 5 4 and Лесная 2 remain.
    found = row(listed, "1.1.1-m1", "М", "mark=2")
    assert (found.numerator, found.denominator, found.value, found.excluded) == (2, 5, 40, 2)
    school = row(listed, "1.1.1-m1", "lg-02", "mark=2")
    assert (school.numerator, school.denominator, school.excluded) == (1, 1, 2)
    subject = row(listed, "1.1.1-m1", "lg-02", "mark=2", "subject=Русский язык")
    assert (subject.status, subject.value, subject.excluded) == ("no_data", None, 2)
    assert subject.note == "все строки исключены"


def test_all_works_stand_beside(listed: Results) -> None:
    found = row(listed, "1.1.1-m1", "М", "mark=2;all_works")
    assert (found.numerator, found.denominator, found.excluded) == (2, 7, 0)


def test_the_list_concerns_its_grade_and_subject_only(listed: Results) -> None:
    assert row(listed, "1.1.2-m1", "lg-02").excluded == 0
    assert row(listed, "1.1.5-m1", "М", "same").denominator == 15
    assert row(listed, "1.1.5-m2", "М").value == 1
    assert row(listed, "1.1.5-m2", "lg-01").value == 0


def test_year_of_another_period_does_not_leak(catalogue: Catalogue) -> None:
    earlier = WORKS.replace("| 2026 |", "| 2025 |")
    both = computed(catalogue, vpr=WORKS + earlier.split("\n", 2)[2])
    assert both.periods() == ["2024/2025", YEAR]
    assert row(both, "1.1.2-m1", "М").denominator == 6
