"""The where-language as a field of pydantic models: written as YAML, kept as frozen nodes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic_core import core_schema

from quality_cli.core.where import Condition, WhereError, parse_where
from quality_cli.core.yamlfile import wrong


@dataclass(frozen=True, slots=True)
class _Written:
    """Tells pydantic that ``parse`` makes the node, and that the schema of the nodes themselves is not needed."""

    parse: Callable[[object], Condition]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object"}


def _parse(value: object) -> Condition:
    try:
        return parse_where(value)
    except WhereError as error:
        raise wrong(str(error), *error.path) from error


def _parse_over_facts(value: object) -> Condition:
    try:
        return parse_where(value, is_other=is_figure_name)
    except WhereError as error:
        raise wrong(str(error), *error.path) from error


def is_figure_name(key: str) -> bool:
    """Whether a key of a condition over facts names another figure: facts are words, indicators begin with a number."""
    return key[:1].isdigit()


def _parse_value(data: object) -> Condition:
    return _parse({"value": data})


Where: TypeAlias = Annotated[Condition, _Written(_parse)]
"""A condition; a mistake in it carries the path inside the condition."""

ValueCondition: TypeAlias = Annotated[Condition, _Written(_parse_value)]
"""A condition over one number, written ``{ge: 100}``; its only column is ``value``."""

FactCondition: TypeAlias = Annotated[Condition, _Written(_parse_over_facts)]
"""A condition over facts of one figure, and of others by their names: ``{state: missed, 1.1.2-m1: {moved: fell}}``."""
