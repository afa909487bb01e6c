"""Direction 2.1: what the office and the schools answer, managerial practices, adapted programmes of pupils.

Heads and managers come with the staff of direction 2.2, the enrolment with direction 1.3.
"""

from collections.abc import Iterator

import direction_1_3
from district import MUNICIPALITY, SCHOOLS, stream

Row = tuple[str | int | None, ...]

SILENT = "vo-08"
"""The school that did not answer the form of 2026."""
WITHOUT_PROGRAMMES = "vo-10"
"""A small school whose few pupils with special needs have no adapted programmes yet."""
WITHOUT_CONDITIONS = {2024: {"vo-06", "vo-09", "vo-10"}, 2025: {"vo-09", "vo-10"}, 2026: {"vo-10"}}
"""Schools with no special conditions for pupils with special needs."""
OFFICE = {
    "2.1.2-m1": (2024, "положение о муниципальной системе оценки качества образования"),
    "2.1.2-m2:base": (2024, "положение о МСОКО, раздел 3"),
    "2.1.2-m2:high": (2026, "положение о МСОКО, раздел 4"),
    "2.1.2-m3": (2024, "аналитическая справка по образовательным результатам"),
    "2.1.2-m4": (2025, "приказ об итогах оценочных процедур"),
    "2.1.2-m5": (2026, "адресные рекомендации управленческим командам"),
    "2.1.5-m1": (2024, "список участников резерва управленческих кадров"),
    "2.1.5-m2": (2026, "положение о работе с резервом управленческих кадров"),
    "2.1.6-m1:orders": (2024, "план по устранению предписаний"),
    "2.1.6-m1:plans": (2026, "протоколы согласования программ развития"),
    "2.1.6-m1:exchange": (2027, None),
    "2.1.8-m1": (2024, "сводная таблица по учёту средней нагрузки"),
    "2.1.9-m1": (2024, "порядок назначения руководителей"),
    "2.1.9-m2": (2025, "программа работы с управленческими командами"),
    "2.1.9-m6": (2026, "план сетевого взаимодействия управленческих команд"),
    "2.1.9-m7": (2027, None),
}
"""Question to the office: the spring since which its answer is «да», and the evidence."""
PRACTICES = {
    2025: (
        ("Школьная команда качества", "практика продвинутого уровня", "да"),
        ("Методический десант", "без статуса", "да"),
        ("Наставник директора", "без статуса", "нет"),
        ("Карта дефицитов округа", "без статуса", "нет"),
    ),
    2026: (
        ("Школьная команда качества", "практика высокого уровня", "да"),
        ("Методический десант", "практика продвинутого уровня", "да"),
        ("Наставник директора", "практика продвинутого уровня", "нет"),
        ("Карта дефицитов округа", "без статуса", "да"),
        ("Сетевой завуч", "без статуса", "нет"),
        ("Открытая школьная среда", "без статуса", "нет"),
    ),
}
"""Managerial practices of the district: name, status, whether it entered the regional atlas (РАОП)."""


def tables(spring: int) -> dict[str, list[Row]]:
    """Tables of the school year that ends in ``spring``: file name to rows, header first."""
    year = f"{spring - 1}/{spring}"
    practices = [(MUNICIPALITY, year, *practice) for practice in PRACTICES[spring]]
    return {
        "Ответы 2.1.csv": [
            ("Организация", "Учебный год", "Вопрос", "Да или нет", "Подтверждение"),
            *_of_office(spring, year),
            *_of_schools(spring, year),
        ],
        "Управленческие практики.csv": [
            ("Организация", "Учебный год", "Название", "Статус", "Вошла в РАОП"),
            *practices,
        ],
        "Адаптированные программы.csv": [
            ("Организация", "Учебный год", "Класс", "Код обучающегося", "Вид", "ОВЗ", "Инвалидность"),
            *_programmes(spring, year),
        ],
    }


def _of_office(spring: int, year: str) -> Iterator[Row]:
    for question, (since, evidence) in OFFICE.items():
        yield (MUNICIPALITY, year, question, *(("да", evidence) if spring >= since else ("нет", None)))


def _of_schools(spring: int, year: str) -> Iterator[Row]:
    for school in SCHOOLS:
        if school.id == SILENT and spring == 2026:
            continue
        positive = school.id not in WITHOUT_CONDITIONS[spring]
        yield (school.name, year, "2.1.3-m1", "да" if positive else "нет", None)


def _programmes(spring: int, year: str) -> Iterator[Row]:
    """Most pupils with special needs have an adapted programme, a few an individual one, or both."""
    for name, school_id, grade, code, special in _children(spring):
        rng = stream("adapted", code)
        if school_id == WITHOUT_PROGRAMMES or rng.random() < (0.14 if spring == 2025 else 0.08):
            continue
        kind = rng.random()
        disabled = "нет" if special and rng.random() < 0.75 else "да"
        child = (name, year, grade, code)
        if kind < 0.95:
            yield (*child, "АОП", "да" if special else "нет", disabled)
        if kind > 0.92:
            yield (*child, "СИПР", "да" if special else "нет", disabled)


def _children(spring: int) -> Iterator[tuple[str, str, int, str, bool]]:
    """Pupils with special needs (the last of each grade) and disabled ones before them, by the enrolment of 1.3."""
    sizes = {(row[0], row[2], row[3]): int(row[4] or 0) for row in direction_1_3.tables(spring)["Контингент.csv"][1:]}
    for school in SCHOOLS:
        for grade in range(1, school.last_grade + 1):
            size, special, both = (sizes[school.name, grade, word] for word in ("все", "ОВЗ", "ОВЗ и инвалиды"))
            for number in range(size - both + 1, size + 1):
                code = f"т-{school.id}-{grade - (spring - 2026)}-{number}"
                yield school.name, school.id, grade, code, number > size - special
