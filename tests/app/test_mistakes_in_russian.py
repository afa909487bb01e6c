"""Whatever is wrong in a file that people write, it is told in Russian, and once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from quality_cli.app.schemas import SCHEMAS
from quality_cli.app.workspace.config import ConfigFile
from quality_cli.core.errors import CatalogueError
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.yamlfile import Document, read_yaml, validate

WRONG = (None, True, 5, -1.5, "слово", "", [], [None], ["слово", "слово"], {}, {"слово": "слово"})
FILES = {
    "indicators": ("1.1/1.1.2.yaml", "1.3/1.3.1.yaml"),
    "datasets": ("datasets/vpr.yaml", "datasets/achievements.yaml", "datasets/contingent.yaml"),
    "documents": ("documents/vpr.yaml",),
    "catalogue": ("catalogue.yaml",),
}
SETTINGS = {"data": "data", "period": "2025/2026", "indicators": ["1.1.2-m1"], "engine": "pandas",
            "documents": [{"kind": "Программа"}], "office": {"name": "Отдел"}}  # fmt: skip
WRITTEN: list[tuple[str, type[BaseModel], Any]] = [
    *((name, SCHEMAS[kind][0], read_yaml(CATALOGUE / name).data) for kind, names in FILES.items() for name in names),
    ("quality.yaml", ConfigFile, SETTINGS),
]


def changed(node: Any) -> Iterator[Any]:
    """The node with one thing in it another, absent or added; of a list its first two items are changed."""
    yield from WRONG
    if isinstance(node, dict):
        for key, value in node.items():
            yield {name: inner for name, inner in node.items() if name != key}
            yield from ({**node, key: other} for other in changed(value))
        yield {**node, "слово": "слово"}
    if isinstance(node, list):
        for at, value in enumerate(node[:2]):
            yield from ([*node[:at], other, *node[at + 1 :]] for other in changed(value))


def _told(model: type[BaseModel], data: Any) -> list[str]:
    try:
        validate(model, Document("файл.yaml", data, dict))
    except CatalogueError as error:
        return [finding.message for finding in error.findings]
    return []


@pytest.mark.parametrize(("name", "model", "data"), WRITTEN, ids=[name for name, *_ in WRITTEN])
def test_every_mistake_of_a_file_is_told_in_russian(name: str, model: type[BaseModel], data: Any) -> None:
    wrong = [told for other in changed(data) if (told := _told(model, other))]
    foreign = {
        message
        for told in wrong
        for message in told
        if not re.search("[а-я]", message) or re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", message)
    }
    assert len(wrong) > 50
    assert foreign == set()


def test_a_wrong_name_of_an_indicator_is_one_mistake_with_the_rule() -> None:
    group = read_yaml(CATALOGUE / "1.1/1.1.2.yaml").data
    first, *rest = group["indicators"]
    (message,) = _told(SCHEMAS["indicators"][0], {**group, "indicators": [{**first, "id": "9.2-s7a"}, *rest]})
    assert "а дано «9.2-s7a»: номер, дефис, m (муниципалитет) или s (организация) и только цифры" in message
