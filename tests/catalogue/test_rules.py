"""Rules of recommendations as a methodologist writes them: mistakes, own folders, worked examples."""

from pathlib import Path

import pytest

from quality_cli.analysis.judgement.assessment import COLUMNS as OF_ASSESSMENT
from quality_cli.analysis.results import COLUMNS as OF_RESULTS
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.rules.examples import failed_examples, idle_rules, untried_clauses
from quality_cli.catalogue.rules.facts import FACTS, SIGNAL
from quality_cli.catalogue.rules.load import Rules, load_rules
from quality_cli.core.errors import CatalogueError

RULE = """\
rules:
  - id: own
    indicator: 2.2.3-m4
    at: organisation
    when: {value: нет}
    addressee: эксперт
    action: Положение о наставничестве в ОО
    deadline: до конца четверти
    effect: 2.2.3-m4
    examples: {fires: [{value: нет}], silent: [{value: да}], unknown: [{}]}
texts:
  own: {finding: "{title}: {value}.", measure: Обсудить., expected: Ведётся.}
"""

OTHER = RULE.replace("id: own", "id: other").replace("  own: {", "  other: {")

MISTAKES = [  # what is written instead of what; where the mistake is told; what is said
    ("indicator: 2.2.3-m4", "indicator: 2.2.3-m44", "3:5", "возможно, «2.2.3-m4»"),
    ("at: organisation", "at: organisation\n    part: repat", "5:5", "нет части «repat»"),
    ("at: organisation", "at: organisation\n    by: [subject]", "5:5", "нет разреза «subject»"),
    ("at: organisation", "at: region", "4:5", "правило бывает муниципалитета"),
    ("at: organisation", "at: municipality", "5:12", "значение здесь — число, а дано нет"),
    ("when: {value: нет}", "when: {valye: нет}", "5:12", "нет факта «valye»; возможно, «value»?"),
    ("when: {value: нет}", "when: {value: {lt: 50}}", "5:20", "больше и меньше у него не бывает"),
    ("when: {value: нет}", "when: {value: 0}", "5:12", "«value» здесь — да или нет, а дано 0"),
    ("when: {value: нет}", "when: {state: mised}", "5:12", "возможно, «missed»; бывает: reached, missed, insufficient"),
    ("when: {value: нет}", "when: {moved: [fell, grow]}", "5:12", "возможно, «grew»"),
    ("when: {value: нет}", "when: {change: много}", "5:12", "«change» — число"),
    ("when: {value: нет}", "when: {unstable: много}", "5:12", "«unstable» здесь — да или нет"),
    ("when: {value: нет}", "when: {value: {less: 5}}", "5:20", "неизвестное сравнение «less»"),
    ("when: {value: нет}", "when: {2.2.3-m5: {state: {gt: 1}}}", "5:31", "больше и меньше у него не бывает"),
    ("when: {value: нет}", "when: {2.2.3-m55: {state: missed}}", "5:12", "нет показателя «2.2.3-m55»; возможно"),
    ("when: {value: нет}", "when: {2.2.5-s1: {value: 0}}", "5:23", "«value» здесь — да или нет"),
    ("when: {value: нет}", "when: {2.2.3-m5: {value: нет}}", "5:23", "значение здесь — число, а дано нет"),
    ("when: {value: нет}", "when: {2.2.3-m5: {stat: missed}}", "5:23", "возможно, «state»?"),
    ("when: {value: нет}", "when: {also_in: {dataset: vpr, on: org}}", "5:5", "«also_in» в правиле не бывает"),
    ("when: {value: нет}", "since: 2026/2027", "2:5", "у правила нет условия"),
    ("when: {value: нет}", "when: {value: нет}\n    organisations: {value: нет}", "2:5", "только у правила мун"),
    ("when: {value: нет}", "when: {value: нет}\n    since: 2026/2027\n    until: 2025/2026", "2:5", "раньше"),
    ("addressee: эксперт", "addressee: директор", "6:5", "бывает: муниципалитет, руководитель"),
    ("action: Положение", "action: Приложение", "7:5", "возможно, «Положение о наставничестве в ОО.»?"),
    ("deadline: до конца четверти", 'deadline: "13"', "8:5", "месяц двумя цифрами"),
    ("effect: 2.2.3-m4", "effect: 2.2.3-m4 share", "9:5", "нет части «share»"),
    ("fires: [{value: нет}]", "fires: [{value: нет, stat: missed}]", "10:37", "возможно, «state»?"),
    ("when: {value: нет}", "when: {same_children: unclear}", "5:12", "не о тех же детях (same_children)"),
    ("when: {value: нет}", "when: {1.1.4-s5 lower: {worsened: {ge: 3}}}", "5:29", "судят у «1.1.4-s5 higher»"),
    ("fires: [{value: нет}]", "fires: [{state: miss}]", "10:25", "возможно, «missed»"),
    ("fires: [{value: нет}]", "fires: [{value: [1, 2, 3]}]", "10:25", "двумя числами"),
    ("fires: [{value: нет}]", "fires: [{organisations: [{}]}]", "10:25", "только у правила с organisations"),
    ("    effect:", "    text: onw\n    effect:", "9:5", "нет текста «onw»; возможно, «own»?"),
    ("{value}.", "{valu}.", "12:9", "{valu} правила own нечем заменить; возможно, «value»"),
    ("{value}.", "{organisations}.", "12:9", "нечем заменить"),
    ("{value}.", "{target}.", "12:9", "{target} может оказаться пустым"),
    ("{value}.", "{value.", "12:9", "фигурные скобки не закрыты"),
    ("{value}.", "{2.2.3-m5.valu}.", "12:9", "возможно, «value»"),
    ("{value}.", "{2.2.3-m55.value}.", "12:9", "нет показателя «2.2.3-m55»"),
    ("measure: Обсудить., ", "", "12:3", "нет обязательного ключа «measure»"),
    ("  own: {", "  own: {finding: Да., measure: Нет., expected: Ну.}\n  own: {", "13:3", "ключ «own» повторён"),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def _own(folder: Path, catalogue: Catalogue, **files: str) -> Rules:
    (folder / "recommendations").mkdir(parents=True)
    for name, text in files.items():
        (folder / "recommendations" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_rules(catalogue, folder)


@pytest.mark.parametrize(("written", "instead", "place", "told"), MISTAKES)
def test_mistakes_are_told_with_their_place(
    tmp_path: Path, catalogue: Catalogue, written: str, instead: str, place: str, told: str
) -> None:
    assert written in RULE
    with pytest.raises(CatalogueError) as caught:
        _own(tmp_path / "own", catalogue, rules=RULE.replace(written, instead, 1))
    finding = caught.value.findings[0]
    assert told in str(finding)
    assert str(finding).startswith(f"own/recommendations/rules.yaml:{place}: ")


def test_the_own_rule_is_right_itself(tmp_path: Path, catalogue: Catalogue) -> None:
    rules = _own(tmp_path / "own", catalogue, rules=RULE)
    assert rules.find("own").addressee == "эксперт"
    assert rules.directions["own"] == "2.2"
    assert rules.actions["own"] == "2.2.3: «Положение о наставничестве в ОО»"


def test_shipped_rules_are_tried_whole(catalogue: Catalogue) -> None:
    rules = load_rules(catalogue)
    assert [*failed_examples(rules, rules.rules), *idle_rules(rules), *untried_clauses(rules)] == []
    assert {rules.directions[rule.id] for rule in rules.rules} == {item.id for item in catalogue.settings.directions}
    assert {rule.text_key for rule in rules.rules} == set(rules.texts)  # no sentence that nobody says


def test_facts_are_columns_of_the_tables() -> None:
    judged = {name for name, kind in FACTS.items() if kind.judged} - {SIGNAL}
    assert judged <= OF_ASSESSMENT.keys()
    assert FACTS.keys() - judged - {SIGNAL} <= OF_RESULTS.keys()


def test_a_shipped_rule_is_changed_by_the_keys_given(tmp_path: Path, catalogue: Catalogue) -> None:
    changed = """\
rules:
  - id: 1.4-diagnostics
    when: {value: {lt: 90}}
    examples: {fires: [{value: 85}], silent: [{value: 90}]}
texts:
  1.4-diagnostics: {measure: Провести диагностику.}
"""
    rules, shipped = _own(tmp_path / "own", catalogue, наши=changed), load_rules(catalogue)
    own, before = rules.find("1.4-diagnostics"), shipped.find("1.4-diagnostics")
    assert own.when != before.when
    assert (own.indicator, own.part, own.deadline) == (before.indicator, before.part, before.deadline)
    assert rules.sentences(own).measure == "Провести диагностику."
    assert rules.sentences(own).finding == shipped.sentences(before).finding
    assert len(rules.rules) == len(shipped.rules)


def test_rules_are_switched_off(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    off = "off: {rules: [2.3-ecology], indicators: [1.4.1, 1.3.1-s1]}\n"
    (own / "catalogue.yaml").write_text(off, encoding="utf-8")
    catalogue = load_catalogue(own)
    named = {rule.id for rule in load_rules(catalogue).rules} - {rule.id for rule in load_rules(catalogue, own).rules}
    assert named == set()  # what is off is off in the catalogue that was loaded
    gone = {rule.id for rule in load_rules(load_catalogue()).rules} - {
        rule.id for rule in load_rules(catalogue, own).rules
    }
    asking = {"1.4-diagnostics", "1.4-diagnostics-11", "1.3-preparation"}  # the last asks about 1.3.1-s1 beside its own
    assert gone == {"2.3-ecology", *asking}


def test_switching_off_a_rule_that_is_not_there(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "catalogue.yaml").write_text("off: {rules: [2.3-ekology]}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"catalogue\.yaml:1:\d+: .*возможно, «2\.3-ecology»\?"):
        load_rules(load_catalogue(own), own)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (RULE, "правило «own» уже есть"),
        (OTHER, "срабатывают при одном условии и говорят одно и то же"),
        (OTHER.replace("Обсудить", "Не обсуждать"), "при одном условии и говорят разное"),
    ],
)
def test_rules_that_contradict_each_other(tmp_path: Path, catalogue: Catalogue, second: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        _own(tmp_path / "own", catalogue, a=RULE, b=second)


def test_rules_of_one_condition_in_different_years(tmp_path: Path, catalogue: Catalogue) -> None:
    before = RULE.replace("    at:", "    until: 2025/2026\n    at:")
    after = OTHER.replace("    at:", "    since: 2026/2027\n    at:")
    assert _own(tmp_path / "own", catalogue, a=before, b=after).find("other")


def test_examples_that_come_out_otherwise(tmp_path: Path, catalogue: Catalogue) -> None:
    wrong = RULE.replace("silent: [{value: да}], unknown: [{}]", "silent: [{value: нет}], unknown: [{value: да}]")
    rules = _own(tmp_path / "own", catalogue, rules=wrong)
    told = list(map(str, failed_examples(rules, [rules.find("own")])))
    assert [text.split(": ", 1)[1] for text in told] == [
        "пример правила own не сходится: правило срабатывает, а ожидалось «silent»",
        "пример правила own не сходится: правило не срабатывает, а ожидалось «unknown»",
    ]
    assert told[0].startswith("own/recommendations/rules.yaml:10:")
    assert [finding.message for finding in untried_clauses(rules)] == []  # true in one, false in another


def test_a_rule_that_never_fires_and_a_clause_never_tried(tmp_path: Path, catalogue: Catalogue) -> None:
    idle = RULE.replace("fires: [{value: нет}], ", "").replace("when: {value: нет}", "when: {value: нет, small: да}")
    rules = _own(tmp_path / "own", catalogue, rules=idle)
    assert [str(finding) for finding in idle_rules(rules)] == [
        "own/recommendations/rules.yaml:10:5: правило own не срабатывает ни в одном своём примере: добавьте в examples "
        "пример fires"
    ]
    tried = [finding.message.rsplit(": ", 1)[1] for finding in untried_clauses(rules)]
    assert tried == ["value = нет", "small = да"]


def test_a_shipped_rule_about_what_the_own_catalogue_has_no_more_is_left_out(tmp_path: Path) -> None:
    own = tmp_path / "own" / "2.2"
    own.mkdir(parents=True)
    group = """\
group: "2.2.5"
direction: "2.2"
title: Вакансии
indicators:
  - id: 2.2.5-s1
    name: Перечень вакансий
    level: organisation
    measure: flag
    unit: да/нет
    asked: Есть ли перечень вакансий?
    method: Ответ формы.
    examples: [{data: {answers: "org | question | yes\\nА | 2.2.5-s1 | да"}, expect: [{at: А, value: 1}]}]
"""
    (own / "2.2.5.yaml").write_text(group, encoding="utf-8")
    rules = load_rules(load_catalogue(own.parent), own.parent)
    gone = {"2.2-subject-education", "2.2-retirement", "2.2-vacancies"}  # of the last the quoted action is gone
    assert {finding.message.split()[1] for finding in rules.left_out} == gone
    assert not gone & {rule.id for rule in rules.rules}
