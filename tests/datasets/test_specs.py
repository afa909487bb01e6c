"""Contracts and layouts: what ships is sound, and a mistake in one's own is told at its place."""

from pathlib import Path

import pytest
from exports import SPECS, read, register, xlsx

from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import BETWEEN
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder

OWN = """
dataset: клубы
title: Школьные клубы
grain: один клуб
key: [org, name]
organisation: org
columns:
  org: {title: Организация, type: organisation, required: yes}
  name: {title: Клуб, type: text, required: yes}
  subject: {title: Предмет, type: category, values_of: vpr.subject}
  children: {title: Детей, type: integer, min: 1}
  big: {title: Большой, type: flag, derive: {where: {children: {ge: 10}}}}
layouts:
  - layout: клубы.сайт
    title: список с сайта
    recognise: {headers: [Школа, Название клуба]}
    facts:
      - {source: file, text: "по предмету {subject}"}
    columns: {org: [Школа], name: [Название клуба]}
"""


def _own(tmp_path: Path, text: str) -> Path:
    (tmp_path / "свой" / "datasets").mkdir(parents=True)
    (tmp_path / "свой" / "datasets" / "клубы.yaml").write_text(text.lstrip(), encoding="utf-8")
    return tmp_path / "свой"


def test_a_dataset_of_ones_own_is_read_without_python(tmp_path: Path) -> None:
    specs = load_specs([CATALOGUE, _own(tmp_path, OWN)])
    data = tmp_path / "данные"
    register(data)
    xlsx(data / "клубы по предмету химия.xlsx", [("Школа", "Название клуба", "Детей"), ("edu770101", "Опыт", 12)])
    xlsx(data / "ещё.xlsx", [("Организация", "Клуб", "Детей", "Предмет"), ("з-02", "Лес", 3, "биология")])
    rows = read_folder(data, specs)["клубы"].records()
    assert [(row["org"], row["name"], row["subject"], row["children"], row["big"]) for row in rows] == [
        ("з-02", "Лес", "Биология", 3, 0),
        ("з-01", "Опыт", "Химия", 12, 1),
    ]
    assert "клубы" not in read(data)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{where: {children: {ge: 10}}}",
            "{where: {also_in: {dataset: vpr, on: org}}}",
            "набор «клубы» верен для любого учебного года, а «vpr» ведётся по годам: напишите «years: any»",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{each: {subjct: [Химия]}}]",
            "в наборе «клубы» нет столбца «subjct»; возможно, «subject»?",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{each: {subject: [Хмия]}}]",
            ":6:29: столбец «subject»: нет значения «Хмия»; возможно, «Химия»?",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{who: {kind: школла}}]",
            ":6:18: столбец «kind»: нет значения «школла»; возможно, «школа»?",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{each: {subject: [Химия, Физика]}, drawn: {subject: 2}}]",
            "«drawn»: из 2 значений «subject» выбрать 2 нельзя",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{each: {subject: [Химия, Химия]}}]",
            "«each»: у столбца «subject» нужны значения, и каждое один раз",
        ),
        (
            "organisation: org",
            "organisation: org\nreports: [{by: office, who: {kind: школа}}]",
            "только при «by: each»",
        ),
        ("organisation: org", "reports: [{by: each}]", "у «reports» может быть только «by: register»"),
        ("organisation: org", "organisation: orgg", "в наборе «клубы» нет столбца «orgg»; возможно, «org»?"),
        (
            "values_of: vpr.subject",
            "values_of: vpr.subjekt",
            "9:45: нет значений у «vpr.subjekt»; возможно, «vpr.subject»?",
        ),
        ("{children: {ge", "{chldren: {ge", "11:54: в наборе «клубы» нет столбца «chldren»; возможно, «children»?"),
        ("{ge: 10}", '{ge: "10"}', '11:54: столбец «children»: нужно число, а дано "10"; уберите кавычки: 10'),
        ("where: {children", "sum_of: tasks, only: {children", "11:46: в наборе «клубы» нет столбца «tasks»"),
        (
            "предмету {subject}",
            "предмету {subjct}",
            "17:24: в наборе «клубы» нет столбца «subjct»; возможно, «subject»?",
        ),
        ("columns: {org: [Ш", "columns: {ogr: [Ш", "18:15: в наборе «клубы» нет столбца «ogr»; возможно, «org»?"),
        ("type: flag", "type: flagg", '11:25: "flagg" здесь не годится; возможно, «flag»'),
        ("[Школа, Название клуба]}", "[]}", "15:17: в списке должно быть не меньше 1"),
        (
            "key: [org",
            "period: {spring_of: children}\nkey: [org",
            "столбец «children» задаёт учебный год: укажите",
        ),
        ("grain:", "concerns: {vid: школа}\ngrain:", "3:12: в наборе «organisations» нет столбца «vid»"),
        ("{where: {children: {ge: 10}}}", "{}", "ровно один способ"),
        (
            "where: {children: {ge: 10}}",
            "share_of: {share: chldren, of: children}",
            "11:57: в наборе «клубы» нет столбца «chldren»; возможно, «children»?",
        ),
        ("where: {children: {ge: 10}}", "share_of: {share: children, of: name}", "столбец «name» не из чисел"),
        (
            "where: {children: {ge: 10}}",
            "difference: [children, chldren]",
            "11:69: в наборе «клубы» нет столбца «chldren»; возможно, «children»?",
        ),
        ("where: {children: {ge: 10}}", "difference: [children, name]", "столбец «name» не из чисел"),
        ("where: {children: {ge: 10}}", "difference: [children]", "11:46"),
        ("type: flag, derive", "type: text, derive", "11:25: так выводятся числа, а столбец из слов"),
        (
            "children: {title: Детей, type: integer",
            "children: {title: Детей, several: да, type: integer",
            "category и text",
        ),
        (
            "type: text, required: yes}\n  subject",
            "type: text, several: yes, values: {а;б: []}}\n  subject",
            "разделяют",
        ),
        (
            "type: category, values_of: vpr.subject}\n  children: {title: Детей, type: integer, min: 1}\n"
            "  big: {title: Большой, type: flag, derive: {where: {children: {ge: 10}}}}",
            "type: category, several: yes, values_of: vpr.subject}\n  children: {title: Детей, type: integer, min: 1}\n"
            "  big: {title: Большой, type: flag, derive: {where: {subject: {eq: {column: name}}}}}",
            "«subject» бывает несколько значений: по нему строк не сопоставить",
        ),
        ("where: {children: {ge: 10}}", "max_of: name", "нет семейства столбцов (type: numbers) «name»"),
        ("where: {children: {ge: 10}}", "filled_of: tasks", "нет семейства столбцов (type: numbers) «tasks»"),
        ("type: integer, min: 1}", "type: integer, min: 1, max: 0}", "наименьшее значение (min: 1) больше наибольшего"),
        (", values_of: vpr.subject", "", "у столбца category перечисляют значения"),
        ("values_of: vpr.subject", "values: {а: [к], б: [К]}", "написание «К» — и у «а», и у «б»"),
        ("values_of: vpr.subject", "values: {а: [], б: []}, default: в", "значения «в» нет в values"),
        ("type: organisation", "type: text", "столбец «org» называет организацию: у него type: organisation"),
        ("where: {children: {ge: 10}}", "difference: [children, children, children]", "не больше 2, а дано 3"),
    ],
)
def test_a_mistake_in_a_contract_is_told_at_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert OWN.count(old) == 1
    with pytest.raises(CatalogueError) as raised:
        load_specs([CATALOGUE, _own(tmp_path, OWN.replace(old, new))])
    assert str(raised.value).startswith("свой/datasets/клубы.yaml:")
    assert told in str(raised.value)


