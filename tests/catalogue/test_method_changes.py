"""The page «Что изменилось в методике» names every indicator that is defined otherwise than in version 0.1.0."""

import hashlib
import json
import re
from pathlib import Path

import yaml

from quality_cli.core.resources import CATALOGUE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "method-changes.md"
BEFORE = dict(line.split() for line in Path(__file__).with_name("methods_0.1.0.txt").read_text("utf-8").splitlines())
"""Digests of the definitions of 0.1.0 by indicator."""
NO_METHOD = {
    *("name", "title", "short", "of_one", "subsection", "examples", "cycle"),
    *("source", "source_number", "printed_indicator", "owner", "checked", "next_review"),
}
"""Keys that change no figure and nothing that is said of how it is found."""


def digests() -> dict[str, str]:
    """The definitions as they are written now, by indicator."""
    found = {}
    for path in CATALOGUE.glob("[0-9]*/*.yaml"):
        group = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # every key and value as it is written
        for item in group["indicators"]:
            written = {name: told for name, told in {**group["defaults"], **item}.items() if name not in NO_METHOD}
            text = json.dumps(written, ensure_ascii=False, sort_keys=True)
            if "beyond" not in written:  # figures of analysis were not there before
                found[item["id"]] = hashlib.sha256(text.encode()).hexdigest()[:12]
    return found


def test_the_page_names_every_indicator_that_is_defined_otherwise() -> None:
    now = digests()
    first_cells = re.findall(r"^\| (.*?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"\d\.\d\.\d+-[ms]\d+", "\n".join(first_cells)))
    changed = {name for name in {*BEFORE, *now} if BEFORE.get(name) != now.get(name)}
    assert changed - named == set()
    assert named <= {*BEFORE, *now}
