"""The catalogue as editors and methodologists need it: schema, annex, differences, hygiene."""

import io
import json
import shutil
from datetime import date
from pathlib import Path

import docx
import pytest
from calling import call

from quality_cli.app.hygiene import hygiene
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.resources import CATALOGUE


def test_schema_knows_the_keys_of_an_indicator() -> None:
    schema = json.loads(call("catalogue", "schema").out)
    indicator = schema["$defs"]["Indicator"]
    assert {"id", "name", "measure", "population", "examples"} <= set(indicator["properties"])
    assert "share_of_orgs" in json.dumps(indicator["properties"]["measure"])
    assert indicator["additionalProperties"] is False


def test_the_annex_holds_every_indicator(tmp_path: Path) -> None:
    assert call("catalogue", "docs", "--out", str(tmp_path / "a.docx")).code == 0
    text = "\n".join(p.text for p in docx.Document(io.BytesIO((tmp_path / "a.docx").read_bytes())).paragraphs)
    assert "Методика расчёта показателей" in text
    assert "1.1.5-m2" in text
    assert call("catalogue", "docs", "--out", str(tmp_path / "a.md")).code == 0
    assert "### 1" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert call("catalogue", "docs", "--out", str(tmp_path / "no" / "a.md")).code == 15


def test_diff_tells_what_changed_in_the_method(tmp_path: Path) -> None:
    (tmp_path / "1.1").mkdir()
    text = (CATALOGUE / "1.1" / "1.1.2.yaml").read_text(encoding="utf-8")
    (tmp_path / "1.1" / "1.1.2.yaml").write_text(text.replace("{mark: 2}", "{mark: [2, 3]}", 1), encoding="utf-8")
    told = call("catalogue", "diff", str(tmp_path)).out
    assert "1.1.2-m1: изменён, Как считается\n" in told
    assert "Отметка: 2 или 3" in told
    assert told.count("изменён") == 2  # the figure and the same over all works
    shutil.copy(CATALOGUE / "1.1" / "1.1.2.yaml", tmp_path / "1.1" / "1.1.2.yaml")
    assert "не изменилась" in call("catalogue", "diff", str(tmp_path)).out
    (tmp_path / "catalogue.yaml").write_text("off: {indicators: [1.1.2-m2]}", encoding="utf-8")
    assert call("catalogue", "diff", str(tmp_path)).out == "1.1.2-m2: добавлен\n"


def test_check_warns_of_stale_definitions_and_of_clauses_no_example_tries(tmp_path: Path) -> None:
    (tmp_path / "1.1").mkdir()
    text = (CATALOGUE / "1.1" / "1.1.5.yaml").read_text(encoding="utf-8")
    stale = text.replace('next_review: "2027-09-01"', 'next_review: "2020-09-01"')
    narrowed = stale.replace(
        "dataset: vpr_objectivity, distinct", "dataset: vpr_objectivity, where: {year: 2026}, distinct"
    )
    (tmp_path / "1.1" / "1.1.5.yaml").write_text(narrowed.replace("| 2025 |", "| 2026 |"), encoding="utf-8")
    outcome = call("catalogue", "check", "--catalogue", str(tmp_path))
    assert outcome.code == 0
    assert "1.1.5-m2: определение пора пересмотреть (срок — 2020-09-01)" in outcome.err
    assert "1.1.5-m2: ни один пример не видит условие и выполненным, и невыполненным: Год: 2026" in outcome.err


def test_every_clause_of_our_catalogue_is_tried_both_ways_and_no_definition_is_stale() -> None:
    assert list(hygiene(load_catalogue(), date(2026, 12, 1))) == []


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        ("            Г             | муниципалитет | школа         | Г             | 1          | 9\n", "Классы по"),
        ("            Б   | 8     | Математика | 5            | 100     | 0       | 0       | 0\n", "Класс: 10"),
    ],
    ids=["units it is about", "another source"],
)
def test_clauses_of_units_and_of_other_sources_are_watched_too(tmp_path: Path, cut: str, told: str) -> None:
    (tmp_path / "1.1").mkdir()
    text = (CATALOGUE / "1.1" / "1.1.3.yaml").read_text(encoding="utf-8")
    (tmp_path / "1.1" / "1.1.3.yaml").write_text(text.replace(cut, "", 1), encoding="utf-8")
    warnings = [finding.message for finding in hygiene(load_catalogue(tmp_path), date(2026, 12, 1))]
    assert len(warnings) == 1
    assert warnings[0].startswith("1.1.3-m1: ни один пример не видит")
    assert told in warnings[0]


def test_list_by_source_and_month() -> None:
    by_source = call("catalogue", "list", "--source", "kdr", "--json")
    assert {item["id"][:5] for item in json.loads(by_source.out)} == {"1.1.4"}
    assert json.loads(call("catalogue", "list", "--due", "13", "--json").out) == []
    assert "возможно, «kdr»" in call("catalogue", "list", "--source", "krd").err


def test_the_command_checks_the_templates_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "шаблоны").mkdir()
    (tmp_path / "шаблоны" / "direction.md.j2").write_text("{{ unit.nme }}", encoding="utf-8")
    (tmp_path / "quality.yaml").write_text("templates: шаблоны", encoding="utf-8")
    outcome = call("catalogue", "check", "--config", str(tmp_path / "quality.yaml"))
    assert outcome.code == 10
    assert "direction.md.j2:1:1: у организации нет «nme»; возможно, «name»?" in outcome.err
