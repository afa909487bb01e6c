"""An organisation is found by login, code or name as exports write them, and never by a guess."""

import json

import pytest
from exports import REGISTER, cells

from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.datasets.values.organisations import Match, OrgMatcher

TREE = OrgTree(
    [
        Unit("край", "Ленский край", "Ленский край", "регион"),
        Unit("район", "Заречный район", "Заречный муниципальный район", "муниципалитет", "край"),
        Unit(
            "з-01",
            "МБОУ «Заречная СОШ № 1»",
            "Муниципальное бюджетное общеобразовательное учреждение «Заречная средняя общеобразовательная школа № 1»",
            "школа",
            "район",
            logins=("edu770101",),
        ),
        Unit("з-02", "МБОУ «Лесная СОШ»", "", "школа", "район", logins=("edu770102", "edu770112"), aliases=("Ёлкино",)),
        Unit("з-03", "МКОУ «Лесная ООШ»", "", "школа", "район", logins=("ksh770003",), aliases=("Ёлкино", "Филиал")),
    ]
)
FIRST = Match("з-01", "edu770101")
STRANGE = Match(None, rival="логина edu779999 нет в реестре, а названа организация МБОУ «Заречная СОШ № 1»")
TWO = Match(None, rival="названы разные организации: МБОУ «Заречная СОШ № 1» и МБОУ «Лесная СОШ»")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("edu770101",), FIRST),
        (("sch770101",), FIRST),
        (("EDU770101",), FIRST),
        (('edu770101 | МКОУ "Чужая"',), FIRST),
        (("МБОУ «Заречная СОШ № 1»(edu770101)",), FIRST),
        (("МБОУ «Заречная СОШ № 1»(edu779999)",), STRANGE),
        (("з-01",), FIRST),
        (("МБОУ «Заречная СОШ № 1»",), FIRST),
        (('мбоу "заречная сош №1"',), FIRST),
        (("Заречная средняя общеобразовательная школа № 1",), FIRST),
        (("МАОУ Заречная СОШ №\xa01",), FIRST),
        (("", "нечто", "edu770101"), FIRST),
        (("edu779999", "Заречная СОШ № 1"), STRANGE),
        (("edu770101", "Лесная СОШ"), TWO),
        (
            ("edu770101", "ksh770003"),
            Match(None, rival="названы разные организации: МБОУ «Заречная СОШ № 1» и МКОУ «Лесная ООШ»"),
        ),
        (("edu770101", "Заречный район"), FIRST),
        (("edu770112", "Лесная СОШ"), Match("з-02", "edu770112")),
        (("Лесная СОШ",), Match("з-02", None)),
        (("ksh770003",), Match("з-03", "ksh770003")),
        (("reg77_m001 | Заречный муниципальный район",), Match("район", None)),
        (("Елкино", "ФИЛИАЛ"), Match("з-03", "ksh770003")),
        (("ёлкино",), Match(None, None, ("МБОУ «Лесная СОШ»", "МКОУ «Лесная ООШ»"))),
        (("Заречная СОШ",), Match(None)),
        (("Заречная СОШ № 11",), Match(None)),
        (("edu7701011",), Match(None)),
        (("xedu770101",), Match(None)),
        (("770101",), Match(None)),
        (("",), Match(None)),
        ((), Match(None)),
    ],
)
def test_what_an_export_calls_an_organisation(given: tuple[str, ...], found: Match) -> None:
    assert OrgMatcher(TREE).find(given) == found


@pytest.mark.parametrize("logins", [("edu770101", "sch770101"), ("sch770101", "edu770101")])
@pytest.mark.parametrize("given", ["edu770101", "sch770101", "ksh770101", "СОШ № 1"])
def test_logins_of_the_same_digits_are_one_login_of_one_school(logins: tuple[str, ...], given: str) -> None:
    tree = OrgTree(
        [Unit("район", "Район", "", "муниципалитет"), Unit("1", "СОШ № 1", "", "школа", "район", logins=logins)]
    )
    assert OrgMatcher(tree).find((given,)) == Match("1", logins[0])


def test_the_district_in_a_name_tells_schools_of_one_name_apart() -> None:
    districts = [
        Unit(name, f"{name} район", "", "муниципалитет", genitive=f"{name[:-2]}ого района")
        for name in ("Озёрный", "Лесной")
    ]
    schools = [Unit(f"{unit.id}-1", "МБОУ СОШ № 1", "", "школа", unit.id) for unit in districts]
    matcher = OrgMatcher(OrgTree([*districts, *schools]))
    assert matcher.find(("СОШ № 1 Лесного района",)) == Match("Лесной-1")
    assert matcher.find(("СОШ № 1",)).candidates == ("МБОУ СОШ № 1 (Лесной район)", "МБОУ СОШ № 1 (Озёрный район)")
    assert matcher.find(("СОШ № 1 Горного района",)) == Match(None)


