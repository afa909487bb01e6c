"""``quality.yaml``: every mistake at once, each with its line and column and what was probably meant."""

import os
from pathlib import Path

import pytest

from quality_cli.app.workspace.config import resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.errors import ConfigurationError


def told(folder: Path, text: str) -> list[str]:
    """What is told of a file of settings, without its name."""
    path = folder / "quality.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        _ = Workspace(resolve_options(config=path)).indicators
    return [line.removeprefix(f"{path}:") for line in str(raised.value).splitlines()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signatry:\n  name: Иванова\n", "1:1: неизвестный ключ «signatry»; возможно, «signatory»?"),
        ("office:\n  nmae: Управление\n", "2:3: неизвестный ключ «nmae»; возможно, «name»?"),
        ("office: Управление\n", '1:1: нужны вложенные ключи, а дано "Управление"'),
        ("data: [а, б]\n", "1:1: нужен текст, а дано список"),
        ('out: ""\n', "1:1: текст не должен быть пустым"),
        ("\nperiod: 2025/2027\n", "2:1: учебный год пишется как 2025/2026, а дано «2025/2027»"),
        ("period: 2025\n", "1:1: нужен текст, а дано 2025"),
        (
            "none:\n  - {table: plans, period: 2025/2027}\n",
            "2:20: учебный год пишется как 2025/2026, а дано «2025/2027»",
        ),
        ("none: [{org: vo-01}]\n", "1:8: нет обязательного ключа «table»"),
        ("engine: polar\n", '1:1: "polar" здесь не годится; возможно, «polars»; бывает: '),
        ("indicators: [1.1.2-m1, 1.1.2-m9]\n", "1:24: нет показателя «1.1.2-m9»; возможно, «1.1.2-m"),
        ('directions:\n  - "1.1"\n  - "7.7"\n', "3:5: нет направления «7.7»; есть: "),
        ("office: {name: А\n", "2:1: здесь или строкой выше ошибка записи YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, expected: str, tmp_path: Path) -> None:
    (mistake,) = told(tmp_path, text)
    assert mistake.startswith(expected)


@pytest.mark.parametrize(("key", "what"), [("data", "папки"), ("catalogue", "папки"), ("templates", "папки"),
                                           ("key", "файла ключа")])  # fmt: skip
def test_a_path_that_leads_nowhere_is_told(key: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "шаблоны").mkdir()
    (mistake,) = told(tmp_path, f"\n{key}: шаблны\n")
    assert mistake.startswith(f"2:1: {key}: нет {what} «{tmp_path / 'шаблны'}»; возможно, «шаблоны»?")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    mistakes = told(tmp_path, "data: нет\nperiod: когда-то\nengine: порох\nsignatory: {nam: А}\ntemplates: тоже нет\n")
    assert sorted(line.partition(":")[0] for line in mistakes) == ["1", "2", "3", "4", "5"]


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "настройки"
    for name in ("d", "c", "t"):
        (folder / name).mkdir(parents=True)
    (folder / "k").write_bytes(bytes(32))
    (folder / "quality.yaml").write_text("{data: d, out: o, catalogue: c, templates: t, key: k}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    options = resolve_options(config=Path("настройки/quality.yaml"))
    for name in ("data", "out", "catalogue", "templates", "key"):
        assert getattr(options, name) == Path("настройки") / name[0]


def test_what_the_call_says_wins_and_is_not_told_of(tmp_path: Path) -> None:
    path = tmp_path / "quality.yaml"
    path.write_text("data: другая\nindicators: [1.1.2-m9]\nengine: polars\nperiod: 2024/2025\n", encoding="utf-8")
    options = resolve_options(config=path, data=tmp_path, indicators=("1.1.1-m1",), engine="pandas", period="2025/2026")
    assert [item.id for item in Workspace(options).indicators] == ["1.1.1-m1"]
    assert (options.data, options.engine, str(options.period)) == (tmp_path, "pandas", "2025/2026")


def test_indicators_and_directions_of_the_file_are_chosen(tmp_path: Path) -> None:
    path = tmp_path / "quality.yaml"
    path.write_text('indicators: [1.1.2-М1]\ndirections: ["2.4"]\n', encoding="utf-8")
    chosen = {item.id for item in Workspace(resolve_options(config=path)).indicators}
    assert "1.1.2-m1" in chosen
    assert {item.partition(".")[0] for item in chosen - {"1.1.2-m1"}} == {"2"}


@pytest.mark.parametrize("what", ["папка", "канал", "ссылка в никуда"])
def test_what_stands_in_the_place_of_the_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "quality.yaml"
    {"папка": path.mkdir, "канал": lambda: os.mkfifo(path), "ссылка в никуда": lambda: path.symlink_to("нет")}[what]()
    for config in (None, path):
        with pytest.raises(ConfigurationError, match=r"quality\.yaml»: это ссылка, папка, канал"):
            resolve_options(config=config)
