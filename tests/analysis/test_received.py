"""Silence is not a number: what figures say when not everybody has handed in what they rest on."""

from collections.abc import Callable

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result, Results
from quality_cli.app.compute import Computed
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.questions import questions_of
from quality_cli.core.organisations import Level
from quality_cli.datasets.tables.table import Table, Tables
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.statements import statements_in
from quality_cli.engine.plan.plan import make_plan

REGISTER = """
id    | parent | kind          | name
край  |        | регион        | Край
округ | край   | муниципалитет | Округ
А     | округ  | школа         | Школа А
Б     | округ  | школа         | Школа Б
В     | округ  | школа         | Школа В
"""
CLUBS = """
dataset: circles
title: Кружки
grain: один ребёнок в одном кружке
organisation: org
period: {school_year: year}
concerns: {kind: школа}
counted: children
reports: [{each: {form: [спорт, музыка]}}]
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Учебный год, type: period, required: да}
  form: {title: Кружок, type: category, required: да, values: {спорт: [], музыка: []}}
  pupil: {title: Код ребёнка, type: text}
  likes: {title: Нравится, type: flag}
"""
LISTED = """
dataset: listed
title: Общий список
grain: один ребёнок
organisation: org
period: {school_year: year}
reports: [{by: register}]
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Учебный год, type: period, required: да}
  child: {title: Код, type: text}
"""
INDICATORS = """
group: "9.1"
direction: "1.4"
title: Своё
defaults:
  source: своё
  method: своё
  level: municipality
  examples: [{data: {circles: "org | form\\nА | спорт"}, expect: [{at: А, value: 1}]}]
indicators:
  - {id: 9.1-m1, name: Детей, measure: count, unit: чел., by: [form], population: {dataset: circles, distinct: pupil}}
  - id: 9.1-m2
    name: В спорте
    measure: count
    unit: чел.
    population: {dataset: circles, where: {form: спорт}}
  - id: 9.1-m3
    name: Доля
    measure: share
    unit: "%"
    population: {dataset: contingent, where: {category: все}, sum: pupils}
    numerator: {dataset: circles, where: {form: спорт}, distinct: pupil}
  - id: 9.1-m4
    name: Доля школ, в которых в спорте больше одного
    measure: share_of_orgs
    of: count
    condition: {le: 1}
    unit: "%"
    population: {dataset: circles, where: {form: спорт}}
  - id: 9.1-m5
    name: Понравилось
    measure: share
    unit: "%"
    population: {dataset: circles}
    numerator: {where: {likes: да}}
  - {id: 9.1-m6, name: В списке, measure: count, unit: чел., population: {dataset: listed}}
  - id: 9.1-m7
    name: Прирост учеников
    measure: count
    change: {from: -1}
    unit: чел.
    population: {dataset: contingent, where: {category: все}, sum: pupils}
  - id: 9.1-m8
    name: Изменение доли довольных
    measure: share
    change: {from: -1}
    unit: п. п.
    population: {dataset: circles, where: {form: спорт}}
    numerator: {where: {likes: да}}
  - id: 9.1-m9
    name: Доля школ, где занимаются спортом
    measure: share
    unit: "%"
    population: {dataset: organisations, where: {kind: школа}}
    numerator: {where: {also_in: {dataset: circles, on: {id: org}, where: {form: спорт}}}}
  - id: 9.1-m11
    name: Стало занятий спортом
    measure: count
    change: {from: -1}
    unit: занятий
    population: {dataset: circles, where: {form: спорт}}
  - id: 9.1-m12
    name: Стало детей в общем списке
    measure: count
    change: {from: -1}
    unit: детей
    population: {dataset: listed}
  - id: 9.1-m10
    name: Во всех школах занимаются спортом
    measure: flag
    climbs: all
    unit: да/нет
    population: {dataset: circles, where: {form: спорт}, distinct: org}
    denominator: {dataset: contingent, where: {category: все}, distinct: org}
"""
ROWS = """
org | year      | form   | pupil | likes
А   | 2025/2026 | спорт  | 1     | да
А   | 2025/2026 | музыка | 2     | нет
Б   | 2025/2026 | спорт  | 3     | да
Б   | 2025/2026 | спорт  | 4     | да
"""
CONTINGENT = """
org | year      | category | pupils
А   | 2025/2026 | все      | 10
Б   | 2025/2026 | все      | 10
В   | 2025/2026 | все      | 20
"""

