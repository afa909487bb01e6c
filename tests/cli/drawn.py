"""A district drawn by chance, and plain code that counts in it what the forms ask for.

``draw`` makes every child and member of staff, and of them the rows that lists would hold: a row has the names of the
columns as attributes, and ``child``, ``listed`` and ``special`` where they help to count. ``COUNTED`` says of each
question in ordinary Python what its answer is; nothing of the program takes part in it.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TypeAlias

Row: TypeAlias = SimpleNamespace
Rows: TypeAlias = Sequence[Row]
Where: TypeAlias = Callable[[Row], bool]
Number: TypeAlias = Callable[[Rows], float]

FORMS = (
    "профориентационная диагностика", "профориентационное мероприятие", "профессиональная проба", "Билет в будущее",
    "ПроеКТОриЯ", "Zaсобой", "профориентационный проект", "внеурочное профориентационное занятие",
    "элективный курс по профориентации", "ранняя профориентация", "профориентационная консультация",
    "психологическое профконсультирование", "рынок труда", "дополнительное образование", "волонтёрское объединение",
    "детское общественное объединение", "каникулярная занятость", "социально-психологическое тестирование",
)  # fmt: skip
DIRECTIONS = (
    "профориентация", "социальное", "экологическое", "патриотическое", "здоровьесберегающее", "событийное", "иное",
)  # fmt: skip
STUDIES = {
    "КДР4 чтение": 4, "КДР6 чтение": 6, "КДР7 математика": 7, "КДР8 естествознание": 8, "МИ5 чтение": 5,
    "МИ8 финансы": 8, "МИ9 финансы": 9,
}  # fmt: skip
COMPARED = ("КДР6 чтение", "МИ5 чтение", "МИ9 финансы")
SUBJECTS = ("Математика", "Физика", "Химия", "История", "Право", "Экология", "География", "Литература", "Биология")
STAGES = ("школьный", "муниципальный", "региональный", "заключительный")
LISTS = ("перечень Минпросвещения", "перечень Минобрнауки")
CAREER = ("Молодые профессионалы", "Абилимпикс", "профориентационный конкурс")
STAFF_FLAGS = (
    "higher_pedagogical", "attested", "gifted_trained", "gifted_support", "diagnosed", "iom", "cnppm", "profsreda",
    "contest", "presenter", "mentor_trained", "mentoring", "smo", "rmo", "shmo", "network", "profile_match", "pension",
    "retrained_vacancy", "meets_requirements", "deficit_voluntary", "competence_raised", "management_diploma",
    "conditions_dynamics", "quality_events", "quality_internship", "reserve", "with_ovz", "ovz_trained",
)  # fmt: skip
REPEAT = "повторный мониторинг"


@dataclass(frozen=True)
class Units:
    """Who there is: schools with their last grade, kindergartens, the education office."""

    schools: Mapping[str, int]
    kindergartens: Sequence[str]
    office: str


@dataclass
class Child:
    """A pupil of a school in one year."""

    code: str
    grade: int
    ovz: bool
    disabled: bool
    in_base: bool
    talented: bool
    iop: bool
    iup: bool

    @property
    def special(self) -> bool:
        """Of the children whom «ОВЗ и инвалиды» means."""
        return self.ovz or self.disabled


class _Drawn:
    def __init__(self, units: Units, year: int, seed: int, pupils: int) -> None:
        self.tables: dict[str, list[Row]] = {}
        self._year = f"{year}/{year + 1}"
        self._chance = random.Random(f"{seed} {year}")
        self._pupils = pupils
        for org, last in units.schools.items():
            self._school(org, last)
        for org in units.kindergartens:
            self._kindergarten(org)
        self._office(units.office)

    def _maybe(self, share: float = 0.5) -> bool:
        return self._chance.random() < share

    def _add(self, dataset: str, org: str, **values: object) -> Row:
        row = Row(org=org, year=self._year, **{"round": None, **values})
        self.tables.setdefault(dataset, []).append(row)
        return row

    def _school(self, org: str, last: int) -> None:
        children = [self._child(org, grade, number) for grade in range(1, last + 1) for number in range(self._pupils)]
        teachers = self._staff(org, 14)
        self._contingent(org, children, last)
        for child in children:
            self._takes_part(org, child)
            self._competes(org, child, teachers)
            self._tested(org, child)
            self._listed(org, child)
            if child.grade in (9, 11):
                self._leaves(org, child)
        for number in range(self._chance.randint(3, 8)):
            self._add("events", org, kind=self._chance.choice(("профориентация", "иное")), name=f"дело {number}",
                      with_ovz=self._maybe(), joint=self._maybe(), planned=self._maybe())  # fmt: skip
        for number in range(self._chance.randint(0, 4)):
            kind = self._chance.choice(("предприятие", "ПОО", "ОО ВО", "иное"))
            self._add("contracts", org, partner=f"партнёр {number}", partner_kind=kind)
        for procedure in ("ВПР", "муниципальный этап ВсОШ"):
            self._add("observation", org, procedure=procedure, observed=self._maybe())
        for kind in ("дополнительное образование", "внеурочная деятельность", "сетевая программа для ИУП", "НПО"):
            for number in range(self._chance.randint(1, 4)):
                self._programme(org, kind, f"{kind} {number}")

    def _programme(self, org: str, kind: str, name: str) -> None:
        flags = {name: self._maybe() for name in ("for_lists", "personal", "career", "early_career", "by_market")}
        self._add("programmes", org, kind=kind, name=name, **flags)

    def _child(self, org: str, grade: int, number: int) -> Child:
        flags = [self._maybe(share) for share in (0.15, 0.05, 0.3, 0.2, 0.3, 0.3)]
        return Child(f"{org}.{self._year}.{grade}.{number}", grade, *flags)

    def _contingent(self, org: str, children: Sequence[Child], last: int) -> None:
        for grade in range(1, last + 1):
            own = [child for child in children if child.grade == grade]
            for category, number in (
                ("все", len(own)),
                ("ОВЗ", sum(child.ovz for child in own)),
                ("ОВЗ и инвалиды", sum(child.special for child in own)),
            ):
                self._add("contingent", org, grade=grade, category=category, pupils=number)

    def _of(self, dataset: str, org: str, child: Child, **values: object) -> Row:
        known = {"grade": child.grade, "pupil": child.code, "child": child, "ovz": child.ovz,
                 "disabled": child.disabled, "special": child.special}  # fmt: skip
        return self._add(dataset, org, **{**known, **values})

    def _takes_part(self, org: str, child: Child) -> None:
        for form in FORMS:
            if self._maybe(0.2):
                self._of("participation", org, child, form=form, direction=self._chance.choice(DIRECTIONS))
        plans = {"ИОП": child.iop, "ИУП": child.iup, "ИОМ по профориентации": child.grade >= 8 and self._maybe(0.3),
                 "АОП": child.special and self._maybe(), "СИПР": child.ovz and self._maybe(0.1)}  # fmt: skip
        for plan, has in plans.items():
            if has:
                self._of("plans", org, child, plan=plan)
        for register, listed in (("региональная база", child.in_base), ("Талант и успех", child.talented)):
            if listed:
                self._of("registers", org, child, register=register)
        if self._maybe(0.1):
            flags = {name: self._maybe() for name in ("adaptation", "family_contact", "supported")}
            self._of("non_native", org, child, **flags)

    def _competes(self, org: str, child: Child, teachers: Sequence[str]) -> None:
        events = [
            "ВсОШ",
            *LISTS,
            "значимый конкурс",
            *(word for word in CAREER if word != "Абилимпикс" or child.special),
        ]
        for event in events:
            stages = STAGES[1:] if event == "ВсОШ" else STAGES
            if self._maybe(0.3) and child.grade >= 7:
                status = self._chance.choice(("участник", "призёр", "победитель"))
                self._of("achievements", org, child, event=event, stage=self._chance.choice(stages), status=status,
                         subject=self._chance.choice(SUBJECTS), teacher=self._chance.choice(teachers))  # fmt: skip

    def _tested(self, org: str, child: Child) -> None:
        for study, grade in STUDIES.items():
            if grade == child.grade:
                earlier = self._chance.randint(1, 4) if study in COMPARED and self._maybe(0.8) else None
                self._of("kdr", org, child, study=study, level=self._chance.randint(1, 4), earlier_level=earlier,
                         objective=self._maybe(0.8))  # fmt: skip

    def _listed(self, org: str, child: Child) -> None:
        if self._maybe(0.15):
            names = ("kdn", "opdn", "school_register", "offence_kipr", "extra_education", "volunteer", "truant")
            row = self._of("prevention", org, child, **{name: self._maybe() for name in names})
            row.listed = row.kdn or row.opdn or row.school_register
            row.repeated = row.listed and self._maybe()
            row.offence_holiday = row.offence_kipr and self._maybe()

    def _leaves(self, org: str, child: Child) -> None:
        places = ("ПОО", "10-й класс", "работа") if child.grade == 9 else ("ПОО", "ОО ВО", "работа", "иное")
        row = self._of("graduates", org, child, certificate=self._maybe(0.9), destination=self._chance.choice(places),
                       advanced=self._maybe())  # fmt: skip
        row.close_profile = row.destination in ("ПОО", "ОО ВО") and self._maybe()
        row.advanced_chosen = row.advanced and self._maybe()

    def _staff(self, org: str, number: int) -> Sequence[str]:
        groups = ["руководитель", "управленец", "управленец", "иной", *["педагог"] * number]
        codes = [f"{org}-{place}" for place in range(len(groups))]
        for code, group in zip(codes, groups, strict=True):
            posts = ("учитель", "учитель", "учитель", "психолог", "логопед", "дефектолог", "воспитатель")
            post = self._chance.choice(posts) if group == "педагог" else "иная"
            row = self._add("staff", org, employee=code, group=group, post=post, age=self._chance.randint(22, 70),
                            category=self._chance.choice(("без категории", "первая", "высшая")),
                            **{name: self._maybe() for name in STAFF_FLAGS})  # fmt: skip
            row.experience = self._chance.randint(0, row.age - 21)
            row.young_events, row.young_contest = (row.age < 35 and self._maybe() for _ in range(2))
            row.reserve_trained, row.zemsky = row.reserve and self._maybe(), group == "педагог" and self._maybe(0.2)
            row.iom_done = self._chance.choice((40, 90, 91, 100)) if row.iom else None
        return codes

    def _kindergarten(self, org: str) -> None:
        self._staff(org, 8)
        for row in [row for row in self.tables["staff"] if row.org == org]:
            again = self._add("staff", org, employee=row.employee, group=row.group, round=REPEAT, iom=self._maybe(0.7))
            again.iom_gain = again.iom - row.iom
        for in_round in (None, REPEAT):
            children = self._chance.randint(20, 90)
            asked = self._chance.randint(10, children)
            self._add("preschool_facts", org, round=in_round, children=children, parents_asked=asked,
                      children_ovz=self._chance.randint(0, 3), parents_satisfied=self._chance.randint(5, asked),
                      sick_days=self._chance.randint(100, 900))  # fmt: skip
        for number in range(5):
            child = Child(f"{org}.{self._year}.{number}", 0, *[False] * 6)
            self._of("participation", org, child, form="дополнительное образование", direction="иное")

    def _office(self, org: str) -> None:
        self._add("contingent", org, grade=0, category="дети 5–18 лет", pupils=self._chance.randint(2000, 3000))
        for number in range(self._chance.randint(2, 6)):
            status = self._chance.choice(("без статуса", "практика продвинутого уровня", "практика высокого уровня"))
            self._add("practices", org, name=f"практика {number}", status=status, raop=self._maybe())
        for number in range(4):
            self._programme(org, "СПО", f"специальность {number}")
        self._add("events", org, kind="профориентация", name="ярмарка", with_ovz=True, joint=True, planned=True)


def draw(units: Units, year: int, seed: int, pupils: int = 12) -> Mapping[str, Rows]:
    """The rows of every list of a school year; ``pupils`` in each class."""
    return _Drawn(units, year, seed, pupils).tables


def every(_: Row) -> bool:
    """All of them."""
    return True


def rows(where: Where) -> Number:
    """How many rows there are."""
    return lambda table: sum(1 for row in table if where(row))


def values(column: str, where: Where) -> Number:
    """How many different values."""
    return lambda table: len({getattr(row, column) for row in table if where(row)})


def total(column: str, where: Where) -> Number:
    """What a column makes together."""
    return lambda table: sum(getattr(row, column) for row in table if where(row))


def _compared(study: str, compare: Callable[[int, int], bool]) -> Number:
    """Children of whom both levels are known and compare so."""
    return rows(lambda t: t.study == study and t.earlier_level is not None and compare(t.level, t.earlier_level))


def _at_level(study: str, level: int, *, all_works: bool) -> Number:
    """Works of a level (0: any), by works that count or by all."""
    return rows(lambda t: t.study == study and (all_works or t.objective) and level in (0, t.level))


def _of_levels() -> Iterable[tuple[str, Number]]:
    """The grades of ability of 1.1.4-m1."""
    levels = {"insufficient": 1, "below": 2, "basic": 3, "above": 4}
    for study in list(STUDIES)[:4]:
        for suffix, all_works in (("", False), (";all_works", True)):
            yield f"1.1.4-m1:basic{suffix}:знаменатель, {study}", _at_level(study, 0, all_works=all_works)
            for part, level in levels.items():
                yield f"1.1.4-m1:{part}{suffix}:числитель, {study}", _at_level(study, level, all_works=all_works)


def _in_base(event: str, stage: str, status: str) -> Number:
    """Children of the regional base who took part; «» stands for any event that counts, stage or status."""

    def meant(t: Row) -> bool:
        if event:
            return bool(t.event == event)
        return t.event in LISTS or (t.event == "ВсОШ" and t.stage != "школьный")

    return values(
        "pupil", lambda t: t.child.in_base and meant(t) and stage in ("", t.stage) and status in ("", t.status)
    )


def _of_the_base() -> Iterable[tuple[str, Number]]:
    """The parts of 1.3.1."""
    for part, status in {"participants": "", "prize_winners": "призёр", "winners": "победитель"}.items():
        yield f"1.3.1-m1:{part}:числитель", _in_base("", "", status)
        for stage in STAGES:
            yield f"1.3.1-m1:{part}:числитель, {stage}", _in_base("", stage, status)
        for event in ("ВсОШ", *LISTS):
            yield f"1.3.1-s1:{part}:числитель, {event}", _in_base(event, "", status)
        for stage in STAGES[1:]:
            yield f"1.3.1-s1:{part}:числитель, ВсОШ, {stage}", _in_base("ВсОШ", stage, status)


COUNTED: Mapping[str, Mapping[str, Number]] = {
    "achievements": {
        **dict(_of_the_base()),
        "1.3.2-m1:числитель": rows(
            lambda t: (
                t.ovz
                and t.event in ("перечень Минобрнауки", "перечень Минпросвещения")
                and t.status in ("победитель", "призёр")
            )
        ),
        "1.3.2-m2:same_grades:числитель": rows(
            lambda t: (
                t.ovz
                and t.event in ("перечень Минобрнауки", "перечень Минпросвещения")
                and t.grade >= 7
                and t.status in ("победитель", "призёр")
            )
        ),
        "1.3.3-m1:числитель": rows(
            lambda t: t.event == "ВсОШ" and t.stage == "заключительный" and t.status in ("победитель", "призёр")
        ),
        "1.3.3-m2:числитель": rows(
            lambda t: t.event == "ВсОШ" and t.stage == "региональный" and t.status in ("победитель", "призёр")
        ),
        "1.3.3-s1:числитель": rows(
            lambda t: t.event == "ВсОШ" and t.stage == "муниципальный" and t.status in ("победитель", "призёр")
        ),
        "1.3.3-s4:числитель": values(
            "teacher",
            lambda t: t.event == "ВсОШ" and t.stage == "региональный" and t.status in ("победитель", "призёр"),
        ),
        "1.3.4-m1:числитель": rows(
            lambda t: (
                t.event in ("перечень Минобрнауки", "перечень Минпросвещения") and t.status in ("победитель", "призёр")
            )
        ),
        "1.3.4-m1:same_grades:числитель": rows(
            lambda t: (
                t.event in ("перечень Минобрнауки", "перечень Минпросвещения")
                and t.grade >= 7
                and t.status in ("победитель", "призёр")
            )
        ),
        "1.3.10-m1:числитель": values(
            "pupil",
            lambda t: t.event == "значимый конкурс" and t.grade >= 5 and t.stage in ("заключительный", "региональный"),
        ),
        "1.3.10-m1:any_list:числитель": values(
            "pupil",
            lambda t: (
                t.event in ("значимый конкурс", "перечень Минобрнауки", "перечень Минпросвещения")
                and t.grade >= 5
                and t.stage in ("заключительный", "региональный")
            ),
        ),
        "1.3.11-m1:числитель": values(
            "teacher",
            lambda t: (
                t.event == "ВсОШ"
                and t.stage in ("заключительный", "региональный")
                and t.status in ("победитель", "призёр")
            ),
        ),
        "1.4.6-m2:contests:числитель": values(
            "pupil",
            lambda t: (
                t.special
                and t.event in ("Абилимпикс", "Молодые профессионалы", "профориентационный конкурс")
                and t.grade >= 8
            ),
        ),
        "1.4.8-m1:числитель": values(
            "pupil",
            lambda t: (
                t.event == "Молодые профессионалы" and t.grade >= 8 and t.stage in ("заключительный", "региональный")
            ),
        ),
        "1.4.8-m2:числитель": values(
            "pupil", lambda t: t.event == "Абилимпикс" and t.stage in ("заключительный", "региональный")
        ),
        "1.4.8-m3:числитель": rows(
            lambda t: t.event in ("Абилимпикс", "Молодые профессионалы", "профориентационный конкурс")
        ),
        "1.4.8-m3:regional:числитель": rows(
            lambda t: (
                t.event in ("Абилимпикс", "Молодые профессионалы", "профориентационный конкурс")
                and t.stage in ("заключительный", "региональный")
            )
        ),
        "1.4.8-m4:числитель": values(
            "pupil",
            lambda t: (
                t.event == "профориентационный конкурс" and t.grade >= 6 and t.stage in ("муниципальный", "школьный")
            ),
        ),
        "1.4.8-s1:числитель": values(
            "pupil", lambda t: t.event == "Молодые профессионалы" and t.stage in ("заключительный", "региональный")
        ),
        "1.4.8-s3:числитель": values(
            "pupil",
            lambda t: (
                t.stage == "региональный"
                and t.event in ("Абилимпикс", "Молодые профессионалы", "профориентационный конкурс")
                and t.status in ("победитель", "призёр")
            ),
        ),
        "1.4.8-s4:числитель": values(
            "pupil", lambda t: t.event in ("Абилимпикс", "Молодые профессионалы", "профориентационный конкурс")
        ),
    },
    "contingent": {
        "1.1.3-m3:enrolled:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade == 11),
        "1.3.1-m1:participants:знаменатель": total("pupils", lambda t: t.category == "все" and 1 <= t.grade <= 11),
        "1.3.2-m2:знаменатель": total("pupils", lambda t: t.category == "ОВЗ" and t.grade >= 7),
        "1.3.3-m2:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade >= 7),
        "1.3.5-m1:знаменатель": total("pupils", lambda t: t.category == "дети 5–18 лет"),
        "1.3.5-m2:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade >= 1),
        "1.3.5-m3:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade >= 8),
        "1.3.10-m1:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade >= 5),
        "1.4.5-m1:знаменатель": total("pupils", lambda t: t.category == "все" and t.grade >= 6),
        "1.4.6-m1:extracurricular:знаменатель": total(
            "pupils", lambda t: t.category == "ОВЗ и инвалиды" and t.grade in (6, 7)
        ),
        "1.4.6-m2:events:знаменатель": total("pupils", lambda t: t.category == "ОВЗ и инвалиды" and t.grade >= 8),
        "1.4.8-m2:знаменатель": total("pupils", lambda t: t.category == "ОВЗ и инвалиды" and t.grade >= 1),
        "2.1.3-m1:знаменатель": rows(lambda t: t.category == "ОВЗ и инвалиды" and t.pupils >= 1),
    },
    "contracts": {
        "1.4.7-m1:числитель": rows(lambda t: t.partner_kind in ("ОО ВО", "ПОО", "предприятие")),
    },
    "events": {
        "1.4.6-m3:числитель": rows(lambda t: t.kind == "профориентация" and t.with_ovz),
        "1.4.6-s3:числитель": rows(lambda t: t.kind == "профориентация" and t.planned and t.with_ovz),
        "1.4.7-m3:числитель": rows(lambda t: t.joint and t.kind == "профориентация"),
    },
    "graduates": {
        "1.1.3-m3:знаменатель": rows(lambda t: t.grade == 11),
        "1.1.3-m3:числитель": rows(lambda t: t.certificate and t.grade == 11),
        "1.4.3-m1:знаменатель": rows(lambda t: t.advanced and t.grade == 11),
        "1.4.3-m1:числитель": rows(lambda t: t.advanced and t.advanced_chosen and t.grade == 11),
        "1.4.4-m1:знаменатель": rows(lambda t: t.destination == "ПОО" and t.grade == 9),
        "1.4.4-m1:числитель": rows(lambda t: t.close_profile and t.destination == "ПОО" and t.grade == 9),
        "1.4.4-m2:числитель": rows(lambda t: t.close_profile and t.grade == 11 and t.destination in ("ОО ВО", "ПОО")),
        "1.4.4-m3:знаменатель": rows(lambda t: t.destination in ("ОО ВО", "ПОО") and t.grade in (9, 11)),
        "1.4.4-m3:числитель": rows(
            lambda t: t.close_profile and t.destination in ("ОО ВО", "ПОО") and t.grade in (9, 11)
        ),
    },
    "kdr": {
        **dict(_of_levels()),
        "1.1.4-s3:share:знаменатель": rows(lambda t: t.study == "МИ5 чтение"),
        "1.1.4-s3:числитель": rows(lambda t: t.level == 4 and t.study == "МИ5 чтение"),
        "1.1.4-s4:higher:знаменатель": _compared("МИ5 чтение", lambda now, then: (now, then) > (0, 0)),
        "1.1.4-s4:higher:числитель": _compared("МИ5 чтение", lambda now, then: now > then),
        "1.1.4-s4:same:числитель": _compared("МИ5 чтение", lambda now, then: now == then),
        "1.1.4-s4:lower:числитель": _compared("МИ5 чтение", lambda now, then: now < then),
        "1.1.4-s4:kept:числитель": _compared("МИ5 чтение", lambda now, then: now >= then),
        "1.1.4-s5:higher:знаменатель": _compared("КДР6 чтение", lambda now, then: (now, then) > (0, 0)),
        "1.1.4-s5:higher:числитель": _compared("КДР6 чтение", lambda now, then: now > then),
        "1.1.4-s5:same:числитель": _compared("КДР6 чтение", lambda now, then: now == then),
        "1.1.4-s5:lower:числитель": _compared("КДР6 чтение", lambda now, then: now < then),
        "1.1.4-s5:kept:числитель": _compared("КДР6 чтение", lambda now, then: now >= then),
        "1.1.4-s6:share:знаменатель": rows(lambda t: t.study == "МИ8 финансы"),
        "1.1.4-s6:числитель": rows(lambda t: t.level == 4 and t.study == "МИ8 финансы"),
        "1.1.4-s7:higher:знаменатель": _compared("МИ9 финансы", lambda now, then: (now, then) > (0, 0)),
        "1.1.4-s7:higher:числитель": _compared("МИ9 финансы", lambda now, then: now > then),
        "1.1.4-s7:same:числитель": _compared("МИ9 финансы", lambda now, then: now == then),
        "1.1.4-s7:lower:числитель": _compared("МИ9 финансы", lambda now, then: now < then),
        "1.1.4-s7:kept:числитель": _compared("МИ9 финансы", lambda now, then: now >= then),
    },
    "non_native": {
        "2.3.6-m1:числитель": rows(every),
        "2.3.6-m2:adaptation:числитель": rows(lambda t: t.adaptation),
        "2.3.6-m2:family:числитель": rows(lambda t: t.family_contact),
        "2.3.6-s2:числитель: Обучающиеся с неродным русским языком": rows(lambda t: t.supported),
    },
    "observation": {
        "1.1.5-m3:знаменатель": rows(lambda t: t.procedure == "ВПР"),
        "1.1.5-m3:числитель": rows(lambda t: t.observed and t.procedure == "ВПР"),
        "1.1.6-m2:observed:числитель": rows(lambda t: t.observed and t.procedure == "муниципальный этап ВсОШ"),
        "1.1.6-m3:знаменатель": rows(lambda t: t.procedure == "муниципальный этап ВсОШ"),
    },
    "participation": {
        "1.3.5-m1:числитель": values("pupil", lambda t: t.form == "дополнительное образование"),
        "1.4.1-m1:числитель": values(
            "pupil", lambda t: t.form in ("Билет в будущее", "профориентационная диагностика") and t.grade >= 8
        ),
        "1.4.1-m2:числитель": values(
            "pupil", lambda t: t.grade == 11 and t.form in ("Билет в будущее", "профориентационная диагностика")
        ),
        "1.4.1-m3:числитель": rows(
            lambda t: t.form in ("Билет в будущее", "профориентационная диагностика") and t.grade >= 8
        ),
        "1.4.2-m1:числитель": values(
            "pupil",
            lambda t: (
                (
                    t.form
                    in (
                        "профориентационное мероприятие",
                        "профориентационный проект",
                        "Билет в будущее",
                        "ПроеКТОриЯ",
                        "Zaсобой",
                        "ранняя профориентация",
                    )
                    or (t.form == "дополнительное образование" and t.direction == "профориентация")
                )
                and t.grade >= 8
            ),
        ),
        "1.4.2-m2:числитель": values(
            "pupil", lambda t: t.form in ("Билет в будущее", "профессиональная проба") and t.grade >= 8
        ),
        "1.4.5-m1:числитель": values(
            "pupil",
            lambda t: (
                t.form in ("Zaсобой", "Билет в будущее", "ПроеКТОриЯ", "профориентационный проект") and t.grade >= 6
            ),
        ),
        "1.4.6-m1:extracurricular:числитель": values(
            "pupil", lambda t: t.special and t.form == "внеурочное профориентационное занятие" and t.grade in (6, 7)
        ),
        "1.4.6-m1:elective:числитель": values(
            "pupil", lambda t: t.special and t.form == "элективный курс по профориентации" and t.grade in (6, 7)
        ),
        "1.4.6-m1:early:числитель": values(
            "pupil",
            lambda t: (
                t.special
                and t.form
                in ("Zaсобой", "Билет в будущее", "ПроеКТОриЯ", "профориентационный проект", "ранняя профориентация")
                and t.grade in (6, 7)
            ),
        ),
        "1.4.6-m2:events:числитель": values(
            "pupil", lambda t: t.special and t.form == "профориентационное мероприятие" and t.grade >= 8
        ),
        "1.4.6-m2:diagnostics:числитель": values(
            "pupil", lambda t: t.special and t.form == "профориентационная диагностика" and t.grade >= 8
        ),
        "1.4.6-m2:consultation:числитель": values(
            "pupil", lambda t: t.special and t.form == "профориентационная консультация" and t.grade >= 8
        ),
        "1.4.6-m2:psychologist:числитель": values(
            "pupil", lambda t: t.special and t.form == "психологическое профконсультирование" and t.grade >= 8
        ),
        "1.4.6-m2:trials:числитель": values(
            "pupil", lambda t: t.special and t.form == "профессиональная проба" and t.grade >= 8
        ),
        "1.4.9-m1:числитель": values("pupil", lambda t: t.form == "рынок труда" and t.grade >= 8),
        "2.3.3-m2:all:числитель": values("pupil", lambda t: t.form == "волонтёрское объединение"),
        "2.3.3-m2:social:числитель": values(
            "pupil", lambda t: t.direction == "социальное" and t.form == "волонтёрское объединение"
        ),
        "2.3.3-m2:eco:числитель": values(
            "pupil", lambda t: t.direction == "экологическое" and t.form == "волонтёрское объединение"
        ),
        "2.3.3-m2:patriotic:числитель": values(
            "pupil", lambda t: t.direction == "патриотическое" and t.form == "волонтёрское объединение"
        ),
        "2.3.3-m2:health:числитель": values(
            "pupil", lambda t: t.direction == "здоровьесберегающее" and t.form == "волонтёрское объединение"
        ),
        "2.3.3-m2:event:числитель": values(
            "pupil", lambda t: t.direction == "событийное" and t.form == "волонтёрское объединение"
        ),
        "2.3.3-m2:other:числитель": values(
            "pupil", lambda t: t.direction == "иное" and t.form == "волонтёрское объединение"
        ),
        "2.3.4-m2:числитель": values("pupil", lambda t: t.form == "детское общественное объединение"),
        "2.3.5-m4:числитель": values("pupil", lambda t: t.form == "социально-психологическое тестирование"),
        "2.3.8-m1:числитель": values("pupil", lambda t: t.form == "каникулярная занятость"),
    },
    "plans": {
        "1.4.2-m3:числитель": values("pupil", lambda t: t.plan == "ИОМ по профориентации" and t.grade >= 8),
        "1.4.6-m2:iup:числитель": values("pupil", lambda t: t.special and t.plan == "ИУП" and t.grade >= 8),
        "2.1.3-m4:числитель": rows(lambda t: t.plan in ("АОП", "СИПР")),
        "2.1.3-m5:числитель": values("pupil", lambda t: t.special and t.plan in ("АОП", "СИПР")),
    },
    "practices": {
        "2.1.6-m3:raop:знаменатель": rows(every),
        "2.1.6-m3:raop:числитель": rows(lambda t: t.raop),
        "2.1.6-m3:advanced:числитель": rows(lambda t: t.status == "практика продвинутого уровня"),
        "2.1.6-m3:high:числитель": rows(lambda t: t.status == "практика высокого уровня"),
    },
    "preschool_facts": {
        "2.4.3-m11:знаменатель": rows(lambda t: t.children_ovz >= 1),
        "2.4.4-m2:знаменатель": total("parents_asked", every),
        "2.4.4-m2:числитель": total("parents_satisfied", every),
        "2.4.5-m1:знаменатель": total("children", every),
        "2.4.5-m1:числитель": total("sick_days", every),
        "2.4.5-m1:repeat:знаменатель": total("children", every),
        "2.4.5-m1:repeat:числитель": total("sick_days", every),
    },
    "prevention": {
        "2.3.5-m1:all:числитель": rows(lambda t: t.listed),
        "2.3.5-m1:kdn:числитель": rows(lambda t: t.kdn),
        "2.3.5-m1:opdn:числитель": rows(lambda t: t.opdn),
        "2.3.5-m1:school:числитель": rows(lambda t: t.school_register),
        "2.3.5-m2:kipr:числитель": rows(lambda t: t.listed and t.offence_kipr),
        "2.3.5-m2:holiday:числитель": rows(lambda t: t.listed and t.offence_holiday and t.offence_kipr),
        "2.3.5-m3:числитель": rows(lambda t: t.listed and t.repeated),
        "2.3.5-m5:числитель": rows(lambda t: t.truant),
        "2.3.5-m5:registered:числитель": rows(lambda t: t.listed and t.truant),
        "2.3.5-m6:числитель": rows(lambda t: t.listed and t.extra_education),
        "2.3.5-s2:volunteer:числитель": rows(lambda t: t.listed and t.volunteer),
    },
    "programmes": {
        "1.3.5-m2:числитель": rows(lambda t: t.for_lists and t.kind == "дополнительное образование"),
        "1.3.5-m3:числитель": rows(lambda t: t.kind == "дополнительное образование" and t.personal),
        "1.4.2-m4:числитель: Реализуемые программы": rows(lambda t: t.kind == "дополнительное образование"),
        "1.4.2-m4:числитель": rows(lambda t: t.kind == "НПО"),
        "1.4.2-m4:either:числитель": rows(lambda t: t.kind in ("НПО", "дополнительное образование")),
        "1.4.5-s2:числитель": rows(lambda t: t.early_career and t.kind == "дополнительное образование"),
        "1.4.7-s5:числитель": rows(
            lambda t: t.career and t.kind in ("внеурочная деятельность", "дополнительное образование")
        ),
        "1.4.9-m2:знаменатель": rows(lambda t: t.kind == "СПО"),
        "1.4.9-m2:числитель": rows(lambda t: t.by_market and t.kind == "СПО"),
    },
    "registers": {
        "1.3.6-m1:знаменатель": values("pupil", lambda t: t.register == "Талант и успех"),
        "1.3.6-m1:числитель": values("pupil", lambda t: t.child.iop and t.register == "Талант и успех"),
        "1.3.6-m2:знаменатель": values("pupil", lambda t: t.register == "региональная база"),
        "1.3.6-m2:числитель": values("pupil", lambda t: t.child.iop and t.register == "региональная база"),
        "1.3.7-m2:числитель": values("pupil", lambda t: t.child.iup and t.register == "Талант и успех"),
        "1.3.7-m3:числитель": values("pupil", lambda t: t.child.iup and t.register == "региональная база"),
    },
    "staff": {
        "1.3.8-m1:знаменатель": rows(lambda t: t.group == "педагог"),
        "1.3.8-m1:числитель": rows(lambda t: t.gifted_trained and t.group == "педагог"),
        "1.3.9-m1:знаменатель": rows(lambda t: t.post == "психолог"),
        "1.3.9-m1:числитель": rows(lambda t: t.gifted_support and t.post == "психолог"),
        "2.1.1-m1:meets:знаменатель, руководитель": rows(lambda t: t.group == "руководитель"),
        "2.1.1-m1:meets:знаменатель, управленец": rows(lambda t: t.group == "управленец"),
        "2.1.1-m1:meets:числитель, руководитель": rows(lambda t: t.group == "руководитель" and t.meets_requirements),
        "2.1.1-m1:meets:числитель, управленец": rows(lambda t: t.group == "управленец" and t.meets_requirements),
        "2.1.1-m1:short:числитель, руководитель": rows(
            lambda t: t.group == "руководитель" and not t.meets_requirements
        ),
        "2.1.1-m1:short:числитель, управленец": rows(lambda t: t.group == "управленец" and not t.meets_requirements),
        "2.1.1-m2:знаменатель": rows(lambda t: t.group in ("руководитель", "управленец")),
        "2.1.1-m2:числитель": rows(lambda t: t.deficit_voluntary and t.group in ("руководитель", "управленец")),
        "2.1.1-m3:числитель": rows(lambda t: t.competence_raised and t.group == "руководитель"),
        "2.1.1-m4:числитель": rows(lambda t: t.management_diploma and t.group in ("руководитель", "управленец")),
        "2.1.1-m4:heads:числитель": rows(lambda t: t.group == "руководитель" and t.management_diploma),
        "2.1.3-m3:any:числитель": rows(lambda t: t.post in ("дефектолог", "логопед", "психолог")),
        "2.1.3-m3:any:знаменатель": rows(every),
        "2.1.3-m3:speech:числитель": rows(lambda t: t.post == "логопед"),
        "2.1.3-m3:defectologist:числитель": rows(lambda t: t.post == "дефектолог"),
        "2.1.4-m1:числитель": rows(
            lambda t: t.retrained_vacancy and t.group in ("педагог", "руководитель", "управленец")
        ),
        "2.1.4-m2:числитель": rows(lambda t: t.group == "педагог" and t.zemsky),
        "2.1.5-m3:числитель": rows(lambda t: t.group == "педагог" and t.reserve_trained),
        "2.1.5-m3:reserve:знаменатель": rows(lambda t: t.group == "педагог" and t.reserve),
        "2.1.5-m3:reserve:числитель": rows(lambda t: t.group == "педагог" and t.reserve and t.reserve_trained),
        "2.1.5-m4:знаменатель": rows(lambda t: t.reserve),
        "2.1.5-m4:числитель": rows(lambda t: t.iom and t.reserve),
        "2.1.5-m5:числитель": rows(lambda t: t.iom and t.iom_done > 90 and t.reserve),
        "2.1.6-m2:числитель": rows(lambda t: t.conditions_dynamics and t.group == "руководитель"),
        "2.1.9-m3:числитель": rows(lambda t: t.group == "руководитель" and t.quality_events),
        "2.1.9-m3:teams:числитель": rows(lambda t: t.quality_events and t.group in ("руководитель", "управленец")),
        "2.1.9-m4:числитель": rows(lambda t: t.group == "руководитель" and t.quality_internship),
        "2.1.9-m4:teams:числитель": rows(lambda t: t.quality_internship and t.group in ("руководитель", "управленец")),
        "2.1.9-m5:числитель": rows(lambda t: t.group == "руководитель" and t.iom),
        "2.2.1-m1:числитель": rows(lambda t: t.diagnosed and t.group == "педагог"),
        "2.2.2-s1:числитель": rows(lambda t: t.group == "педагог" and t.iom),
        "2.2.2-s2:числитель": rows(lambda t: t.cnppm and t.group == "педагог"),
        "2.2.2-s3:числитель": rows(lambda t: t.group == "педагог" and t.profsreda),
        "2.2.2-s4:числитель": rows(lambda t: t.contest and t.group == "педагог"),
        "2.2.2-s5:числитель": rows(lambda t: t.group == "педагог" and t.presenter),
        "2.2.2-s6:числитель": rows(
            lambda t: t.attested and t.group == "педагог" and t.category in ("высшая", "первая")
        ),
        "2.2.2-s6:first:числитель": rows(lambda t: t.attested and t.category == "первая" and t.group == "педагог"),
        "2.2.2-s6:highest:числитель": rows(lambda t: t.attested and t.category == "высшая" and t.group == "педагог"),
        "2.2.3-m1:числитель": rows(lambda t: t.age < 35 and t.group == "педагог"),
        "2.2.3-m2:числитель": rows(lambda t: t.age < 35 and t.group == "педагог" and t.young_events),
        "2.2.3-m3:числитель": rows(
            lambda t: t.age < 35 and t.experience < 3 and t.group == "педагог" and t.young_contest
        ),
        "2.2.3-m3:first_years:знаменатель": rows(lambda t: t.age < 35 and t.experience < 3 and t.group == "педагог"),
        "2.2.3-m5:числитель": rows(lambda t: t.group == "педагог" and t.mentoring),
        "2.2.3-s4:числитель": rows(lambda t: t.group == "педагог" and t.mentor_trained),
        "2.2.4-m1:числитель": rows(lambda t: t.group == "педагог" and t.smo),
        "2.2.4-m2:числитель": rows(lambda t: t.group == "педагог" and t.rmo),
        "2.2.4-m3:числитель": rows(lambda t: (t.network or t.smo or t.rmo or t.shmo) and t.group == "педагог"),
        "2.2.4-m3:beyond:числитель": rows(lambda t: (t.network or t.smo or t.rmo) and t.group == "педагог"),
        "2.2.4-m3:other:числитель": rows(lambda t: t.group == "педагог" and t.network),
        "2.2.4-s2:числитель": rows(lambda t: t.group == "педагог" and t.shmo),
        "2.2.5-m2:знаменатель": rows(lambda t: t.group == "педагог" and t.post == "учитель"),
        "2.2.5-m2:числитель": rows(lambda t: t.group == "педагог" and t.post == "учитель" and t.profile_match),
        "2.2.5-m3:числитель": rows(lambda t: t.group == "педагог" and t.pension),
        "2.4.3-m1:числитель": rows(lambda t: t.group == "педагог" and t.higher_pedagogical),
        "2.4.3-m2:числитель": rows(lambda t: t.category == "высшая" and t.group == "педагог"),
        "2.4.3-m3:repeat:знаменатель": rows(lambda t: t.group == "педагог"),
        "2.4.3-m3:repeat:числитель": rows(lambda t: t.group == "педагог" and t.iom),
        "2.4.3-m3:gain:знаменатель": rows(lambda t: t.group == "педагог"),
        "2.4.3-m3:gain:числитель": total("iom_gain", lambda t: t.group == "педагог"),
        "2.4.3-m12:знаменатель": rows(lambda t: t.group == "педагог" and t.with_ovz),
        "2.4.3-m12:числитель": rows(lambda t: t.group == "педагог" and t.ovz_trained and t.with_ovz),
    },
}
"""What is counted for each question, by the list that it stands for."""
