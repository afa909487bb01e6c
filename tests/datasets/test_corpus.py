"""Whatever lies in the folder: no exception, no hang, no row lost in silence; the register is still read."""

import faulthandler
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import Spoilt, corpus
from exports import read, register, works

from quality_cli.core.findings import Finding
from quality_cli.datasets.table import Tables

_GENEROUS = 300
_REJECTED = ("row.rejected", "row.long", "org.unknown", "sheet.fact")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> list[Spoilt]:
    return list(corpus(tmp_path_factory.mktemp("corpus")))


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """A parser that hangs inside its own code hears no signal: the process is ended, loudly."""
    faulthandler.dump_traceback_later(_GENEROUS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def test_the_corpus_is_large(spoilt: list[Spoilt]) -> None:
    assert len(spoilt) > 200


@pytest.mark.parametrize("part", range(8))
def test_nothing_is_lost_in_silence(spoilt: list[Spoilt], tmp_path: Path, part: int) -> None:
    complaints = []
    for number, file in enumerate(spoilt[part::8]):
        folder = tmp_path / str(number)
        register(folder)
        (folder / file.name).write_bytes(file.content)
        complaint = _complaint(file, read(folder))
        (folder / file.name).unlink()
        if complaint:
            complaints.append(f"{file.title}: {complaint}")
    assert complaints == []


def _rows(finding: Finding) -> Iterator[tuple[str, str]]:
    """Rows that a finding names; a row may be rejected for several reasons."""
    for place in finding.places:
        yield place.file, "".join(filter(str.isdigit, place.cell))


def _complaint(file: Spoilt, tables: Tables) -> str:
    """What is wrong with the outcome, empty where all is well."""
    if len(tables.organisations) != 4:
        return "the register beside it suffered"
    named = [
        finding
        for finding in tables.findings
        if any(place.file.startswith(file.name) for place in finding.places) or file.name in finding.message
    ]
    taken = sum(source.rows for source in tables.files if source.name.startswith(file.name))
    rejected = len({row for finding in named if finding.code in _REJECTED for row in _rows(finding)})
    if any(not str(finding).isprintable() for finding in named):
        return "unseen signs in a message"
    if not taken:
        return "" if named else "neither read nor told"
    whole = [finding for finding in named if finding.code.startswith(("file.", "sheet.", "header."))]
    if file.rows is not None and taken + rejected != file.rows and not whole:
        return f"{file.rows} rows, {taken} taken, {rejected} rejected: {[str(finding) for finding in named]}"
    return "" if len(works(tables, "code")) <= taken else "more rows than were there"
