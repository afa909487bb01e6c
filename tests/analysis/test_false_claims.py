"""How often judgement is wrong where nothing has happened, and how often it finds what has: counted on districts.

Children write three or four works that depend on each other: a child who does one well does the others well, too. And
they are on one of four steps in both years, as much as they can and their day lets them.
"""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from quality_cli.analysis.judgement.assessment import Assessment
from quality_cli.catalogue.loader import Catalogue
from tests.analysis.judged import STEPS, WORKS, catalogue_of, judged

OUTCOME, FOLLOWED = "9.1.1-s2", "9.1.1-s7"
SUBJECTS = ("Чтение", "Счёт", "Письмо", "Природа")
SCHOOLS = (3, 5, 8, 12, 15, 20, 25, 30, 45, 60)
"""How many children write in each school of a district."""

TARGET = 60


def district(draw: random.Random, shares: dict[tuple[str, int], float], dependence: float) -> Iterator[str]:
    """Works of ten schools in two years. ``shares``: of a school in a year where it is not the target."""
    for number, size in enumerate(SCHOOLS):
        school = f"Ш{number}"
        for year in (2025, 2026):
            share = shares.get((school, year), TARGET / 100)
            for child in range(size):
                gift = draw.random() < share if draw.random() < dependence else None
                written = SUBJECTS if draw.random() < 0.7 else draw.sample(SUBJECTS, 3)
                for subject in written:
                    good = draw.random() < share if gift is None else gift
                    yield f"{school} | {year} | {subject} | {year}-{child} | {'да' if good else 'нет'}"


def twice(draw: random.Random, falls: Mapping[str, float]) -> Iterator[str]:
    """Steps of the same children in two years. ``falls``: by how much the children of a school can do less now."""
    for number, size in enumerate(SCHOOLS):
        school = f"Ш{number}"
        for child in range(size):
            can = draw.gauss(0, 1)
            for year, change in ((2025, 0.0), (2026, -falls.get(school, 0.0))):
                step = 1 + sum(can + change + draw.gauss(0, 0.7) > limit for limit in (-1, 0, 1))
                yield f"{school} | {year} | {school}-{child} | {step}"


def papers(
    catalogue: Catalogue,
    districts: int,
    shares: Mapping[tuple[str, int], float],
    falls: Mapping[str, float] = MappingProxyType({}),
) -> list[list[Assessment]]:
    """What is judged for each document of the last year: of every school and municipality of many districts."""
    found = []
    for seed in range(districts):
        lines = [WORKS, *district(random.Random(seed), shares, dependence=(seed % 5) / 4)]
        _, assessments = judged(catalogue, works=lines, steps=[STEPS, *twice(random.Random(seed), falls)])
        for unit in ("муниципалитет", *(f"Ш{number}" for number in range(len(SCHOOLS)))):
            found.append(list(assessments.of_unit(unit, "2025/2026")))
    return found


def claims(paper: list[Assessment]) -> list[Assessment]:
    """What a document says of change, of difference and of the same children."""
    words = {"grew", "fell", "above", "below", "more_improved", "more_worsened"}
    return [row for row in paper if words & {row.moved, row.stands, row.same_children}]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Each school is judged by its total and by four subjects, against the year before, the rest and a target."""
    return catalogue_of(
        tmp_path, f"indicator: {OUTCOME}, reach: {{ge: {TARGET}}}", compared=[f"indicator: {OUTCOME}, by: [subject]"]
    )


def check_that_nothing_is_found_in_nothing(catalogue: Catalogue, districts: int) -> None:
    """At most 5 % of the documents make any claim; at most 2.5 % of schools at their target are said to miss it."""
    found = papers(catalogue, districts, {})
    assert sum(bool(claims(paper)) for paper in found) <= 0.05 * len(found)
    rows = [row for paper in found for row in paper if row.level == "organisation" and not row.stratum]
    assert sum(row.indicator == FOLLOWED for row in rows) == districts * len(SCHOOLS)
    states = [row.state for row in rows if row.indicator == OUTCOME]
    assert len(states) == districts * len(SCHOOLS)
    assert states.count("missed") <= 0.025 * len(states)
    assert states.count("reached") <= 0.025 * len(states)


def test_nothing_is_found_where_nothing_happened(catalogue: Catalogue) -> None:
    check_that_nothing_is_found_in_nothing(catalogue, 8)


@pytest.mark.long
def test_nothing_is_found_in_many_districts(catalogue: Catalogue) -> None:
    check_that_nothing_is_found_in_nothing(catalogue, 200)


FALLEN = "Ш9"
"""A school of 60 children whose share fell from 60 to 25 per cent; works of a child depend on each other by a half
on average."""


@pytest.mark.long
def test_what_did_happen_is_found(catalogue: Catalogue) -> None:
    """In at least 80 % of the districts the total of the school that fell is told to have fallen; so it is told of the
    same children, who can less by 0.7 of the spread between children."""
    found = papers(catalogue, 100, {(FALLEN, 2026): 0.25}, {FALLEN: 0.7})
    rows = [row for paper in found for row in paper if row.org_id == FALLEN and not row.stratum]
    assert sum(row.same_children == "more_worsened" for row in rows) >= 80
    own = [row for row in rows if row.indicator == OUTCOME]
    assert len(own) == 100
    assert sum(row.moved == "fell" for row in own) >= 80
    assert sum(row.state == "missed" for row in own) >= 80
    assert sum(row.stands == "below" for row in own) >= 80