Found = Callable[..., Result]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("own")
    (folder / "datasets").mkdir()
    (folder / "9").mkdir()
    (folder / "datasets" / "circles.yaml").write_text(CLUBS.lstrip(), encoding="utf-8")
    (folder / "datasets" / "listed.yaml").write_text(LISTED.lstrip(), encoding="utf-8")
    (folder / "9" / "9.1.yaml").write_text(INDICATORS.lstrip(), encoding="utf-8")
    return load_catalogue(folder)


def results_of(catalogue: Catalogue, tables: Tables, small_below: int = 0, prefix: str = "") -> Results:
    """The results of tables with what is behind them."""
    chosen = [item for item in catalogue.indicators.values() if item.id.startswith(prefix)]
    plan = make_plan(chosen, catalogue.figures, tables, catalogue.specs.contracts, (2025,))
    reports = completeness(plan, tables, tuple(questions_of(catalogue).values()), statements_in(tables))
    coverage = Coverage(reports, plan, tables)
    return assess(Executor(plan, tables, coverage=coverage).run(), small_below, coverage)


@pytest.fixture
def found(own: Catalogue) -> Found:
    """The row of a figure over small tables."""

    def find(indicator: str, at: str = "округ", form: str = "", **tables: str) -> Result:
        read = tables_from_text({"organisations": REGISTER, **tables}, own.specs.contracts)
        row = results_of(own, read, prefix="9.1").find(
            indicator, at, "2025/2026", stratum=(("form", form),) if form else ()
        )
        assert row is not None
        return row

    return find


def told(row: Result) -> tuple[float | None, str, float | None, float | None, str]:
    """What is told of a row."""
    return row.value, row.status, row.expected, row.received, row.note


def test_a_figure_names_those_who_are_silent(found: Found) -> None:
    row = found("9.1-m1", circles=ROWS)
    assert told(row) == (4, "partial", 3, 1, "отчитались 1 из 3; не представили: Школа Б, Школа В")
    assert told(found("9.1-m1", "А", circles=ROWS)) == (2, "ok", 1, 1, "")
    assert told(found("9.1-m1", "Б", circles=ROWS)) == (2, "partial", 1, 0, "не представлено: Кружки")


def test_a_stratum_needs_its_own_reports_only(found: Found) -> None:
    assert told(found("9.1-m1", form="спорт", circles=ROWS))[:4] == (3, "partial", 3, 2)
    assert told(found("9.1-m1", form="музыка", circles=ROWS))[:4] == (1, "partial", 3, 1)
    assert told(found("9.1-m2", circles=ROWS))[2:4] == (3, 2)


def test_nothing_received_is_no_data_and_a_stated_none_is_zero(found: Found) -> None:
    assert told(found("9.1-m2", "В", circles=ROWS))[:4] == (None, "no_data", 1, 0)
    none = "org | year | table | report\nВ | 2025/2026 | Кружки | спорт"
    assert told(found("9.1-m2", "В", circles=ROWS, statements=none)) == (0, "ok", 1, 1, "")
    assert told(found("9.1-m2", circles=ROWS, statements=none)) == (3, "ok", 3, 3, "")


def test_a_report_without_matching_rows_is_zero(found: Found) -> None:
    rows = "org | year | form | pupil\nА | 2025/2026 | музыка | 1"
    assert told(found("9.1-m1", "А", circles=rows))[:2] == (1, "partial")
    assert told(found("9.1-m2", "А", circles=rows))[:2] == (None, "no_data")  # music does not vouch for sport


def test_who_is_silent_is_not_outside_of_a_list(found: Found) -> None:
    """A table that each school hands in for itself tells nothing of those who have not: neither yes nor no."""
    row = found("9.1-m9", circles=ROWS)
    assert (row.numerator, row.denominator, told(row)[:4]) == (2, 2, (100, "partial", 3, 2))
    assert told(found("9.1-m9", "В", circles=ROWS))[:4] == (None, "no_data", 1, 0)
    none = "org | year | table | report\nВ | 2025/2026 | Кружки |"
    row = found("9.1-m9", circles=ROWS, statements=none)
    assert (row.numerator, row.denominator, row.status) == (2, 3, "ok")


def test_all_is_settled_by_a_no_and_not_by_silence(found: Found) -> None:
    tables = {"circles": ROWS, "contingent": CONTINGENT}
    row = found("9.1-m10", **tables)
    assert told(row) == (
        None, "no_data", 3, 2, "значения неизвестны; отчитались 2 из 3; не представили: Школа В"
    )  # fmt: skip
    none = "org | year | table | report\nВ | 2025/2026 | Кружки | спорт"
    assert told(found("9.1-m10", statements=none, **tables))[:2] == (0, "ok")


