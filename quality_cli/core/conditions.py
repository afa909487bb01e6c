"""The where-language as a field of pydantic models: written as YAML, kept as frozen nodes."""

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, InstanceOf
from pydantic_core import PydanticCustomError

from quality_cli.core.where import AllOf, AlsoIn, AnyOf, Compare, Known, Not, OneOf, WhereError, parse_where


def _parse(value: object) -> object:
    try:
        return parse_where(value)
    except WhereError as error:
        raise PydanticCustomError("where", "{text}", {"text": str(error), "path": error.path}) from error


Where: TypeAlias = Annotated[
    InstanceOf[AllOf]
    | InstanceOf[AnyOf]
    | InstanceOf[Not]
    | InstanceOf[Compare]
    | InstanceOf[OneOf]
    | InstanceOf[Known]
    | InstanceOf[AlsoIn],
    BeforeValidator(_parse),
]
"""A condition; a mistake in it carries the path inside the condition."""
