"""Direction 1.3: enrolment, olympiads and contests, registers of gifted children, plans, programmes, associations."""

from collections.abc import Iterator
from dataclasses import dataclass

from district import KINDERGARTENS, MUNICIPALITY, SCHOOLS, School, stream

Row = tuple[str | int | None, ...]

LISTS = ("перечень Минпросвещения", "перечень Минобрнауки")
OLYMPIAD = "ВсОШ"
SUBJECTS = ("Математика", "Русский язык", "Биология", "История", "География", "Обществознание", "Физика")
QUIET = {"vo-09", "vo-10"}
"""Small schools with no olympiads beyond the school stage, no registers and no plans."""
EVERYONE = 2095
"""Children aged 5-18 of the district: school pupils, preschoolers of 5-7 and students of the college."""
KINDS_OF_CLUBS = ("художественная", "техническая", "физкультурно-спортивная", "социально-гуманитарная")
CAREER = "профориентация"
CLUBS = ("Юный техник", "Художественное слово", "Волейбол", "Робототехника", "Юный эколог", "Хореография")
NETWORK = ("Физика 10–11", "Химия 10–11", "Информатика 10–11")
NETWORK_SCHOOLS = {"vo-01": 3, "vo-02": 2, "vo-04": 1}
"""Schools of the network and the number of its programmes that they share."""
SHARED_CHILD = "т-vo-01-9-1"
"""A pupil of the first school who also attends an association of the second one."""


@dataclass(frozen=True, slots=True)
class Record:
    """Results of a child in a school year; whether going beyond the school stage brought the child into the regional
    database, and whether the school tells that in its table."""

    results: list[Row]
    entered: bool
    told: bool


def tables(spring: int) -> dict[str, list[Row]]:
    """Tables of the school year that ends in ``spring``: file name to rows, header first."""
    year = f"{spring - 1}/{spring}"
    child: Row = ("Организация", "Учебный год", "Класс", "Код обучающегося")
    results: Row = ("Мероприятие", "Этап", "Статус", "Предмет", "Код педагога", "ОВЗ", "Инвалидность")
    base = "Есть в региональной базе одарённых детей"
    marks: Row = (
        *("Готовит к мероприятиям перечней", "Стартап или персонифицированная"),
        *("Профориентационная тематика", "Ранняя профориентация"),
    )
    head: dict[str, Row] = {
        "Контингент": ("Организация", "Учебный год", "Класс", "Категория", "Численность"),
        "Достижения": (*child, *results, base),
        "Реестры одарённых детей": (*child, "Реестр"),
        "Индивидуальные планы": (*child, "Вид", "ОВЗ", "Инвалидность"),
        "Программы": ("Организация", "Учебный год", "Вид", "Название", *marks),
        "Дополнительное образование": (*child, "Форма", "Направление"),
    }
    made = {
        "Контингент": _contingent,
        "Достижения": _achievements,
        "Реестры одарённых детей": _registers,
        "Индивидуальные планы": _plans,
        "Программы": _programmes,
        "Дополнительное образование": _clubs,
    }
    found = {
        f"{name}.csv": [head[name], *(_with_year(row, year) for row in make(spring))] for name, make in made.items()
    }
    found["Ответы 1.3.csv"] = list(_answers(spring, year))
    return found


def _with_year(row: Row, year: str) -> Row:
    return (row[0], year, *row[1:])


def _size(school: School, grade: int, spring: int) -> int:
    """Pupils of a grade; about half of the ninth graders go on to the senior grades."""
    base = sum(site.pupils for site in school.sites)
    if grade > 9:
        base = round(base * 0.45)
    return max(base + stream("contingent", spring, school.id, grade).randint(-1, 2), 3)


def _grades(school: School) -> range:
    return range(1, school.last_grade + 1)


def _children(school: School, grade: int, spring: int) -> list[str]:
    """Codes of the pupils of a grade; they stay with the child from year to year."""
    cohort = grade - (spring - 2026)
    return [f"т-{school.id}-{cohort}-{number}" for number in range(1, _size(school, grade, spring) + 1)]


