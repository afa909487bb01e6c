"""What direction 2.2 needs: the staff of the whole district (all directions take it) and answers to the forms.

Codes are synthetic and stable from year to year; age and experience grow by a year, categories are never lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from district import KINDERGARTENS, MUNICIPALITY, SCHOOLS, stream

Row = tuple[str | int | None, ...]

FIRST_YEAR = 2024
SILENT = "vo-08"
"""The school that did not answer the form of 2026."""
SHARED = {"vo-10": "vo-09"}
"""The psychologist of the first school is that of the second one: one code in two schools."""
PSYCHOLOGIST_SINCE = {"vo-06": 2026, "vo-08": 2027, "vo-10": 2025}
"""Schools that had no psychologist before this year."""
WITHOUT = {"vo-09": {"profsreda", "network"}, "vo-10": {"contest", "cnppm", "smo"}, "ds-07": {"iom", "contest"}}
"""What there was none of."""
CHANCES = {
    "Обучен работе с одарёнными": ("gifted_trained", 0.22),
    "Прошёл диагностику дефицитов": ("diagnosed", 0.62),
    "Есть ИОМ": ("iom", 0.36),
    "Курсы ЦНППМ": ("cnppm", 0.18),
    "Участник ПрофСреды": ("profsreda", 0.25),
    "Участник конкурса мастерства": ("contest", 0.1),
    "Представлял опыт": ("presenter", 0.21),
    "Обучен наставничеству": ("mentor_trained", 0.08),
    "В программе наставничества": ("mentoring", 0.14),
    "Участник СМО": ("smo", 0.2),
    "Участник РМО": ("rmo", 0.66),
    "Участник ШМО": ("shmo", 0.86),
    "В сетевых формах": ("network", 0.3),
    "Переподготовлен на вакантную должность": ("retrained_vacancy", 0.025),
}
"""Yearly flags of anybody who teaches: title, name and chance."""
MANAGERS = {
    "Добровольная диагностика управленца": 0.55,
    "Повысил компетенции": 0.6,
    "Положительная динамика условий": 0.7,
    "Участник мероприятий по управлению качеством": 0.45,
    "Стажировка по управлению качеством": 0.25,
}
"""Yearly flags of heads and other managers."""
LASTING = {
    "Диплом о переподготовке в управлении": 0.7,
    "ИОМ управленца": 0.25,
}
"""What a manager who once has it keeps: share in the first year; it grows from year to year."""


@dataclass(frozen=True, slots=True)
class Employee:
    """A synthetic employee of one organisation; ``age`` and ``experience`` are those of the first year."""

    org: str
    name: str
    code: str
    group: str
    post: str
    age: int
    experience: int
    years: range


def tables(spring: int) -> dict[str, list[Row]]:
    """Files of a school year; of 2024 only the staff, for the dynamics over two years."""
    staff = {"Работники.csv": _staff(spring)}
    return staff if spring == FIRST_YEAR else {**staff, "Ответы 2.2.csv": _answers(spring)}


def _staff(spring: int) -> list[Row]:
    records = [_record(employee, spring) for employee in _employees() if spring in employee.years]
    return [tuple(records[0]), *(tuple(record.values()) for record in records)]


def _employees() -> Iterator[Employee]:
    for school in SCHOOLS:
        classes = sum(site.pupils for site in school.sites)
        posts = ["учитель"] * (round(classes * 0.8) + 4)
        posts += ["логопед"] * (classes > 14) + ["дефектолог"] * (classes > 24)
        managers = 1 + (classes > 14) + (classes > 30)
        yield from _team(school.id, school.name, posts, managers)
        code = f"р-{SHARED.get(school.id, school.id)}-псих"
        since = PSYCHOLOGIST_SINCE.get(school.id, FIRST_YEAR)
        for person in _slot(school.id, school.name, code, "педагог", "психолог"):
            yield replace(person, years=range(max(since, person.years.start), person.years.stop))
    for garden in KINDERGARTENS:
        size = stream("staff", garden.id).randint(5, 13)
        posts = ["воспитатель"] * size + ["логопед"] * (size > 7) + ["психолог"] * (size > 9)
        yield from _team(garden.id, garden.name, posts, 0)


def _team(org: str, name: str, posts: list[str], managers: int) -> Iterator[Employee]:
    yield from _slot(org, name, f"р-{org}-рук", "руководитель", "иная")
    for number in range(1, managers + 1):
        yield from _slot(org, name, f"р-{org}-упр-{number}", "управленец", "иная")
    for number, post in enumerate(posts, start=1):
        yield from _slot(org, name, f"р-{org}-{number:02}", "педагог", post)


def _slot(org: str, name: str, code: str, group: str, post: str) -> Iterator[Employee]:
    """Who holds a post from year to year: one person, or one that left and the young one that came instead."""
    rng = stream("staff", code)
    age = rng.randint(38, 58) if group != "педагог" else min(max(round(rng.gauss(45, 12)), 22), 68)
    experience = max(0, age - 23 - rng.randint(0, 6))
    leaves = rng.random() < 0.1 and group == "педагог" and post in {"учитель", "воспитатель"}
    last = rng.choice((2024, 2025)) if leaves else 2100
    yield Employee(org, name, code, group, post, age, experience, range(FIRST_YEAR, last + 1))
    if leaves:
        young = rng.randint(21, 27)
        came = range(last + 1, 2101)
        start = last + 1 - FIRST_YEAR
        yield Employee(org, name, f"{code}-н", group, post, young - start, -start, came)


def _record(employee: Employee, spring: int) -> dict[str, str | int | None]:
    """Cells of a row by header."""
    passed = spring - FIRST_YEAR
    age, experience = employee.age + passed, employee.experience + passed
    teaches, code = employee.group == "педагог", employee.code
    none = WITHOUT.get(employee.org, set()) | ({"shmo"} if employee.org.startswith("ds") else set())

    def chance(name: str, share: float, *when: object) -> bool:
        return stream("staff", code, name, *when).random() < share

    category, attested = _category(employee, spring)
    yearly = {
        title: _word(name not in none and (teaches or name == "diagnosed") and chance(name, share, spring))
        for title, (name, share) in CHANCES.items()
    }
    lasting = {title: not teaches and chance(title, share + 0.06 * passed) for title, share in LASTING.items()}
    deputy = employee.group == "управленец"
    reserve = (teaches and 28 <= age <= 50 and experience > 4 and chance("reserve", 0.09)) or (
        deputy and chance("reserve", 0.3)
    )
    own_route = lasting.pop("ИОМ управленца")
    iom = yearly["Есть ИОМ"] == "да" or own_route or (reserve and chance("reserve iom", 0.7, spring))
    yearly["Есть ИОМ"] = _word(iom)
    higher = not teaches or chance("higher", 0.78 if employee.org.startswith("vo") else 0.45)
    finished = any(chance("finished", 0.06, year) for year in range(FIRST_YEAR + 1, spring + 1))
    ovz = teaches and chance("with ovz", 0.4)
    manager = {title: not teaches and chance(title, share, spring) for title, share in MANAGERS.items()}
    return {
        "Организация": employee.name,
        "Учебный год": f"{spring - 1}/{spring}",
        "Код работника": code,
        "Группа": employee.group,
        "Должность": employee.post,
        "Возраст": age,
        "Стаж": experience,
        "Высшее педагогическое образование": _word(higher or finished),
        "Категория": category,
        "Аттестован в этом году": _word(attested),
        "Сопровождает одарённых": _word(teaches and chance("gifted", 0.7 if employee.post == "психолог" else 0.12)),
        **yearly,
        "Участник событий для молодых": _word(teaches and age < 35 and chance("young", 0.5, spring)),
        "Участник конкурса проектов молодых педагогов": _word(
            teaches and age < 35 and experience < 3 and chance("young contest", 0.35, spring)
        ),
        "Образование по профилю": _word(employee.post != "учитель" or chance("profile", 0.92)),
        "Пенсионный возраст": _word(age >= 59),
        "Земский учитель": _word(
            employee.post == "учитель" and employee.org > "vo-02" and chance("zemsky", 0.02 + 0.01 * passed)
        ),
        "Соответствует требованиям должности": _word(chance("meets", 0.85 + 0.04 * passed)),
        **{title: _word(value) for title, value in (manager | lasting).items()},
        "В кадровом резерве": _word(reserve),
        "Обучен по программам для резерва": _word(reserve and chance("reserve trained", 0.6, spring)),
        "Работает с детьми с ОВЗ": _word(ovz),
        "Подготовлен к работе с ОВЗ": _word(ovz and chance("ovz trained", 0.8)),
        "ИОМ выполнен, %": stream("staff", code, "iom done", spring).choice((60, 75, 85, 92, 95, 100)) if iom else None,
    }


def _category(employee: Employee, spring: int) -> tuple[str, bool]:
    """Category by the spring and whether it was given (or confirmed) in this school year."""
    if employee.group != "педагог":
        return "без категории", False
    start = stream("staff", employee.code, "category").random()
    rank = 0 if employee.experience < 3 else 2 if start < 0.27 else 1 if start < 0.68 else 0
    attested = False
    for year in range(FIRST_YEAR, spring + 1):
        rng = stream("staff", employee.code, "attested", year)
        attested = year in employee.years and rng.random() < 0.16
        if attested and employee.experience + year - FIRST_YEAR > 1 and rng.random() < 0.6:
            rank = min(rank + 1, 2)
    return ("без категории", "первая", "высшая")[rank], attested


def _word(value: bool) -> str:
    return "да" if value else "нет"


def _answers(spring: int) -> list[Row]:
    year = f"{spring - 1}/{spring}"
    rows: list[Row] = [("Организация", "Учебный год", "Вопрос", "Да или нет", "Текст", "Подтверждение")]
    choice = (
        "Перечень программ института развития образования и ЦНППМ рассылается школам и детским садам дважды в год; "
        "педагог выбирает программу по результатам диагностики дефицитов."
    )
    page = "https://example.org/metodist"
    rows.append((MUNICIPALITY, year, "2.2.2-m1", "да", choice, page))
    rows.append((MUNICIPALITY, year, "2.2.2-m2", "да", None, f"{page}/programmy"))
    listed = spring > 2025
    vacancies_page = f"{page}/vakansii" if listed else None
    rows.append((MUNICIPALITY, year, "2.2.5-m1", _word(listed), None, vacancies_page))
    for unit in (*SCHOOLS, *KINDERGARTENS):
        if unit.id == SILENT and spring == 2026:
            continue
        rng = stream("answers 2.2", unit.id)
        model, vacancies = rng.random() < (0.75 if spring > 2025 else 0.55), rng.random() < 0.8
        order = f"приказ от 01.09.{spring - 1}" if model else None
        rows.append((unit.name, year, "2.2.3-m4", _word(model), None, order))
        rows.append((unit.name, year, "2.2.5-s1", _word(vacancies), None, None))
    return rows
