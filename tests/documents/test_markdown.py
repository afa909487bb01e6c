from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from quality_cli.core.errors import ConfigurationError
from quality_cli.documents.report.markdown import Markdown, TemplateFault, md, publishable, render


@dataclass(frozen=True)
class School:
    name: str


def rendered(folder: Path, template: str, **context: object) -> str:
    (folder / "a.md.j2").write_text(template, encoding="utf-8")
    return render("a.md.j2", [folder], context)


def test_data_are_escaped_and_template_is_not(tmp_path: Path) -> None:
    text = rendered(tmp_path, "**{{ school.name }}**", school=School("*Лицей* | № 5"))
    assert text == r"**\*Лицей\* \| № 5**"


@pytest.mark.parametrize(
    ("value", "text"),
    [("- список", r"\- список"), ("1. раз", r"1\. раз"), ("12) два", r"12\) два"), (":::", r"\:::"), ("=", r"\="),
     ("a\n\n  b\tc", "a b c"), ("a\x00b\u202ec", "abc"), (None, "н/д"), (True, "да"), (12.25, "12,3"), (2025, "2025")],
)  # fmt: skip
def test_escaped_values(value: object, text: str) -> None:
    assert md(value) == text
    assert md(md(value)) == text


def test_results_of_macros_and_blocks_are_not_escaped_twice(tmp_path: Path) -> None:
    text = rendered(
        tmp_path,
        "{% macro bold(x) %}**{{ x }}**{% endmacro %}{% set y %}*{{ x }}*{% endset %}"
        "{{ bold(x) }} {{ y }} {{ bold(y) }}",
        x="a_b",
    )
    assert text == r"**a\_b** *a\_b* ***a\_b***"


@pytest.mark.parametrize(
    "expression", ["x ~ '!'", "[x, x] | join('*')", "x | upper", "x | safe", "x | e", "'**' ~ (x | md) ~ '**'"]
)
def test_nothing_brings_data_past_the_escaping(tmp_path: Path, expression: str) -> None:
    text = rendered(tmp_path, "{{ " + expression + " }}", x="*")
    assert "*" not in text.replace(r"\*", "")


def test_filters(tmp_path: Path) -> None:
    template = """{{ n | counted("школа", "школы", "школ") }}, {{ n | plural("её", "их", "их") }}, {{ s | pct }},
{{ -s | pp }}, {{ 1.25 | num(2) }}, {{ names | enumerate_ru }}, {{ day | date_ru }}"""
    text = rendered(tmp_path, template, n=5, s=12.5, names=["a*", "b", "c"], day=date(2026, 9, 1))
    assert text == (
        "5\u00a0школ, их, 12,5\u00a0%,\n−12,5\u00a0п.\u00a0п., 1,25, a\\*, b и c, 1\u00a0сентября 2026\u00a0г."
    )


def test_trusted_markdown_is_printed_as_it_is(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ x }}", x=Markdown("**да**")) == "**да**"


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("a\n\n{{ nme }}", 3, "нет переменной «nme»"),
        ("a\n{{ school.nme }}", 2, "нет «nme»"),
        ("{{ school.__class__ }}", 1, "запрещено"),
        ("a\n{{ 1 / zero }}", 2, "деление на ноль"),
        ("a\nb\n{% if %}", 3, "ошибка записи шаблона"),
        ("a\n{{ x | нет }}", 2, "ошибка записи шаблона"),
        ("a\n{% for i in range(10 ** 8) %}{% endfor %}", 2, "не удалось вычислить"),
        ("a\n{% include 'b.md.j2' %}", 2, "нет шаблона «b.md.j2»"),
    ],
)
def test_faults_tell_the_line(tmp_path: Path, template: str, line: int, message: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(tmp_path, template, school=School("5"), zero=0, x=1)
    assert (caught.value.template, caught.value.line) == ("a.md.j2", line)
    assert str(caught.value).startswith(f"a.md.j2:{line}: ")
    assert message in caught.value.message
    assert isinstance(caught.value, ConfigurationError)


def test_fault_in_included_template_names_that_template(tmp_path: Path) -> None:
    (tmp_path / "b.md.j2").write_text("\n{{ nme }}", encoding="utf-8")
    with pytest.raises(TemplateFault, match=r"^b\.md\.j2:2: "):
        rendered(tmp_path, "{% include 'b.md.j2' %}")


def test_absent_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=r"нет шаблона «нет\.md\.j2»"):
        render("нет.md.j2", [tmp_path], {})


def test_first_folder_wins(tmp_path: Path) -> None:
    for name in ("own", "standard"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md.j2").write_text(name, encoding="utf-8")
    assert render("a.md.j2", [tmp_path / "own", tmp_path / "standard"], {}) == "own"


def test_published_markdown_has_no_layout_marks() -> None:
    source = r"""::: signature
Начальник
И. И. Иванова
:::

{.caption widths="10,20"}
Таблица 1 — *Итоги* \{не атрибут\}

| a |
|--:|
| 1 |

![Рисунок](a.png){width=100}

::: blanks 3
:::

_____ подпись
"""
    assert publishable(source) == (
        "Начальник  \nИ. И. Иванова  \n\nТаблица 1 — *Итоги* \\{не атрибут\\}\n\n| a |\n|--:|\n| 1 |\n\n"
        "![Рисунок](a.png)\n\n\\_\\_\\_\\_\\_ подпись\n"
    )
