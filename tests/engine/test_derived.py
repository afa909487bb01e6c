"""Figures over the values of organisations, and changes between school years, derived on paper."""

from pathlib import Path

import pytest

from quality_cli.app.examples import run_examples
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import CatalogueError

GROUP = """\
group: x.1
direction: "1.1"
title: проверка
indicators:
  - id: x.1-m1
    name: доля школ, где все получили аттестат
    level: municipality
    measure: share_of_orgs
    of: share
    condition: {ge: 100}
    population: {dataset: graduates, where: {grade: 11}}
    numerator: {where: {certificate: да}}
    unit: "%"
    organisations: {where: {grade_to: {ge: 11}}, otherwise: нет 11-х классов}
    method: проверка
    examples:
      - data:
          organisations: |
            id            | parent        | kind          | name          | grade_to
            регион        |               | регион        | регион        |
            муниципалитет | регион        | муниципалитет | муниципалитет |
            А             | муниципалитет | школа         | А             | 11
            Б             | муниципалитет | школа         | Б             | 11
            В             | муниципалитет | школа         | В             | 9
            Г             | муниципалитет | школа         | Г             | 11
          graduates: |
            org | grade | certificate
            А   | 11    | да
            А   | 11    | да
            Б   | 11    | да
            Б   | 11    | нет
        expect:  # В has no grade 11 and is excluded, of Г nothing is known
          - {numerator: 1, denominator: 2, value: 50, excluded: 1, unknown: 1}
          - {at: А, value: 100}
          - {at: Б, value: 0}
          - {at: В, status: not_applicable}
          - {at: Г, status: no_data}
  - id: x.1-m2
    name: доля школ, где выпускников стало больше, чем два года назад
    level: municipality
    measure: share_of_orgs
    of: count
    condition: {gt: 0}
    change: {from: -2}
    population: {dataset: graduates}
    unit: "%"
    method: проверка
    examples:
      - data:
          graduates: |
            org | year      | grade
            А   | 2023/2024 | 9
            А   | 2025/2026 | 9
            А   | 2025/2026 | 11
            Б   | 2023/2024 | 9
            Б   | 2025/2026 | 9
            В   | 2025/2026 | 9
        expect:  # of В two years ago nothing is known
          - {period: 2025/2026, numerator: 1, denominator: 2, value: 50, unknown: 1}
          - {period: 2023/2024, denominator: 0, status: no_data}
  - id: x.1-s1
    name: изменение доли за год
    level: organisation
    measure: share
    change: {from: -1}
    population: {dataset: graduates}
    numerator: {where: {certificate: да}}
    unit: п. п.
    method: проверка
    examples:
      - data:
          graduates: |
            org | year      | grade | certificate
            А   | 2024/2025 | 9     | нет
            А   | 2024/2025 | 9     | да
            А   | 2025/2026 | 9     | да
            Б   | 2025/2026 | 9     | да
        expect:
          - {at: А, period: 2025/2026, value: 50, numerator: 1, denominator: 1}
          - {at: А, period: 2024/2025, status: no_data}
          - {at: Б, period: 2025/2026, status: no_data}
"""


def _own(folder: Path, text: str) -> Path:
    (folder / "x").mkdir()
    (folder / "x" / "x.yaml").write_text(text, encoding="utf-8")
    return folder


def test_figures_over_organisations_and_over_years(tmp_path: Path) -> None:
    catalogue = load_catalogue(_own(tmp_path, GROUP))
    verdicts = run_examples(catalogue, catalogue.select(("x.1-m1", "x.1-m2", "x.1-s1")))
    assert [verdict.differences for verdict in verdicts] == [(), (), ()]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    of: share\n", "", "«of» и «condition» пишут вместе"),
        ("condition: {ge: 100}", "condition: {gee: 100}", "неизвестное сравнение «gee»; возможно, «ge»?"),
        ("change: {from: -2}", "change: {from: 2}", "число должно быть меньше 0"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(_own(tmp_path, GROUP.replace(old, new, 1)))
    assert told in str(caught.value)
