"""A folder is published whole or not at all, and nobody's files are lost."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from quality_cli.app.workspace.manifest import MANIFEST, hashes, write_manifest
from quality_cli.app.workspace.publish import lock, publication, refuse
from quality_cli.core.errors import ConfigurationError, LockedError, OutputError
from quality_cli.core.findings import Findings


def publish(out: Path, **files: str) -> list[str]:
    """Publish a folder with these files and a manifest; tells what was told."""
    findings = Findings()
    with lock(out), publication(out, findings) as stage:
        for name, text in files.items():
            (stage / name).write_text(text, encoding="utf-8")
        write_manifest(stage, {"outputs": hashes(stage, files)})
    return [str(finding) for finding in findings]


def contents(folder: Path) -> dict[str, str]:
    """Texts of all files of a folder; the manifest is only there or not."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }
    return texts | {name: "{}" for name in texts if name == MANIFEST}


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
    shared_path: Path, without_root: Callable[[], AbstractContextManager[None]]
) -> None:
    shared_path.chmod(0o555)
    with without_root(), pytest.raises(OutputError, match=r"не записать в .*: нет прав"):
        publish(shared_path / "out", table="1")


def test_folder_that_cannot_be_renamed_is_filled_from_inside(
    shared_path: Path, without_root: Callable[[], AbstractContextManager[None]]
) -> None:
    """So is a folder where a disk is mounted: the system renames neither."""
    out = shared_path / "out"
    with without_root():
        out.mkdir()
    (out / "lost+found").mkdir(mode=0o700)
    shared_path.chmod(0o555)
    with without_root():
        for number in range(10):
            publish(out, table=str(number), **{f"table{number}": "once"})
            (out / f"письмо{number}").write_text("моё", encoding="utf-8")
        (out / "table").write_text("правка", encoding="utf-8")
        (*_, told) = publish(out, table="последняя")
        with lock(out), pytest.raises(LockedError):
            publish(out, table="2")
    assert "ваш сохранён под именем «table (ваша правка " in told
    (out / "lost+found").rmdir()
    found = contents(out)
    found.pop(".quality.lock")
    (edited,) = (name for name, text in found.items() if text == "правка")
    letters = {f"письмо{number}": "моё" for number in range(10)}
    assert found == {"table": "последняя", edited: "правка", MANIFEST: "{}", **letters}
    assert [path.name for path in shared_path.iterdir()] == ["out"]


@pytest.mark.parametrize("moved", range(5))
def test_filling_from_inside_that_was_killed_is_finished(
    shared_path: Path, without_root: Callable[[], AbstractContextManager[None]], moved: int
) -> None:
    """The new folder is whole once it is called ready; entries then go out, and come in, one by one."""
    out = shared_path / "out"
    with without_root():
        out.mkdir()
        publish(out, a="1", b="1")
    shared_path.chmod(0o555)
    with without_root():
        publish(out, a="2", b="2")
        ready = out / (".quality.ready" if moved < 2 else ".quality.last")
        ready.mkdir()
        for name in ("a", "b", MANIFEST)[: 3 if moved < 2 else 5 - moved]:
            (out / name).rename(ready / name)
        if moved < 2:
            for name in ("a", "b")[moved:]:
                (out / name).write_text("1", encoding="utf-8")
            (out / ".quality.old-1").mkdir()
        publish(out, c="3", a="2", b="2")
        assert contents(out) == {"a": "2", "b": "2", "c": "3", MANIFEST: "{}", ".quality.lock": ""}


def test_failure_leaves_the_old_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, table="1")
    with pytest.raises(ValueError, match="на полпути"), lock(out), publication(out) as stage:
        (stage / "table").write_text("2", encoding="utf-8")
        raise ValueError("на полпути")
    assert contents(out) == {"table": "1", MANIFEST: "{}"}
    assert {path.name for path in tmp_path.iterdir()} - {".out.lock"} == {"out"}


def test_stage_of_a_killed_run_is_thrown_away(tmp_path: Path) -> None:
    stage = tmp_path / ".out.new-0123abcd"
    stage.mkdir()
    (stage / "half").write_text("½", encoding="utf-8")
    publish(tmp_path / "out", table="1")
    assert contents(tmp_path / "out") == {"table": "1", MANIFEST: "{}"}
    assert not stage.exists()


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