def _special(school: School, grade: int, spring: int) -> int:
    """Pupils of a grade with special needs: the last of the list."""
    return round(_size(school, grade, spring) * 0.09)


def _disabled(school: School, grade: int, spring: int) -> int:
    """Disabled pupils of a grade without special needs: the ones before the last."""
    return int(_size(school, grade, spring) > 8 and grade % 4 == 0)


def _needs(school: School, grade: int, code: str, spring: int) -> tuple[str, str]:
    """Whether a pupil has special needs and whether a disability, by the place in the list of the grade."""
    from_end = _size(school, grade, spring) - int(code.rsplit("-", 1)[1])
    special = _special(school, grade, spring)
    disabled = special <= from_end < special + _disabled(school, grade, spring)
    return "да" if from_end < special else "нет", "да" if disabled else "нет"


def _contingent(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        for grade in _grades(school):
            special = _special(school, grade, spring)
            yield (school.name, grade, "все", _size(school, grade, spring))
            yield (school.name, grade, "ОВЗ", special)
            yield (school.name, grade, "ОВЗ и инвалиды", special + _disabled(school, grade, spring))
    yield (MUNICIPALITY, None, "дети 5–18 лет", EVERYONE - 12 * (spring - 2025))


def _achievements(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        for grade in _grades(school):
            for code in _children(school, grade, spring):
                record = _record(school, grade, code, spring)
                registered = ("да" if _in_base(school, grade, code, record) else "нет") if record.told else None
                for result in record.results:
                    yield (school.name, grade, code, *result, *_needs(school, grade, code, spring), registered)


def _record(school: School, grade: int, code: str, spring: int) -> Record:
    rng = stream("achievements", spring, code)
    subject = rng.choice(SUBJECTS)
    teacher = f"р-{school.id}-{SUBJECTS.index(subject) + 1}"
    luck = rng.random() - 0.08 * school.level
    told = rng.random() >= 0.03
    entered = not told or rng.random() < 0.93
    results: list[Row] = []
    if grade >= 4 and luck < 0.35:
        results.append((OLYMPIAD, "школьный", "призёр" if luck < 0.1 else "участник", subject, teacher))
    if grade >= 7 and luck < 0.14 and school.id not in QUIET:
        status = "победитель" if luck < 0.01 else "призёр" if luck < 0.04 else "участник"
        results.append((OLYMPIAD, "муниципальный", status, subject, teacher))
    if grade >= 9 and luck < 0.01 and school.id not in QUIET:
        results.append((OLYMPIAD, "региональный", "призёр" if luck < -0.01 else "участник", subject, teacher))
    if code == f"т-vo-04-{11 - (spring - 2026)}-1":
        results.append((OLYMPIAD, "региональный", "победитель", "Химия", "р-vo-04-8"))
        results.append((OLYMPIAD, "заключительный", "призёр", "Химия", "р-vo-04-8"))
    if grade >= 5 and school.id not in QUIET and rng.random() < 0.03:
        status = rng.choice(("участник", "участник", "призёр", "победитель"))
        results.append((rng.choice(LISTS), "заключительный", status, subject, teacher))
    if code == f"т-vo-02-{8 - (spring - 2026)}-{_size(school, 8, spring)}":
        results.append(("перечень Минпросвещения", "региональный", "призёр", "Чтецы", teacher))
    if grade >= 3 and school.id != "vo-10" and rng.random() < 0.11:
        stage = "региональный" if rng.random() < 0.8 else "заключительный"
        status = rng.choice(("участник", "участник", "участник", "призёр", "победитель"))
        results.append(("значимый конкурс", stage, status, "Конкурс проектов", None))
    return Record(results, entered, told)


def _in_base(school: School, grade: int, code: str, record: Record) -> bool:
    """Whether a child is in the regional database: those of the state register are, and most of those who went beyond
    the school stage; few of the others."""
    if school.id in QUIET:
        return False
    if _in_state_register(grade, code):
        return True
    if any(stage != "школьный" for _, stage, *_ in record.results):
        return record.entered
    return grade >= 5 and stream("gifted", code).random() < 0.12


def _in_state_register(grade: int, code: str) -> bool:
    """Whether a child of a school with registers is in the state register: the first of the eighth and tenth grades."""
    return grade in (8, 10) and code.endswith("-1")


def _gifted(spring: int) -> Iterator[tuple[School, int, str, str]]:
    """Children of the two lists: few in the state register, more in the regional database."""
    for school in SCHOOLS:
        if school.id in QUIET:
            continue
        for grade in _grades(school):
            for code in _children(school, grade, spring):
                if _in_state_register(grade, code):
                    yield school, grade, code, "Талант и успех"
                if _in_base(school, grade, code, _record(school, grade, code, spring)):
                    yield school, grade, code, "региональная база"


def _registers(spring: int) -> Iterator[Row]:
    for school, grade, code, register in _gifted(spring):
        yield (school.name, grade, code, register)


def _plans(spring: int) -> Iterator[Row]:
    for school, grade, code in dict.fromkeys((school, grade, code) for school, grade, code, _ in _gifted(spring)):
        rng, needs = stream("plans", spring, code), _needs(school, grade, code, spring)
        if rng.random() < 0.25 + 0.05 * (spring - 2025):
            yield (school.name, grade, code, "ИОП", *needs)
        if rng.random() < (0.5 if grade >= 10 else 0.08):
            yield (school.name, grade, code, "ИУП", *needs)


def _programmes(spring: int) -> Iterator[Row]:
    for school in SCHOOLS:
        rng = stream("programmes", spring, school.id)
        for club in CLUBS[: 2 + sum(site.pupils for site in school.sites) // 9]:
            lists, personal = rng.random() < 0.3, rng.random() < 0.15
            flags = ("да" if lists else "нет", "да" if personal else "нет")
            yield (school.name, "дополнительное образование", club, *flags, "нет", "нет")
        for name in NETWORK[: NETWORK_SCHOOLS.get(school.id, 0)]:
            yield (school.name, "сетевая программа для ИУП", name, None, None, None, None)


def _clubs(spring: int) -> Iterator[Row]:
    form = "дополнительное образование"
    for school in SCHOOLS:
        for grade in _grades(school):
            for code in _children(school, grade, spring):
                kind = _kind_of_club(grade, code, spring)
                if code == SHARED_CHILD or stream("clubs", spring, code).random() < 0.76:
                    yield (school.name, grade, code, form, kind)
                if code == SHARED_CHILD:
                    yield (SCHOOLS[1].name, grade, code, form, kind)
    for garden in KINDERGARTENS:
        for number in range(1, stream("clubs", spring, garden.id).randint(9, 18)):
            yield (garden.name, None, f"д-{garden.id}-{spring}-{number}", form, KINDS_OF_CLUBS[0])


def _kind_of_club(grade: int, code: str, spring: int) -> str | None:
    """What a child's association is about; of a few the school does not tell."""
    luck = stream("kinds of clubs", spring, code).random()
    if grade >= 8 and luck < 0.1:
        return CAREER
    return None if luck > 0.98 else KINDS_OF_CLUBS[int(luck * 4)]


def _answers(spring: int, year: str) -> Iterator[Row]:
    yield ("Организация", "Учебный год", "Вопрос", "Да или нет", "Подтверждение")
    programme = f"постановление администрации округа от 14.11.{spring - 2}"
    yield (MUNICIPALITY, year, "1.3.1-m2", "да", programme)
    for school in SCHOOLS:
        has = stream("programme of talents", school.id).random() < (0.8 if spring == 2026 else 0.6)
        yield (school.name, year, "1.3.1-s2", "да" if has else "нет", f"приказ от 30.08.{spring - 1}" if has else None)
