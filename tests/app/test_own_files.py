"""Every place where the program keeps a file of its own, or is given one, and everything that may stand there instead.

The work is done without the file, or is refused with a message; nothing hangs, and what stands there is as it was.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from obstacles import OBSTACLES, standing, untouched

from quality_cli.app.forms.answers_file import AnswersFile, answers_path
from quality_cli.app.forms.free_answers import TOLD, read_told
from quality_cli.app.report import report
from quality_cli.app.workspace import cache, key
from quality_cli.app.workspace.cache import Cache
from quality_cli.app.workspace.config import Options, resolve_options
from quality_cli.app.workspace.key import KeyFile
from quality_cli.app.workspace.manifest import MANIFEST, hashes, read_manifest, write_manifest
from quality_cli.app.workspace.publish import held, lock, publication
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.model import ANSWERS
from quality_cli.cli.catalogue import docs
from quality_cli.core.errors import QualityError
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.folder import data_files
from quality_cli.datasets.readers.sheets import UnreadableFileError
from quality_cli.datasets.tables.prepared import dataset_of

CATALOGUE = load_catalogue()
YEAR = Period(2025)


def publish(home: Path, text: str = "1") -> None:
    """Publish a table."""
    with lock(home / "out"), publication(home / "out") as stage:
        (stage / "table").write_text(text, encoding="utf-8")
        write_manifest(stage, {"outputs": hashes(stage, ["table"])})


def stored(home: Path) -> None:
    """Keep something and take it up."""
    kept = Cache(home / "data" / cache.PLACE)
    kept.store("имя", b"content")
    assert kept.load("имя") in (None, b"content")


def documents(home: Path) -> None:
    """Make documents of results that are not there, or half there."""
    (home / "out").mkdir(exist_ok=True)
    (home / "out" / MANIFEST).write_text("{}", encoding="utf-8")
    report(Workspace(Options(data=home / "data", out=home / "out")), ("md",))


def told(home: Path) -> None:
    """Read what was answered in words."""
    with suppress(OSError):
        read_told(home / "out")


def answered(home: Path) -> None:
    """Gather answers."""
    file = AnswersFile(answers_path(home / "data", YEAR), YEAR, CATALOGUE.specs.contracts[ANSWERS], OrgTree([]))
    file.read()
    file.write({}, ())


def read_all(home: Path) -> None:
    """Read a data folder, file by file."""
    for path in data_files(home / "data", Findings()):
        dataset_of(path, CATALOGUE.specs.contracts)
        with suppress(UnreadableFileError):
            read_file(path, path.name, Findings())


def scales(home: Path) -> None:
    """Read the scales of a catalogue."""
    for path in load_catalogue(home / "свой").specs.scale_files:
        path.read_bytes()


ANSWERS_FILE = answers_path(Path("data"), YEAR).as_posix()
PLACES: dict[str, Callable[[Path], object]] = {
    f"data/{key.PLACE}": lambda home: KeyFile.of(Options(home / "data", home / "out"))(),
    "data/.quality/lock": lambda home: KeyFile.of(Options(home / "data", home / "out"))(),
    "data/.quality": lambda home: (stored(home), KeyFile.of(Options(home / "data", home / "out"))()),
    "ключ": lambda home: KeyFile.of(Options(home / "data", home / "out", key=home / "ключ"))(),
    f"data/{cache.PLACE}": stored,
    f"data/{cache.PLACE}/имя.tables": stored,
    "out": publish,
    ".out.lock": publish,
    ".out.old": publish,
    f"out/{MANIFEST}": lambda home: (read_manifest(home / "out"), publish(home)),
    "out/table": publish,
    "out/заметки": publish,
    "out/results.parquet": documents,
    "out/organisations.json": documents,
    f"out/{TOLD}": told,
    ANSWERS_FILE: answered,
    "data/.answers.lock": lambda home: held(home / "data" / ".answers.lock", "с файлом").__enter__(),
    "data/отметки.csv": read_all,
    "data/vpr.parquet": read_all,
    "data/форма.xlsx": read_all,
    "quality.yaml": lambda home: resolve_options(config=home / "quality.yaml"),
    "data/quality.yaml": lambda home: resolve_options(data=home / "data"),
    "свой/catalogue.yaml": lambda home: load_catalogue(home / "свой"),
    "свой/9/9.1.yaml": lambda home: load_catalogue(home / "свой"),
    "свой/scales/шкала.csv": scales,
    "Методика.md": lambda home: docs(home / "Методика.md", None),
}
NAMED = {"ключ", "out", "quality.yaml", "data/quality.yaml", "Методика.md", "свой/catalogue.yaml", "свой/9/9.1.yaml"}
"""Where a link is the user's own word, and is followed to what is of the right kind."""

WRITTEN = {"out", "Методика.md"}
FOLDERS = {"out", ".out.old", "data/.quality", f"data/{cache.PLACE}"}
"""Where a folder is what is wanted; one that a killed run has left is deleted."""


@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("in_time")
def test_nothing_is_followed_replaced_or_waited_for(tmp_path: Path, place: str, obstacle: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "data").mkdir(exist_ok=True)
    with standing(obstacle, path) as seen:
        with suppress(QualityError):
            PLACES[place](tmp_path)
        if obstacle == "folder" and place in FOLDERS:
            return
        if place in WRITTEN and obstacle in ("link", "dangling link"):
            assert path.is_symlink()
            return
        assert untouched(seen)


@pytest.mark.parametrize("place", [place for place in PLACES if place.startswith("data/.quality/cache")])
def test_a_letter_beside_what_is_kept_is_not_deleted(tmp_path: Path, place: str) -> None:
    letter = tmp_path / "data" / cache.PLACE / "письмо.txt"
    letter.parent.mkdir(parents=True)
    letter.write_text("моё", encoding="utf-8")
    stored(tmp_path)
    stored(tmp_path)
    assert letter.read_text(encoding="utf-8") == "моё"


def test_whole_but_foreign_snapshots_are_as_good_as_none(small_data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(small_data, tmp_path / "data"))
    options = Options(data, tmp_path / "out")
    first = Workspace(options).tables
    (path,) = (data / cache.PLACE).glob("*.tables")
    kept = Cache(path.parent)
    whole = kept.load(path.stem)
    assert whole is not None
    spoilt = [b"", b"\0" * 8, whole[:8], whole[: len(whole) // 2], b"\xff" * 8 + whole[8:], whole[:8] + b"\0" * 500]
    for content in spoilt:
        path.write_bytes(hashlib.sha256(path.stem.encode() + content).digest() + content)
        assert kept.load(path.stem) == content
        again = Workspace(options).tables
        assert (list(again.by_dataset), list(again.findings)) == (list(first.by_dataset), list(first.findings))
        assert kept.load(path.stem) == whole


@pytest.mark.parametrize(
    "manifest", ["", "[1]", '{"outputs": 5, "forms": [1], "documents": 7}', "[" * 100_000, "\ufeff{"]
)
def test_a_damaged_manifest_makes_every_file_the_users(tmp_path: Path, manifest: str) -> None:
    publish(tmp_path)
    (tmp_path / "out" / MANIFEST).write_text(manifest, encoding="utf-8")
    publish(tmp_path, "2")
    texts = {path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir() if path.name != MANIFEST}
    assert texts == {"1", "2"}
    assert json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["outputs"]
