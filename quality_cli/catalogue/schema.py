"""JSON Schema of a group file: editors complete the YAML and underline mistakes."""

from typing import Any

from quality_cli.catalogue.model import Group


def group_schema() -> dict[str, Any]:
    """The schema; put ``# yaml-language-server: $schema=indicators.schema.json`` at the head of a file."""
    schema = Group.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Группа показателей", **schema}
