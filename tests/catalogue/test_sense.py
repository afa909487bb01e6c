"""A definition that cannot mean what it says is refused where it is written, with what to write instead."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import CatalogueError

GROUP = """\
group: x.1
direction: "{direction}"
title: проверка
indicators:
  - id: x.1-m1
    name: проверка
    method: проверка
    examples: [{{data: {{vpr: "org | grade"}}, expect: [{{value: 0}}]}}]
{lines}"""


def told(folder: Path, lines: str, direction: str = "1.1") -> str:
    """What loading the definition says."""
    (folder / "own").mkdir()
    if "level: " not in lines.partition("\n")[0]:
        lines = f"level: municipality\n{lines}"
    text = GROUP.format(direction=direction, lines="".join(f"    {line}\n" for line in lines.strip().splitlines()))
    (folder / "own" / "x.yaml").write_text(text, encoding="utf-8")
    try:
        load_catalogue(folder)
    except CatalogueError as error:
        return str(error)
    return ""


TABLE = Path(__file__).with_name("senseless.txt").read_text(encoding="utf-8")


def _written(block: str) -> tuple[str, list[str]]:
    """A definition and what is said of it."""
    _, *lines = block.strip().splitlines()
    said = [line.removeprefix("→ ") for line in lines if line.startswith("→ ")]
    return "\n".join(line for line in lines if not line.startswith("→ ")), said


@pytest.mark.parametrize("block", TABLE.strip().split("\n\n"), ids=lambda block: block.partition("\n")[0])
def test_what_is_said_of_a_definition(tmp_path: Path, block: str) -> None:
    """As a methodologist would err; «принято» where it may be meant so."""
    lines, said = _written(block)
    messages = [message.partition("x.yaml:")[2] for message in told(tmp_path, lines).splitlines()]
    assert (messages or ["принято"]) == said


SHARE = 'measure: share\nunit: "%"\n'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "measure: mean\nunit: балл\npopulation: {dataset: vpr, sum: mark}",
            "10:5: у среднего не сказано, чего",
        ),
        ("measure: mean\nunit: балл\npopulation: {dataset: vpr}", "10:5: у среднего не сказано, чего"),
        (
            "measure: count\nunit: шт.\npopulation: {dataset: vpr}\nchange: {from: -1, as: percent}",
            "11:5: у прироста в процентах (change) единица «%»",
        ),
        (
            'measure: share_of_orgs\nunit: "%"\nof: share\ncondition: {ge: 60}\npopulation: {dataset: vpr}\n'
            "numerator: {where: {mark: 2}}\ndenominator: {dataset: organisations}",
            "16:5: знаменатель у share_of_orgs — это знаменатель значения каждой организации",
        ),
        (f"{SHARE}population: {{dataset: vpr}}", "числитель совпадает со знаменателем, значение всегда 100"),
        (
            f"{SHARE}population: {{dataset: vpr, where: {{mark: 2}}}}\nnumerator: {{where: {{mark: 2}}}}",
            "13:5: числитель совпадает со знаменателем",
        ),
        (
            f"{SHARE}population: {{dataset: vpr, where: {{mark: 2}}}}\nnumerator: {{where: {{mark: [2, 3]}}}}",
            "числитель совпадает со знаменателем",
        ),
        (
            f"{SHARE}population: {{dataset: vpr, where: {{mark: 5}}}}\nnumerator: {{where: {{mark: 2}}}}",
            "13:5: условия на «mark» противоречат друг другу",
        ),
        (
            f"{SHARE}population: {{dataset: vpr, where: {{mark: 5}}}}\n"
            "numerator: {where: {grade: 4}}\nexclude: {mark: 5}",
            "14:5: exclude исключает всех",
        ),
        (
            "measure: rate\nper: 1000\nunit: на 1000\npopulation: {dataset: vpr}\ndenominator: {where: {grade: 4}}",
            "числитель совпадает со знаменателем, значение всегда 1000",
        ),
        (
            "measure: share\nunit: чел.\npopulation: {dataset: vpr}\nnumerator: {where: {mark: 2}}",
            "11:5: у «measure: share» единица «%», а написано «чел.»",
        ),
        (
            "measure: count\nunit: чел.\npopulation: {dataset: vpr}\ndenominator: {dataset: contingent, sum: pupils}",
            "13:5: у «measure: count» знаменатель из другого набора ни на что не влияет",
        ),
        ("measure: count\nunit: ед.\nper: 10\npopulation: {dataset: vpr}", "12:5: «per» — только у «measure: rate»"),
        ("measure: count\nunit: ед.\nclimbs: any\npopulation: {dataset: vpr}", "12:5: «climbs» — только у"),
        ("measure: count\nunit: ед.\nby: [grade, grade]\npopulation: {dataset: vpr}", "12:5: разрез в «by» назван"),
        (
            f"{SHARE}population: {{dataset: vpr, distinct: [org, code]}}\nnumerator: {{rows: да, where: {{mark: 2}}}}",
            "13:5: числитель и знаменатель доли считают разное",
        ),
        (
            f"{SHARE}population: {{dataset: vpr}}\nnumerator: {{distinct: code, where: {{mark: 2}}}}",
            "13:5: числитель и знаменатель доли считают разное",
        ),
        (
            "measure: mean\nunit: работ\npopulation: {dataset: vpr}\nnumerator: {rows: да, where: {mark: 2}}",
            "10:5: у среднего не сказано, чего",
        ),
        ("measure: count\nunit: ед.\npopulation: {dataset: vpr, rows: да}", "12:32: строки population считаются и так"),
        (
            "measure: count\nunit: ед.\npopulation: {dataset: vpr, distinct: code, rows: да}",
            "считают что-то одно: строки (rows)",
        ),
        ("measure: count\nunit: ед.\npopulation: {dataset: vpr, distinct: []}", "у «distinct» — столбец или список"),
        ("measure: count\nunit: ед.\npopulation: {dataset: vpr, distinct: [org, kod]}", "нет столбца «kod»"),
        (
            'measure: distribution\nunit: "%"\npopulation: {dataset: vpr}\nnumerator: {where: {mark: 2}}',
            "10:5: у распределения нужны части",
        ),
    ],
)
def test_what_cannot_mean_anything_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    assert message in told(tmp_path, lines)


@pytest.mark.parametrize(
    "lines",
    [
        f"{SHARE}population: {{dataset: vpr}}\nnumerator: {{where: {{mark: 2}}}}",
        f"{SHARE}population: {{dataset: vpr, where: {{mark: [2, 3]}}}}\nnumerator: {{where: {{mark: 2}}}}",
        "measure: mean\nunit: балл\npopulation: {dataset: vpr}\nnumerator: {sum: mark}",
        "measure: rate\nper: 1000\nunit: на 1000\npopulation: {dataset: vpr}\n"
        "denominator: {dataset: contingent, sum: pupils}",
        "measure: count\nunit: чел.\npopulation: {dataset: vpr, where: {mark: 2}}",
        "measure: mean\nunit: работ\npopulation: {dataset: vpr, distinct: [org, code]}\nnumerator: {rows: да}",
        "measure: rate\nper: 100\nunit: на 100\npopulation: {dataset: vpr, distinct: [org, code]}\n"
        "numerator: {rows: да, where: {mark: 2}}",
    ],
)
def test_what_means_something_is_not(tmp_path: Path, lines: str) -> None:
    assert told(tmp_path, lines) == ""


def test_the_fault_of_a_part_is_told_at_the_part(tmp_path: Path) -> None:
    lines = (
        f"{SHARE}population: {{dataset: vpr, where: {{grade: 4}}}}\nparts:\n"
        "  - {id: a, title: первая, numerator: {where: {mark: 2}}}\n"
        "  - {id: b, title: вторая, numerator: {where: {grade: 4}}}"
    )
    assert "15:32: числитель совпадает" in told(tmp_path, lines)


def test_an_unknown_direction_is_told(tmp_path: Path) -> None:
    lines = "measure: count\nunit: ед.\npopulation: {dataset: vpr}"
    assert "2:1: нет направления «1.2»" in told(tmp_path, lines, direction="1.2")
