"""The catalogue as editors and methodologists need it: schema, annex, differences, hygiene."""

import io
import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import pytest
from calling import call

from quality_cli.app.coverage import untried_clauses
from quality_cli.app.examples import ExampleTables
from quality_cli.app.schemas import SCHEMAS
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.review import due_for_review
from quality_cli.core.resources import CATALOGUE


def test_schema_knows_the_keys_of_an_indicator() -> None:
    schema = json.loads(call("catalogue", "schema").out)
    indicator = schema["$defs"]["Indicator"]
    assert {"id", "name", "measure", "population", "examples"} <= set(indicator["properties"])
    assert "share_of_orgs" in json.dumps(indicator["properties"]["measure"])
    assert indicator["additionalProperties"] is False


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_has_what_editors_need(kind: str) -> None:
    schema = json.loads(call("catalogue", "schema", kind).out)
    assert schema == json.loads((CATALOGUE / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert schema["additionalProperties"] is False
    assert '"boolean"' not in json.dumps(schema)  # editors take да for text


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_says_in_russian_what_a_key_means(kind: str) -> None:
    schema = json.loads(call("catalogue", "schema", kind).out)
    described = {"": schema, **schema.get("$defs", {})}
    keys = {
        (name, key): about for name, model in described.items() for key, about in model.get("properties", {}).items()
    }
    assert [key for key, about in keys.items() if not re.search("[а-я]", about.get("description", ""))] == []


@pytest.mark.parametrize("kind", ["indicators", "datasets"])
def test_a_file_may_extend_the_shipped_one(kind: str) -> None:
    assert json.loads(call("catalogue", "schema", kind).out)["anyOf"][0] == {"required": ["extends"]}


def test_an_unknown_schema_is_told() -> None:
    outcome = call("catalogue", "schema", "dataset")
    assert outcome.code != 0
    assert "нет схемы «dataset»; возможно, «datasets»?" in outcome.err


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
    checked = call("catalogue", "check", "--catalogue", str(tmp_path))
    assert checked.code == 0
    assert "1.1.5-m2: определение пора пересмотреть (срок — 2020-09-01)" in checked.err
    tested = call("catalogue", "test", "--catalogue", str(tmp_path), "--indicator", "1.1.5-m2")
    assert "1.1.5-m2: ни один пример не видит условие и выполненным, и невыполненным: Год: 2026" in tested.err


def untried(catalogue: Catalogue) -> list[str]:
    """What is told of the clauses of a catalogue."""
    indicators = list(catalogue.indicators.values())
    tables = ExampleTables(catalogue.specs.contracts)
    return [finding.message for finding in untried_clauses(catalogue, indicators, tables)]


def test_every_clause_of_our_catalogue_is_tried_both_ways_and_no_definition_is_stale() -> None:
    catalogue = load_catalogue()
    assert untried(catalogue) == []
    assert list(due_for_review(catalogue, date(2026, 12, 1))) == []


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        (r"^ +\S+ +\| муниципалитет \| школа .*\| (?!11$)\d+\n", "Классы по"),
        (r"^ +\S+ +\| (?!10 )\d+ +\| \S.*(\| \d+ +){4}\| \d+\n", "Класс: 10"),
    ],
    ids=["units it is about", "another source"],
)
def test_clauses_of_units_and_of_other_sources_are_watched_too(tmp_path: Path, cut: str, told: str) -> None:
    (tmp_path / "1.1").mkdir()
    text = (CATALOGUE / "1.1" / "1.1.3.yaml").read_text(encoding="utf-8")
    (tmp_path / "1.1" / "1.1.3.yaml").write_text(re.sub(cut, "", text, flags=re.M), encoding="utf-8")
    warnings = untried(load_catalogue(tmp_path))
    assert all(warning.startswith("1.1.3-") for warning in warnings)  # of each indicator that shares the table
    assert warnings[0].startswith("1.1.3-m1: ни один пример не видит")
    assert told in warnings[0]