def test_a_cell_of_several_values_is_understood_value_by_value(tmp_path: Path) -> None:
    kinds = 'kinds: {title: Виды, type: category, several: yes, values: {спорт: [бег], "наука, техника": [НОУ]}}'
    own = OWN.replace("  subject:", f"  {kinds}\n  tags: {{title: Метки, type: text, several: yes}}\n  subject:")
    data = tmp_path / "данные"
    register(data)
    rows = [
        ("з-01", "а", "бег; НОУ", "один, два"),
        ("з-01", "б", "Наука, техника, спорт", "два\nодин; два"),
        ("з-01", "в", "спорт; Иванов", None),
        ("з-01", "г", "Иванов", "-"),
        ("з-01", "д", "спорт; ;", "один"),
    ]
    xlsx(data / "клубы.xlsx", [("Организация", "Клуб", "Виды", "Метки"), *rows])
    tables = read_folder(data, load_specs([CATALOGUE, _own(tmp_path, own)]))
    both, lost = f"спорт{BETWEEN}наука, техника", f"спорт{BETWEEN}"
    assert [(row["kinds"], row["tags"]) for row in tables["клубы"].records()] == [
        (both, f"два{BETWEEN}один"),
        (both, f"два{BETWEEN}один"),
        (lost, None),
        (None, None),
        ("спорт", "один"),
    ]
    (finding,) = tables.findings
    assert (finding.code, finding.total, [place.cell for place in finding.places]) == ("cell.value", 2, ["C4", "C5"])
    assert finding.message == "столбец «Виды»: не понять «…»"
    assert finding.hint == "ожидается одно или несколько из, через «;»: спорт, наука, техника"


