"""What direction 2.3 needs: upbringing and socialisation of the pupils of the district.

Answers of the office and of the schools, participation in forms of upbringing, the preventive register and the pupils
whose native language is not Russian. Codes are synthetic and stable from year to year. The figures of 2025 are given
for the answers in numbers and for every table of children, so that they can be compared with those of 2026.
"""

from collections.abc import Iterator
from random import Random

from district import MUNICIPALITY, SCHOOLS, School, stream

Row = tuple[str | int | None, ...]

SILENT = "vo-08"
"""The school that did not answer the form of 2026."""
OFFICE = {"2.3.2-m2:examples": "да", "2.3.2-m4:examples": "нет", "2.3.2-m5:examples": "да", "2.3.7-m1": "да"}
"""What the office answers every year; 2.3.7-m2 became «да» in 2026."""
NUMBERS_OF_OFFICE = {"2.3.3-m3": (2, 3), "2.3.4-m1": (4, 5)}
"""Numbers of the office in 2025 and 2026."""
CHANCES = {
    "2.3.1-m2": 0.85,
    "2.3.1-m3": 0.7,
    "2.3.1-s1:programme": 1.0,
    "2.3.1-s1:goals": 0.85,
    "2.3.1-s1:modules": 0.85,
    "2.3.1-s1:self_analysis": 0.6,
    "2.3.1-s1:plan": 0.8,
    "2.3.2-s1": 0.75,
    "2.3.2-s2": 0.98,
    "2.3.2-s3": 0.85,
    "2.3.2-s4": 0.8,
    "2.3.2-s5": 0.6,
    "2.3.4-s1": 0.75,
    "2.3.7-s1": 0.65,
    "2.3.7-s5": 0.7,
}
"""Questions of schools and the chance of «да»; no volunteers in a school means no volunteer association (2.3.3-s2)."""
RESULTS = {"2.3.7-s2": 66, "2.3.7-s3": 78, "2.3.7-s4": 62}
"""Questions answered by a number, %, and its usual size; the change from the year before is asked beside."""
VOLUNTEERS = "волонтёрское объединение"
FORMS = {
    VOLUNTEERS: (0.17, 5),
    "детское общественное объединение": (0.42, 1),
    "каникулярная занятость": (0.63, 1),
    "социально-психологическое тестирование": (0.86, 7),
}
"""Form: usual share of the pupils from the grade on, and that grade."""
WITHOUT = {
    "vo-10": {VOLUNTEERS},
    "vo-09": {"детское общественное объединение"},
}
"""What a school has none of."""
DIRECTIONS = (
    ("социальное", 0.35),
    ("экологическое", 0.57),
    ("патриотическое", 0.77),
    ("здоровьесберегающее", 0.86),
    ("событийное", 0.95),
    ("цифровое", 0.98),
    (None, 1.0),
)
"""Directions of volunteering by cumulative chance; the last one was not told."""
NO_PREVENTION = {"vo-04", "vo-09"}
"""Schools with nobody to prevent from anything."""
NON_NATIVE = {"vo-01": 7, "vo-02": 4, "vo-05": 3, "vo-07": 1}
"""Pupils whose native language is not Russian, by school."""
NO_SUPPORT = {"vo-07"}
"""Schools that have such pupils and support none of them."""
ANALYSIS = "Классные часы проведены по плану; активность родителей выросла, запланирована работа с 7-ми классами."
FLAG = ("нет", "да")


def school_year(spring: int) -> str:
    """«2025/2026» for 2026."""
    return f"{spring - 1}/{spring}"


def tables(spring: int) -> dict[str, list[Row]]:
    """Tables of one school year by file name, each with its header first."""
    return {
        "Ответы 2.3.csv": [
            ("Организация", "Учебный год", "Вопрос", "Да или нет", "Число", "Текст", "Подтверждение"),
            *_of_office(spring),
            *(row for school in SCHOOLS for row in _of_school(school, spring)),
        ],
        "Участие в воспитательной работе.csv": _participation(spring),
        "Профилактический учёт.csv": _prevention(spring),
        "Обучающиеся с неродным русским языком.csv": _non_native(spring),
    }


def _of_office(spring: int) -> Iterator[Row]:
    year = school_year(spring)
    for question, word in {**OFFICE, "2.3.7-m2": FLAG[spring >= 2026]}.items():
        order = f"приказ управления образования от 10.09.{spring - 1}" if word == "да" else None
        yield (MUNICIPALITY, year, question, word, None, None, order)
    for question, numbers in NUMBERS_OF_OFFICE.items():
        yield (MUNICIPALITY, year, question, None, numbers[spring >= 2026], None, "перечень объединений")


