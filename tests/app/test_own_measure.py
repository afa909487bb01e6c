"""A measure of one's own, about something else than schools: two YAML files and a table, no Python."""

from pathlib import Path

import pytest

from quality_cli.app.compute import compute
from quality_cli.app.examples import run_examples
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.strata import decode_stratum

ARRIVALS = """
dataset: arrivals
title: Прибытия автобусов
grain: одно прибытие
organisation: depot
period: {spring_of: year}
concerns: {kind: автопарк}
columns:
  depot: {title: Парк, type: organisation, required: yes}
  year: {title: Год, type: integer, required: yes}
  weather: {title: Погода, type: category, values: {сухо: [ясно], снег: []}}
  bus: {title: Автобус, type: text}
  late: {title: Опоздание (мин), type: number}
  people: {title: Пассажиров, type: integer, min: 0}
  broken: {title: Поломка, type: flag}
"""
MEASURES = """
group: "9.1"
direction: "9"
title: Автобусы
defaults: {level: organisation, source: договор перевозки, method: по прибытиям}
indicators:
  - id: 9.1-s1
    name: Доля прибытий с опозданием не больше пяти минут
    measure: share
    population: {dataset: arrivals}
    numerator: {where: {late: {le: 5}}}
    by: [weather]
    unit: "%"
    examples:
      - data: {arrivals: "depot | late\\nСевер | 3\\nСевер | 9"}
        expect: [{at: Север, numerator: 1, denominator: 2, value: 50}]
  - id: 9.1-s2
    name: Поломок на тысячу прибытий
    measure: rate
    per: 1000
    population: {dataset: arrivals}
    numerator: {where: {broken: да}}
    unit: на 1000
    examples:
      - data: {arrivals: "depot | broken\\nСевер | да\\nСевер | нет\\nСевер |"}
        expect: [{at: Север, numerator: 1, denominator: 2, unknown: 1, value: 500}]
  - id: 9.1-s3
    name: Среднее число пассажиров
    measure: mean
    population: {dataset: arrivals}
    numerator: {sum: people}
    unit: чел.
    examples:
      - data: {arrivals: "depot | people\\nСевер | 30\\nСевер | 11"}
        expect: [{at: Север, numerator: 41, denominator: 2, value: 20.5}]
  - id: 9.1-s4
    name: Автобусов на линии
    measure: count
    population: {dataset: arrivals, distinct: bus}
    unit: ед.
    examples:
      - data: {arrivals: "depot | bus\\nСевер | а1\\nСевер | а1\\nЮг | а1"}
        expect: [{at: Север, value: 1}, {value: 1}]
"""
DEPOTS = """
extends: organisations
columns:
  kind: {values: {автопарк: [депо]}}
"""
SETTINGS = """
catalogue: Показатели перевозки
directions: [{id: "9", title: Автобусы}]
off: {indicators: ["1.1", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4"]}
"""
REGISTER = """Код;Вышестоящая;Вид;Краткое наименование
К;;регион;Край
Г;К;муниципалитет;Город
с;Г;автопарк;Северный парк
ю;Г;автопарк;Южный парк
"""
TABLE = """Парк;Год;Погода;Автобус;Опоздание (мин);Пассажиров;Поломка
Северный парк;2026;ясно;а1;0;40;нет
Северный парк;2026;ясно;а1;12;20;да
Северный парк;2026;снег;а2;5;;нет
Южный парк;2026;снег;а2;6,5;0;
"""
YEAR = "2025/2026"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "мой каталог"
    (folder / "datasets").mkdir(parents=True)
    (folder / "9").mkdir()
    (folder / "datasets" / "arrivals.yaml").write_text(ARRIVALS, encoding="utf-8")
    (folder / "9" / "9.1.yaml").write_text(MEASURES, encoding="utf-8")
    (folder / "datasets" / "depots.yaml").write_text(DEPOTS, encoding="utf-8")
    (folder / "catalogue.yaml").write_text(SETTINGS, encoding="utf-8")
    return folder


def test_examples_of_the_own_measures_hold(own: Path) -> None:
    catalogue = load_catalogue(own)
    chosen = catalogue.select(directions=["9"])
    assert [(verdict.indicator, verdict.differences) for verdict in run_examples(catalogue, chosen)] == [
        (f"9.1-s{number}", ()) for number in (1, 2, 3, 4)
    ]


def test_own_measures_are_computed_from_a_table(own: Path, tmp_path: Path) -> None:
    data = tmp_path / "данные"
    data.mkdir()
    (data / "Реестр.csv").write_text(REGISTER, encoding="utf-8")
    (data / "Прибытия.csv").write_text(TABLE, encoding="utf-8")
    done = compute(Workspace(Options(data=data, out=tmp_path / "out", catalogue=own)))
    assert not done.tables.findings.has_errors, list(done.tables.findings)

    def value(indicator: str, unit: str, stratum: str = "") -> float | None:
        row = done.results.find(indicator, unit, YEAR, stratum=decode_stratum(stratum))
        assert row is not None
        return row.value

    # On time: 0 and 5 of the north's three, none of the south's one.
    assert value("9.1-s1", "с") == pytest.approx(200 / 3)
    assert (value("9.1-s1", "ю"), value("9.1-s1", "Г")) == (0, 50)
    assert value("9.1-s1", "Г", "weather=сухо") == 50
    # Broken: one of the north's three, unknown in the south.
    assert value("9.1-s2", "Г") == pytest.approx(1000 / 3)
    assert value("9.1-s2", "ю") is None
    # People: 40 and 20 in the north (one unknown), 0 in the south.
    assert (value("9.1-s3", "с"), value("9.1-s3", "ю"), value("9.1-s3", "Г")) == (30, 0, 20)
    # Bus а2 of both depots is one bus of the city.
    assert (value("9.1-s4", "с"), value("9.1-s4", "ю"), value("9.1-s4", "Г")) == (2, 1, 2)


def test_nothing_of_schools_remains(own: Path, tmp_path: Path) -> None:
    data = tmp_path / "данные"
    data.mkdir()
    (data / "Реестр.csv").write_text(REGISTER, encoding="utf-8")
    (data / "Прибытия.csv").write_text(TABLE, encoding="utf-8")
    done = compute(Workspace(Options(data=data, out=tmp_path / "out", catalogue=own)))
    assert {row.indicator for row in done.results} == {f"9.1-s{number}" for number in (1, 2, 3, 4)}
