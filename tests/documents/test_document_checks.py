"""Documents and templates are checked as strictly as indicators: nothing unknown passes, all mistakes at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import TEMPLATES
from quality_cli.core.yamlfile import read_yaml
from quality_cli.documents.report.check import check_documents

DOCUMENT = """\
document: own
title: Своя справка
file: Своя
templates: {organisation: own.md.j2}
indicators: [1.1.2-m1]
charts:
  - {key: a.png, kind: marks, indicator: 1.1.1-m1, parts: ["mark=2", "mark=3", "mark=4", "mark=5"], by: subject}
  - {key: b.png, kind: years, indicator: 1.1.2-m2, by: grade, label: "{value}-е классы"}
conclusions:
  - {indicator: 1.1.5-m1, part: lower}
"""
TEMPLATE = "{% for line in conclusions.lines %}{{ line.figure.now.shown }}{% endfor %}"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


def told(catalogue: Catalogue, folder: Path, document: str = DOCUMENT, template: str = TEMPLATE) -> list[str]:
    """Mistakes of a document beside the shipped ones."""
    (folder / "own.yaml").write_text(document, encoding="utf-8")
    (folder / "own.md.j2").write_text(template, encoding="utf-8")
    own = read_yaml(folder / "own.yaml", "own.yaml")
    try:
        check_documents(replace(catalogue, documents={**catalogue.documents, "own": own}), [folder, TEMPLATES])
    except CatalogueError as error:
        return [str(finding) for finding in error.findings]
    return []


def test_the_shipped_documents_and_templates_have_no_mistakes(shipped: Catalogue) -> None:
    checked = check_documents(shipped, [TEMPLATES])
    assert len(checked.documents) == 8
    assert checked.templates == {path.name for path in TEMPLATES.glob("*.j2")}


def test_a_document_of_ones_own(shipped: Catalogue, tmp_path: Path) -> None:
    assert told(shipped, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("by: subject}", "by: subjekt}", "7:101: у показателя 1.1.1-m1 нет разреза «subjekt»; возможно, «subject»?"),
        ('"mark=5"]', '"mark=6"]', "7:90: у показателя 1.1.1-m1 нет части «mark=6»; возможно, «mark=5»?"),
        (', "mark=5"]', "]", "7:52: у рисунка «marks» частей (parts) должно быть 4, а дано 3"),
        (" 1.1.2-m2, by", " 1.1.2-m22, by", "8:31: нет показателя «1.1.2-m22»; возможно, «1.1.2-m2»?"),
        ("{value}-е", "{год}-е", "8:63: {год} здесь нечем заменить; бывает: {value}"),
        ("{value}-е", "{value:>9}-е", "8:63: {value} здесь нечем заменить; бывает: {value}"),
        ("{value}-е", "{value-е", "8:63: фигурные скобки не закрыты; сама скобка пишется дважды: {{ }}"),
        ("key: b.png", "key: a.png", "8:6: рисунок «a.png» уже есть"),
        ("key: b.png", "key: ../b.png", '8:6: неправильная запись: "../b.png"'),
        ("Своя справка", "Справка {год}", "2:1: {год} здесь нечем заменить"),
        ("file: Своя", "file: Своя {id}", "3:1: {id} здесь нечем заменить"),
        ("own.md.j2", "ovn.md.j2", "4:13: нет шаблона «ovn.md.j2»; возможно, «own.md.j2»?"),
        ("own.md.j2", "own.md", "4:13: имя шаблона кончается на «.j2», а дано «own.md»"),
        ("{organisation: own.md.j2}", "{}", "4:1: у документа нет ни одного шаблона: его никто не получит"),
        ("[1.1.2-m1]", "[1.1.2-m9]", "5:14: нет показателя «1.1.2-m9»; возможно, «1.1.2-m2»?"),
        ("part: lower", "part: lover", "10:27: у показателя 1.1.5-m1 нет части «lover»; возможно, «lower»?"),
        ("1.1.5-m1, part: lower", "1.1.1-m1", "10:5: показатель 1.1.1-m1 считается только по частям"),
        ("1.1.5-m1", "1.1.5-m11", "10:6: нет показателя «1.1.5-m11»; возможно, «1.1.5-m1»?"),
        ("file: Своя", "file: Аналитическая справка ВПР", "3:1: файл с таким именем составляет и документ «vpr»"),
        ("kind: years", "kind: yaers", "8:18: \"yaers\" здесь не годится; возможно, «years»"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_document(shipped: Catalogue, tmp_path: Path, old: str, new: str, message: str) -> None:
    assert DOCUMENT.count(old) == 1
    found = told(shipped, tmp_path, DOCUMENT.replace(old, new))
    assert [line for line in found if line.startswith(f"own.yaml:{message}")], found


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ nme }}", "нет переменной «nme»"),
        ("{{ unit.nam }}", "у организации нет «nam»; возможно, «name»?"),
        ("{{ unit['nam'] }}", "у организации нет «nam»; возможно, «name»?"),
        ("{{ title | нет }}", "нет фильтра «нет»"),
        ("{{ title is нет }}", "нет проверки «нет»"),
        ("{% if %}", "ошибка записи шаблона: не на месте «%}»"),
        ("{% фо %}", "ошибка записи шаблона: нет команды «фо» или она не на месте"),
        ("{% if false %}{{ own('1.1.2-m9') }}{% endif %}", "нет показателя «1.1.2-m9»; возможно, «1.1.2-m2»?"),
        ("{{ own('1.1.1-m1') }}", "показатель 1.1.1-m1 считается только по частям"),
        ("{{ '' if true else district('1.1.2-m1', 'al').value }}", "нет части «al»"),
        ("{{ own_before('1.1.2-m1', clas=5).n }}", "у показателя 1.1.2-m1 нет разреза «clas»"),
        ("{{ own('1.1.2-m1', grade=55) }}", "нет значения «55»; бывает: 1–12"),
        ("{{ own('1.1.2-m1', subject='Матиматика') }}", "нет значения «Матиматика»; возможно, «Математика»?"),
        ("{% for s in own.values('1.1.2-m1', 'subjct') %}{% endfor %}", "нет разреза «subjct»; возможно, «subject»?"),
        ("{% set p = 'all_works' if title else 'al' %}{{ own('1.1.1-m1', 'mark=2;' ~ p) }}", "нет части «mark=2;al»"),
        (
            "{% for s in schools %}{% set f = s.figures %}{{ f('1.1.2-m1').vlue }}{% endfor %}",
            "значения показателя нет «vlue»",
        ),
        (
            "{% macro m(x) %}{{ x.shwn }}{% endmacro %}{{ m(own('1.1.2-m1')) }}",
            "нет «shwn»; возможно, «shown»?",
        ),
        ("{% macro m(x) %}{{ own('1.1.2-m7') }}{% endmacro %}", "нет показателя «1.1.2-m7»"),
        (
            "{% import 'common.md.j2' as c %}{{ c.vlaue(1) }}",
            "в шаблоне «common.md.j2» нет «vlaue»; возможно, «value»?",
        ),
        ("{% from 'common.md.j2' import vlaue %}", "в шаблоне «common.md.j2» нет «vlaue»"),
        ("{% include 'comon.md.j2' %}", "нет шаблона «comon.md.j2»; возможно, «common.md.j2»?"),
        ("{% for line in conclusions.lines %}{{ line.figure.shwn }}{% endfor %}", "у оценки показателя нет «shwn»"),
        ("{{ recommendations | map(attribute='mesure') | join }}", "у рекомендации нет «mesure»; возможно, «measure»?"),
        ("{{ indicators | map(attribute='indicatr.id') | join }}", "у показателя документа нет «indicatr»"),
        ("{% for g in groups %}{% for a, b, c in g.missing %}{{ g.titl }}{% endfor %}{% endfor %}", "нет «titl»"),
        ("{{ own.results }}", "у показателей нет «results»; есть: unit, period, values"),
    ],
)
def test_a_mistake_in_a_template(shipped: Catalogue, tmp_path: Path, template: str, message: str) -> None:
    found = told(shipped, tmp_path, DOCUMENT, f"{TEMPLATE}\n{template}")
    assert len(found) == 1, found
    assert found[0].startswith("own.md.j2:2:1: ")
    assert message in found[0]


@pytest.mark.parametrize(
    "template",
    [
        "{% if own('1.1.2-m1').value is none %}{{ previous }}{% else %}{{ own('1.1.2-m1').value | num }}{% endif %}",
        "{% set n = namespace(x=0) %}{% for s in schools %}{% set n.x = n.x + 1 %}{{ loop.last }}{% endfor %}{{ n.x }}",
        "{% for t in ['1.1.2-m1', '1.1.2-m2'] %}{{ own(t, grade=5, subject='Математика').shown }}{% endfor %}",
        "{{ own(**{'indicator': '1.1.2-m1', 'grade': 5}).shown }}{{ own('1.1.2-m1', **{'grade': 5}).d }}",
        "{% macro m(c, word='x') %}{{ c.n }}{{ word }}{{ caller() if false }}{% endmacro %}{{ m(own('1.1.2-m1')) }}",
        "{{ {'a': 1}.a }}{{ title.upper() }}{{ groups[0].indicators[0].indicator.name[:5] | upper }}",
        "{% set x %}т{% endset %}{{ x }}{% with y = unit.name %}{{ y }}{% endwith %}{% filter upper %}а{% endfilter %}",
        "{% if extra is defined %}а{% endif %}{{ extra | default('нет') }}",
        "{% block b %}{{ unit.name }}{% endblock %}{% include 'нет.md.j2' ignore missing %}",
        "{{ conclusions.moved | sort(attribute='now.value') | map(attribute='what') | unique | join(', ') }}",
        "{% for line in conclusions.lines if line.kind in ['missed'] %}{{ line.figure.missed_by | join }}{% endfor %}",
    ],
)
def test_what_is_right_is_not_called_a_mistake(shipped: Catalogue, tmp_path: Path, template: str) -> None:
    assert told(shipped, tmp_path, DOCUMENT, f"{TEMPLATE}\n{template}") == []


def test_a_template_made_to_tire_the_check_does_not(shipped: Catalogue, tmp_path: Path) -> None:
    for number in range(24):
        text = f"{{% include 'b{number + 1}.md.j2' %}}" * 2
        (tmp_path / f"b{number}.md.j2").write_text(text, encoding="utf-8")
    (tmp_path / "b24.md.j2").write_text("конец", encoding="utf-8")
    deep = "{{ " + "+".join(["1"] * 5000) + " }}" + "{{ " + "(" * 400 + ")" * 400 + " }}"
    for text in (
        "{% include 'b0.md.j2' %}",
        deep,
        "{{ " + "9" * 5000 + " }}",
        "{% macro m() %}{{ m() }}{% endmacro %}",
    ):
        assert len(told(shipped, tmp_path, DOCUMENT, TEMPLATE + text)) < 3


def test_all_mistakes_at_once(shipped: Catalogue, tmp_path: Path) -> None:
    document = DOCUMENT.replace("by: grade", "by: grad").replace("Своя справка", "С {x}")
    found = told(shipped, tmp_path, document, TEMPLATE + "{{ a }}\n{{ b }}")
    assert [line.split(": ")[0] for line in found] == [
        "own.yaml:2:1", "own.yaml:8:52", "own.md.j2:1:1", "own.md.j2:2:1"
    ]  # fmt: skip


def test_what_is_switched_off_may_still_be_named(tmp_path: Path) -> None:
    """The shipped templates ask for indicators that one's own catalogue may switch off."""
    (tmp_path / "catalogue.yaml").write_text("off: {indicators: [1.1.2-m1, 1.1.1]}", encoding="utf-8")
    assert check_documents(load_catalogue(tmp_path), [TEMPLATES]).documents