def test_a_scale_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    rule = "scale: {dataset: vpr_scale, match: [subject], score: children, lowest: 2, thresholds: {three: 3}}"
    with pytest.raises(CatalogueError, match="нет набора данных «vpr_scale»; возможно, «vpr_scales»"):
        load_specs([CATALOGUE, _own(tmp_path, OWN.replace("where: {children: {ge: 10}}", rule))])


def test_every_mistake_of_a_scale_is_told_at_once(tmp_path: Path) -> None:
    rule = "scale: {dataset: vpr_scales, match: [name], score: kids, lowest: 2, thresholds: {three: 3, for: 4}}"
    with pytest.raises(CatalogueError) as raised:
        load_specs([CATALOGUE, _own(tmp_path, OWN.replace("where: {children: {ge: 10}}", rule))])
    assert [str(finding).partition("нет столбца ")[2] for finding in raised.value.findings] == [
        "«kids»",
        "«for»; возможно, «four»?",
        "«name»",
    ]


def test_the_same_dataset_twice_in_one_folder(tmp_path: Path) -> None:
    folder = _own(tmp_path, OWN)
    (folder / "datasets" / "копия.yaml").write_text(OWN, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"копия\.yaml:2:1: набор «клубы» в этой папке уже описан"):
        load_specs([CATALOGUE, folder])


def test_files_of_all_datasets_are_checked_at_once(tmp_path: Path) -> None:
    folder = _own(tmp_path, OWN.replace("title: Школьные клубы\n", ""))
    (folder / "datasets" / "другой.yaml").write_text("dataset: x\nцель: y", encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load_specs([CATALOGUE, folder])
    files = {finding.places[0].file for finding in raised.value.findings}
    assert files == {"свой/datasets/другой.yaml", "свой/datasets/клубы.yaml"}


def test_a_dataset_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = OWN.replace("dataset: клубы", "dataset: vpr_objectivity")
    specs = load_specs(
        [
            CATALOGUE,
            _own(
                tmp_path,
                text.replace(
                    "layouts:", "  year: {title: Год, type: integer}\n  grade: {title: К, type: integer}\nlayouts:"
                ),
            ),
        ]
    )
    assert specs.contracts["vpr_objectivity"].title == "Школьные клубы"
    assert specs.contracts["vpr"] == SPECS.contracts["vpr"]


def test_a_table_without_required_columns_is_recognised_by_all_of_them(tmp_path: Path) -> None:
    text = "{dataset: ответы, title: Ответы, grain: ответ, columns: {a: COLUMN, b: {title: Ответ, type: flag}}}"
    text = text.replace("COLUMN", "{title: Вопрос, type: text}")
    specs = load_specs([CATALOGUE, _own(tmp_path, text)])
    register(tmp_path / "данные")
    xlsx(tmp_path / "данные" / "a.xlsx", [("Вопрос", "Ответ"), ("есть?", "да"), ("нет?", "нет")])
    rows = read_folder(tmp_path / "данные", specs)["ответы"].records()
    assert [(row["a"], row["b"]) for row in rows] == [("есть?", 1), ("нет?", 0)]


MORE = """
extends: vpr
columns:
  mark: {headers: [Оценка за ВПР], missing: [болел]}
  note: {title: Примечание, type: text}
layouts:
  - layout: vpr.district
    title: сводка района
    recognise: {headers: [Шифр, Оценка за ВПР]}
    facts: [{source: file, text: "{subject} {grade} класс {year}"}]
    columns: {code: [Шифр], org: [Чья работа]}
"""


def test_an_own_file_adds_to_a_shipped_dataset(tmp_path: Path, folder: Path) -> None:
    own = load_specs([CATALOGUE, _own(tmp_path, MORE)])
    assert set(own.contracts["vpr"].columns) == {*SPECS.contracts["vpr"].columns, "note"}
    assert set(SPECS.contracts["vpr"].columns["mark"].headers) < set(own.contracts["vpr"].columns["mark"].headers)
    assert {layout.layout for layout in own.layouts} - {layout.layout for layout in SPECS.layouts} == {"vpr.district"}
    rows = [
        ["Шифр", "Чья работа", "Оценка за ВПР", "Примечание"],
        ["40001", "edu770101", 4, "а"],
        ["40002", "edu770101", "болел", ""],
    ]
    xlsx(folder / "Математика 4 класс 2026.xlsx", rows)
    tables = read_folder(folder, own)
    assert [(row["mark"], row["note"]) for row in tables["vpr"].records()] == [(4, "а"), (None, None)]


def test_what_an_own_file_extends_must_exist(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"клубы\.yaml:1:1: нет набора данных «vrp»; возможно, «vpr»"):
        load_specs([CATALOGUE, _own(tmp_path, MORE.replace("extends: vpr", "extends: vrp"))])
