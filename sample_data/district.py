"""The invented district: its register of organisations and its pupils. Nothing here describes a real place."""

from dataclasses import dataclass
from random import Random

SEED = 20260633
REGION_ID, REGION = "99", "Приенисейский край"
MUNICIPALITY_ID, MUNICIPALITY = "99-01", "Верхнеозёрский муниципальный округ"

ABILITY_SPREAD = 0.65
COHORTS = range(3, 11)
"""Cohorts by their grade in spring 2025: the third graders write their first ВПР a year later."""


def stream(*purpose: object) -> Random:
    """A random stream of its own for every purpose: a change in one place leaves all the others as they were."""
    return Random("/".join(map(str, (SEED, *purpose))))


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a school teaches: the school itself or its branch. Every site has a login of its own."""

    digits: str
    name: str
    pupils: int
    classes: int = 1
    last_grade: int = 11

    @property
    def login(self) -> str:
        """Login since 2022."""
        return f"edu{self.digits}"

    @property
    def old_login(self) -> str:
        """Login up to 2021: the same digits."""
        return f"sch{self.digits}"


@dataclass(frozen=True, slots=True)
class School:
    """A school of the register; ``level`` shifts its results, ``change`` is added to it in 2026."""

    id: str
    full_name: str
    genitive: str
    prepositional: str
    aliases: tuple[str, ...]
    sites: tuple[Site, ...]
    level: float = 0.0
    change: float = 0.0

    @property
    def name(self) -> str:
        """Short name."""
        return self.sites[0].name

    @property
    def last_grade(self) -> int:
        """9 for a basic school, 11 otherwise."""
        return self.sites[0].last_grade


@dataclass(frozen=True, slots=True)
class Kindergarten:
    """A kindergarten of the register; it takes part in no test."""

    id: str
    title: str

    @property
    def name(self) -> str:
        """Short name."""
        return f"МБДОУ «Детский сад «{self.title}»"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A synthetic pupil: no name, only what the simulation needs."""

    id: str
    school: School
    site: Site
    cohort: int
    klass: int
    sex: str
    ability: float
    goes_to_senior: bool
    years: tuple[int, ...]

    def grade(self, year: int) -> int:
        """Grade in the spring of ``year``."""
        return self.cohort + year - 2025


def _school(
    number: int,
    stem: str,
    declined: str,
    pupils: int,
    *,
    kind: str = "СОШ",
    form: str = "Б",
    suffix: str = "",
    classes: int = 1,
    branch: Site | None = None,
    level: float = 0.0,
    change: float = 0.0,
) -> School:
    """A school from the stem of its adjective («Верхнеозёрск»), declined by the endings «-ая», «-ой», «-ой»."""
    word = "средн" if kind == "СОШ" else "основн"
    nominative = "средняя" if kind == "СОШ" else "основная"
    institution = "бюджетное" if form == "Б" else "казённое"
    name = f"М{form}ОУ «{stem}ая {kind}{suffix}»"
    plain = name.replace("ё", "е").replace("«", '"').replace("»", '"').replace("№ ", "№")
    site = Site(f"9901{number:02}", name, pupils, classes, 11 if kind == "СОШ" else 9)
    adjective = f"{declined} {word}{'ей' if kind == 'СОШ' else 'ой'}"
    return School(
        id=f"vo-{number:02}",
        full_name=(
            f"Муниципальное {institution} общеобразовательное учреждение "
            f"«{stem}ая {nominative} общеобразовательная школа{suffix}»"
        ),
        genitive=f"{adjective} школы{suffix}",
        prepositional=f"{adjective} школе{suffix}",
        aliases=(plain, f"{stem}ая {kind}{suffix}", *([branch.name] if branch else [])),
        sites=(site, *([branch] if branch else [])),
        level=level,
        change=change,
    )


_BRANCH = Site("990113", "Малокедровский филиал МБОУ «Кедрореченская СОШ»", pupils=5, last_grade=9)