def test_of_two_tables_only_those_who_reported_the_numerator_are_divided_by(found: Found) -> None:
    row = found("9.1-m3", circles=ROWS, contingent=CONTINGENT)
    assert (row.numerator, row.denominator, row.status, row.expected, row.received) == (3, 20, "partial", 3, 2)
    none = "org | year | table\nВ | 2025/2026 | Кружки"
    row = found("9.1-m3", circles=ROWS, contingent=CONTINGENT, statements=none)
    assert (row.numerator, row.denominator, row.status, row.expected, row.received) == (3, 40, "ok", 3, 3)
    silent = found("9.1-m3", "В", circles=ROWS, contingent=CONTINGENT)
    assert (silent.value, silent.status) == (None, "no_data")


def test_a_numerator_that_nobody_handed_in_is_no_zero(found: Found) -> None:
    music = "org | year | form | pupil\nА | 2025/2026 | музыка | 1"
    row = found("9.1-m3", circles=music, contingent=CONTINGENT)
    assert (row.value, row.status, row.received) == (None, "no_data", 0)


def test_a_table_that_everybody_states_empty_is_there(found: Found) -> None:
    """Nobody has a row of it, and everybody has said so: of ten none, and not «не загружено»."""
    none = "org | year | table\n" + "\n".join(f"{org} | 2025/2026 | Кружки" for org in "АБВ")
    row = found("9.1-m3", contingent=CONTINGENT, statements=none)
    assert (row.numerator, row.denominator, *told(row)) == (0, 40, 0, "ok", 3, 3, "")
    assert told(found("9.1-m4", statements=none)) == (100, "ok", 3, 3, "")
    assert told(found("9.1-m2", statements=none)) == (0, "ok", 3, 3, "")
    assert told(found("9.1-m5", statements=none))[:2] == (None, "no_data")  # a share of nobody


def test_a_silent_organisation_has_no_value_of_its_own(found: Found) -> None:
    row = found("9.1-m4", circles=ROWS)
    assert (row.numerator, row.denominator, row.unknown, row.status) == (1, 2, 1, "partial")
    none = "org | year | table\nВ | 2025/2026 | Кружки"
    row = found("9.1-m4", circles=ROWS, statements=none)
    assert (row.numerator, row.denominator, row.unknown, row.status) == (2, 3, 0, "ok")


BEFORE = """
org | year      | category | pupils
А   | 2024/2025 | все      | 2
Б   | 2024/2025 | все      | 12
"""


def test_a_change_is_over_those_known_in_both_years(found: Found) -> None:
    """+8 and −2; who was silent a year ago is no growth."""
    both = BEFORE + CONTINGENT.partition("pupils\n")[2]
    row = found("9.1-m7", contingent=both)
    assert (row.value, row.numerator, row.status) == (6, 20, "partial")
    assert row.note == "сопоставлено организаций: 2 из 3"
    assert found("9.1-m7", "А", contingent=both).value == 8
    assert found("9.1-m7", "Б", contingent=both).value == -2
    own = found("9.1-m7", "В", contingent=both)
    assert (own.value, own.numerator, own.status) == (None, 20, "no_data")
    whole = found("9.1-m7", contingent=both + "В | 2024/2025 | все | 20")
    assert (whole.value, whole.status, whole.note) == (6, "ok", "")
    assert found("9.1-m7", contingent=CONTINGENT).status == "no_data"


def test_a_change_to_a_stated_none_and_from_one_is_a_change(found: Found) -> None:
    rows = "org | year | form\nА | 2024/2025 | спорт\nА | 2024/2025 | спорт\nБ | 2025/2026 | спорт"
    none = "org | year | table | report\nА | 2025/2026 | Кружки | спорт\nБ | 2024/2025 | Кружки | спорт"
    assert told(found("9.1-m11", "А", circles=rows, statements=none)) == (-2, "ok", 1, 1, "")
    assert told(found("9.1-m11", "Б", circles=rows, statements=none)) == (1, "ok", 1, 1, "")
    assert found("9.1-m11", circles=rows, statements=none).value == -1
    assert told(found("9.1-m11", "А", circles=rows))[:2] == (None, "no_data")  # silent, and that is no loss


def test_nobody_known_in_both_years_is_nothing_to_compare(found: Found) -> None:
    """А had reported a year ago, Б reports now: that is no growth from nothing."""
    rows = "org | year | form\nА | 2024/2025 | спорт\nБ | 2025/2026 | спорт"
    assert told(found("9.1-m11", circles=rows))[:2] == (None, "no_data")


