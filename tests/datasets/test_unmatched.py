"""Two tables of the same people of which (almost) none match: told with both files and the form of the codes."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from exports import cells, xlsx

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.findings import Finding
from quality_cli.datasets.read import read_folder

REGISTER = "Организация | Учебный год | Класс | Код обучающегося | Реестр"
PLANS = "Организация | Учебный год | Класс | Код обучающегося | Вид"
KDR = "Организация | Учебный год | Работа | Уровень | Код обучающегося"
SPECS = load_catalogue().specs
FULL = [f"Иванов{letter} Иван Иванович" for letter in "абвгдежзиклмнопр"]
SHORT = [f"Иванов{letter} И. И." for letter in "абвгдежзиклмнопр"]


def unmatched(folder: Path) -> list[Finding]:
    """What is told of people that do not match."""
    return [finding for finding in read_folder(folder, SPECS).findings if finding.code == "person.unmatched"]


def gifted(
    folder: Path,
    base: Iterable[str],
    plans: Iterable[str],
    org: str = "з-01",
    year: str = "2025/2026",
    plan: str = "ИОП",
) -> list[Finding]:
    """The base of the first school and the plans of some school; those children are told so."""
    for name, header, rows in (
        ("База.xlsx", REGISTER, [("з-01", "2025/2026", 8, told, "региональная база") for told in base]),
        ("Планы.xlsx", PLANS, [(org, year, 8, told, plan) for told in plans]),
    ):
        xlsx(folder / name, [cells(header)[0], *map(list, rows)])
    return unmatched(folder)


def codes(form: str, count: int, first: int = 1) -> list[str]:
    return [form.format(number) for number in range(first, first + count)]


@pytest.mark.parametrize(
    ("base", "plans", "forms", "otherwise"),
    [
        (codes("у-{}", 3), FULL[:3], ("«Б-0»", "фамилия, имя и отчество"), ""),
        (codes("у-{}", 12), codes("з01/у/{}", 12), ("«Б-0»", "«Б00/Б/0»"), "по последнему числу кода, совпадают 12"),
        (codes("у-{}-5", 12), codes("у.{}.5", 12), ("«Б-0-0»", "«Б.0.0»"), "без пробелов и знаков, совпадают 12"),
        (codes("{}-з", 12, 100), codes("{}", 12, 100), ("«000-Б»", "«000»"), "по одним цифрам, совпадают 12"),
        (FULL, SHORT, ("отчество", "с инициалами"), "по фамилии и первой букве имени, совпадают 16"),
    ],
)
def test_codes_of_two_forms_are_an_error(
    folder: Path, base: list[str], plans: list[str], forms: tuple[str, str], otherwise: str
) -> None:
    (finding,) = gifted(folder, base, plans)
    assert finding.severity == "error"
    assert [place.file for place in finding.places] == ["База.xlsx", "Планы.xlsx"]
    assert "«Планы.xlsx»" in finding.message and "1.3.6-m1" in finding.hint
    assert all(form in finding.message for form in forms)
    assert otherwise in finding.message and ("если сравнивать" in finding.message) == bool(otherwise)
    assert all(told not in str(finding) for told in (*base, *plans))


@pytest.mark.parametrize(
    ("base", "plans", "told"),
    [
        (codes("у-{}", 10), codes("у-{}", 10, 50), True),
        (codes("у-{}", 10), codes("у-{}", 9, 50), False),  # a handful
        (codes("у-{}", 20), codes("у-{}", 20, 20), True),  # one of twenty
        (codes("у-{}", 19), codes("у-{}", 19, 19), False),
    ],
)
def test_codes_of_one_form_are_a_doubt_where_there_are_many(
    folder: Path, base: list[str], plans: list[str], told: bool
) -> None:
    found = gifted(folder, base, plans)
    assert [finding.severity.value for finding in found] == ["warning"] * told
    assert all("разные люди, ничего не меняйте" in finding.hint for finding in found)


@pytest.mark.parametrize(
    "elsewhere", [{"org": "з-02"}, {"year": "2024/2025"}, {"plan": "АОП"}], ids=["school", "year", "not asked for"]
)
def test_rows_that_nobody_compares_are_not_told(folder: Path, elsewhere: dict[str, str]) -> None:
    assert gifted(folder, codes("у-{}", 12), FULL[:12], **elsewhere) == []


def test_one_file_of_other_codes_is_found_among_others(folder: Path) -> None:
    everybody = codes("у-{}", 12)
    rows = [["з-02", "2025/2026", 8, told, "ИОП"] for told in codes("в-{}", 12)]
    xlsx(folder / "Верные планы.xlsx", [cells(PLANS)[0], *rows])
    base = [["з-02", "2025/2026", 8, told, "региональная база"] for told in codes("в-{}", 12)]
    xlsx(folder / "База второй.xlsx", [cells(REGISTER)[0], *base])
    (finding,) = gifted(folder, everybody, FULL[:12])
    assert [place.file for place in finding.places] == ["База.xlsx", "Планы.xlsx"]


@pytest.mark.parametrize(
    ("former", "told"), [("у-{}", []), ("{:03}", ["error"]), ("л-{}", ["warning"])], ids=["same", "form", "others"]
)
def test_years_of_the_same_children(folder: Path, former: str, told: list[str]) -> None:
    """The former level of a child is found by its code of another year."""
    for name, year, study, form in (("до", "2023/2024", "КДР4", former), ("после", "2025/2026", "КДР6", "у-{}")):
        rows = [["з-01", year, study, "базовый", code] for code in codes(form, 10)]
        xlsx(folder / f"{name}.xlsx", [cells(KDR)[0], *rows])
    found = unmatched(folder)
    assert [finding.severity.value for finding in found] == told
    assert all({place.file for place in finding.places} == {"до.xlsx", "после.xlsx"} for finding in found)


def test_a_former_work_of_other_children_is_not_compared(folder: Path) -> None:
    """Each year its own fourth grade writes: nobody is looked for."""
    for name, year in (("до", "2024/2025"), ("после", "2025/2026")):
        rows = [["з-01", year, "КДР4", "базовый", code] for code in codes(f"{name}-{{}}", 10)]
        xlsx(folder / f"{name}.xlsx", [cells(KDR)[0], *rows])
    assert unmatched(folder) == []
