"""Each signal of the shipped catalogue on works made for it: raised where it should be, and on its counterpart not."""

from collections.abc import Iterable, Sequence

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.judgement.rows import ResultRows
from quality_cli.analysis.judgement.signals import signals_of
from quality_cli.app.compute import Computed
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

WORK = (
    "org | year | grade | class | subject | code | present | mark | journal_mark | primary | top | "
    "task.1 (2) Б | task.2 (2) П | task.3 (2) В"
)
SCALES = "year | grade | subject | three | four | five\n2026 | 6 | Химия | 10 | 16 | 21"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def works(org: str, many: int, grade: int = 6, year: int = 2026, **cells: object) -> list[str]:
    """So many alike works of a school in chemistry."""
    given = {"mark": 3, "journal": 3, "primary": 12, "tasks": (2, 2, 2), "room": 1, **cells}
    tasks = " | ".join(map(str, given["tasks"]))  # type: ignore[call-overload]
    told = f"{given['mark']} | {given['journal']} | {given['primary']} | 24 | {tasks}"
    start = int(str(cells.get("first", 0)))
    return [
        f"{org} | {year} | {grade} | {given['room']} | Химия | {60001 + start + n} | да | {told}" for n in range(many)
    ]


def raised(catalogue: Catalogue, *rows: Iterable[str]) -> dict[str, set[str]]:
    """By signal, the units that raise it in 2025/2026, with the stratum where the signal has one."""
    text = "\n".join([WORK, *(line for some in rows for line in some)])
    tables = tables_from_text({"vpr": text, "vpr_scales": SCALES}, catalogue.specs.contracts)
    asked = {signal.indicator for signal in catalogue.signals.values()}
    indicators = [item for name, item in catalogue.indicators.items() if name in asked]
    plan = make_plan(indicators, catalogue.figures, tables, catalogue.specs.contracts)
    results = assess(Executor(plan, tables).run(), catalogue.settings.small_below)
    told, found = list(results), signals_of(ResultRows(results.table), catalogue.signals.values(), tables.organisations)
    units: dict[str, set[str]] = {}
    for row, ids in found.items():
        for name in ids:
            if told[row].period == "2025/2026":
                units.setdefault(name, set()).add(f"{told[row].org_id} {encode_stratum(told[row].stratum)}".strip())
    return units


GRADE = "grade=6;subject=Химия"
CASES: Sequence[tuple[str, list[list[str]], set[str]]] = [
    ("journal_lower", [works("А", 20, mark=3, journal=4), works("Б", 9, mark=3, journal=4)], {f"А {GRADE}"}),
    ("journal_higher", [works("А", 20, mark=4, journal=3), works("Б", 20)], {f"А {GRADE}"}),
    ("above_municipality", [works("А", 20, mark=5), works("Б", 60, mark=3)], {f"А {GRADE}"}),
    ("below_municipality", [works("А", 20, mark=3), works("Б", 60, mark=5)], {f"А {GRADE}"}),
    ("gap_of_two", [works("А", 20, mark=3, journal=5), works("Б", 20, mark=3, journal=4)], {"А subject=Химия"}),
    (
        "journal_contradicts",
        [
            works("А", 5, mark=3, journal=5),
            works("А", 5, grade=7, mark=5, journal=4, first=5),
            works("Б", 4, mark=3, journal=5),
            works("Б", 5, mark=5, journal=4, first=5),
            works("В", 5, mark=3, journal=4),
            works("В", 5, mark=5, journal=5, first=5),
            works("Г", 10, mark=3, journal=5),
        ],
        {"А subject=Химия"},
    ),
    (
        "mean_fell",
        [works("А", 10, 4, 2025, primary=20), works("А", 10, 5, primary=14), works("А", 10, 6, primary=1)],
        {"А grade=5;subject=Химия"},
    ),
    (
        "mean_rose",
        [
            works("А", 10, 4, 2025, primary=10),
            works("А", 10, 5, primary=20),
            works("Б", 9, 4, 2025, primary=10),
            works("Б", 9, 5, primary=20),
        ],
        {"А grade=5;subject=Химия"},
    ),
    (
        "peak_at_boundary",
        [
            works("А", 20, primary=16),
            works("А", 35, first=50),
            works("Б", 20, primary=16),
            works("Б", 25, first=50),
            works("В", 15, primary=16),
            works("В", 15, primary=15, first=50),
            works("В", 30, first=100),
        ],
        {"А", "муниципалитет"},
    ),
    (
        "base_insufficient",
        [works("А", 10, tasks=(1, 2, 2)), works("Б", 9, tasks=(1, 2, 2), first=20), works("В", 40)],
        {"А complexity=базовый;subject=Химия"},
    ),
    (
        "advanced_insufficient",
        [works("А", 10, tasks=(2, 0, 2)), works("В", 40)],
        {"А complexity=повышенный;subject=Химия"},
    ),
    ("high_insufficient", [works("А", 10, tasks=(2, 2, "X")), works("В", 40)], {"А complexity=высокий;subject=Химия"}),
    ("task_fails", [works("А", 10, tasks=(2, 2, 0)), works("В", 40)], {"А task=Химия, 6 класс, задание 3"}),
    (
        "task_fails_in_class",
        [
            *(works(org, 10, room=1, tasks=(2, 2, 0)) for org in "АБ"),
            works("А", 10, room=2, first=10),
            works("Б", 10, room=2, first=10, tasks=(2, 2, 1)),  # 25 % of both classes: the whole grade fails
            *(works("В", 9, room=room, first=9 * room, tasks=(2, 2, 2 * room)) for room in (0, 1)),
        ],
        {"А task=Химия, 6 класс, задание 3;class_name=6 класс № 1"},
    ),
]


