"""A figure whose value can never change is refused, and none of the shipped ones is."""

from pathlib import Path

import pytest

from quality_cli.app.constancy import constant_figures
from quality_cli.catalogue.loader import load_catalogue

GROUP = """\
group: x.1
direction: "1.1"
title: проверка
indicators:
  - id: x.1-m1
    name: проверка
    level: municipality
    method: проверка
    unit: "%"
    measure: share
    population: {{dataset: vpr}}
    numerator: {{where: {where}}}
    examples: [{{data: {{vpr: "org | grade"}}, expect: [{{value: 0}}]}}]
"""


def test_every_shipped_figure_varies() -> None:
    catalogue = load_catalogue()
    assert [finding.message for finding in constant_figures(catalogue, list(catalogue.indicators.values()))] == []


@pytest.mark.parametrize(
    ("where", "told"),
    [
        # what another table answers, the check of the catalogue does not know
        ("{mark: 2, also_in: {dataset: vpr, on: [org, year, mark], where: {mark: 3}}}", "показатель всегда равен 0"),
    ],
)
def test_a_figure_that_never_varies_is_refused(tmp_path: Path, where: str, told: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.yaml").write_text(GROUP.format(where=where), encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    (finding,) = constant_figures(catalogue, [catalogue.indicators["x.1-m1"]])
    assert told in finding.message
    assert [finding] == list(constant_figures(catalogue, [catalogue.indicators["x.1-m1"]]))  # the seed is fixed


VARYING = """\
group: x.2
direction: "1.1"
title: проверка
defaults:
  level: municipality
  method: проверка
  examples: [{data: {organisations: "id | kind"}, expect: [{value: 1}]}]
indicators:
  - id: x.2-m1
    name: свои строки
    measure: count
    unit: шт.
    population: {dataset: events}
    organisations: {where: {kind: муниципалитет}, rows: own}
  - id: x.2-m2
    name: школы с событием
    measure: share
    unit: "%"
    population: {dataset: organisations, where: {kind: школа}}
    numerator: {where: {also_in: {dataset: events, on: {id: org}}}}
  - id: x.2-m3
    name: события школ с планами
    measure: share
    unit: "%"
    population: {dataset: events}
    numerator: {where: {also_in: {dataset: plans, on: org}}}
  - id: x.2-m4
    name: школы с 11-м классом
    measure: share
    unit: "%"
    population: {dataset: organisations, where: {kind: школа}}
    numerator: {where: {grade_to: 11}}
  - id: x.2-m5
    name: события тех, у кого планы
    measure: count
    unit: шт.
    population: {dataset: events}
    organisations: {where: {also_in: {dataset: plans, on: {id: org}}}}
  - id: x.2-m6
    name: события одной школы, которой среди выдуманных нет
    measure: count
    unit: шт.
    population: {dataset: events}
    organisations: {where: {id: А}}
    examples:
      - data: {events: "org | year\\nА | 2024/2025\\nА | 2025/2026\\nА | 2025/2026"}
        expect: [{period: 2024/2025, value: 1}, {period: 2025/2026, value: 2}]
"""


@pytest.mark.parametrize("number", range(1, 7))
def test_a_figure_that_may_vary_is_not_refused(tmp_path: Path, number: int) -> None:
    """Rows are made for what a figure asks of other tables and of the office itself; where none can be thought of, its
    worked example may show that it varies."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.yaml").write_text(VARYING, encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    assert list(constant_figures(catalogue, [catalogue.indicators[f"x.2-m{number}"]])) == []
