"""What the manual of the catalogue shows is a catalogue that loads and whose examples hold."""

import re
from pathlib import Path

import pytest

from quality_cli.app.examples import run_examples
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Indicator

MANUAL = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("manual")
    for name, text in re.findall(r"```yaml\n# (мой каталог/\S+)\n(.*?)```", MANUAL, re.DOTALL):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder / "мой каталог")


def test_the_files_of_the_manual_make_a_catalogue(own: Catalogue) -> None:
    assert {"9.1-s1", "9.1-s2", "1.1.2-m1"} <= own.indicators.keys()
    assert {"1.1.3-m1", "1.1.6-m1", "2.4.1-m1"} <= own.off
    assert own.settings.small_below == 5
    chosen = own.select(["1.1.2-m1", "9.1-s1", "9.1-s2"])
    assert [(verdict.indicator, verdict.differences) for verdict in run_examples(own, chosen)] == [
        ("1.1.2-m1", ()), ("9.1-s1", ()), ("9.1-s2", ())
    ]  # fmt: skip


def test_the_manual_names_every_key_of_an_indicator() -> None:
    told = set(re.findall(r"`([a-z_]+)`", MANUAL.partition("## Что бывает у показателя")[2]))
    untold = {"printed_indicator", "source_number", "subsection", "cycle"}  # of the source document, not of the method
    assert {field.alias or name for name, field in Indicator.model_fields.items()} - told == untold
