"""Rendering in a process of its own: templates of anybody read, write and run nothing, and end."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from report_model import DISTRICT, MODEL, NAMES, NOW, SCHOOL, cell

from quality_cli.core.errors import ConfigurationError
from quality_cli.documents.templates.jinja import TemplateFault
from quality_cli.documents.templates.model import Figures, Report, School
from quality_cli.documents.templates.renderer import Limits, Renderer

CANARY = "canary-5f2c"
LIMITS = Limits(seconds=1, memory=300_000_000, characters=200_000)


def rendered(template: str, report: Report = MODEL, **others: str) -> str:
    with Renderer({"a.md.j2": template, **others}, NAMES, LIMITS) as renderer:
        return renderer.render("a.md.j2", report)


SEEN = """{{ title }} {{ own("9.9.1-m1", grade=4).shown }} {{ own_before("9.9.1-m1").n }} {{ district.unit.name }}
{{ unit.level }} {{ section() }}{{ section() }}{{ table() }} {{ own.values("9.9.1-m1", "grade") | join(",") }}
{% for line in conclusions.lines %}
{{ line.figure.whom }} {{ line.figure.what | agreed("вырос", "выросла", "выросло", "выросли") }}
{{ line.figure.change | points }}{% endfor %}

{% for v in indicators %}{{ v.indicator.name }} {{ v.figures[0][1].d }}{% endfor %}"""


def test_a_template_sees_its_model() -> None:
    assert rendered(SEEN).replace("\u00a0", " ") == (
        "Справка 40 5 Округ\norganisation 121 4,5\n4-е классы выросла\n30,0 п. п.\nДоля \\*всего\\* 10"
    )


def test_one_process_serves_many_documents_and_keeps_nothing_of_the_last_but_one() -> None:
    """Figures that two documents share are sent once; counters begin anew."""
    text = '{{ section() }} {{ own.unit.name }} {{ own("9.9.1-m1").value }} {{ district("9.9.1-m1").value }}'
    other = replace(SCHOOL, id="Б", name="Школа Б")
    second = replace(MODEL, unit=other, own=Figures(other, NOW, (cell(value=1.0),)))
    with Renderer({"a.md.j2": text}, NAMES) as renderer:
        found = [renderer.render("a.md.j2", report) for report in (MODEL, second, second, MODEL)]
    first, last = "1 Школа А 50,0 50,0", "1 Школа Б 1,0 50,0"
    assert found == [first, last, last, first]


def test_a_municipality_asks_for_its_schools() -> None:
    report = replace(MODEL, unit=DISTRICT, schools=(School(SCHOOL, MODEL.own),))
    text = (
        '{% for school in schools %}{{ school.unit.name }}: {{ school.figures("9.9.1-m1", "two").shown }}{% endfor %}'
    )
    assert rendered(text, report) == "Школа А: 20"


def test_any_text_of_the_data_comes_back() -> None:
    title = "«\u2028 \U0001f600 \\u0041 \"'"
    assert rendered("{{ title }}", replace(MODEL, title=title)) == "«   \U0001f600 \\\\u0041 \"'".replace("   ", " ")


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ('a\n{{ own("9.9.1-m1", grde=4) }}', 2, "нет разреза «grde»; возможно, «grade»?"),
        ('{{ own("9.9.1-m1", "tow") }}', 1, "нет части «tow»; возможно, «two»?"),
        ('a\n\n{{ own("9.9.1-m9") }}', 3, "нет показателя «9.9.1-m9»"),
        ('{{ own("9.9.1-m1", grade=9) }}', 1, "нет значения «9»; бывает: 4–5"),
        ("{{ unit.nme }}", 1, "у организации нет «nme»; возможно, «name»?"),
        ("{{ own('9.9.1-m1').row }}", 1, "у значения показателя нет «row»"),
        ("{{ own.results }}", 1, "у показателей нет «results»"),
        ("{{ 'а' + 5 }}", 1, "действие не подходит к значениям этого вида"),
        ("{{ own('9.9.1-m1') | attr('value') }}", 1, "нет фильтра «attr»"),
        # What would never end or never fit.
        ("a\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", 2, "слишком долго"),
        ("{% macro m(x) %}{{ m(x) }}{% endmacro %}\n{{ m(1) }}", 1, "вызывает сам себя без конца"),
        ("a\n{% include 'a.md.j2' %}", 2, "вызывает сам себя без конца"),
        ("{{ 'a' * 999999999 }}", 1, "не хватает памяти"),
        ("{% set n = namespace(x='aa') %}\n{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}", 2, "памяти"),
        ("{{ '%0999999999d' % 1 }}", 1, "не хватает памяти"),
        ("a\n{% for i in range(99999) %}{{ title }}\n{% endfor %}", 2, "печатает слишком много"),
        ("{{ range(10 ** 9) | list }}", 1, "слишком длинный ряд"),
        ("{{ 2 ** 999999999 }}", 1, "слишком большая степень"),
        ("{{ 2 ** (0 - 99999) }}", 1, "слишком большая степень"),
    ],
)
def test_a_fault_is_told_in_russian_with_its_line(template: str, line: int, message: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(template)
    assert (caught.value.template, caught.value.line) == ("a.md.j2", line), caught.value
    assert message in caught.value.message
    assert isinstance(caught.value, ConfigurationError)


def test_a_process_that_does_not_answer_is_ended() -> None:
    """Where the clock inside does not reach it, the one outside does; the next document has a process again."""
    text = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    with Renderer({"a.md.j2": text, "b.md.j2": "цел"}, NAMES, Limits(seconds=1000, patience=4)) as renderer:
        with pytest.raises(TemplateFault, match=r"a\.md\.j2:1: шаблон не выполнен"):
            renderer.render("a.md.j2", MODEL)
        assert renderer.render("b.md.j2", MODEL) == "цел"


HOSTILE = """
{{ unit.__class__ }}
{{ unit.__class__.__mro__ }}
{{ unit.__class__.__base__.__subclasses__() }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ ().__class__.__base__ }}
{{ unit['__class__'] }}
{{ unit["__cl" ~ "ass__"] }}
{{ own.__call__.__globals__ }}
{{ own.__init__.__globals__['sys'].modules['os'].system('touch CANARY') }}
{{ own._cells }}
{{ own._names.indicators }}
{{ own.values.__self__ }}
{{ own.values.__func__.__globals__ }}
{{ own.values.im_func }}
{{ section.__globals__ }}
{{ section.__closure__ }}
{{ section.__code__ }}
{{ own("9.9.1-m1")._replace(value=1) }}
{{ own("9.9.1-m1")._asdict() }}
{{ own("9.9.1-m1").__class__.__new__ }}
{{ '{0.__class__.__init__.__globals__}'.format(own) }}
{{ '{0.__class__}'.format_map({'0': unit}) }}
{{ ('{0.__class__' ~ '}').format(unit) }}
{{ 'x'.format.__self__ }}
{{ [own] | map(attribute='__class__') | list }}
{{ [unit] | map('attr', '__class__') | list }}
{{ [unit] | map(attribute='__class__.__mro__') | list }}
{{ [unit] | selectattr('__class__') | list }}
{{ [unit] | groupby('__class__') }}
{{ ['{0.__class__}'] | map('format', unit) | list }}
{{ unit | attr('__class__') }}
{{ lipsum.__globals__['os'].popen('id').read() }}
{{ cycler.__init__.__globals__.os }}
{{ joiner.__init__.__globals__ }}
{{ namespace.__init__.__globals__ }}
{{ namespace(x=1).__class__ }}
{{ dict.__base__.__subclasses__() }}
{{ dict.mro() }}
{{ range.__class__ }}
{{ self.__init__.__globals__ }}
{{ self._TemplateReference__context }}
{{ self._TemplateReference__context.environment }}
{{ loop.__class__ }}
{% macro m() %}{% endmacro %}{{ m._environment }}{{ m.__globals__ }}
{% for x in [1] recursive %}{{ loop._recurse.__globals__ }}{% endfor %}
{% import 'b.md.j2' as b %}{{ b.__dict__ }}{{ b._body_stream }}
{% include '/etc/passwd' %}
{% include '../../../../etc/passwd' %}
{% include 'CANARY' %}
{% import '/etc/passwd' as x %}
{% from '../secret.md.j2' import x %}
{% extends '/proc/self/environ' %}
{{ indicators[0].indicator.parse_raw('cos\\nsystem\\n(S"touch CANARY"\\ntR.', allow_pickle=true) }}
{{ indicators[0].indicator.model_validate({}) }}
{{ own.results.write_parquet('CANARY') }}
{% for r in own.results %}{{ r.org_name }}{% endfor %}
{{ get_flashed_messages.__globals__ }}
{{ request.application.__globals__ }}
{{ open('/etc/passwd').read() }}
{{ __import__('os').system('touch CANARY') }}
{% do images.append('x') %}
{{ unjudged.append('9') }}
{{ own.values('9.9.1-m1', 'grade').clear() }}
{% set unit.name = 'x' %}
{{ title.__class__.__format__ }}
{{ (section for section in [1]).gi_frame.f_globals }}
{{ caller.__globals__ }}
{{ undefined_thing.__class__.__init__.__globals__ }}
""".strip().splitlines()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which templates try to leave something."""
    folder = tmp_path_factory.mktemp("watched")
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) > 60


