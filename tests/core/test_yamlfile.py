"""YAML as a methodologist writes it: what it means, and where a mistake is."""

import os
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from quality_cli.core.errors import CatalogueError
from quality_cli.core.yamlfile import Document, Strict, read_yaml, validate

DEEP = "\n".join(["а: &a " + "[" * 25 + "]" * 25, "б: " + "[" * 25 + "*a" + "]" * 25])
"""Too deep only where the reference leads."""


def _read(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "файл.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path, "файл.yaml")


def _mistakes(tmp_path: Path, content: str | bytes) -> list[str]:
    with pytest.raises(CatalogueError) as raised:
        _read(tmp_path, content)
    return [str(finding) for finding in raised.value.findings]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, True) for word in ("да", "Да", "yes", "true", "True")),
        *((word, False) for word in ("нет", "НЕТ", "no", "false")),
        *((word, None) for word in ("", "~", "null")),
        ("'да'", "да"),
        ('"5"', "5"),
        ("5", 5),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("012", "012"),
        ("012.5", "012.5"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2026-09-01", "2026-09-01"),
        ("on", "on"),
        ("9" * 5000, "9" * 5000),
        ("1e400", "1e400"),
        ("[1, да, слово]", [1, True, "слово"]),
        ("{а: {б: 1}}", {"а": {"б": 1}}),
        ("{5: а, да: б}", {5: "а", "да": "б"}),
        ("|\n  строка\n  другая\n", "строка\nдругая\n"),
    ],
)
def test_what_a_value_means(tmp_path: Path, written: str, meant: object) -> None:
    value = _read(tmp_path, f"ключ: {written}").data["ключ"]
    assert value == meant
    assert type(value) is type(meant)


def test_an_empty_file_and_a_byte_order_mark(tmp_path: Path) -> None:
    assert _read(tmp_path, "").data is None
    document = _read(tmp_path, "\ufeffключ: 1\n")
    assert document.data == {"ключ": 1}
    assert str(document.place(("ключ",))) == "файл.yaml:1:1"


def test_positions_count_letters_and_fall_back_to_what_is_above(tmp_path: Path) -> None:
    document = _read(tmp_path, "показатели:\n  - {имя: «Доля», условие: {отметка: 2}}\n")
    assert str(document.place(("показатели", 0, "условие"))) == "файл.yaml:2:19"
    assert str(document.place(("показатели", 0, "условие", "отметка"))) == "файл.yaml:2:29"
    assert str(document.place(("показатели", 0, "нет", 7))) == "файл.yaml:2:5"
    assert str(document.place(("нет",))) == "файл.yaml:1:1"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("а: 1\nб: 2\nа: 3\n", ["файл.yaml:3:1: ключ «а» повторён"]),
        ("а: 1\n'а': 2\nб: {в: 1, в: 2}", ["файл.yaml:2:1: ключ «а» повторён", "файл.yaml:3:11: ключ «в» повторён"]),
        ("? [а]\n: 1", ["файл.yaml:1:3: ключ должен быть словом"]),
        ("а: &a б\n*a : 1", ["файл.yaml:2:1: ключ должен быть словом"]),
        (
            "? {а: 1, а: 2}\n: !own 1",
            [
                "файл.yaml:1:3: ключ должен быть словом",
                "файл.yaml:1:10: ключ «а» повторён",
                "файл.yaml:2:3: метка «!own» не допускается",
            ],
        ),
        (
            "а: !!python/object/apply:os.system [ls]\nб: !own 1",
            [
                "файл.yaml:1:4: метка «tag:yaml.org,2002:python/object/apply:os.system» не допускается",
                "файл.yaml:2:4: метка «!own» не допускается",
            ],
        ),
        ("а: !!binary aGk=", ["файл.yaml:1:4: метка «tag:yaml.org,2002:binary» не допускается"]),
        (b"\xd0\xb0: \xff\xfe", ["файл.yaml:1:1: файл не в кодировке UTF-8"]),
        ("а: \x07", ["файл.yaml:1:1: в файле недопустимые символы"]),
    ],
)
def test_what_is_not_allowed_in_a_file(tmp_path: Path, content: str | bytes, told: list[str]) -> None:
    assert _mistakes(tmp_path, content) == told


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("а: [1, 2\nб: 3", "2:2"),
        ("а: 'нет конца", "1:14"),
        ("а: 1\n\tб: 2", "2:1"),
        ("а: 1\n---\nб: 1", "2:1"),
        ("а: &a 1\nб: &a 2", "2:4"),
        ("&a а: 1\nб: &a 2", "2:4"),
    ],
)
def test_broken_syntax_is_told_in_russian(tmp_path: Path, content: str, place: str) -> None:
    (told,) = _mistakes(tmp_path, content)
    assert told.startswith(f"файл.yaml:{place}: здесь или строкой выше ошибка записи YAML")
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(told.removeprefix("файл.yaml").lower()) - set("yaml")


def test_what_an_alias_names_must_stand_above(tmp_path: Path) -> None:
    told = ["файл.yaml:2:4: выше ничего не названо «&wroks»; возможно, «works»?"]
    assert _mistakes(tmp_path, "а: &works 1\nб: *wroks\nв: &wroks 2") == told