def _of_school(school: School, spring: int) -> Iterator[Row]:
    if school.id == SILENT and spring == 2026:
        return
    head = (school.name, school_year(spring))
    for question, chance in CHANCES.items():
        word = FLAG[stream("upbringing", question, school.id, spring).random() < chance]
        text = ANALYSIS if question == "2.3.7-s5" and word == "да" else None
        yield (*head, question, word, None, text, None)
    volunteers = VOLUNTEERS not in WITHOUT.get(school.id, ())
    yield (*head, "2.3.3-s2", FLAG[volunteers], None, None, "положение об объединении" if volunteers else None)
    for question in RESULTS:
        now, before = (_result(school, question, year) for year in (spring, spring - 1))
        yield (*head, f"{question}:change", None, now - before, None, None)
        yield (*head, question, None, now, None, None)


def _result(school: School, question: str, spring: int) -> int:
    own = stream("upbringing", question, school.id).randint(-7, 7)
    return RESULTS[question] + own + stream("upbringing", question, school.id, spring).randint(-3, 4)


def _children(school: School, spring: int) -> Iterator[tuple[int, str]]:
    """Grade and code of the children of a school; never more of them than any count of its enrolment shows."""
    for site in school.sites:
        for grade in range(1, site.last_grade + 1):
            size = max(2, round(site.pupils * (0.35 if grade > 9 else 0.8)))
            for number in range(1, size + 1):
                yield grade, f"у-{site.digits}-{spring - grade}-{number}"


def _participation(spring: int) -> list[Row]:
    rows: list[Row] = [("Организация", "Учебный год", "Класс", "Код обучающегося", "Форма", "Направление")]
    for school in SCHOOLS:
        for form, (share, first) in FORMS.items():
            if form in WITHOUT.get(school.id, ()):
                continue
            rng = stream("upbringing", form, school.id, spring)
            own = share * rng.uniform(0.7, 1.15)
            for grade, code in _children(school, spring):
                if grade >= first and rng.random() < own:
                    directions = _directions(rng) if form == VOLUNTEERS else [None]
                    rows += [(school.name, school_year(spring), grade, code, form, word) for word in directions]
    return rows


def _directions(rng: Random) -> list[str | None]:
    """Directions of one volunteer: one, sometimes two; not told (None) only when it is the only one."""
    found = [next(word for word, limit in DIRECTIONS if chance < limit) for chance in (rng.random(), rng.random())]
    second = rng.random() < 0.1 and None not in found and found[0] != found[1]
    return found if second else found[:1]


def _prevention(spring: int) -> list[Row]:
    titles = (
        *("Учёт КДН", "Учёт ОПДН", "Внутришкольный учёт", "Поставлен повторно"),
        *("Правонарушение во время КИПР", "Правонарушение на каникулах"),
        *("Занят дополнительным образованием", "Занят волонтёрством", "Пропускает больше 30 % занятий"),
    )
    rows: list[Row] = [("Организация", "Учебный год", "Класс", "Код обучающегося", *titles)]
    for school in SCHOOLS:
        if school.id in NO_PREVENTION:
            continue
        for grade, code in _children(school, spring):
            rng = stream("prevention", code, spring)
            if grade >= 4 and rng.random() < 0.035:
                rows.append((school.name, school_year(spring), grade, code, *_case(rng)))
    return rows


def _case(rng: Random) -> Iterator[str]:
    """Flags of one child: the registers, what happened, what the child is busy with; a truant may be on none."""
    registered = rng.random() < 0.93
    commission = registered and rng.random() < 0.3
    police = registered and rng.random() < 0.35
    school_register = registered and (not (commission or police) or rng.random() < 0.85)
    repeated = registered and rng.random() < 0.12
    offence = (commission or police) and rng.random() < 0.35
    flags = (
        *(commission, police, school_register, repeated, offence, offence and rng.random() < 0.7),
        *(rng.random() < 0.72, rng.random() < 0.2, not registered or rng.random() < 0.18),
    )
    return (FLAG[flag] for flag in flags)


def _non_native(spring: int) -> list[Row]:
    titles = ("Охвачен адаптацией", "Налажено взаимодействие с семьёй", "Есть ИОМ или сопровождение")
    rows: list[Row] = [("Организация", "Учебный год", "Класс", "Код обучающегося", *titles)]
    for school in SCHOOLS:
        for number in range(1, NON_NATIVE.get(school.id, 0) + (spring >= 2026 and school.id == "vo-01") + 1):
            grade = stream("non-native", school.id, number).randint(1, 8) + (spring >= 2026)
            rng = stream("non-native", school.id, number, spring)
            chances = (0.85, 0.8, 0 if school.id in NO_SUPPORT else 0.6)
            flags = [FLAG[rng.random() < chance] for chance in chances]
            rows.append((school.name, school_year(spring), grade, f"н-{school.id}-{number}", *flags))
    return rows