@pytest.mark.parametrize(("name", "rows", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_signal_is_raised_where_it_should_be(
    catalogue: Catalogue, name: str, rows: list[list[str]], expected: set[str]
) -> None:
    assert raised(catalogue, *rows).get(name, set()) == expected


def test_every_shipped_signal_has_a_case(catalogue: Catalogue) -> None:
    assert {case[0] for case in CASES} == set(catalogue.signals)


def test_schools_that_are_alike_raise_nothing(catalogue: Catalogue) -> None:
    alike = (
        works(org, 20, year=year, grade=grade) for org in "АБ" for year, grade in ((2025, 4), (2026, 5), (2026, 6))
    )
    assert raised(catalogue, *alike) == {}


SHOWN = [
    ("above_municipality", "vo-04", "grade=8;subject=Математика"),
    ("below_municipality", "vo-08", "grade=6;subject=История"),
    ("journal_lower", "vo-06", "grade=8;subject=Русский язык"),
    ("mean_fell", "vo-02", "grade=5;subject=Математика"),
    ("gap_of_two", "vo-09", "subject=Математика"),
    ("base_insufficient", "vo-08", "complexity=базовый;subject=История"),
    ("advanced_insufficient", "vo-08", "complexity=повышенный;subject=Физика"),
    ("high_insufficient", "vo-02", "complexity=высокий;subject=Математика"),
    ("task_fails", "vo-08", "task=Математика, 5 класс, задание 8"),
    ("task_fails_in_class", "vo-02", "task=Математика, 7 класс, задание 5(2);class_name=7 класс № 1"),
    ("journal_contradicts", "vo-09", "subject=Математика"),
    ("journal_higher", "vo-05", "grade=7;subject=Русский язык"),
    ("mean_rose", "vo-05", "grade=5;subject=Математика"),
    ("peak_at_boundary", "vo-03", ""),
]


@pytest.mark.parametrize(("name", "org", "stratum"), SHOWN, ids=[shown[0] for shown in SHOWN])
def test_the_sample_shows_signals(sample: Computed, name: str, org: str, stratum: str) -> None:
    """vo-04 writes better than the others and vo-08 worse, in physics most; vo-02 has lost in mathematics; marks of
    vo-09 contradict its scores, vo-05 gives strict ones in a class and has gained in another, vo-03 rounds up. Planted
    in ``sample_data/simulation.py``."""
    told = [row for row in sample.assessments if (row.org_id, row.period) == (org, "2025/2026")]
    assert any(name in row.signals.split(";") and encode_stratum(row.stratum) == stratum for row in told)


def test_every_shipped_signal_is_shown(catalogue: Catalogue) -> None:
    assert {name for name, _, _ in SHOWN} == set(catalogue.signals)


def test_the_school_on_the_official_list_is_the_one_whose_marks_contradict(sample: Computed) -> None:
    """The coefficient of each subject is negative, and no other school has such a signal."""
    told = [row for row in sample.assessments if "journal_contradicts" in row.signals]
    assert {(row.org_id, row.period) for row in told} == {("vo-09", "2025/2026")}
    assert all(row.rank_correlation is not None and row.rank_correlation < 0 for row in told)


def test_figures_beyond_the_concept_have_signals_and_no_judgement(sample: Computed) -> None:
    beyond = [row for row in sample.assessments if row.indicator.startswith("1.1.7")]
    assert beyond
    assert {(row.state, row.moved, row.stands) for row in beyond} == {("", "", "")}
    assert not any(row.reported for row in sample.results if row.indicator.startswith("1.1.7"))
