"""The catalogue: official wordings, a methodologist's mistakes, one's own catalogue over the shipped one."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.passport import passport
from quality_cli.core.errors import CatalogueError, ConfigurationError
from quality_cli.core.ids import normalise_indicator_id
from quality_cli.core.organisations import Level
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import AllOf, Compare, OneOf
from quality_cli.documents.report.spec import documents_of

WORDINGS = [
    tuple(line.split(" | ", 1))
    for line in (Path(__file__).parent / "wordings.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize(("printed", "wording"), WORDINGS)
def test_the_wording_is_the_official_one(shipped: Catalogue, printed: str, wording: str) -> None:
    assert shipped.indicators[normalise_indicator_id(printed)].name == wording


def test_indicators_stand_in_the_order_of_the_appendix_and_at_its_level(shipped: Catalogue) -> None:
    frozen = [normalise_indicator_id(printed) for printed, _ in WORDINGS]
    known = set(frozen)
    assert [name for name in shipped.indicators if name in known] == frozen
    levels = {"m": Level.MUNICIPALITY, "s": Level.ORGANISATION}
    assert {name: item.level for name, item in shipped.indicators.items()} == {
        name: levels[name.split("-")[1][0]] for name in shipped.indicators
    }


def test_every_group_is_of_a_known_direction_and_every_indicator_of_a_group(shipped: Catalogue) -> None:
    assert {group.direction for group in shipped.groups} <= {item.id for item in shipped.settings.directions}
    assert all(indicator_id.startswith(shipped.group_of(indicator_id).group) for indicator_id in shipped.indicators)


def test_the_passport_says_in_russian_what_is_counted(shipped: Catalogue) -> None:
    text = passport(shipped.indicators["1.1.2-m1"], shipped)
    for words in (
        "Показатель: 1.1.2-m1",
        "Уровень: муниципалитет",
        "Класс: 5–8",
        "Срок: июнь",
        "  → муниципалитет: числитель 1, знаменатель 3, исключено 2",
        "Отметка: 2",
        "Разрезы: Класс",
    ):
        assert words in text


def test_a_condition_over_another_table_is_told_with_its_title_and_its_own_condition(shipped: Catalogue) -> None:
    text = passport(shipped.indicators["1.3.6-m1"], shipped)
    assert "есть и в наборе «Индивидуальные планы и программы обучающихся» (Вид: ИОП; то же: «Учебный год» и" in text


@pytest.mark.parametrize("text", ["1.1.2-М1", "1.1.2-м1", "1.1.2-M1", "1.1.2-m1"])
def test_a_municipal_indicator_is_selected_in_any_spelling(shipped: Catalogue, text: str) -> None:
    assert [item.id for item in shipped.select([text])] == ["1.1.2-m1"]


@pytest.mark.parametrize("text", ["1.1.2-О1", "1.1.2-о1", "1.1.2-O1", "1.1.2-o1", "1.1.2-S1", "1.1.2-s1"])
def test_a_school_indicator_is_selected_in_any_spelling(shipped: Catalogue, text: str) -> None:
    assert [item.id for item in shipped.select([text])] == ["1.1.2-s1"]


def test_selection_keeps_the_order_of_the_source_and_joins_directions(shipped: Catalogue) -> None:
    assert [item.id for item in shipped.select(["1.1.2-s1", "1.1.1-m1"])] == ["1.1.1-m1", "1.1.2-s1"]
    assert shipped.select() == list(shipped.indicators.values())
    assert shipped.select(["1.1.1-m1"], ["1.1"]) == shipped.select(directions=["1.1"])


def test_an_unknown_indicator_or_direction_is_the_callers_mistake(shipped: Catalogue) -> None:
    with pytest.raises(ConfigurationError, match=r"нет показателя «1\.1\.2-М11»; возможно, «1\.1\.2-m1»"):
        shipped.select(["1.1.2-М11"])
    with pytest.raises(ConfigurationError, match=r"нет направления «9\.9»; есть: 1\.1"):
        shipped.select(directions=["9.9"])


# --- a methodologist's mistakes ------------------------------------------------------------------------------------

GROUP = """
group: 9.1.1
direction: "1.1"
title: Своя группа
defaults: {owner: методист}
indicators:
  - id: 9.1.1-m1
    name: Доля «2»
    level: municipality
    measure: share
    population: {dataset: vpr, where: {grade: [5, 6], subject: Химия}}
    exclude: {objective: нет}
    numerator: {where: {mark: 2}}
    by: [grade]
    unit: "%"
    organisations: {where: {grade_to: {ge: 5}}, otherwise: нет классов}
    method: как-нибудь
    examples: [{data: {vpr: "org | grade | subject"}, expect: [{value: 1}]}]
