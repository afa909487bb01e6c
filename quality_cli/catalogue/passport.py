"""The passport of an indicator: everything the catalogue says of it, in Russian."""

from collections.abc import Iterable
from dataclasses import dataclass

from quality_cli.catalogue.figures import counted_by, nature_of, stratifier_title
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Expectation, Indicator
from quality_cli.catalogue.wording import COUNTED, NATURES, formula, level_word, stages, status_word, stratum_words
from quality_cli.core.russian import MONTHS
from quality_cli.core.strata import stratum_of
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.text_rows import text_rows

CHECKING = ("Ответственный", "Проверен", "Пересмотр")
"""Facts of who checks the definition and when."""

_BETTER = {"higher": "больше", "lower": "меньше"}
_EXPECTED = {
    "numerator": "числитель",
    "denominator": "знаменатель",
    "value": "значение",
    "excluded": "исключено",
    "unknown": "неизвестно",
    "matched": "связано, %",
}


@dataclass(frozen=True, slots=True)
class ExampleView:
    """A worked example in words: tables (title, header, rows) and what must come out of them."""

    title: str
    tables: tuple[tuple[str, list[str], list[list[str]]], ...]
    expected: tuple[str, ...]


def passport(indicator: Indicator, catalogue: Catalogue) -> str:
    """Plain text: a line for each fact, then the worked examples."""
    lines = [f"{name}: {value}" for name, value in passport_facts(indicator, catalogue)]
    for example in examples_of(indicator, catalogue):
        lines += ["", f"Пример: {example.title}" if example.title else "Пример"]
        for title, header, rows in example.tables:
            widths = [max(map(len, cells)) for cells in zip(header, *rows, strict=True)]
            table = (" | ".join(map(str.ljust, row, widths)).rstrip() for row in (header, *rows))
            lines += [f"  {title}", *(f"    {line}" for line in table)]
        lines += [f"  → {line}" for line in example.expected]
    return "\n".join(lines)


def examples_of(indicator: Indicator, catalogue: Catalogue) -> list[ExampleView]:
    """The worked examples of an indicator."""
    return [
        ExampleView(
            example.title,
            tuple(_table(text, catalogue.specs.contracts[name]) for name, text in example.data.items()),
            tuple(_expected(item, indicator, catalogue) for item in example.expect),
        )
        for example in indicator.examples
    ]


def _table(text: str, contract: Contract) -> tuple[str, list[str], list[list[str]]]:
    header, rows = text_rows(text)
    names = [cell.partition(".") for cell in header]
    titles = [" ".join(filter(None, (contract.columns[name].title, label))) for name, _, label in names]
    return contract.title, titles, rows


def _expected(item: Expectation, indicator: Indicator, catalogue: Catalogue) -> str:
    titles = {figure.part: figure.title for figure in catalogue.figures_of[indicator.id]}
    where = [
        item.at,
        titles.get(item.part, item.part),
        stratum_words(stratum_of(item.stratum.items()), catalogue, indicator.id),
        str(item.period or ""),
    ]
    amounts = [f"{word} {getattr(item, name):g}" for name, word in _EXPECTED.items() if getattr(item, name) is not None]
    amounts += ["малая выборка"] if item.small else []
    amounts += [status_word(item.status)] if item.status else []
    amounts += ["такой строки нет"] if item.absent else []
    return f"{'; '.join(filter(None, where))}: {', '.join(amounts).replace('.', ',')}"


def _each(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(words))


def passport_facts(indicator: Indicator, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Names and texts: wording, method, source, the formula of every figure; empty ones are left out."""
    group = catalogue.group_of(indicator.id)
    figures = catalogue.figures_of[indicator.id]
    contracts = catalogue.specs.contracts
    facts = [
        ("Показатель", indicator.id),
        ("Название", indicator.title),
        ("Формулировка", indicator.name),
        ("Группа", f"{group.group} {group.title}"),
        ("Подраздел", indicator.subsection),
        ("Уровень", level_word(indicator.level)),
        ("Единица", indicator.unit or ""),
        ("Считаются", _each(COUNTED[counted_by(figure, contracts)] for figure in figures)),
        ("Вид величины", _each(NATURES[nature_of(figure, contracts)] for figure in figures)),
        (
            "Разрезы",
            ", ".join(
                [stratifier_title(figures[0], name, contracts) for name in indicator.by]
                + ["организации"] * indicator.by_organisation
            ),
        ),
        ("Лучше, если", _BETTER.get(indicator.better or "", "")),
        ("Спрашивается", indicator.asked or ""),
        ("Метод", indicator.method),
        *(stages(indicator.cycle) if indicator.cycle else []),
        ("Источник", indicator.source),
        ("Срок", MONTHS[int(indicator.due) - 1] if indicator.due else ""),
        ("Не проводится", "; ".join(dict.fromkeys(gap.reason for gap in indicator.not_held))),
        *zip(CHECKING, (indicator.owner, indicator.checked, indicator.next_review), strict=True),
    ]
    for figure in figures:
        part = f" ({figure.title})" if figure.title else ""
        facts.append((f"Как считается{part}", formula(figure, catalogue)))
        facts += [
            (f"Другой источник{part}, {other.source}", formula(other, catalogue)) for other in figure.other_sources
        ]
    return [(name, value) for name, value in facts if value]