def test_list_by_source_and_month() -> None:
    by_source = call("catalogue", "list", "--source", "kdr", "--json")
    assert {item["id"][:5] for item in json.loads(by_source.out)} == {"1.1.4", "1.1.7"}
    assert "возможно, «kdr»" in call("catalogue", "list", "--source", "krd").err


def test_a_month_is_understood_however_it_is_written() -> None:
    lists = [call("catalogue", "list", "--due", month, "--json").out for month in ("06", "6", "июнь", "Июня")]
    assert len(set(lists)) == 1
    due = {item.id for item in load_catalogue().indicators.values() if item.due == "06"}
    assert {item["id"] for item in json.loads(lists[0])} == due != set()
    for wrong, told in (("13", "нет месяца «13»"), ("0", "нет месяца «0»"), ("июнн", "возможно, «июнь»?")):
        outcome = call("catalogue", "list", "--due", wrong)
        assert outcome.code == 2
        assert told in outcome.err


@pytest.mark.parametrize(
    "command", ["list", "show 1.1.2-m1", "check", "test --indicator 1.1.2-m1", "docs --out a.md", "diff КАТАЛОГ"]
)
def test_the_catalogue_of_the_settings_is_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Every command takes it from ``quality.yaml``, the one of this folder and the one named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "свой" / "1.1").mkdir(parents=True)
    (tmp_path / "свой" / "1.1" / "a.yaml").write_text("ошибка: 1", encoding="utf-8")
    (tmp_path / "другое.yaml").write_text("catalogue: свой", encoding="utf-8")
    words = command.replace("КАТАЛОГ", str(CATALOGUE)).split()
    named = call("catalogue", *words, "--config", "другое.yaml")
    (tmp_path / "другое.yaml").rename(tmp_path / "quality.yaml")
    assert (named.code, call("catalogue", *words).code) == (10, 10)
    assert "a.yaml:1:1" in named.err


def test_a_failed_annex_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()  # cannot be replaced by a file
    (tmp_path / "a.md" / "моё.txt").write_text("моё", encoding="utf-8")
    assert call("catalogue", "docs", "--out", tmp_path / "a.md").code == 15
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["a.md", "a.md/моё.txt"]


@pytest.mark.parametrize(
    "command",
    ["--help", "catalogue list", "catalogue show 1.1.2-m1", "catalogue schema", "catalogue check", "init x"],
)
def test_what_needs_no_tables_does_not_load_pandas(command: str, tmp_path: Path) -> None:
    program = (
        "import sys; from quality_cli.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
        "print(*sorted({'pandas', 'polars'} & set(sys.modules)), 'loaded', file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stderr.splitlines()[-1] == "loaded"


def test_files_that_nobody_reads_are_told_by_every_command(small_data: Path, tmp_path: Path) -> None:
    own, templates = tmp_path / "свой", tmp_path / "шаблоны"
    for folder in (own, templates):
        folder.mkdir()
    (own / "своё.yml").write_text("", encoding="utf-8")
    (templates / "direction.md").write_text("", encoding="utf-8")
    config = tmp_path / "quality.yaml"
    config.write_text(f"data: {small_data}\nout: итог\ncatalogue: свой\ntemplates: шаблоны\n", encoding="utf-8")
    markdown = ("--format", "md")
    for command in (["catalogue", "check"], ["compute"], ["report", *markdown], ["run", *markdown, "--force"]):
        outcome = call(*command, "--config", config)
        assert outcome.code == 0, outcome.err
        assert outcome.err.count("внимание [folder.unread] свой/своё.yml: этот файл никто не читает; переименуйте") == 1
        assert outcome.err.count("внимание [folder.unread] шаблоны/direction.md: ") == 1


def test_the_command_checks_the_templates_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "шаблоны").mkdir()
    (tmp_path / "шаблоны" / "direction.md.j2").write_text("{{ unit.nme }}", encoding="utf-8")
    (tmp_path / "quality.yaml").write_text("templates: шаблоны", encoding="utf-8")
    outcome = call("catalogue", "check", "--config", str(tmp_path / "quality.yaml"))
    assert outcome.code == 10
    assert "direction.md.j2:1:1: у организации нет «nme»; возможно, «name»?" in outcome.err
