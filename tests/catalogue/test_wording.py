"""Conditions in words: what an analyst reads in the plan, in explanations and on the reference pages."""

import pytest

from quality_cli.catalogue.wording import describe
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import parse_where
from quality_cli.datasets.contracts.specs import load_specs

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
    assert describe(parse_where(where), CONTRACTS[dataset]) == words
