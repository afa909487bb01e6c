"""The catalogue against the index of the concept's appendix: nothing is missing, extra, reworded or of another kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue

INDEX = {
    row[0]: row[1:]
    for row in (line.split("\t") for line in (Path(__file__).parent / "appendix.tsv").read_text("utf-8").splitlines())
}
"""Level, kind, number of figures glued in the wording, and the wording of every indicator."""
MEASURES = {
    "distribution": {"distribution", "share", "count"},
    "share": {"share", "share_of_orgs"},
    "count": {"count"},
    "per_1000": {"rate"},
    "yes_no": {"flag"},
    "dynamics": {"share", "mean"},
    "qualitative": {"flag"},
}
"""Measures that may carry each kind of the appendix."""
OWN = """
group: "9.1"
direction: "1.1"
title: Своя группа
defaults: {level: organisation, source: приказ, method: по ответам}
indicators:
  - id: 9.1-s1
    name: Своё
    measure: flag
    unit: да/нет
    asked: Есть?
    examples:
      - data: {answers: "org | question | yes\\nА | 9.1-s1 | да"}
        expect: [{value: 1}]
"""


def differences(catalogue: Catalogue) -> Iterator[str]:
    """What the catalogue holds otherwise than the appendix."""
    ours = {item.id: item for group in catalogue.groups for item in group.asked}
    yield from (f"нет {name}" for name in INDEX if name not in ours)
    yield from (f"лишний {name}" for name in ours if name not in INDEX)
    for name, (level, kind, figures, wording) in INDEX.items():
        if (item := ours.get(name)) is None:
            continue
        if str(item.level) != level:
            yield f"{name}: уровень {item.level}"
        if item.measure not in MEASURES[kind]:
            yield f"{name}: вид {item.measure}"
        if (len(item.parts) or 1) < int(figures):
            yield f"{name}: частей {len(item.parts)}"
        if item.name != wording:
            yield f"{name}: формулировка {item.name}"


def test_the_index_is_the_whole_appendix() -> None:
    assert len(INDEX) == 251
    assert len({name.partition("-")[0] for name in INDEX}) == 53
    assert sum(int(figures) for _, _, figures, _ in INDEX.values()) == 296


def test_the_catalogue_is_the_appendix_in_its_order() -> None:
    catalogue = load_catalogue()
    assert list(differences(catalogue)) == []
    asked = {item.id: group.group for group in catalogue.groups for item in group.asked}
    assert list(asked) == list(INDEX)
    assert list(dict.fromkeys(asked.values())) == list(dict.fromkeys(n.partition("-")[0] for n in INDEX))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"catalogue.yaml": "off: {indicators: [1.1.5-m2]}"}, ["нет 1.1.5-m2"]),
        ({"9/9.1.yaml": OWN}, ["лишний 9.1-s1"]),
        (
            {"1.1/1.1.5.yaml": "extends: 1.1.5\nindicators: [{id: 1.1.5-m2, name: Число школ}]"},
            ["1.1.5-m2: формулировка Число школ"],
        ),
        (
            {"1.1/1.1.5.yaml": "extends: 1.1.5\nindicators: [{id: 1.1.5-m2, level: organisation}]"},
            ["1.1.5-m2: уровень organisation"],
        ),
        (
            {"1.1/1.1.5.yaml": "extends: 1.1.5\nindicators: [{id: 1.1.5-m2, measure: flag, unit: да/нет}]"},
            ["1.1.5-m2: вид flag"],
        ),
        (
            {
                "1.1/1.1.4.yaml": "extends: 1.1.4\nindicators: [{id: 1.1.4-m1, numerator: {where: {level: [2, 3, 4]}},"
                " parts: [{id: basic, title: базовый}]}]"
            },
            ["1.1.4-m1: частей 1"],
        ),
    ],
    ids=["missing", "extra", "reworded", "level", "kind", "parts"],
)
def test_whatever_differs_is_found(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(differences(load_catalogue(tmp_path))) == found