def test_aliases_repeat_a_value(tmp_path: Path) -> None:
    document = _read(tmp_path, "а: &common {имя: 1}\nб: *common\n")
    assert document.data == {"а": {"имя": 1}, "б": {"имя": 1}}
    assert str(document.place(("б", "имя"))) == "файл.yaml:1:13"


def test_an_alias_bomb_is_bounded(tmp_path: Path) -> None:
    lines = ["а0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"а{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert _mistakes(tmp_path, "\n".join(lines)) == ["файл.yaml:1:1: файл слишком велик или раздут ссылками (*, &)"]


@pytest.mark.parametrize("content", ["а: " + "x" * 6_000_000, "а: [" + "1," * 450_000 + "1]"])
def test_a_file_larger_than_anyone_writes_is_refused(tmp_path: Path, content: str) -> None:
    assert _mistakes(tmp_path, content) == ["файл.yaml:1:1: файл слишком велик или раздут ссылками (*, &)"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "файл.yaml")
    with pytest.raises(CatalogueError, match=r"^файл\.yaml:1:1: это не файл$"):
        read_yaml(tmp_path / "файл.yaml", "файл.yaml")


@pytest.mark.parametrize("content", ["а: &a [*a]", "[" * 300_000, "[" * 100 + "]" * 100, "а: {" * 60, DEEP])
def test_endless_nesting_is_refused(tmp_path: Path, content: str) -> None:
    (told,) = _mistakes(tmp_path, content)
    assert "слишком глубокая вложенность" in told


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"^файл\.yaml:1:1: файл не открывается$"):
        read_yaml(tmp_path / "нет такого", "файл.yaml")
    with pytest.raises(CatalogueError, match=r"^файл\.yaml:1:1: это не файл$"):
        read_yaml(tmp_path, "файл.yaml")


class _Item(Strict):
    name: str
    size: int = Field(default=1, gt=0)


class _Model(Strict):
    title: str
    kind: Literal["share", "count"] = "share"
    active: bool = True
    factor: float = 1
    items: list[_Item] = []
    words: dict[str, list[str]] = {}


def _invalid(tmp_path: Path, content: str) -> list[str]:
    document = _read(tmp_path, content)
    with pytest.raises(CatalogueError) as raised:
        validate(_Model, document)
    return [str(finding).removeprefix("файл.yaml:") for finding in raised.value.findings]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("titel: а\ntitle: б", "1:1: неизвестный ключ «titel»; возможно, «title»?"),
        ("title: а\nitems:\n  - {name: б, sise: 2}", "3:15: неизвестный ключ «sise»; возможно, «size»?"),
        ("title: а\nщщщ: 1", "2:1: неизвестный ключ «щщщ»; бывает: active, factor, items, kind, title, words"),
        ("kind: count", "1:1: нет обязательного ключа «title»"),
        ("title: а\nitems: [{size: 2}]", "2:9: нет обязательного ключа «name»"),
        ("title: 5", '1:1: нужен текст, а дано 5; возьмите в кавычки: "5"'),
        ("title:", "1:1: нужен текст, а дано пусто"),
        ("title: да", '1:1: нужен текст, а дано да; возьмите в кавычки: "да"'),
        ("title: а\nitems: слово", '2:1: нужен список, а дано "слово"'),
        ('title: а\nitems: [{name: б, size: "2"}]', '2:19: нужно целое число, а дано "2"'),
        ("title: а\nitems: [{name: б, size: 0}]", "2:19: число должно быть больше 0, а дано 0"),
        ("title: а\nactive: 1", "2:1: нужно да или нет, а дано 1"),
        ("title: а\nfactor: много", '2:1: нужно число, а дано "много"'),
        ("title: а\nwords: [б]", "2:1: нужны вложенные ключи, а дано список"),
        ("title: а\nwords: {б: [1]}", '2:13: нужен текст, а дано 1; возьмите в кавычки: "1"'),
        ("title: а\nkind: shares", '2:1: "shares" здесь не годится; возможно, «share»; бывает: share, count'),
        ("title: а\nkind: среднее", '2:1: "среднее" здесь не годится; бывает: share, count'),
        ("5", "1:1: нужны вложенные ключи, а дано 5; бывает: active, factor, items, kind, title, words"),
    ],
)
def test_a_mistake_is_told_at_its_place_with_a_suggestion(tmp_path: Path, content: str, told: str) -> None:
    assert _invalid(tmp_path, content) == [told]


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = _invalid(tmp_path, "титул: а\nactive: может быть\nitems:\n  - {name: 1}\n  - {nam: б}\n")
    assert [line.partition(": ")[0] for line in told] == ["1:1", "2:1", "4:6", "5:5", "5:6", "1:1"]


def test_a_part_of_a_file_is_validated_with_its_own_places(tmp_path: Path) -> None:
    document = _read(tmp_path, "одно: {title: а}\nдругое: {title: 1}\n")
    assert validate(_Model, document, ("одно",)).title == "а"
    with pytest.raises(CatalogueError, match=r"файл\.yaml:2:10: нужен текст"):
        validate(_Model, document, ("другое",))
