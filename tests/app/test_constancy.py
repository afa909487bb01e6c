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