def test_an_office_that_reports_for_others_is_not_known_by_its_own_silence(found: Found) -> None:
    """Its list has come in both years, of one school that has closed and of one that has opened: they are told as they
    stand, and the office, of which the list never speaks, did not go from nothing to nothing."""
    register = """
id    | parent | kind          | name    | opened     | closed
округ |        | муниципалитет | Округ   |            |
А     | округ  | школа         | Школа А |            | 2025-08-31
Б     | округ  | школа         | Школа Б | 2025-09-01 |
"""
    rows = "org | year | child\nА | 2024/2025 | 1\nБ | 2025/2026 | 2"
    row = found("9.1-m12", organisations=register, listed=rows)
    assert (row.numerator, *told(row)[:4]) == (1, None, "no_data", 1, 1)


def test_who_falls_silent_is_no_loss(found: Found) -> None:
    earlier = "org | year | form | likes" + "".join(f"\n{org} | 2024/2025 | спорт | да" for org in "АБВ")
    row = found("9.1-m8", circles=f"{earlier}\nА | 2025/2026 | спорт | да\nБ | 2025/2026 | спорт | нет")
    assert (row.value, row.numerator, row.denominator, row.status) == (-50, 1, 2, "partial")
    assert row.note.endswith("не представили: Школа В; сопоставлено организаций: 2 из 3")


@pytest.mark.parametrize(
    ("of_the_closed", "value", "note"),
    [("Б | 2024/2025 | все | 12", 26, ""), ("", 18, "сопоставлено организаций: 1 из 2")],
)
def test_a_closed_school_is_one_with_its_successor(found: Found, of_the_closed: str, value: float, note: str) -> None:
    """Where the closed one was silent nothing is known of what its successor grew from."""
    register = """
id    | parent | kind          | name    | closed     | successor
край  |        | регион        | Край    |            |
округ | край   | муниципалитет | Округ   |            |
А     | округ  | школа         | Школа А |            |
Б     | округ  | школа         | Школа Б | 2025-08-15 | В
В     | округ  | школа         | Школа В |            |
"""
    rows = f"""
org | year      | category | pupils
А   | 2024/2025 | все      | 2
В   | 2024/2025 | все      | 10
А   | 2025/2026 | все      | 20
В   | 2025/2026 | все      | 30
{of_the_closed}
"""
    row = found("9.1-m7", contingent=rows, organisations=register)
    assert (row.value, row.note) == (value, note)


def test_who_contradicts_himself_is_not_received_above(found: Found) -> None:
    """Б has thirty children in sport and ten in all: the district is told without it, and says so."""
    rows = "org | year | form | pupil\nА | 2025/2026 | спорт | 1\nВ | 2025/2026 | спорт | 2\n" + "\n".join(
        f"Б | 2025/2026 | спорт | б{number}" for number in range(30)
    )
    own = found("9.1-m3", "Б", circles=rows, contingent=CONTINGENT)
    assert (own.value, own.status, own.numerator, own.denominator) == (None, "conflict", 30, 10)
    row = found("9.1-m3", circles=rows, contingent=CONTINGENT)
    assert (row.numerator, row.denominator, row.status, row.expected, row.received) == (2, 30, "partial", 3, 2)
    assert row.note == "отчитались 2 из 3; противоречат друг другу данные: Школа Б"


def test_where_only_a_contradiction_came_there_is_no_value(found: Found) -> None:
    rows = "org | year | form | pupil\n" + "\n".join(f"Б | 2025/2026 | спорт | {number}" for number in range(30))
    row = found("9.1-m3", circles=rows, contingent=CONTINGENT)
    assert (row.value, row.status, row.received) == (None, "no_data", 0)
    assert row.note.endswith("не представили: Школа А, Школа В; противоречат друг другу данные: Школа Б")


def test_a_list_for_all_is_one_report(found: Found) -> None:
    rows = "org | year | child\nА | 2025/2026 | 1"
    assert told(found("9.1-m6", listed=rows)) == (1, "ok", 1, 1, "")
    assert told(found("9.1-m6", "Б", listed=rows)) == (0, "ok", 1, 1, "")
    lacking = found("9.1-m6", "Б", circles=ROWS)
    assert told(lacking)[:4] == (None, "no_data", 1, 0)
    assert lacking.note.endswith("не представлено: Общий список")


DRAWN = """
org | year | grade | subject      | code | present | mark
А   | 2026 | 8     | Русский язык | 1    | да      | 3
А   | 2026 | 8     | Математика   | 1    | да      | 3
А   | 2026 | 8     | История      | 1    | да      | 3
А   | 2026 | 8     | Физика       | 1    | да      | 2
Б   | 2026 | 8     | Русский язык | 1    | да      | 3
Б   | 2026 | 8     | Математика   | 1    | да      | 3
Б   | 2026 | 8     | История      | 1    | да      | 3
"""


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