# --- links, roots, folders inside the data ---------------------------------------------------------------------------


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_written_through(tmp_path: Path, there: bool) -> None:
    real, link = tmp_path / "диск" / "итог", tmp_path / "out"
    if there:
        real.mkdir(parents=True)
    link.symlink_to(real)
    for number in range(10):
        assert publish(link, table=str(number)) == []
    assert link.readlink() == real
    assert contents(real) == {"table": "9", MANIFEST: "{}"}
    assert {path.name for path in real.parent.iterdir()} == {"итог", ".итог.lock"}
    with lock(real), pytest.raises(LockedError):
        publish(link, table="10")


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(OutputError, match="ссылка ведёт по кругу"):
        publish(tmp_path / "out", table="1")


def test_the_root_of_the_disk_is_refused(tmp_path: Path) -> None:
    (tmp_path / "корень").symlink_to("/")
    for out in (Path("/"), tmp_path / "корень"):
        with pytest.raises(OutputError, match="корень диска"):
            refuse(out, tmp_path / "data")


def test_outputs_and_data_are_not_one_in_the_other(tmp_path: Path) -> None:
    (tmp_path / "data" / "папка").mkdir(parents=True)
    (tmp_path / "ссылка").symlink_to(tmp_path / "data" / "папка")
    data = tmp_path / "data"
    for out in (data, data / "out", data / "папка" / "out", tmp_path, tmp_path / "ссылка", data / ".." / "data" / "x"):
        with pytest.raises(ConfigurationError, match="лежат одна в другой"):
            refuse(out, data)
        with pytest.raises(ConfigurationError), lock(out, data):
            pass
    refuse(tmp_path / "data out", data)
    assert [path.name for path in data.iterdir()] == ["папка"]


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "файл/out"])
def test_names_that_cannot_be_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "файл").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="не записать"):
        publish(tmp_path / name, table="1")


# --- leftovers -------------------------------------------------------------------------------------------------------


def test_an_old_output_that_cannot_be_deleted_is_told_and_blocks_nothing(
    shared_path: Path, without_root: Callable[[], AbstractContextManager[None]]
) -> None:
    out, old = shared_path / "out", shared_path / ".out.new-00000001"
    with without_root():
        publish(out, table="1")
    old.mkdir(mode=0o700)
    (old / "table").write_text("0", encoding="utf-8")
    is_others = os.geteuid() == 0  # else it is our own and can be deleted
    for number in (2, 3):
        with without_root():
            told = publish(out, table=str(number))
        assert contents(out)["table"] == str(number)
        assert ["прежние файлы не удалось удалить: нет прав" in text for text in told] == [True] * is_others
        assert old.exists() == is_others


def test_leftovers_of_killed_runs_are_removed_and_links_of_such_names_stay(tmp_path: Path) -> None:
    (tmp_path / "чужое").mkdir()
    (tmp_path / "чужое" / "письмо").write_text("моё", encoding="utf-8")
    for name in (".out.new-01234567", ".out.old-89abcdef"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("½", encoding="utf-8")
    links = (".out.new-89ab0123", ".out.old")
    for name in links:
        (tmp_path / name).symlink_to(tmp_path / "чужое")
    publish(tmp_path / "out", table="1")
    assert {path.name for path in tmp_path.iterdir()} == {"out", ".out.lock", "чужое", *links}
    assert contents(tmp_path / "чужое") == {"письмо": "моё"}


@pytest.mark.parametrize("name", [".out.new", ".out.old", ".out.new-заметки", ".out.old-2025", ".out.lock.d"])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_of_the_user_with_nearly_our_name_stays(tmp_path: Path, name: str, *, is_there: bool) -> None:
    if is_there:
        publish(tmp_path / "out", table="0")
    (tmp_path / name).mkdir()
    (tmp_path / name / "моё.txt").write_text("моё", encoding="utf-8")
    publish(tmp_path / "out", table="1")
    assert contents(tmp_path / "out") == {"table": "1", MANIFEST: "{}"}
    assert contents(tmp_path / name) == {"моё.txt": "моё"}
