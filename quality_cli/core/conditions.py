"""The where-language as a field of pydantic models: written as YAML, kept as frozen nodes."""

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema
from pydantic_core import PydanticCustomError

from quality_cli.core.where import AllOf, AlsoIn, AnyOf, Compare, Known, Not, OneOf, WhereError, parse_where


def _parse(value: object) -> object:
    try:
        return parse_where(value)
    except WhereError as error:
        raise PydanticCustomError("where", "{text}", {"text": str(error), "path": error.path}) from error


def _parse_value(data: object) -> object:
    return _parse({"value": data})


_Nodes: TypeAlias = (
    InstanceOf[AllOf]
    | InstanceOf[AnyOf]
    | InstanceOf[Not]
    | InstanceOf[Compare]
    | InstanceOf[OneOf]
    | InstanceOf[Known]
    | InstanceOf[AlsoIn]
)

Where: TypeAlias = Annotated[_Nodes, BeforeValidator(_parse), WithJsonSchema({"type": "object"})]
"""A condition; a mistake in it carries the path inside the condition."""

ValueCondition: TypeAlias = Annotated[_Nodes, BeforeValidator(_parse_value), WithJsonSchema({"type": "object"})]
"""A condition over one number, written ``{ge: 100}``; its only column is ``value``."""