def two_schools(shipped: Catalogue, **tables: str) -> Results:
    """Results of 1.1.2-m1 where two schools have eighth grades only."""
    register = "\n".join(line for line in REGISTER.splitlines() if not line.startswith("В "))
    contingent = "org | year | grade | category | pupils\nА | 2025/2026 | 8 | все | 9\nБ | 2025/2026 | 8 | все | 9"
    texts = {"organisations": register, "contingent": contingent, **tables}
    return results_of(shipped, tables_from_text(texts, shipped.specs.contracts), prefix="1.1.2-m1")


NO_LIST = {"statements": "org | year | table\nокруг | 2025/2026 | vpr_objectivity"}


@pytest.mark.parametrize(
    ("subject", "expected", "received", "status"),
    [
        ("История", 2, 2, "ok"),
        ("Физика", None, 1, "partial"),
        ("Математика", 2, 2, "ok"),
        ("", 2, 1, "partial"),
    ],
)
def test_of_a_drawn_subject_nobody_is_expected_of_whom_it_is_not_known(
    shipped: Catalogue, subject: str, expected: int | None, received: int, status: str
) -> None:
    results = two_schools(shipped, vpr=DRAWN, **NO_LIST)
    row = results.find("1.1.2-m1", "округ", "2025/2026", stratum=(("subject", subject),) if subject else ())
    assert row is not None
    lists = 1  # the list of doubtful results is a report of the office
    assert (row.expected, row.received, row.status) == (expected and expected + lists, received + lists, status)
    assert ("какой предмет выпал, неизвестно: Школа Б" in row.note) == (expected is None)


def test_without_the_list_of_doubtful_results_figures_of_works_are_partial(shipped: Catalogue) -> None:
    for unit in ("округ", "А"):
        row = two_schools(shipped, vpr=DRAWN).find("1.1.2-m1", unit, "2025/2026", stratum=(("subject", "История"),))
        assert row is not None
        assert (row.denominator, row.status) == (2 if unit == "округ" else 1, "partial")
        assert ("Округ" if unit == "округ" else "признаками необъективности") in row.note
        stated = two_schools(shipped, vpr=DRAWN, **NO_LIST)
        row = stated.find("1.1.2-m1", unit, "2025/2026", stratum=(("subject", "История"),))
        assert row is not None
        assert row.status == "ok"


def test_when_one_school_of_ten_and_one_kindergarten_hand_in_no_municipal_figure_looks_whole(
    sample: Computed,
) -> None:
    catalogue = sample.catalogue
    kept = {"vo-01", "ds-01"}
    tables = without(sample.tables, lambda unit: unit not in kept)
    results = results_of(catalogue, tables, small_below=catalogue.settings.small_below)
    seen = 0
    for row in results:
        if row.level == Level.MUNICIPALITY and not row.by and row.value is not None:
            assert row.expected is not None, row.indicator
            assert row.received is not None
            assert row.received < row.expected, row
            assert row.status == "partial", row
            assert "не представили: " in row.note
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("dataset", ["staff", "participation", "achievements", "observation", "plans", "prevention"])
def test_rows_of_a_school_taken_away_make_what_they_fed_partial_and_change_nothing_else(
    sample: Computed, dataset: str
) -> None:
    catalogue, whole = sample.catalogue, without(sample.tables, str.isprintable, "statements")
    silent = "vo-01"
    tables = without(whole, lambda unit: unit == silent, dataset)
    before, after = results_of(catalogue, whole), results_of(catalogue, tables)
    name = whole.organisations[silent].name
    changed = 0
    for row in after:
        was = before.get(row.key)
        if was is None or was.record() == row.record() or row.by:
            continue
        changed += 1
        assert row.status in ("partial", "no_data", "conflict"), row
        if row.level == Level.MUNICIPALITY:
            assert name in row.note, row
        else:
            assert row.org_id == silent, row
    assert changed


def without(tables: Tables, gone: Callable[[str], bool], dataset: str = "") -> Tables:
    """Tables without the rows of organisations (of one dataset, else of every one but the register)."""
    left: dict[str, Table] = {}
    for name, table in tables.by_dataset.items():
        organisation = table.contract.organisation
        left[name] = table
        if organisation is not None and name != "organisations" and name == (dataset or name):
            keep = [not gone(unit) for unit in table.frame[organisation].astype(str)]
            left[name] = Table(table.contract, table.frame[keep])
    return Tables(left, tables.organisations)
