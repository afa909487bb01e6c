"""Rules of recommendations from the command line: explained, checked, tried."""

import json
import re
import shutil
from pathlib import Path

import pytest
from calling import call

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.rules.examples import failed_examples, idle_rules, untried_clauses
from quality_cli.catalogue.rules.load import load_rules

MANUAL = (Path(__file__).parents[2] / "docs" / "recommendations.md").read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The files of one's own that the manual shows."""
    for name, text in re.findall(r"```yaml\n# (мой каталог/\S+)\n(.*?)```", MANUAL, re.DOTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "мой каталог"


def test_the_files_of_the_manual_make_rules(own: Path) -> None:
    rules = load_rules(load_catalogue(own), own)
    assert [*failed_examples(rules, rules.rules), *idle_rules(rules), *untried_clauses(rules)] == []
    assert rules.find("наше-сопровождение").text_key in rules.texts
    assert rules.texts["2.3-ecology"].measure.startswith("Провести экологический субботник")


@pytest.mark.parametrize(
    ("rule", "org", "told"),
    [
        (
            "1.1-continuity",
            "vo-01",
            "Итог: сработало\n\nУсловия:\n"
            "  да          «Те же дети» (same_children) = чаще ниже, чем выше (на деле: чаще ниже, чем выше)\n\n"
            "Основание: У детей",
        ),
        (
            "1.1-continuity",
            "vo-02",
            "Итог: не сработало\n\nУсловия:\n"
            "  нет         «Те же дети» (same_children) = чаще ниже, чем выше (на деле: вывода нет)\n",
        ),
        (
            "2.2-vacancies",
            "vo-08",
            "не оценено\n\nУсловия:\n  неизвестно  «Значение» (value) = нет (на деле: неизвестно)\n\nОснование",
        ),
        (
            "1.4-agreements",
            "99-01",
            "  неизвестно  МКОУ «Верхнетаёжная ООШ»: «Значение» (value) = нет (на деле: неизвестно)\n",
        ),
        ("1.1-failing", "vo-08", "  да          Русский язык: «Рядом с остальными» (stands) = выше (на деле: выше)\n"),
    ],
)
def test_a_rule_is_explained_whether_it_fires_or_not(sample_data: Path, rule: str, org: str, told: str) -> None:
    assert told in call("explain", "--rule", rule, "--org", org, "--data", sample_data, "--quiet").out


def test_an_explained_rule_as_data(sample_data: Path) -> None:
    record = json.loads(
        call("explain", "--rule", "1.1-continuity", "--org", "vo-02", "--data", sample_data, "--json").out
    )
    assert record == {
        "version": 1,
        "rule": "1.1-continuity",
        "organisation": "vo-02",
        "period": "2025/2026",
        "holds": False,
        "clauses": [
            {
                "organisation": "",
                "holds": "нет",
                "clause": "«Те же дети» (same_children) = чаще ниже, чем выше (на деле: вывода нет)",
            }
        ],
        "recommendation": None,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rule", "1.1-continuty", "--org", "vo-02"), "нет правила «1.1-continuty»; возможно, «1.1-continuity»?"),
        (("--rule", "1.1-continuity", "--org", "ds-01"), "спрашивают не у «МБДОУ «Детский сад «Брусничка»»"),
        (("--rule", "1.1-continuity", "1.1.2-m1", "--org", "vo-02"), "назовите что-то одно"),
        (("--org", "vo-02"), "назовите что-то одно"),
    ],
)
def test_what_cannot_be_explained_is_told(sample_data: Path, arguments: tuple[str, ...], told: str) -> None:
    outcome = call("explain", *arguments, "--data", sample_data, "--quiet")
    assert told in outcome.err
    assert outcome.code != 0


def test_check_refuses_a_rule_that_never_fires_and_test_examples_that_differ(own: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(own, spoilt)
    file = spoilt / "recommendations" / "наши.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("{fires: [{value: 85}], silent: [{value: 90}]", "{silent: [{value: 85}]"), encoding="utf-8"
    )
    checked = call("catalogue", "check", "--catalogue", spoilt)
    assert checked.code == 10
    assert "наши.yaml:4:5: правило 1.4-diagnostics не срабатывает ни в одном своём примере" in checked.err
    tried = call("catalogue", "test", "--catalogue", spoilt, "--indicator", "1.4.1-s1")
    assert tried.code == 10
    assert "пример правила 1.4-diagnostics не сходится: правило срабатывает, а ожидалось «silent»" in tried.err


def test_compute_refuses_a_wrong_rule_before_reading(own: Path, tmp_path: Path) -> None:
    file = own / "recommendations" / "наши.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: {lt: 90}", "valu: {lt: 90}"), encoding="utf-8")
    outcome = call("compute", "--data", tmp_path / "nowhere", "--out", tmp_path / "out", "--catalogue", own)
    assert "нет факта «valu»; возможно, «value»?" in outcome.err
    assert outcome.code == 10
