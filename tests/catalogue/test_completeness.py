"""The catalogue against the index of the concept's appendix: every direction it holds is whole, nothing is reworded."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue

INDEX = [line.split("\t") for line in (Path(__file__).parent / "appendix.tsv").read_text("utf-8").splitlines()]
MEASURES = {
    "distribution": {"distribution", "share", "count"},
    "share": {"share", "share_of_orgs", "flag"},
    "count": {"count"},
    "per_1000": {"rate"},
    "yes_no": {"flag"},
    "dynamics": {"share", "distribution", "mean"},
    "qualitative": {"flag"},
}
"""Measures that may carry each kind of the appendix."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_index_is_the_whole_appendix() -> None:
    assert len(INDEX) == 251


def test_no_indicator_is_missing_or_extra(catalogue: Catalogue) -> None:
    assert list(catalogue.indicators) == [row[0] for row in INDEX]


def test_no_indicator_is_reworded(catalogue: Catalogue) -> None:
    official = {row[0]: (row[1], row[3]) for row in INDEX}
    ours = {item.id: (str(item.level), item.name) for item in catalogue.indicators.values()}
    assert ours == {key: official[key] for key in ours}


def test_measures_fit_the_kinds(catalogue: Catalogue) -> None:
    kinds = {row[0]: row[2] for row in INDEX}
    wrong = [
        (item.id, kinds[item.id], item.measure)
        for item in catalogue.indicators.values()
        if item.measure not in MEASURES[kinds[item.id]]
    ]
    assert wrong == []