def test_a_login_contradicts_nobody_whose_logins_the_register_does_not_know() -> None:
    tree = OrgTree([Unit("край", "край", "", "регион", ""), Unit("з-04", "Новая СОШ", "", "школа", "край")])
    assert OrgMatcher(tree).find(("edu779999", "Новая СОШ")) == Match("з-04")


NAMES = OrgTree(
    [
        Unit("район", "Заречный район", "", "муниципалитет", genitive="Заречного района"),
        Unit("1", "МБОУ «Заречная СОШ № 1»", "", "школа", "район"),
        Unit("2", "МБОУ СОШ № 2", "", "школа", "район"),
        Unit("3", "МБДОУ «Детский сад № 3 «Ёлочка»", "", "детский сад", "район"),
        Unit("4", "МКОУ «Сосновская ООШ имени Героя Выдуманова»", "", "школа", "район"),
        Unit("5", "МАОУ «Гимназия № 5»", "", "школа", "район"),
        Unit("6", "МБУ ДО «Дом творчества»", "", "дополнительное образование", "район"),
    ]
)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        *dict.fromkeys(
            [
                *("Заречная СШ №1", "МБОУ Заречная СОШ N 1", "заречная средняя школа № 1", "СОШ №1 Заречная"),
                "Муниципальное общеобразовательное учреждение «Заречная средняя общеобразовательная школа № 1»",
            ],
            "1",
        ).items(),
        *dict.fromkeys(
            [
                *("СОШ 2", "МКОУ «Средняя школа №2»", "сош-2", "СОШ N2", "СОШ №02", "СОШ2", "СОШ No. 2", "СОШ №2"),
                *("МБОУ СОШ № 2 Заречного района", "Заречный район, СОШ № 2", "СОШ № 2 (Заречный район)"),
            ],
            "2",
        ).items(),
        *dict.fromkeys(
            [
                *("детсад N3 Ёлочка",'д/с №3 "Елочка"', "МКДОУ № 3 «Ёлочка»", "Детский сад «Ёлочка» № 3"),
                "Муниципальное бюджетное дошкольное образовательное учреждение «Детский сад № 3 «Ёлочка»",
            ],
            "3",
        ).items(),
        *dict.fromkeys(["Сосновская ООШ им. Героя Выдуманова", "Сосновская основная школа имени героя Выдуманова"], "4")
        .items(),
        *dict.fromkeys(["гимназия 5", "МБОУ Гимназия №5"], "5").items(),
        *dict.fromkeys(["МБОУ ДО Дом творчества", "МБУДО «Дом творчества»", "Дом творчества"], "6").items(),
        *dict.fromkeys(
            [
                *("МБОУ № 3", "№ 3", "ДОУ № 3", "Школа № 2", "СОШ № 1", "ООШ № 2", "Сосновская ООШ", "МБОУ", "школа"),
                "Заречная",
            ]
        ).items(),
    ],
)  # fmt: skip
def test_a_name_may_be_abbreviated_but_nothing_is_added_to_it(given: str, found: str | None) -> None:
    assert OrgMatcher(NAMES).find((given,)).unit_id == found


@pytest.mark.parametrize(
    ("given", "similar"),
    [
        ("Сосновская ООШ", ["МКОУ «Сосновская ООШ имени Героя Выдуманова»"]),
        ("СОШ № 1", ["МБОУ «Заречная СОШ № 1»"]),
        ("Школа № 2", ["МБОУ СОШ № 2"]),
        ("МБОУ № 3", ["МБДОУ «Детский сад № 3 «Ёлочка»"]),
        ("Зареченская СОШ", ["МБОУ СОШ № 2", "МБОУ «Заречная СОШ № 1»"]),
        ("Гимназия № 7", []),
        ("edu779999", []),
        ("", []),
    ],
)
def test_similar_names_are_only_told(given: str, similar: list[str]) -> None:
    assert list(OrgMatcher(NAMES).similar((given,))) == similar


def test_a_former_name_is_known_as_the_present_one_is() -> None:
    renamed = Unit("з-05", "МБОУ «Гимназия»", "", "школа", "район", former_names=("МБОУ «Береговая СОШ»", "Школа-сад"))
    for given in ("Гимназия", "Береговая средняя школа", "школа-сад"):
        assert OrgMatcher(OrgTree([*TREE, renamed])).find((given,)) == Match("з-05")


