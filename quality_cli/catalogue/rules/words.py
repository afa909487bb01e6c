"""Clauses and facts as people read them."""

from collections.abc import Callable
from math import isinf
from typing import TypeAlias

from quality_cli.core.ids import as_written
from quality_cli.core.russian import num
from quality_cli.core.truth import Fact, Range, Truth
from quality_cli.core.where import ColumnRef, Compare, Condition, Known, OneOf

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_TRUTHS: dict[Truth, str] = {True: "да", False: "нет", None: "неизвестно"}


def truth_word(told: Truth) -> str:
    """«да», «нет», «неизвестно»."""
    return _TRUTHS[told]


def literal(_column: str, value: object) -> str:
    """A word, a number, да or нет as the rule writes it."""
    return as_written(value).strip('"')


Word: TypeAlias = Callable[[str, object], str]
"""How a value of a column is told."""


def clause_words(clause: Condition, named: Callable[[str], str] = str, word: Word = literal) -> str:
    """«value < 50», «state = missed»: names and words as the rule writes them unless told otherwise."""
    match clause:
        case Compare(column, op, ColumnRef(other)):
            return f"{named(column)} {_SIGNS[op]} {named(other)}"
        case Compare(column, op, value):
            return f"{named(column)} {_SIGNS[op]} {word(column, value)}"
        case OneOf(column, values):
            return f"{named(column)} — одно из: {', '.join(word(column, value) for value in values)}"
        case Known(column, known):
            return f"{named(column)} {'известно' if known else 'неизвестно'}"
        case _:
            return str(clause)


def fact_words(column: str, fact: Fact, word: Word = literal) -> str:
    """What is known of a fact."""
    match fact:
        case None:
            return "неизвестно"
        case Range(low, high) if isinf(low) and isinf(high):
            return "может быть любым"
        case Range(low, high) if isinf(high):
            return f"не меньше {num(low, 2)}"
        case Range(low, high):
            return f"от {num(low, 2)} до {num(high, 2)}"
        case tuple():
            return ", ".join(word(column, one) for one in fact) or "нет ни одного"
        case bool() | str():
            return word(column, fact)
        case _:
            return num(fact, 2)
