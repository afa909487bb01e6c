"""What the catalogue prints in documents, forms and lists names no place, no year and no act: any district signs it.
It is edited Russian, whatever the misprints of the official wording."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Cycle, Definition, Indicator
from quality_cli.documents.report.spec import documents_of

ONE_DISTRICT = re.compile(
    r"тасеев|красноя|\bкраснодар|сибир|арктик|дальн\w* восток|\bкк\b|\bкра(?:й|я|ю|ем|е)\b|ККИПК|КИПК"
    r"|\b20\d\d\b|\b20\d\d/|№\s*\d|\bот \d{1,2}[.]\d{1,2}[.]\d{2}",
    re.IGNORECASE,
)

CALLED = 80
"""Characters of what sentences and heads of columns call an indicator."""

MISPRINTS = {
    "слово дважды": re.compile(r"\b(\w{2,}) \1\b", re.IGNORECASE),
    "просьба назвать людей": re.compile(r"\bФИО\b"),
    "лишний пробел": re.compile(r"\s[,.;:!?)»]|[(«]\s|\s\s|\w- \w|\w/ | /\w"),
    "нет пробела": re.compile(r"[,;:](?=[А-яё])|[)»](?=[а-яё])|^-"),
    "нет запятой": re.compile(
        r"\b(?!для |при )\w+[»)]? (?:в|для|с|у|о|по|на|из|при) котор[а-яё]+"
        r"|\b(?:обучающихся|учащихся|работников|педагог(?:ов|ами)|ДОО|ОО|МСО|организаций|школ)"
        r" (?:принявш|участвующ|состоящ|имеющ|вовлеч|прошедш|включ|реализующ|достигш|сопровождающ|подлежащ)"
    ),
    "не те кавычки": re.compile(r'["“”„]'),
    "опечатка": re.compile(r"Долл|самоопредения|\bроспотреб|РДШ"),
}
"""What spoils a title, a question or a text of a document. Titles of columns and methods follow other rules."""


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
    for name in ("title", "short", "unit", "method", "subsection"):
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


def test_what_is_printed_is_edited() -> None:
    read = {"title", "short", "asked", "part", "actions", "documents", *Cycle.model_fields}
    texts = [(where, text) for where, text in printed(load_catalogue()) if where.rpartition(" ")[2] in read]
    assert len(texts) > 1000
    found = [f"{where}: {fault}: {text}" for where, text in texts for fault in faults(text)]
    titles = [text for where, text in texts if where.endswith((" title", " part"))]
    assert (found, [text for text in titles if text[-1:] in ",;:%"]) == ([], [])


def test_a_row_of_a_table_carries_what_an_indicator_is_called() -> None:
    """Two lines of a column on paper; whose title is longer has a short one, and no other of its document the same."""
    shown = [(group.direction, item) for group in load_catalogue().groups for item in group.indicators]
    assert {item.id: item.called for _, item in shown if len(item.called) > CALLED} == {}
    called = Counter((direction, item.level, item.called) for direction, item in shown)
    assert [name for name, times in called.items() if times > 1] == []


def faults(text: str) -> list[str]:
    """Names of the misprints of a text."""
    found = [name for name, pattern in MISPRINTS.items() if pattern.search(text)]
    brackets = re.sub(r"[^()«»]", "", text)
    while (shorter := brackets.replace("()", "").replace("«»", "")) != brackets:
        brackets = shorter
    return [*found, *(["скобки или кавычки не закрыты"] * bool(brackets))]


@pytest.mark.parametrize(
    "text",
    [
        "Наличие на сайте сайте отдела",
        "прошедших подготовку (указать ФИО педагогов)",
        "«4», «5» баллов) при обеспечении",
        "духовно- нравственному воспитанию",
        "федеральные/ региональные мероприятия",
        "(инструмент оценки),календарный план",
        "Доля ДОО в которых имеются кабинеты",
        "Доля обучающихся вовлеченных в деятельность",
        "модуля РПВ “Классное руководство”",
        "Долля ДОО, в которых созданы условия",
    ],
)
def test_misprints_of_official_wordings_are_found(text: str) -> None:
    assert faults(text) != []