"""

MISTAKES = [
    ("mark: 2", "makr: 2", "12:25: в наборе «vpr» нет столбца «makr»; возможно, «mark»?"),
    ("mark: 2", 'mark: "2"', '12:25: столбец «mark»: нужно число, а дано "2"; уберите кавычки: 2'),
    ("mark: 2", "mark: 7", "12:25: столбец «mark»: значение 7 не допускается набором (бывает от 2 до 5)"),
    ("mark: 2", "mark: да", "12:25: столбец «mark»: нужно число, а дано да"),
    (
        "mark: 2",
        "mark: {gt: {column: journal}}",
        "12:25: в наборе «vpr» нет столбца «journal»; возможно, «journal_mark»?",
    ),
    (
        "mark: 2",
        "mark: {gt: {column: subject}}",
        "12:25: столбцы «mark» и «subject» не сравнить: в одном числа, в другом слова",
    ),
    ("mark: 2", "mark: {great: 2}", "12:32: неизвестное сравнение «great»; бывает: eq, ne, lt, le, gt, ge, known"),
    ("mark: 2", "mark: ~", "12:25: ожидалось число, слово или да/нет, а дано пусто"),
    ("[5, 6]", "[5, шесть]", '10:40: столбец «grade»: нужно число, а дано "шесть"'),
    ("subject: Химия", "subject: Хмия", "10:55: столбец «subject»: нет значения «Хмия»; возможно, «Химия»?"),
    (
        "subject: Химия",
        "subject: {gt: Химия}",
        "10:55: столбец «subject» из слов: больше и меньше для него не определены",
    ),
    ("objective: нет", "objective: 0", "11:15: столбец «objective»: нужно да или нет, а дано 0"),
    ("objective: нет", "also_in: {dataset: vrp, on: org}", "11:25: нет набора данных «vrp»; возможно, «vpr»?"),
    (
        "objective: нет",
        "any_of: [{mark: 2}, {not: {objctive: нет}}]",
        "11:42: в наборе «vpr» нет столбца «objctive»; возможно, «objective»?",
    ),
    (
        "objective: нет",
        "any_of: [{also_in: {dataset: vpr_objectivity, on: org, where: {yaer: 2026}}}]",
        "11:78: в наборе «vpr_objectivity» нет столбца «yaer»; возможно, «year»?",
    ),
    (
        "objective: нет",
        "also_in: {dataset: vpr_objectivity, on: [org, klass]}",
        "11:51: в наборе «vpr» нет столбца «klass»; возможно, «class»?",
    ),
    ("dataset: vpr,", "dataset: vrp,", "10:18: нет набора данных «vrp»; возможно, «vpr»?"),
    ("[grade]", "[grade, sibject]", "13:17: в наборе «vpr» нет столбца «sibject»; возможно, «subject»?"),
    (
        "[grade]",
        "[primary]",
        "13:10: по столбцу «primary» нельзя разложить: он не из слов и не из целых чисел; опишите части (parts) с "
        "условием на промежуток: {ge: 5, lt: 10}",
    ),
    ("grade_to", "grades_to", "15:29: в наборе «organisations» нет столбца «grades_to»; возможно, «grade_to»?"),
    ("{mark: 2}}", "{mark: 2}, sum: subject}", "12:35: столбец «subject» не числовой: его нельзя сложить"),
    ("{mark: 2}}", "{mark: 2}, distinct: pupil}", "12:35: в наборе «vpr» нет столбца «pupil»"),
    ("    numerator:", "    numirator:", "12:5: неизвестный ключ «numirator»; возможно, «numerator»?"),
    (
        "level: municipality",
        "level: municipal",
        '8:5: "municipal" здесь не годится; возможно, «municipality»; бывает: organisation, municipality, region',
    ),
    (
        "measure: share",
        "measure: shaer",
        '9:5: "shaer" здесь не годится; возможно, «share»; бывает: share, distribution, count, rate, mean, flag, '
        "share_of_orgs",
    ),
    ('    unit: "%"\n', "", "6:5: не указана единица измерения «unit»"),
    ("    measure: share\n", "", "6:5: не указан вид показателя «measure»"),
    ("    name: Доля «2»\n", "", "6:5: нет обязательного ключа «name»"),
    (
        "id: 9.1.1-m1",
        "id: 9.1.1-М1",
        "6:5: показатель обозначается как 1.1.2-m1 или 1.1.2-s1, а дано «9.1.1-М1»: номер, дефис, m (муниципалитет) "
        "или s (организация) и только цифры",
    ),
    ("owner: методист", "owner: 5", '4:12: нужен текст, а дано 5; возьмите в кавычки: "5"'),
    ("examples:", "examples: []\n    examples_:", "17:5: в списке должно быть не меньше 1"),
]


def _own(tmp_path: Path, text: str, name: str = "9.1.1.yaml") -> Path:
    folder = tmp_path / "свой" / "9"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.lstrip(), encoding="utf-8")
    return tmp_path / "свой"


def _told(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(folder)
    assert raised.value.exit_code == 10
    return [str(finding) for finding in raised.value.findings]


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_a_suggestion(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert GROUP.count(old) == 1
    assert f"свой/9/9.1.1.yaml:{told}" in _told(_own(tmp_path, GROUP.replace(old, new)))


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    text = GROUP.replace("mark: 2", "makr: 2").replace("Химия", "Хмия").replace("[grade]", "[klass]")
    _own(tmp_path, "group: 9.1.2\nназвание: нет", "9.1.2.yaml")
    told = _told(_own(tmp_path, text))
    assert [line.partition(": ")[0] for line in told] == [
        *(f"свой/9/9.1.1.yaml:{place}" for place in ("10:55", "12:25", "13:10")),
        *(f"свой/9/9.1.2.yaml:{place}" for place in ("1:1", "1:1", "1:1", "2:1")),
    ]


def test_a_group_described_twice_in_one_catalogue(tmp_path: Path) -> None:
    _own(tmp_path, GROUP, "копия.yaml")
    assert _told(_own(tmp_path, GROUP)) == ["свой/9/копия.yaml:1:1: группа 9.1.1 в этом каталоге уже описана"]


def test_an_indicator_described_in_two_groups(tmp_path: Path) -> None:
    text = GROUP.replace("id: 9.1.1-m1", "id: 1.1.2-m1")
    assert _told(_own(tmp_path, text)) == ["свой/9/9.1.1.yaml:6:5: показатель 1.1.2-m1 уже описан в группе 1.1.2"]


def test_parts_with_the_same_id(tmp_path: Path) -> None:
    text = GROUP.replace("    by:", "    parts: [{id: a, title: а}, {id: a, title: б}]\n    by:")
    told = "свой/9/9.1.1.yaml:13:33: обозначение «a» уже есть: обозначения не повторяются"
    assert _told(_own(tmp_path, text)) == [told]


# --- one's own catalogue --------------------------------------------------------------------------------------------


def test_an_own_catalogue_adds_a_group(tmp_path: Path, shipped: Catalogue) -> None:
    catalogue = load_catalogue(_own(tmp_path, GROUP))
    assert set(catalogue.indicators) == {*shipped.indicators, "9.1.1-m1"}
    assert next(reversed(catalogue.indicators)) == "9.1.1-m1"
    assert catalogue.indicators["9.1.1-m1"].owner == "методист"
    (figure,) = [item for item in catalogue.figures if item.indicator == "9.1.1-m1"]
    works = AllOf((OneOf("grade", (5, 6)), Compare("subject", "eq", "Химия")))
    assert (figure.denominator.where, figure.numerator.where, figure.factor) == (works, Compare("mark", "eq", 2), 100)


def test_an_own_group_replaces_the_shipped_one(tmp_path: Path, shipped: Catalogue) -> None:
    text = GROUP.replace("9.1.1", "1.1.2").replace("Доля «2»", "Наша формулировка")
    catalogue = load_catalogue(_own(tmp_path, text))
    assert catalogue.indicators["1.1.2-m1"].name == "Наша формулировка"
    assert set(shipped.indicators) - set(catalogue.indicators) == {"1.1.2-m2", "1.1.2-s1", "1.1.2-s2"}
    assert set(shipped.signals) - set(catalogue.signals) == {"above_municipality", "below_municipality"}


EXTENSION = """
extends: 1.1.2
indicators:
  - id: 1.1.2-m1
    numerator: {where: {mark: [2, 3]}}
  - id: 1.1.2-m3
    name: Доля «3»
    level: municipality
    measure: share
    population: {dataset: vpr, where: {grade: [5, 6]}}
    numerator: {where: {mark: 3}}
    unit: "%"
    method: как-нибудь
    examples: [{data: {vpr: "org | grade | subject"}, expect: [{value: 1}]}]
