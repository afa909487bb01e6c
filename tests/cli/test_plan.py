"""The plan tells what compute does: its passes, what they need, what is derived and what is lacking."""

import json
from pathlib import Path

from calling import call


def test_the_plan_in_words(small_data: Path) -> None:
    outcome = call("plan", "--data", str(small_data), "--indicator", "1.1.2-m1", "--indicator", "1.4.2-m1")
    assert outcome.code == 0, outcome.err
    for words in (
        "2 показателя",
        "Результаты ВПР: ",
        "различаются по: Класс, Предмет",
        "Класс × Предмет: 2 величины (складывается — 4)",
        "Уровни: организация → муниципалитет",
        "несколько источников одной величины: ячейка берётся из первого, который о ней говорит: 1.1.2-m1",
        "Не рассчитать, потому что нет данных",
        "Участие обучающихся в формах работы, Контингент: 1.4.2-m1",
    ):
        assert words in outcome.out.replace("\u00a0", " "), words


def test_the_plan_for_programs_covers_every_indicator(sample_data: Path) -> None:
    told = json.loads(call("plan", "--data", str(sample_data), "--json").out)
    assert (told["version"], told["indicators"], told["lacking"]) == (2, 251, [])
    passes = told["passes"]
    assert [item["dataset"] for item in passes] == sorted(item["dataset"] for item in passes)
    vpr = next(item for item in passes if item["dataset"] == "vpr")
    assert all(set(partition["told"]) <= set(vpr["columns"]) for partition in vpr["partitions"])
    child = ["Организация + Класс + Код участника"]
    told_apart = [(partition["by"], partition["distinct"]) for partition in vpr["partitions"]]
    for by in (["Предмет"], ["Класс", "Предмет"], ["Класс"]):
        assert (by, []) in told_apart
        assert (by, child) in told_apart
    assert len(passes) == len({item["dataset"] for item in passes})
    distinct = {column for item in passes for partition in item["partitions"] for column in partition["distinct"]}
    assert "Код обучающегося" in distinct
