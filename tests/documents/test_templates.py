"""Templates: Jinja to Markdown."""

import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from quality_cli.core.errors import ConfigurationError
from quality_cli.documents.templates.jinja import Environment, TemplateFault, render
from quality_cli.documents.templates.markdown import Markdown
from quality_cli.documents.templates.renderer import read_templates

MOST = 1_000_000


@dataclass(frozen=True)
class School:
    name: str


def rendered(template: str, **context: object) -> str:
    return render(Environment({"a.md.j2": template}), "a.md.j2", context, MOST)


def test_data_are_escaped_and_template_is_not() -> None:
    text = rendered("**{{ school.name }}**", school=School("*Лицей* | № 5"))
    assert text == r"**\*Лицей\* \| № 5**"


def test_results_of_macros_and_blocks_are_not_escaped_twice() -> None:
    text = rendered(
        "{% macro bold(x) %}**{{ x }}**{% endmacro %}{% set y %}*{{ x }}*{% endset %}"
        "{{ bold(x) }} {{ y }} {{ bold(y) }}",
        x="a_b",
    )
    assert text == r"**a\_b** *a\_b* ***a\_b***"


@pytest.mark.parametrize(
    "expression", ["x ~ '!'", "[x, x] | join('*')", "x | upper", "x | safe", "x | e", "'**' ~ (x | md) ~ '**'"]
)
def test_nothing_brings_data_past_the_escaping(expression: str) -> None:
    text = rendered("{{ " + expression + " }}", x="*")
    assert "*" not in text.replace(r"\*", "")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('n | counted("школа", "школы", "школ")', "5 школ"),
        ('n | plural("её", "их", "их")', "их"),
        ("s | pct", "12,5 %"),
        ("-s | pp", "−12,5 п. п."),
        ("s | pp", "+12,5 п. п."),
        ("-s | points", "12,5 п. п."),
        ("s | points", "12,5 п. п."),
        ("1.25 | num(2)", "1,25"),
        ('["5", "7", "6", "9"] | ranges', "5–7, 9"),
        ('["a*", "b", "c"] | enumerate_ru', r"a\*, b и c"),
        ('"2026-09-01" | date_ru', "1 сентября 2026 г."),
    ],
)
def test_filters(expression: str, text: str) -> None:
    assert rendered("{{ " + expression + " }}", n=5, s=12.5).replace("\u00a0", " ") == text


def test_trusted_markdown_is_printed_as_it_is() -> None:
    assert rendered("{{ x }}", x=Markdown("**да**")) == "**да**"


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("a\n\n{{ nme }}", 3, "нет переменной «nme»"),
        ("a\n{{ school.nme }}", 2, "нет «nme»"),
        ("{{ school.__class__ }}", 1, "запрещено"),
        ("a\n{{ 1 / zero }}", 2, "деление на ноль"),
        ("a\nb\n{% if %}", 3, "ошибка записи шаблона"),
        ("a\n{{ x | нет }}", 2, "ошибка записи шаблона"),
        ("a\n{% block t %}{{ super() }}{% endblock %}", 2, "у блока нет прежнего содержания"),
        ("{% macro f(a, a) %}{% endmacro %}", 1, "в скобках дважды стоит одно имя"),
        ("a\n{{ [1, 2] }}", 2, "напечатать можно текст или число"),
        ("a\n{{ [1] | map(attribute='__class__') | list }}", 2, "напечатать можно текст или число"),
        ("a\n{{ school }}", 2, "напечатать можно текст или число"),
        ("a\n{{ range }}", 2, "напечатать можно текст или число"),
        ("a\n{% for i in range(10 ** 8) %}{% endfor %}", 2, "не удалось вычислить"),
        ("a\n{% include 'b.md.j2' %}", 2, "нет шаблона «b.md.j2»"),
    ],
)
def test_faults_tell_the_line(template: str, line: int, message: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(template, school=School("5"), zero=0, x=1)
    assert (caught.value.template, caught.value.line) == ("a.md.j2", line)
    assert str(caught.value).startswith(f"a.md.j2:{line}: ")
    assert message in caught.value.message
    assert isinstance(caught.value, ConfigurationError)


SLIPS = """
    {{ x                      | шаблон кончился раньше
    {{ a 1 }}                 | не на месте «целое число»
    {{ a 'b' }}               | не на месте «текст в кавычках»
    {{ 1 + }}                 | не на месте «}}»
    {% if %}{% endif %}       | не на месте «%}»
    {{ ) }}                   | не на месте «)»
    {{ (1, 2 }}               | не на месте «}»
    {{ "abc }}                | лишний знак или незакрытая кавычка «"»
    {{ 'abc }}                | лишний знак или незакрытая кавычка «'»
    {{ $ }}                   | лишний знак или незакрытая кавычка «$»
    {% frob %}                | нет команды «frob»
    {# a                      | не закрыто примечание
    {% raw %}{{ x             | не закрыта команда «raw»
    {% set 1 = 2 %}           | слева от «=»
    {% macro f(a=1, b) %}{% endmacro %}                     | имена без значения стоят раньше
    {% block a %}{% endblock %}{% block a %}{% endblock %}  | блок «a» описан дважды
    {% block a-b %}{% endblock %}                           | в имени блока
"""


@pytest.mark.parametrize("slip", SLIPS.strip().splitlines())
def test_a_slip_is_told_in_russian(slip: str) -> None:
    template, _, message = (part.strip() for part in slip.rpartition("|"))
    with pytest.raises(TemplateFault) as caught:
        rendered(f"a\n{template}")
    assert caught.value.line == 2
    assert message in caught.value.message
    assert not re.search("[a-z]{4,}", caught.value.message.replace("«frob»", ""))


def test_fault_in_included_template_names_that_template() -> None:
    environment = Environment({"a.md.j2": "{% include 'b.md.j2' %}", "b.md.j2": "\n{{ nme }}"})
    with pytest.raises(TemplateFault, match=r"^b\.md\.j2:2: "):
        render(environment, "a.md.j2", {}, MOST)


def test_absent_template() -> None:
    with pytest.raises(TemplateFault, match=r"нет шаблона «нет\.md\.j2»"):
        render(Environment({}), "нет.md.j2", {}, MOST)


def test_first_folder_wins(tmp_path: Path) -> None:
    for name in ("own", "standard"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md.j2").write_text(name, encoding="utf-8")
    assert read_templates([tmp_path / "own", tmp_path / "standard"]) == {"a.md.j2": "own"}


def test_a_link_out_of_the_folder_is_not_a_template(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.md.j2").write_text("тайна", encoding="utf-8")
    (own / "a.md.j2").symlink_to(tmp_path / "secret.md.j2")
    (own / "b.md.j2").mkdir()
    assert read_templates([own]) == {}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="нет папки шаблонов"):
        read_templates([tmp_path / "шаблны"])


@pytest.mark.parametrize(
    ("content", "message"), [(b"\xff\xfe", "не в кодировке UTF-8"), (b" " * 1_000_001, "больше 1 МБ")]
)
def test_a_template_that_is_no_text_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.md.j2").write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read_templates([tmp_path])


@pytest.mark.parametrize("name", sorted(set(Environment({}).filters) - {"xmlattr", "tojson"}))
def test_no_filter_needs_a_file(name: str) -> None:
    """Whatever a filter does with such a value, it imports nothing: the process that renders opens no file."""
    before = set(sys.modules)
    with suppress(TemplateFault):
        rendered("{{ x | " + name + " }}", x="abc def")
    assert set(sys.modules) == before