"""


def test_an_own_file_changes_and_adds_indicators_of_a_shipped_group(tmp_path: Path, shipped: Catalogue) -> None:
    catalogue = load_catalogue(_own(tmp_path, EXTENSION))
    before, after = shipped.indicators["1.1.2-m1"], catalogue.indicators["1.1.2-m1"]
    assert after.numerator is not None
    assert after.numerator.where == OneOf("mark", (2, 3))
    assert after == before.model_copy(update={"numerator": after.numerator})
    (group,) = [group for group in catalogue.groups if group.group == "1.1.2"]
    ids = [indicator.id for indicator in group.indicators]
    assert ids == ["1.1.2-m1", "1.1.2-m2", "1.1.2-m3", "1.1.2-s1", "1.1.2-s2"]
    assert group.title == shipped.group_of("1.1.2-m1").title


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("extends: 1.1.2", "extends: 1.1.22", "1:1: нет группы «1.1.22»; возможно, «1.1.2»?"),
        ("mark: [2, 3]", "makr: 2", "4:25: в наборе «vpr» нет столбца «makr»; возможно, «mark»?"),
        ("    unit:", "    unti:", "11:5: неизвестный ключ «unti»; возможно, «unit»?"),
    ],
)
def test_a_mistake_in_an_extension_is_told_at_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert EXTENSION.count(old) == 1
    assert f"свой/9/9.1.1.yaml:{told}" in _told(_own(tmp_path, EXTENSION.replace(old, new)))


@pytest.mark.parametrize(
    ("off", "gone"),
    [
        ("indicators: [1.1.2-М1]", {"1.1.2-m1"}),
        ("indicators: [1.1.2]", {"1.1.2-m1", "1.1.2-m2", "1.1.2-s1", "1.1.2-s2"}),
        ("datasets: [non_native]", None),
    ],
)
def test_an_own_catalogue_switches_off(tmp_path: Path, shipped: Catalogue, off: str, gone: set[str] | None) -> None:
    (tmp_path / "catalogue.yaml").write_text(f"off: {{{off}}}", encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    resting = {figure.indicator for figure in shipped.figures if "non_native" in figure.datasets}
    assert shipped.indicators.keys() - catalogue.indicators.keys() == catalogue.off == (gone or resting)
    assert {figure.indicator for figure in catalogue.figures} == set(catalogue.indicators)
    assert catalogue.settings.directions == shipped.settings.directions


def test_a_document_does_without_what_is_switched_off(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text('off: {indicators: [1.1.1-m1, "2.4"]}', encoding="utf-8")
    documents = documents_of(load_catalogue(tmp_path))
    (vpr,) = [document for document in documents if document.document == "vpr"]
    named = {
        *vpr.indicators,
        *(chart.indicator for chart in vpr.charts),
        *(figure.indicator for figure in vpr.conclusions),
    }
    assert "1.1.1-m1" not in named
    assert "1.1.1-s1" in named
    assert [document.direction for document in documents if document.per_direction] == [
        "1.1", "1.3", "1.4", "2.1", "2.2", "2.3"
    ]  # fmt: skip


def test_a_document_names_only_known_indicators(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    text = (CATALOGUE / "documents" / "vpr.yaml").read_text(encoding="utf-8").replace("- 1.1.1-s1", "- 1.1.1-s11")
    (tmp_path / "documents" / "vpr.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"vpr\.yaml:11:5: нет показателя «1\.1\.1-s11»; возможно, «1\.1\.1-s1»"):
        documents_of(load_catalogue(tmp_path))


def test_there_must_be_something_to_switch_off(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text("off:\n  indicators: [1.1.2-m11]\n  datasets: [vrp]", encoding="utf-8")
    assert [line.partition(":")[2] for line in _told(tmp_path)] == [
        "2:16: выключать нечего: в каталоге нет «1.1.2-m11»; возможно, «1.1.2-m1»?",
        "3:14: выключать нечего: в каталоге нет «vrp»; возможно, «vpr»?",
    ]


def test_an_own_catalogue_may_change_the_settings(tmp_path: Path, shipped: Catalogue) -> None:
    folder = _own(tmp_path, GROUP)
    (folder / "catalogue.yaml").write_text("small_below: 5", encoding="utf-8")
    settings = load_catalogue(folder).settings
    assert settings == shipped.settings.model_copy(update={"small_below": 5})


def test_a_copy_of_the_shipped_catalogue_changes_nothing(tmp_path: Path, shipped: Catalogue) -> None:
    shutil.copytree(CATALOGUE, tmp_path / "копия")
    copy = load_catalogue(tmp_path / "копия")
    assert copy.indicators == shipped.indicators
    assert copy.specs.contracts == shipped.specs.contracts


def test_a_missing_own_catalogue_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="нет папки каталога"):
        load_catalogue(tmp_path / "нет")


def test_tables_and_methods_are_written_once_in_a_file() -> None:
    """What several examples of a group share is named where it first stands (``&works``) and repeated (``*works``)."""
    repeated = []
    for path in sorted(CATALOGUE.glob("[0-9]*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        named, used = (set(re.findall(rf": {sign}(\w+)", text)) for sign in ("&", r"\*"))
        assert named == used, path
        blocks = re.findall(r"^( +)\w+: (?:&\w+ )?([|>]-?\n(?:\1  +\S.*\n)+)", text, re.MULTILINE)
        repeated += [(path.name, block) for (_, block), times in Counter(blocks).items() if times > 1]
    assert repeated == []


def test_mistakes_of_all_files_are_told_at_once_and_none_of_them_twice(tmp_path: Path) -> None:
    files = {
        "catalogue.yaml": "small_belov: 5\n",
        "datasets/broken.yaml": "dataset: broken\ntitle: а\ngrain: б\ncolumns: {org: {title: а, type: organisatio}}\n",
        "datasets/syntax.yaml": "dataset: [syntax\n",
        "documents/syntax.yaml": "document: {а\n",
        "1.1/1.1.2.yaml": "extends: 1.1.2\nindicators: [{id: 1.1.2-m1, numerator: {where: {marк: 2}}}]\n",
        "1.1/1.1.3.yaml": "extends: 1.1.3\nindicators: [{id: 1.1.3-m1, population: {dataset: broken}}]\n",
        "1.1/1.1.4.yaml": "extends: 1.1.4\nindicators: [{id: 1.1.4-m1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(tmp_path)
    told = Counter(Path(finding.places[0].file).name for finding in raised.value.findings)
    assert told == {"catalogue.yaml": 1, "broken.yaml": 1, "syntax.yaml": 2, "1.1.2.yaml": 1, "1.1.4.yaml": 1}
