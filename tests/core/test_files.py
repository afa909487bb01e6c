"""The doors through which files are opened: ordinary files only, a link only where the user has named it."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from obstacles import OBSTACLES, standing, untouched

from quality_cli.core import files
from quality_cli.core.errors import NotOrdinaryError, reason

DOORS: dict[str, Callable[[Path], object]] = {
    "read": files.content,
    "write": lambda path: files.replace(path, b"new"),
    "write for the owner": lambda path: files.replace(path, b"new", private=True),
    "lock": files.require_free,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.usefixtures("in_time")
def test_what_is_no_ordinary_file_is_neither_opened_nor_replaced(tmp_path: Path, door: str, obstacle: str) -> None:
    with standing(obstacle, tmp_path / "файл") as seen:
        with pytest.raises(NotOrdinaryError):
            DOORS[door](tmp_path / "файл")
        assert untouched(seen)
    assert not files.is_ordinary(tmp_path / "файл")


@pytest.mark.parametrize("obstacle", [name for name in OBSTACLES if "link" not in name])
@pytest.mark.usefixtures("in_time")
def test_a_link_that_the_user_has_named_may_lead_to_a_file_only(tmp_path: Path, obstacle: str) -> None:
    (tmp_path / "файл").write_bytes(b"content")
    (tmp_path / "ссылка").symlink_to("файл")
    assert files.content(tmp_path / "ссылка", follow=True) == b"content"
    with standing(obstacle, tmp_path / "другое"):
        (tmp_path / "ссылка 2").symlink_to("другое")
        with pytest.raises(NotOrdinaryError):
            files.content(tmp_path / "ссылка 2", follow=True)


def test_a_file_larger_than_expected_is_refused(tmp_path: Path) -> None:
    (tmp_path / "файл").write_bytes(b"12345")
    assert files.content(tmp_path / "файл", limit=5) == b"12345"
    with pytest.raises(OSError, match=r"^\[Errno") as raised:
        files.content(tmp_path / "файл", limit=4)
    assert raised.value.errno == errno.EFBIG


def test_a_file_is_replaced_in_one_step_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "файл"
    files.replace(path, b"one", b" two")
    path.chmod(0o640)
    files.replace(path, b"three")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"three", 0o640)
    files.replace(path, b"four", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_killed_processes_left_is_cleaned_after_a_while(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".quality-1.unfinished", ".quality-2.unfinished", "x.unfinished"))
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (0, 0))
    files.replace(tmp_path / "файл", b"new")
    assert {path.name for path in tmp_path.iterdir()} == {young.name, other.name, "файл"}


def test_a_tree_is_deleted_whatever_its_rights_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "чужое").mkdir()
    (tmp_path / "чужое" / "письмо").write_text("моё", encoding="utf-8")
    tree = tmp_path / "дерево"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "b" / "файл").write_text("1", encoding="utf-8")
    (tree / "a" / "ссылка").symlink_to(tmp_path / "чужое")
    (tree / "a" / "b").chmod(0o500)
    (tree / "a").chmod(0)
    files.remove_tree(tree)
    assert [path.name for path in tmp_path.iterdir()] == ["чужое"]
    (tmp_path / "ссылка").symlink_to(tmp_path / "чужое")
    files.remove_tree(tmp_path / "ссылка")
    assert (tmp_path / "чужое" / "письмо").is_file()


def test_a_mounted_folder_is_known(tmp_path: Path) -> None:
    assert files.is_mount(Path("/"))
    assert files.is_mount(Path("/proc"))
    assert not files.is_mount(tmp_path)


def test_the_system_is_quoted_in_russian() -> None:
    for number in errno.errorcode:
        told = reason(OSError(number, os.strerror(number)))
        assert not set(told) & set("abcdfghijklmnopqrstuvwxyz"), told
    assert reason(OSError(errno.ENOSPC, "No space left on device")) == "на диске нет места"
