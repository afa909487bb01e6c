"""What direction 1.4 needs: career guidance of pupils, events, contracts, programmes, contests, answers to the forms.

The children are those of the enrolment of direction 1.3, with the same codes; leavers come from ``other_sources``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import direction_1_3
from district import MUNICIPALITY, SCHOOLS, School, stream

Row = tuple[str | int | None, ...]

PROJECT = "профориентационный проект"
PROJECTS = ("Билет в будущее", "ПроеКТОриЯ", "Zaсобой", PROJECT)
"""What a pupil who takes part in projects takes part in: one or two of these."""
FORMS = {
    "профориентационная диагностика": (range(8, 12), 0.72),
    "профориентационное мероприятие": (range(8, 12), 0.83),
    "профессиональная проба": (range(8, 12), 0.24),
    PROJECT: (range(6, 12), 0.42),
    "внеурочное профориентационное занятие": (range(6, 12), 0.6),
    "элективный курс по профориентации": (range(6, 12), 0.17),
    "ранняя профориентация": (range(6, 8), 0.45),
    "профориентационная консультация": (range(8, 12), 0.33),
    "психологическое профконсультирование": (range(8, 12), 0.21),
    "рынок труда": (range(8, 12), 0.38),
}
"""Form, its grades and the chance that a pupil took part."""
MISSING = {
    "vo-09": {"элективный курс по профориентации", "психологическое профконсультирование"},
    "vo-10": {
        *("профориентационная диагностика", "профессиональная проба", "элективный курс по профориентации"),
        "Билет в будущее",
    },
}
"""Forms that a small school does not have."""
WITHOUT_CONTESTS = "vo-10"
WHOLE_GRADE = {"vo-02", "vo-04", "vo-09"}
"""Schools where every eleventh grader went through diagnostics."""
WITHOUT_PLANS = {"vo-06", "vo-10"}
EVENTS = (
    *("Ярмарка учебных мест", "Единый день профессий", "День карьеры", "Экскурсия на предприятие"),
    *("День открытых дверей техникума", "Встреча с мастером", "Профориентационный квест", "Неделя труда"),
)
PARTNERS = (
    ("районная больница", "предприятие"),
    ("лесхоз", "предприятие"),
    ("аграрный техникум", "ПОО"),
    ("педагогический университет", "ОО ВО"),
    ("молочный завод", "предприятие"),
)
WITHOUT_CONTRACTS = {"vo-09", "vo-10"}
INITIAL = {
    "vo-01": ("педагогический класс", "медицинский класс"),
    "vo-02": ("УПК",),
    "vo-03": ("агрокласс",),
    "vo-05": ("агрокласс",),
}
"""Programmes of initial vocational training by school."""
WITHOUT_CAREER = "vo-10"
"""The school whose programmes have no career-guidance topics."""
DISTRICT_EVENTS = (("Районная ярмарка учебных мест", "да", "да"), ("Слёт юных мастеров", "нет", "да"))
"""Events of the office: name, whether children with special needs took part, whether partners did."""
CAREER = ("Юный инспектор движения", "Юные пожарные", "Мир профессий")
VOCATIONAL = ("Механизация сельского хозяйства", "Сестринское дело", "Лесное хозяйство", "Экономика", "Поварское дело")
"""Programmes of the technical college; the first ones follow the monitoring of the labour market."""
SILENT = "vo-08"
"""The school that did not answer the form of 2026."""


@dataclass(frozen=True, slots=True)
class Child:
    """A synthetic pupil of one school year."""

    school: School
    grade: int
    code: str
    ovz: bool
    disabled: bool

    @property
    def special(self) -> bool:
        """Whether the child has special needs or a disability."""
        return self.ovz or self.disabled


def tables(spring: int) -> dict[str, list[Row]]:
    """Tables of the school year that ends in ``spring``: file name to rows, header first."""
    year = f"{spring - 1}/{spring}"
    org: Row = ("Организация", "Учебный год")
    child: Row = (*org, "Класс", "Код обучающегося")
    special: Row = ("ОВЗ", "Инвалидность")
    themes: Row = (
        *("Готовит к мероприятиям перечней", "Стартап или персонифицированная"),
        *("Профориентационная тематика", "Ранняя профориентация", "По результатам мониторинга рынка труда"),
    )
    pupils = list(_pupils(spring))
    made: dict[str, tuple[Row, Iterator[Row]]] = {
        "Участие в профориентации": ((*child, "Форма", *special), _participation(pupils, spring)),
        "Планы по профориентации и ОВЗ": ((*child, "Вид", *special), _plans(pupils, spring)),
        "Профориентационные мероприятия": (
            (*org, "Вид", "Название", "С участием детей с ОВЗ", "Совместно с партнёрами", "Есть в плане работы"),
            _events(spring),
        ),
        "Договоры с партнёрами": ((*org, "Партнёр", "Вид партнёра"), _contracts(spring)),
        "Программы по профориентации": ((*org, "Вид", "Название", *themes), _programmes(spring)),
        "Профориентационные конкурсы": ((*child, "Мероприятие", "Этап", "Статус", *special), _contests(pupils, spring)),
        "Ответы 1.4": ((*org, "Вопрос", "Да или нет", "Подтверждение"), _answers(spring)),
    }
    return {f"{name}.csv": [head, *((row[0], year, *row[1:]) for row in rows)] for name, (head, rows) in made.items()}


def _pupils(spring: int) -> Iterator[Child]:
    """Pupils of grades 6-11; the last of a grade have special needs, the one before them may have a disability."""
    enrolled = {(row[0], row[2], row[3]): row[4] for row in direction_1_3.tables(spring)["Контингент.csv"][1:]}
    for school in SCHOOLS:
        for grade in range(6, school.last_grade + 1):
            size, ovz, special = (
                int(enrolled[school.name, grade, category] or 0) for category in ("все", "ОВЗ", "ОВЗ и инвалиды")
            )
            for number in range(1, size + 1):
                code = f"т-{school.id}-{grade - (spring - 2026)}-{number}"
                yield Child(school, grade, code, number > size - ovz, size - special < number <= size - ovz)


def _participation(pupils: list[Child], spring: int) -> Iterator[Row]:
    for form, (grades, chance) in FORMS.items():
        for child in pupils:
            if child.grade not in grades or form in MISSING.get(child.school.id, ()):
                continue
            whole = form == "профориентационная диагностика" and child.grade == 11 and child.school.id in WHOLE_GRADE
            better = chance + 0.03 * (spring - 2025) + 0.06 * child.school.level
            if whole or stream("career", spring, form, child.code).random() < better:
                for name in _projects(child, spring) if form == PROJECT else (form,):
                    yield (child.school.name, child.grade, child.code, name, *_special(child))


def _projects(child: Child, spring: int) -> list[str]:
    held = [name for name in PROJECTS if name not in MISSING.get(child.school.id, ())]
    rng = stream("projects", spring, child.code)
    return rng.sample(held, 2 if rng.random() < 0.2 else 1)


def _plans(pupils: list[Child], spring: int) -> Iterator[Row]:
    gifted = {row[3] for row in direction_1_3.tables(spring)["Индивидуальные планы.csv"][1:] if row[4] == "ИУП"}
    for child in pupils:
        if child.grade < 8 or child.school.id in WITHOUT_PLANS:
            continue
        rng = stream("career plans", spring, child.code)
        head = (child.school.name, child.grade, child.code)
        if rng.random() < 0.16 + 0.05 * (spring - 2025):
            yield (*head, "ИОМ по профориентации", *_special(child))
        if child.special and child.code not in gifted and rng.random() < 0.3:
            yield (*head, "ИУП", *_special(child))


def _events(spring: int) -> Iterator[Row]:
    for name, *marks in DISTRICT_EVENTS:
        yield (MUNICIPALITY, "профориентация", name, *marks, "да")
    for school in SCHOOLS:
        rng = stream("career events", spring, school.id)
        most = 2 + sum(site.pupils for site in school.sites) // 6
        for name in EVENTS[: 0 if school.id == "vo-10" else most]:
            yield (school.name, "профориентация", name, *(_word(rng.random() < chance) for chance in (0.45, 0.5, 0.9)))


def _contracts(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        rng = stream("contracts", school.id)
        chosen = [] if school.id in WITHOUT_CONTRACTS else rng.sample(PARTNERS, rng.randint(1, 3))
        for partner in chosen[: None if spring == 2026 else 2]:
            yield (school.name, *partner)


def _programmes(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        for name in INITIAL.get(school.id, ()):
            yield (school.name, "НПО", name, None, None, "да", "нет", None)
        if school.id == WITHOUT_CAREER:
            continue
        rng = stream("career programmes", school.id)
        for name in CAREER:
            if rng.random() < 0.45:
                early = _word(name == "Мир профессий")
                yield (school.name, "дополнительное образование", name, "нет", "нет", "да", early, None)
        yield (school.name, "внеурочная деятельность", "Россия — мои горизонты", None, None, "да", "нет", None)
    for number, name in enumerate(VOCATIONAL):
        yield (MUNICIPALITY, "СПО", name, None, None, None, None, _word(number < 3 + (spring - 2025)))


def _contests(pupils: list[Child], spring: int) -> Iterator[Row]:
    for child in pupils:
        if child.school.id == WITHOUT_CONTESTS:
            continue
        rng = stream("career contests", spring, child.code)
        head = (child.school.name, child.grade, child.code)
        if rng.random() < 0.09:
            stage = rng.choice(("школьный", "школьный", "муниципальный"))
            yield (*head, "профориентационный конкурс", stage, _status(rng.random()), *_special(child))
        if child.grade >= 8 and rng.random() < 0.03:
            yield (*head, "Молодые профессионалы", "региональный", _status(rng.random()), *_special(child))
        if child.grade >= 8 and child.special and rng.random() < 0.25:
            yield (*head, "Абилимпикс", "региональный", _status(rng.random()), *_special(child))


def _answers(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        if school.id == SILENT and spring == 2026:
            continue
        rng = stream("answers 1.4", spring, school.id)
        counselling = rng.random() < 0.8
        together = school.id not in WITHOUT_CONTRACTS and rng.random() < 0.7
        plan = f"план работы психолога на {spring - 1}/{spring} учебный год" if counselling else None
        yield (school.name, "1.4.2-s5", _word(counselling), plan)
        yield (school.name, "1.4.7-s4", _word(together), "соглашение с предприятием" if together else None)


def _status(luck: float) -> str:
    return "победитель" if luck < 0.1 else "призёр" if luck < 0.3 else "участник"


def _special(child: Child) -> tuple[str, str]:
    return _word(child.ovz), _word(child.disabled)


def _word(flag: bool) -> str:
    return "да" if flag else "нет"