SCHOOLS = (
    _school(1, "Верхнеозёрск", "Верхнеозёрской", 38, suffix=" № 1", classes=2, level=0.2),
    _school(2, "Верхнеозёрск", "Верхнеозёрской", 26, suffix=" № 2", classes=2, level=0.05, change=-0.3),
    _school(3, "Кедрореченск", "Кедрореченской", 17, branch=_BRANCH, level=-0.1),
    _school(4, "Белоключевск", "Белоключевской", 19, level=0.7),
    _school(5, "Тальниковск", "Тальниковской", 16, level=-0.05, change=0.45),
    _school(6, "Лиственск", "Лиственской", 11, kind="ООШ", level=-0.1),
    _school(7, "Тихоозёрск", "Тихоозёрской", 15, level=0.05),
    _school(8, "Брусничн", "Брусничной", 12, level=-0.6),
    _school(9, "Дальнеплёсск", "Дальнеплёсской", 6, form="К"),
    _school(10, "Верхнетаёжн", "Верхнетаёжной", 5, kind="ООШ", form="К", level=-0.1),
)

KINDERGARTENS = tuple(
    Kindergarten(f"ds-{number:02}", title)
    for number, title in enumerate(
        ("Брусничка", "Кедровый орешек", "Родничок", "Солнышко", "Лесная сказка", "Рябинка", "Ручеёк", "Медвежонок"),
        start=1,
    )
)


def register_rows() -> list[tuple[str | int | None, ...]]:
    """Rows of the register of organisations, its header first."""
    district_cases = ("Верхнеозёрского муниципального округа", "Верхнеозёрском муниципальном округе")
    rows: list[tuple[str | int | None, ...]] = [
        (
            *("Код", "Вышестоящая", "Вид", "Логины", "Полное наименование", "Краткое наименование"),
            *("Родительный падеж", "Предложный падеж", "Другие наименования", "Классы с", "Классы по"),
        ),
        (
            *(REGION_ID, None, "регион", None, REGION, REGION),
            *("Приенисейского края", "Приенисейском крае", "Край Приенисейский", None, None),
        ),
        (
            *(MUNICIPALITY_ID, REGION_ID, "муниципалитет", None, MUNICIPALITY, MUNICIPALITY),
            *(*district_cases, "Верхнеозерский МО; Верхнеозёрский округ", None, None),
        ),
    ]
    for school in SCHOOLS:
        logins, aliases = ", ".join(site.login for site in school.sites), "; ".join(school.aliases)
        head = (school.id, MUNICIPALITY_ID, "школа", logins, school.full_name, school.name)
        rows.append((*head, school.genitive, school.prepositional, aliases, 1, school.last_grade))
    for garden in KINDERGARTENS:
        full = f"Муниципальное бюджетное дошкольное образовательное учреждение «Детский сад «{garden.title}»"
        cases = (f"детского сада «{garden.title}»", f"детском саде «{garden.title}»")
        head_of_garden = (garden.id, MUNICIPALITY_ID, "детский сад", None, full, garden.name)
        rows.append((*head_of_garden, *cases, f"Детский сад {garden.title}", None, None))
    return rows


def pupils() -> list[Pupil]:
    """Every pupil of the two years, in register order, then by cohort and class."""
    return [
        pupil
        for school in SCHOOLS
        for site in school.sites
        for cohort in COHORTS
        for pupil in _cohort(school, site, cohort)
    ]


def _cohort(school: School, site: Site, cohort: int) -> list[Pupil]:
    rng = stream("pupils", site.login, cohort)
    spread = max(1, round(site.pupils * 0.12)) if site.pupils > 8 else 2
    size = min(max(site.pupils + rng.randint(-spread, spread), 3), site.pupils + spread)
    return [_pupil(rng, school, site, cohort, number) for number in range(size)]


def _pupil(rng: Random, school: School, site: Site, cohort: int, number: int) -> Pupil:
    ability = rng.gauss(0.0, ABILITY_SPREAD)
    moved = rng.random()
    return Pupil(
        id=f"{site.digits}-{cohort}-{number}",
        school=school,
        site=site,
        cohort=cohort,
        klass=number % site.classes + 1,
        sex=rng.choice("мж"),
        ability=ability,
        goes_to_senior=rng.random() < min(max(0.5 + 0.25 * ability, 0.1), 0.9),
        years=(2025,) if moved < 0.03 else (2026,) if moved < 0.06 else (2025, 2026),
    )
