"""Clauses and facts as people read them."""

from math import isinf

from quality_cli.core.ids import as_written
from quality_cli.core.russian import num
from quality_cli.core.truth import Fact, Range, Truth
from quality_cli.core.where import ColumnRef, Compare, Condition, Known, OneOf

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_TRUTHS: dict[Truth, str] = {True: "да", False: "нет", None: "неизвестно"}


def truth_word(told: Truth) -> str:
    """«да», «нет», «неизвестно»."""
    return _TRUTHS[told]


def clause_words(clause: Condition) -> str:
    """«value < 50», «state = missed»: names as the rule writes them."""
    match clause:
        case Compare(column, op, ColumnRef(other)):
            return f"{column} {_SIGNS[op]} {other}"
        case Compare(column, op, value):
            return f"{column} {_SIGNS[op]} {_literal(value)}"
        case OneOf(column, values):
            return f"{column} — одно из: {', '.join(map(_literal, values))}"
        case Known(column, known):
            return f"{column} {'известно' if known else 'неизвестно'}"
        case _:
            return str(clause)


def _literal(value: object) -> str:
    return as_written(value).strip('"')


def fact_words(fact: Fact) -> str:
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
            return ", ".join(fact) or "нет ни одного"
        case bool() | str():
            return _literal(fact)
        case _:
            return num(fact, 2)