@pytest.mark.parametrize(
    ("opened", "closed", "years"),
    [
        ("", "", [2023, 2024, 2025]),
        ("2024-08-31", "", [2023, 2024, 2025]),
        ("2024-09-01", "", [2024, 2025]),
        ("2025-08-31", "", [2024, 2025]),
        ("", "2024-08-31", [2023]),
        ("", "2024-09-01", [2023]),
        ("", "2024-09-02", [2023, 2024]),
        ("", "2024-12-15", [2023, 2024]),
        ("2024-10-01", "2025-03-01", [2024]),
        ("2026-09-01", "", []),
    ],
)
def test_school_years_in_which_an_organisation_exists(opened: str, closed: str, years: list[int]) -> None:
    unit = Unit("а", "а", "", "школа", "район", opened=opened, closed=closed)
    assert [year for year in (2023, 2024, 2025) if unit.exists(year)] == years


def test_a_successor_is_the_first_that_exists() -> None:
    def unit(name: str, closed: str, successor: str = "", opened: str = "") -> Unit:
        return Unit(name, name, "", "школа", "район", opened=opened, closed=closed, successor=successor)

    tree = OrgTree([
        unit("а", "2023-08-31", "б"), unit("б", "2024-08-31", "в"), unit("в", "", opened="2025-09-01"),
        unit("г", "2023-08-31", "д"), unit("д", "2023-08-31", "г"), unit("е", "2023-08-31", "нет такой"),
    ])  # fmt: skip

    def successors(name: str) -> list[str | None]:
        found = (tree.successor(name, year) for year in (2022, 2023, 2024, 2025))
        return [other.id if other else None for other in found]

    assert successors("а") == ["а", "б", None, "в"]
    assert successors("в") == [None, None, None, "в"]
    assert successors("г") == ["г", None, None, None]
    assert successors("е") == ["е", None, None, None]


def test_a_login_of_two_organisations_tells_none() -> None:
    shared = OrgTree([*TREE, Unit("з-04", "МБОУ «Новая СОШ»", "", "школа", "район", logins=("sch770101",))])
    both = ("МБОУ «Заречная СОШ № 1»", "МБОУ «Новая СОШ»")
    assert OrgMatcher(shared).find(("edu770101",)) == Match(None, None, both)
    assert OrgMatcher(shared).find(("edu770101", "Новая СОШ")).unit_id == "з-04"


def test_levels_and_ancestors() -> None:
    assert [unit.level for unit in TREE] == [Level.REGION, Level.MUNICIPALITY, *[Level.ORGANISATION] * 3]
    assert TREE.levels() == [Level.ORGANISATION, Level.MUNICIPALITY]
    two = OrgTree([*TREE, Unit("сосед", "Сосед", "Сосед", "муниципалитет", "край")])
    assert two.levels() == [Level.ORGANISATION, Level.MUNICIPALITY, Level.REGION]
    assert TREE.ancestor("з-01", Level.MUNICIPALITY) == TREE["район"]
    assert TREE.ancestor("з-01", Level.ORGANISATION) == TREE["з-01"]
    assert TREE.ancestor("край", Level.MUNICIPALITY) is None
    assert TREE.ancestor("нет", Level.REGION) is None


def test_a_circle_of_parents_has_no_ancestor() -> None:
    circle = OrgTree([Unit("a", "a", "a", "школа", "b"), Unit("b", "b", "b", "школа", "a")])
    assert circle.ancestor("a", Level.REGION) is None


def test_a_tree_survives_plain_records() -> None:
    assert list(OrgTree.from_records(TREE.records())) == list(TREE)
    assert list(OrgTree.from_records(json.loads(json.dumps(TREE.records())))) == list(TREE)
    with pytest.raises(TypeError):
        OrgTree.from_records([{"logins": (), "aliases": (), "unknown": 1}])


def test_the_register_keeps_its_order_names_and_logins() -> None:
    columns = ["id", "parent", "kind", "name", "logins", "aliases"]
    rows = [columns, *[[cell or "" for cell in row] for row in cells(REGISTER)[1:]]]
    text = "\n".join(" | ".join(row) for row in rows)
    tree = tables_from_text({"organisations": text}, load_specs([CATALOGUE]).contracts).organisations
    assert [unit.id for unit in tree] == ["край", "район", "з-01", "з-02"]
    assert tree["з-02"].logins == ("edu770102", "edu770112")
    assert tree["з-02"].aliases == ("Филиал в селе Ёлкино",)
    assert tree["з-02"].full_name == "МБОУ «Лесная СОШ»"
