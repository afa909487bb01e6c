"""``quality.yaml`` as ``quality init`` writes it: every setting of the model with its description and its value."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from quality_cli.core.yamlfile import Strict

_WIDTH = 110


def commented(model: type[Strict]) -> str:
    """YAML of the model: settings in its order, each under its description, with the value that ``init`` gives it."""
    return "\n".join(_lines(model, "")) + "\n"


def _lines(model: type[BaseModel], indent: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield ""
            yield from _comment(inner.__doc__ or "", indent)
            yield f"{indent}{name}:"
            yield from _lines(inner, f"{indent}  ")
        else:
            if not indent:
                yield ""
            yield from _comment(field.description or "", indent)
            yield f"{indent}{name}: {_written(_value(field))}".rstrip()


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _value(field: FieldInfo) -> Any:
    """The first example where there is one: what differs from the default in a new workspace."""
    return field.examples[0] if field.examples else field.get_default(call_default_factory=True)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if value is None:
        return ""
    return value if isinstance(value, str) and value.isalnum() else json.dumps(value, ensure_ascii=False)
