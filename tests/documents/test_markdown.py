"""Markdown of documents: data are escaped, layout marks are taken off."""

import pytest

from quality_cli.documents.templates.markdown import md, publishable


@pytest.mark.parametrize(
    ("value", "text"),
    [("- список", r"\- список"), ("1. раз", r"1\. раз"), ("12) два", r"12\) два"), (":::", r"\:::"), ("=", r"\="),
     ("a\n\n  b\tc", "a b c"), ("a\x00b\u202ec", "abc"), (None, "н/д"), (True, "да"), (12.25, "12,3"), (2025, "2025")],
)  # fmt: skip
def test_escaped_values(value: object, text: str) -> None:
    assert md(value) == text
    assert md(md(value)) == text


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
