"""Conditions in words: what an analyst reads in the plan, in explanations and on the reference pages."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.wording import describe, formula
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import parse_where
from quality_cli.datasets.contracts.specs import load_specs

SPEC = load_catalogue(Path(__file__).resolve().parents[1] / "spec" / "catalogue")
CONTRACTS = load_specs([CATALOGUE]).contracts


@pytest.mark.parametrize(
    ("dataset", "where", "words"),
    [
        ("vpr", {"grade": 4, "present": True}, "Класс: 4; Присутствовал: да"),
        ("vpr", {"grade": [5, 6, 7, 8]}, "Класс: 5–8"),
        ("vpr", {"primary": {"ge": 10}}, "«Первичный балл» не меньше 10"),
        ("vpr", {"mark": {"gt": {"column": "journal_mark"}}}, "«Отметка» больше «Отметка по журналу»"),
        ("vpr", {"mark": {"eq": {"column": "journal_mark"}}}, "«Отметка» равно «Отметка по журналу»"),
        ("vpr", {"code": {"known": False}}, "«Код участника» не указано"),
        ("organisations", {"grade_from": {"le": 4}}, "«Классы с» не больше 4"),
    ],
)
def test_a_condition_in_words(dataset: str, where: dict[str, object], words: str) -> None:
    assert describe(parse_where(where), CONTRACTS[dataset], CONTRACTS) == words


@pytest.mark.parametrize(
    ("indicator", "words"),
    [
        ("2-s4", "количество, шт.; считаются разные сочетания «Организация» + «Ученик» набора «Работы»"),
        (
            "3-m3",
            "среднее, работ; числитель — строки знаменателя; "
            "знаменатель — разные сочетания «Организация» + «Ученик» набора «Работы»",
        ),
        (
            "3-m2",
            "среднее, балл; числитель — сумма «Отметка» в строках знаменателя; "
            "знаменатель — строки набора «Работы», где «Отметка» указано",
        ),
        (
            "3-m6",
            "количество в расчёте на 1000; числитель — строки набора «Кружки»; "
            "знаменатель — разные значения «Ученик» набора «Работы»; в разрезе «Зал» знаменатель один и тот же",
        ),
        (
            "5-m4",
            "количество, шт.; считаются строки набора «Работы»; организации, где Вид: муниципалитет "
            "(только их собственные строки, без организаций под ними)",
        ),
    ],
)
def test_a_formula_in_words(indicator: str, words: str) -> None:
    assert formula(SPEC.figures_of[indicator][0], SPEC) == words
