"""Whatever lies in the folder: no exception, no hang, no row lost in silence; the register is still read."""

import faulthandler
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from corpus import Spoilt, corpus
from exports import SPECS, Remembered, register, works

from quality_cli.core.findings import Finding, Findings
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.tables.table import Tables

_GENEROUS = 300
_REJECTED = ("row.rejected", "row.long", "org.unknown", "org.ambiguous")
_REJECTED_WHOLE = ("sheet.fact",)


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


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> list[Recognised]:
    """Every sheet in which a table is found while reading, as it came."""
    found: list[Recognised] = []

    recognise = Recogniser.recognise

    def watched(*arguments: Any) -> Any:
        result = recognise(*arguments)
        if isinstance(result, Recognised):
            found.append(result)
        return result

    monkeypatch.setattr(Recogniser, "recognise", watched)
    return found


LONG = [pytest.param(part, marks=pytest.mark.long) for part in range(3, 8)]


@pytest.mark.parametrize("part", [0, 1, 2, *LONG])
def test_nothing_is_lost_in_silence(
    spoilt: list[Spoilt], tmp_path: Path, recognised: list[Recognised], part: int
) -> None:
    complaints, tables_found = [], 0
    folder = tmp_path / "data"
    register(folder)
    for file in spoilt[part::8]:
        (folder / file.name).write_bytes(file.content)
        recognised.clear()
        tables = read_folder(folder, SPECS, findings=Findings(sample=None), pseudonyms=Remembered())
        sheets = [sheet for sheet in recognised if sheet.sheet.file.startswith(file.name)]
        tables_found += bool(sheets)
        complaint = _complaint(file, tables, sum(map(_present, sheets)))
        (folder / file.name).unlink()
        if complaint:
            complaints.append(f"{file.title}: {complaint}")
    assert complaints == []
    assert tables_found > 10  # the law of rows has been tried


def _present(found: Recognised) -> int:
    """Rows of data under the header, counted plainly: something stands in a column that is read, and no banner."""
    columns = {
        index for name, where in found.columns.items() if name not in found.layout.blank_ignoring for index in where
    }
    columns |= {index for members in found.families.values() for _, _, index in members}
    return sum(
        any(str(row[column] or "").strip() for column in columns if column < len(row))
        and not any("Кол-во участников:" in str(cell) for cell in row)
        for row in found.sheet.rows[found.header + 1 :]
    )


def _rows(finding: Finding) -> Iterator[tuple[str, str, int]]:
    """Rows that a finding names; a row may be rejected for several reasons."""
    for place in finding.places:
        yield place.file, place.sheet, place.row or int("".join(filter(str.isdigit, place.cell)) or 0)


def _complaint(file: Spoilt, tables: Tables, present: int) -> str:
    """What is wrong with the outcome, empty where all is well; ``present`` rows lie in the tables that were found."""
    if len(tables.organisations) != 4:
        return "the register beside it suffered"
    named = [
        finding
        for finding in tables.findings
        if any(place.file.startswith(file.name) for place in finding.places) or file.name in finding.message
    ]
    if any(not str(finding).isprintable() for finding in named):
        return "unseen signs in a message"
    taken = sum(source.rows for source in tables.files if source.name.startswith(file.name))
    rejected = len({row for finding in named if finding.code in _REJECTED for row in _rows(finding)})
    rejected += sum(finding.total for finding in named if finding.code in _REJECTED_WHOLE)
    told = [str(finding) for finding in named]
    if taken + rejected != present:
        return f"{present} rows, {taken} taken, {rejected} rejected: {told}"
    if not taken and not named:
        return "neither read nor told"
    whole = [finding for finding in named if finding.code.startswith(("file.", "sheet.", "header."))]
    if file.rows is not None and present != file.rows and not whole:
        return f"{file.rows} rows lie in the file, {present} in the tables found: {told}"
    return "" if len(works(tables, "code")) <= taken else "more rows than were there"
