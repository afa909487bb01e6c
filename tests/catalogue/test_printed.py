"""What the catalogue prints in documents, forms and lists names no place, no year and no act: any district signs it."""

import re
from collections.abc import Iterator

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Definition, Indicator
from quality_cli.documents.report.spec import documents_of

ONE_DISTRICT = re.compile(
    r"тасеев|красноя|\bкраснодар|сибир|арктик|дальн\w* восток|\bкк\b|\bкра(?:й|я|ю|ем|е)\b|ККИПК|КИПК"
    r"|\b20\d\d\b|\b20\d\d/|№\s*\d|\bот \d{1,2}[.]\d{1,2}[.]\d{2}",
    re.IGNORECASE,
)


def printed(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Where each text stands in the catalogue, and the text."""
    for direction in catalogue.settings.directions:
        yield direction.id, direction.title
    for group in catalogue.groups:
        yield f"{group.group} title", group.title
        for name in ("actions", "documents"):
            texts = getattr(group, name)
            yield from ((f"{group.group} {name}", text) for text in (*texts.municipality, *texts.organisation))
        for indicator in group.indicators:
            yield from ((f"{indicator.id} {name}", text) for name, text in of_indicator(indicator))
    for spec in documents_of(catalogue):
        yield spec.document, spec.title
    for contract in catalogue.specs.contracts.values():
        yield f"{contract.dataset} title", contract.title
        for name, column in contract.columns.items():
            yield from ((f"{contract.dataset}.{name}", text) for text in (column.title, column.note, *column.values))


def of_indicator(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """The same of one indicator: its wording is not printed, its title is."""
    for name in ("title", "unit", "method", "subsection"):
        yield name, getattr(indicator, name) or ""
    yield from (("reason", gap.reason) for gap in indicator.not_held)
    for stage, texts in indicator.cycle or ():
        yield from ((stage, text) for text in texts)
    definitions: list[Definition] = [indicator, *indicator.parts, *indicator.beside, *indicator.also]
    for definition in definitions:
        yield "asked", definition.asked or ""
        yield "reason", definition.organisations.otherwise if definition.organisations else ""
    yield from (("part", item.title) for item in (*indicator.parts, *indicator.beside, *indicator.also))


def test_nothing_printed_is_of_one_district() -> None:
    texts = list(printed(load_catalogue()))
    assert len(texts) > 1500
    assert [f"{where}: {text}" for where, text in texts if ONE_DISTRICT.search(text)] == []


def test_the_words_are_found() -> None:
    told = [
        "Одарённые дети Тасеевского района",
        "база «Одарённые дети Красноярья»",
        "Стратегия Красноярского края",
        "План работы на 2021-2022 год",
        "проект 2021",
        "Постановление администрации №100 от 09.03 2022",
        "Министерство образования КК",
        "развитие края",
    ]
    assert [text for text in told if not ONE_DISTRICT.search(text)] == []
    fit = ["краевых диагностических работ", "крайне мало", "муниципальная программа", "на 1000 школьников", "по № п/п"]
    assert [text for text in fit if ONE_DISTRICT.search(text)] == []
