"""A folder is published whole or not at all, and nobody's files are lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from quality_cli.app.workspace.publish import MANIFEST, lock, publication
from quality_cli.core.errors import LockedError, OutputError


def publish(out: Path, **files: str) -> None:
    """Publish a folder with these files and a manifest."""
    with lock(out), publication(out) as stage:
        for name, text in {**files, MANIFEST: "{}"}.items():
            (stage / name).write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    """Texts of all files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_publishes_into_a_new_folder_of_new_folders(tmp_path: Path) -> None:
    publish(tmp_path / "a" / "b", table="1")
    assert contents(tmp_path / "a" / "b") == {"table": "1", MANIFEST: "{}"}


def test_publishes_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    publish(Path("out"), table="1")
    publish(Path("out"), table="2")
    assert contents(tmp_path / "out")["table"] == "2"


def test_publishes_into_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    publish(tmp_path / "out", table="1")
    assert contents(tmp_path / "out")["table"] == "1"


def test_files_of_the_user_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, table="1")
    (out / "заметки.txt").write_text("моё", encoding="utf-8")
    (out / "папка").mkdir()
    (out / "папка" / "вложение").write_text("моё", encoding="utf-8")
    (out / "ссылка").symlink_to("заметки.txt")
    publish(out, table="2")
    kept = contents(out)
    assert (kept["заметки.txt"], kept["папка/вложение"], kept["table"]) == ("моё", "моё", "2")
    assert (out / "ссылка").readlink() == Path("заметки.txt")


def test_nothing_is_left_beside_the_folder(tmp_path: Path) -> None:
    publish(tmp_path / "out", table="1")
    publish(tmp_path / "out", table="2")
    assert {path.name for path in tmp_path.iterdir()} - {".out.lock"} == {"out"}


def test_folder_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "фото.jpg").write_text("моё", encoding="utf-8")
    with pytest.raises(OutputError, match="занята другими файлами"):
        publish(tmp_path, table="1")
    assert contents(tmp_path) == {"фото.jpg": "моё"}


def test_file_instead_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("файл", encoding="utf-8")
    with pytest.raises(OutputError, match="файл, а нужна папка"):
        publish(tmp_path / "out", table="1")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "файл"


def test_parent_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "файл").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="не записать"):
        publish(tmp_path / "файл" / "out", table="1")


def test_parent_without_permission_is_told(
    tmp_path: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    tmp_path.chmod(0o500)
    try:
        with unprivileged(), pytest.raises(OutputError, match="не записать"):
            publish(tmp_path / "out", table="1")
    finally:
        tmp_path.chmod(0o700)


def test_failure_leaves_the_old_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, table="1")
    with pytest.raises(ValueError, match="на полпути"), lock(out), publication(out) as stage:
        (stage / "table").write_text("2", encoding="utf-8")
        raise ValueError("на полпути")
    assert contents(out) == {"table": "1", MANIFEST: "{}"}
    assert {path.name for path in tmp_path.iterdir()} - {".out.lock"} == {"out"}


def test_stage_of_a_killed_run_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / ".out.new").mkdir()
    (tmp_path / ".out.new" / "half").write_text("½", encoding="utf-8")
    publish(tmp_path / "out", table="1")
    assert contents(tmp_path / "out") == {"table": "1", MANIFEST: "{}"}


def test_exchange_killed_half_way_is_undone_first(tmp_path: Path) -> None:
    """Where two folders cannot be swapped in one call, a killed run may leave the output under its old name."""
    out = tmp_path / "out"
    publish(out, table="1")
    (out / "заметки.txt").write_text("моё", encoding="utf-8")
    out.rename(tmp_path / ".out.old")
    publish(out, table="2")
    assert contents(out) == {"table": "2", "заметки.txt": "моё", MANIFEST: "{}"}
    assert not (tmp_path / ".out.old").exists()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with lock(tmp_path / "out"), pytest.raises(LockedError, match="другой запуск"):
        publish(tmp_path / "out", table="1")
    publish(tmp_path / "out", table="1")
    assert contents(tmp_path / "out")["table"] == "1"


def test_another_folder_is_not_locked(tmp_path: Path) -> None:
    with lock(tmp_path / "out"):
        publish(tmp_path / "other", table="1")
    assert contents(tmp_path / "other")["table"] == "1"
