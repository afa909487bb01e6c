"""The manual of dataset files: its YAML loads, its tables are read as it says, it names every key of every model."""

import re
from pathlib import Path

import pytest
from exports import register
from pydantic import BaseModel

from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import BETWEEN
from quality_cli.core.yamlfile import read_yaml
from quality_cli.datasets.contracts.column import ColumnType
from quality_cli.datasets.contracts.keys import KEYS
from quality_cli.datasets.contracts.specs import DatasetFile, Specs, load_specs
from quality_cli.datasets.contracts.words import Words
from quality_cli.datasets.read import read_folder

PAGE = Path(__file__).parents[2] / "docs" / "dataset-files.md"
MANUAL = PAGE.read_text(encoding="utf-8")
SHOWN = re.findall(r"```(?:yaml|csv)\n# ([^\n]+)\n(.*?)```", MANUAL, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("manual")
    for name, text in SHOWN:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text, encoding="utf-8")
    return base


@pytest.fixture(scope="module")
def specs(folder: Path) -> Specs:
    return load_specs([CATALOGUE, folder / "мой каталог"])


def test_the_tables_of_the_manual_are_read_as_it_says(folder: Path, specs: Specs) -> None:
    register(folder / "данные")
    tables = read_folder(folder / "данные", specs)
    shown = ("part", "score", "top", "mark", "swims", "season", "helped", "year", "pool")
    assert [tuple(row[name] for name in shown) for row in tables["swimming"].records()] == [
        ("осень", 9, 10, 5, 1, "тёплая", 0, 2025, "Волна"),
        ("осень", 1, 10, 2, 0, "тёплая", 0, 2025, "Волна"),
    ]
    assert [row["five"] for row in tables["swimming_marks"].records()] == [8, 9]
    assert [(row["places"], row["opened"]) for row in tables["pools"].records()] == [(2, "2019-09-01")]
    strokes = [row["strokes"] for row in tables["swimming"].records()]
    assert [cell and set(filter(None, cell.split(BETWEEN))) for cell in strokes] == [{"кроль", "брасс"}, None]
    in_need = [row["child"] for row in tables["in_need"].records()]
    assert (len(in_need), len(set(in_need))) == (3, 2)
    exercises = [(row["number"], row["points"], row["most"], row["kind"]) for row in tables["exercises"].records()]
    assert exercises == [("1", 5, 5, "простое"), ("2", 4, 5, "сложное"), ("1", 1, 5, "простое")]
    assert [str(finding) for finding in tables.findings if finding.severity != "info"] == []


def models_in(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and all that its fields are made of."""

    def inside(annotation: object) -> set[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return models_in(annotation)
        return {found for part in getattr(annotation, "__args__", ()) for found in inside(part)}

    return {model}.union(*(inside(field.annotation) for field in model.model_fields.values()))


def test_every_key_of_every_model_is_told() -> None:
    assert KEYS.keys() == models_in(DatasetFile) | {Words}
    for model, told in KEYS.items():
        assert told.keys() == model.model_fields.keys(), model.__name__
        assert f"<!-- ключи: {model.__name__} -->" in MANUAL


def test_the_manual_shows_every_key_and_every_type_at_work(folder: Path) -> None:
    shown: set[str] = set()

    def gather(data: object) -> None:
        if isinstance(data, dict):
            shown.update(map(str, data))
        for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
            gather(item)

    files = [read_yaml(path).data for path in sorted((folder / "мой каталог" / "datasets").iterdir())]
    gather([*files, read_yaml(folder / "мой каталог" / "words.yaml").data])
    keys = {key for told in KEYS.values() for key in told}
    # a layout knows its dataset by the file; a year of spring takes the place of a school year; what was drawn is told
    # by tables of the very same columns
    assert keys - shown == {"spring_of", "drawn_in"}
    types = {column["type"] for file in files for column in file["columns"].values()}
    assert types == set(ColumnType.__args__)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("{pool: 3}", 'столбец «pool»: нужно слово, а дано 3; возьмите в кавычки: "3"'),
        ("{pool: да}", 'столбец «pool»: нужно слово, а дано да; возьмите в кавычки: "да"'),
        ("{part: 3}", "столбец «part»: нет значения 3"),
        ("{part: весной}", "столбец «part»: нет значения «весной»; возможно, «весна»?"),
        ('{fear: "2"}', 'нужно число, а дано "2"; уберите кавычки: 2'),
        ("{year: 2025/2026}", 'нужен первый год учебного года, например 2025, а дано "2025/2026"'),
        ("{task: 1}", "это семейство столбцов"),
        ('{helped: "да"}', 'нужно да или нет, а дано "да"'),
    ],
)
def test_a_literal_of_another_type_says_what_to_write(tmp_path: Path, folder: Path, condition: str, told: str) -> None:
    text = (folder / "мой каталог/datasets/swimming.yaml").read_text(encoding="utf-8")
    for path in (folder / "мой каталог" / "datasets").iterdir():
        (tmp_path / "datasets").mkdir(exist_ok=True)
        (tmp_path / "datasets" / path.name).write_bytes(path.read_bytes())
    assert text.count("{depth: {lt: 4}}") == 1
    (tmp_path / "datasets" / "swimming.yaml").write_text(text.replace("{depth: {lt: 4}}", condition), encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load_specs([CATALOGUE, tmp_path])
    assert told in str(raised.value)