@pytest.mark.parametrize("template", HOSTILE)
def test_a_hostile_template_gets_nothing(watched: Path, template: str) -> None:
    (watched / "secret.txt").write_text(CANARY, encoding="utf-8")
    text = template.replace("CANARY", str(watched / "made"))
    with pytest.raises(TemplateFault) as caught:
        found = rendered(text, **{"b.md.j2": "b"})
        assert not re.search(r"<|CANARY|canary|root:|/bin|Names", found), found
        raise TemplateFault("", 0, "ничего не получено")
    assert "object at 0x" not in caught.value.message
    assert [path.name for path in watched.iterdir()] == ["secret.txt"]


ESCAPED = """
import os, socket, subprocess, sys, pathlib
sys.path[:] = sys.argv[2:]
from quality_cli.documents.templates.worker import _restrict
_restrict(10**9)
def tried(what):
    try:
        what()
    except OSError:
        return
    print(what.__name__)
def read(): open("/etc/passwd").read()
def write(): open(sys.argv[1], "w").write("x")
def connect(): socket.socket()
def start(): subprocess.run(["true"])
for what in (read, write, connect, start):
    tried(what)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of the system are those of POSIX")
def test_even_python_itself_could_open_write_and_start_nothing_there(tmp_path: Path) -> None:
    """The second wall: should a template get out of the sandbox, the process has no rights."""
    import subprocess
    import sys

    command = [sys.executable, "-c", ESCAPED, str(tmp_path / "made"), *sys.path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_process_that_renders_knows_neither_tables_nor_the_catalogue() -> None:
    import subprocess
    import sys

    heavy = {"pandas", "numpy", "pyarrow", "pydantic", "yaml", "docx", "quality_cli.catalogue.model"}
    program = f"import sys; import quality_cli.documents.templates.worker; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
