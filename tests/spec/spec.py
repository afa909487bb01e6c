"""What the language of the catalogue means, as readable examples: read here by the test and by ``docs/build.py``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Group
from quality_cli.core.ids import as_written
from quality_cli.core.yamlfile import Strict, read_yaml, validate

FOLDER = Path(__file__).parent
WORKS = "works"


class Case(Strict):
    """A condition and the rows (from 1) about which it says yes or does not know; about the others it says no."""

    where: Any
    yes: list[int] = []
    unknown: list[int] = []


class Chapter(Strict):
    """Conditions over one small table; row n of it is the only row of the organisation «n»."""

    title: str
    text: str = ""
    tables: dict[str, str]
    cases: list[Case]

    def data(self) -> dict[str, str]:
        """Text tables with the organisations."""
        header, *rows = self.tables[WORKS].rstrip("\n").split("\n")
        works = "\n".join([f"org | {header}", *(f"{number} | {row}" for number, row in enumerate(rows, start=1))])
        return {**self.tables, WORKS: works}


class Mistake(Strict):
    """What is no condition: the path to what is wrong in it and a part of what is told."""

    where: Any
    at: list[str | int]
    told: str


class Mistakes(Strict):
    """The last chapter."""

    title: str
    text: str
    cases: list[Mistake]


class Conditions(Strict):
    """``where.yaml``."""

    title: str
    text: str
    chapters: list[Chapter]
    mistakes: Mistakes


def conditions() -> Conditions:
    """The examples of the where-language."""
    return validate(Conditions, read_yaml(FOLDER / "where.yaml"))


def measures() -> Catalogue:
    """The shipped catalogue and over it the examples: a chapter is a group, an example an indicator."""
    return load_catalogue(FOLDER / "catalogue")


def groups(catalogue: Catalogue) -> list[Group]:
    """The chapters."""
    return [group for group in catalogue.groups if group.group.isdigit()]


def definitions() -> dict[str, dict[str, str]]:
    """Of every example of a measure the keys that define it, as the catalogue writes them."""
    told = {}
    for path in sorted((FOLDER / "catalogue" / "measures").glob("*.yaml")):
        data = read_yaml(path).data
        for item in data["indicators"]:
            keys = {**data.get("defaults", {}), **item}
            told[item["id"]] = {key: written(value) for key, value in keys.items() if key not in _IN_WORDS}
    return told


_IN_WORDS = ("id", "name", "method", "examples")
"""Keys that the page tells in words."""


def written(data: Any) -> str:
    """Data as one line of YAML, as the catalogue writes it."""
    match data:
        case Mapping():
            return f"{{{', '.join(f'{key}: {written(value)}' for key, value in data.items())}}}"
        case list():
            return f"[{', '.join(map(written, data))}]"
        case str():
            return f'"{data}"' if data[:1] in "%@&*!|>'#{[-?:," else data
        case None:
            return ""
    return as_written(data)
