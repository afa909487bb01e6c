"""A catalogue written for an earlier version loads, or each mistake says what to write now.

``former/`` holds catalogues as the manual of a version showed them; they are not changed.
"""

from pathlib import Path

import pytest

from quality_cli.app.examples import run_examples
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import CatalogueError

FORMER = Path(__file__).parent / "former"
GROUP = """\
group: "9.1"
direction: "1.3"
title: Школьные клубы
indicators:
  - id: 9.1-s1
    name: клубы
    level: organisation
    method: клубы
    examples: [{{data: {{vpr: "org | grade | subject"}}, expect: [{{{expect}}}]}}]
{definition}
"""


@pytest.mark.parametrize("version", sorted(path.name for path in FORMER.iterdir()))
def test_a_former_catalogue_loads_and_its_examples_hold(version: str) -> None:
    catalogue = load_catalogue(FORMER / version)
    own = catalogue.select(["1.1.2-m1", "9.1-s1", "9.1-s2"])
    assert [verdict.differences for verdict in run_examples(catalogue, own)] == [(), (), ()]


@pytest.mark.parametrize(
    ("definition", "advice"),
    [
        ("measure: mean\nunit: балл\npopulation: {dataset: vpr}", "numerator: {sum: столбец}"),
        ('measure: share\nunit: "%"\npopulation: {dataset: vpr, where: {mark: 2}}', "напишите numerator: {where: …}"),
        ("measure: rate\nunit: на 1000\nper: 1000\npopulation: {dataset: vpr}", "напишите numerator: {where: …}"),
    ],
)
def test_what_was_accepted_and_meant_nothing_says_what_to_write(tmp_path: Path, definition: str, advice: str) -> None:
    (tmp_path / "9").mkdir()
    lines = "\n".join(f"    {line}" for line in definition.split("\n"))
    (tmp_path / "9" / "9.1.yaml").write_text(GROUP.format(definition=lines, expect="value: 0"), encoding="utf-8")
    with pytest.raises(CatalogueError) as told:
        load_catalogue(tmp_path)
    assert advice in str(told.value)


def test_a_small_base_is_no_longer_a_status(tmp_path: Path) -> None:
    (tmp_path / "9").mkdir()
    definition = "    measure: count\n    unit: шт.\n    population: {dataset: vpr}"
    (tmp_path / "9" / "9.1.yaml").write_text(GROUP.format(definition=definition, expect="status: small"), "utf-8")
    with pytest.raises(CatalogueError, match="вместо «status: small» напишите «small: да»"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("empty_means: zero", "напишите вместо него «reports: [{by: register}]»"),
        ("empty_means: no_data", "уберите его"),
        ("empty_means: zero\nreports: [{by: each}]", "уберите его"),
    ],
)
def test_what_silence_meant_is_told_where_it_stands(tmp_path: Path, written: str, advice: str) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "clubs.yaml").write_text(
        f"dataset: clubs\ntitle: Клубы\ngrain: клуб\norganisation: org\n{written}\n"
        "columns:\n  org: {title: Организация, type: organisation}\n",
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError) as told:
        load_catalogue(tmp_path)
    (finding,) = told.value.findings
    assert str(finding.places[0]).endswith("datasets/clubs.yaml:5:1")
    assert advice in finding.message
