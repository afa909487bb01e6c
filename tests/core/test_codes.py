"""The registry of codes: whole, without dead entries, and the only place where codes are described."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from quality_cli.core.codes import CODES, explain
from quality_cli.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {code.split(".")[0] for code in CODES}
RAISING = {"error", "warning", "info", "Finding", "mistake"}
FILES = (".json", ".yaml", ".csv")


def raised() -> Iterator[tuple[str, str]]:
    """Codes in the source with their files: of calls that make findings, and all texts that look like a code."""
    for path in sorted((ROOT / "quality_cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.parent.name != "codes" else ():
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in RAISING and str(node.args[0].value).replace(".", "").isidentifier():
                    yield str(node.args[0].value), path.name
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                family, dot, rest = node.value.partition(".")
                if dot and family in FAMILIES and rest.isidentifier() and not node.value.endswith(FILES):
                    yield node.value, path.name


def test_every_code_in_the_source_is_described() -> None:
    found = dict(raised())
    assert {"cell.value", "check.total", "catalogue.invalid"} <= set(found)
    assert {code: file for code, file in found.items() if code not in CODES} == {}


def test_no_described_code_is_dead() -> None:
    assert sorted(set(CODES) - {code for code, _ in raised()}) == []


@pytest.mark.parametrize("code", CODES)
def test_the_page_of_a_code_is_whole(code: str) -> None:
    page = explain(code)
    assert page.startswith(f"# {code}: ")
    for part in ("Что это значит.", "Что сделано с данными.", "Что делать."):
        assert page.count(f"**{part}** ") == 1
    assert (ROOT / "docs" / "findings" / f"{code}.md").read_text(encoding="utf-8") == page


def test_an_unknown_code_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConfigurationError, match=r"возможно, «cell\.value»\?"):
        explain("cell.valu")
