"""A register of one municipality is complete without the rows above it (all invented)."""

from pathlib import Path

import pytest
from exports import only, read, register, table, works, xlsx

from quality_cli.core.findings import Severity
from quality_cli.core.organisations import Level
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.tables.table import Tables

HEADER = "Код | Вышестоящая | Вид | Краткое наименование"
REGION, DISTRICT = "край | | регион | Ленский край", "район | край | муниципалитет | Заречный район"
SCHOOLS = "з-01 | район | школа | Заречная СОШ\nз-02 | район | школа | Лесная СОШ"


def placed(folder: Path, *lines: str) -> Tables:
    """The register of these lines, and a row of a school."""
    register(folder, "\n".join((HEADER, *lines)))
    xlsx(folder / "a.xlsx", table((1, 5)))
    tables = read(folder)
    assert works(tables, "org") == ["з-01"]
    return tables


def above(tables: Tables) -> list[list[str]]:
    """What each organisation lies in."""
    organisations = tables.organisations.at(Level.ORGANISATION)
    return [[unit.id for unit in tables.organisations.path(one.id)[1:]] for one in organisations]


@pytest.mark.parametrize("parent", ["край", ""])
def test_a_municipality_needs_no_region(tmp_path: Path, parent: str) -> None:
    tables = placed(tmp_path, f"район | {parent} | муниципалитет | Заречный район", SCHOOLS)
    assert above(tables) == [["район"], ["район"]]
    assert (only(tables).code, only(tables).severity) == ("register.root", Severity.INFO)


@pytest.mark.parametrize(
    ("parent", "region", "code"),
    [
        *[("район", "", "район"), ("", "", "муниципалитет")],
        *[("район", REGION, "район"), ("край", REGION, "муниципалитет"), ("", REGION, "муниципалитет")],
    ],
)
def test_the_only_municipality_is_supplied_and_told(tmp_path: Path, parent: str, region: str, code: str) -> None:
    lines = [region, SCHOOLS.replace("район", parent)]
    tables = placed(tmp_path, *filter(None, lines))
    assert above(tables) == [[code, *(["край"] if region else [])]] * 2
    told = [finding for finding in tables.findings if finding.severity is Severity.WARNING]
    assert [(finding.code, f"«{code}»" in finding.message) for finding in told] == [("register.root", True)]
    assert {finding.code for finding in tables.findings} == {"register.root"}
    assert {row["id"] for row in tables[REGISTER].records()} == {unit.id for unit in tables.organisations}
    (unit,) = tables.organisations.at(Level.MUNICIPALITY)
    kinds = {row["id"]: row["kind"] for row in tables[REGISTER].records()}
    assert kinds[unit.id] == "муниципалитет"


def test_a_blank_cell_means_the_only_unit_above(tmp_path: Path) -> None:
    tables = placed(tmp_path, REGION, DISTRICT.replace("край |", "|", 1), SCHOOLS.replace("з-02 | район", "з-02 |"))
    assert above(tables) == [["район", "край"]] * 2
    assert (only(tables).code, only(tables).total) == ("register.root", 2)


def test_among_several_municipalities_nothing_is_guessed(tmp_path: Path) -> None:
    lines = [REGION, DISTRICT, DISTRICT.replace("район |", "округ |", 1), SCHOOLS, "з-03 | | школа | Новая СОШ"]
    tables = placed(tmp_path, *lines)
    assert len(above(tables)) == 2
    assert only(tables).code == "register.parent"
