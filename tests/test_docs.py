"""What the pages name is there: files, rooms, commands with their options, targets of make, words of the glossary."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from quality_cli.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "quality_cli"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
    if path.name
    not in ("commands.md", "indicators.md", "datasets.md", "results.md", "spec.md")  # made from what they name
}
TOPS = ("quality_cli", "tests", "docs", "indicator_specs", "templates", "benchmarks", "sample_data", ".ci")


def _code(text: str) -> Iterator[str]:
    """What is set as code, in a line or a block."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    yield from (line for block in blocks for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def _is_there(name: str) -> bool:
    """A path from the root or from the program; a bare name of a module lies anywhere in it."""
    if "/" not in name.rstrip("/"):
        return any(ROOT.glob(name)) or any(PROGRAM.rglob(name)) or any((ROOT / "docs").glob(name))
    return any(any(base.glob(name.rstrip("/"))) for base in (ROOT, PROGRAM))


def _paths(text: str) -> Iterator[str]:
    for code in _code(text):
        name = code.split(":")[0].split("#")[0].strip()
        rooms = {path.name for path in PROGRAM.iterdir() if path.is_dir()}
        of_ours = name.split("/")[0] in (*TOPS, *rooms) and "/" in name
        if re.fullmatch(r"[\w./* -]+", name) and (of_ours or re.fullmatch(r"\w[\w.]*\.(py|md)", name, re.ASCII)):
            yield name


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_are_there(page: str) -> None:
    assert [name for name in _paths(PAGES[page]) if not _is_there(name)] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", PAGES[page])
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def _calls(text: str) -> Iterator[list[str]]:
    """Words of every call of the program, without the comment and what follows a pipe."""
    for code in _code(text):
        call = re.search(r"(?:^|[ /])quality ([a-z-][^#|>;…]*)", code)
        if call:
            yield call[1].split()


def _wrong(words: list[str]) -> str:
    """What the program does not have in a call."""
    command = typer.main.get_command(app)
    for word in words:
        inner = getattr(command, "commands", None)
        if inner is not None and not word.startswith("-"):
            if word not in inner:
                return word
            command = inner[word]
        elif re.match(r"--?[a-z]", word):
            known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            if word.split("=")[0] not in known | {"--help", "-h"}:
                return word
    return ""


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_page_shows_exist(page: str) -> None:
    assert [" ".join(words) for words in _calls(PAGES[page]) if _wrong(words)] == []


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = {
        target for text in PAGES.values() for target in re.findall(r"\bmake ([a-z][a-z-]+)", "\n".join(_code(text)))
    }
    assert {"demo", "test", "test-long"} <= shown <= targets


def test_names_of_the_glossary_are_in_the_code() -> None:
    rows = re.findall(r"^\|.*\| ([^|]*`[^|]*) \|$", PAGES["docs/glossary.md"], re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    code = "\n".join([path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py")])
    words = {*re.findall(r"\w+", code), *(path.stem for path in PROGRAM.rglob("*"))}
    assert len(names) > 50
    assert [name for name in names if name not in words] == []


def test_the_version_that_is_told_is_the_one_of_the_program() -> None:
    from quality_cli import __version__

    assert re.search(r"^## (\d+\.\d+\.\d+)", PAGES["CHANGELOG.md"], re.MULTILINE)[1] == __version__
