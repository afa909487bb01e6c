"""What the user puts into a folder of outputs, or changes in it, is there after every further run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.app.workspace.manifest import MANIFEST, hashes, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.core.findings import Findings

NAMES = ("a.txt", "b.txt", "папка/a.txt", "папка/b.txt", "папка/глубже/c.docx", "d", "папка")
PRODUCTS = (
    {"a.txt": "1", "папка/a.txt": "1", "папка/b.txt": "1"},
    {"a.txt": "2", "папка/a.txt": "2", "папка/глубже/c.docx": "2"},
    {"a.txt": "2", "d": "3"},
    {"папка": "4"},
    {"d/e": "5", "b.txt": "5"},
)


def publish(out: Path, files: dict[str, str]) -> list[str]:
    """Publish these files; tells what was told."""
    findings = Findings()
    with lock(out), publication(out, findings) as stage:
        for name, text in files.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(text, encoding="utf-8")
        write_manifest(stage, {"outputs": hashes(stage, files)})
    return [str(finding) for finding in findings]


def texts(out: Path) -> dict[str, str]:
    """Texts by name, without the manifest."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in files}


def put(path: Path, text: str) -> bool:
    """Write a file as a user does; tells whether it could be done where others stand."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return True


@given(st.lists(st.tuples(st.sampled_from(PRODUCTS), st.lists(st.sampled_from(NAMES), max_size=3)), max_size=5))
def test_nothing_of_the_user_is_lost(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[dict[str, str], list[str]]]
) -> None:
    out = tmp_path_factory.mktemp("kept") / "out"
    written: set[str] = set()
    publish(out, PRODUCTS[0])
    for number, (files, touched) in enumerate(runs):
        for name in touched:
            lost = texts(out).get(name)
            if put(out / name, text := f"моё {number} {name}"):
                written.discard(lost or "")  # the user's own doing
                written.add(text)
        publish(out, files)
        now = texts(out)
        assert {name: now.get(name) for name in files} == files
        assert written <= set(now.values())
        ours = {text for product in PRODUCTS for text in product.values()} - set(files.values())
        assert ours.isdisjoint(now.values())  # and nothing stale stays


def test_a_file_put_anywhere_stays_and_is_told_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, PRODUCTS[0])
    put(out / "папка" / "подписано.docx", "моё")
    (told,) = publish(out, PRODUCTS[0])
    assert told.startswith("папка/подписано.docx: файл составлен не программой")
    assert publish(out, PRODUCTS[1]) == []
    assert texts(out)["папка/подписано.docx"] == "моё"
    assert read_manifest(out)["kept"] == ["папка/подписано.docx"]


def test_a_changed_file_stays_beside_the_new_one_and_is_told_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, PRODUCTS[0])
    put(out / "папка" / "a.txt", "правка")
    (told,) = publish(out, PRODUCTS[1])
    assert "папка/a.txt: файл изменён вами: ваш сохранён под именем «a (ваша правка " in told
    found = texts(out)
    (name,) = (name for name, text in found.items() if text == "правка")
    assert (found["папка/a.txt"], name.startswith("папка/a (ваша правка 20")) == ("2", True)
    assert publish(out, PRODUCTS[2]) == []
    assert texts(out)[name] == "правка"
    put(out / "a.txt", "правка")
    put(out / name, "ещё")
    publish(out, PRODUCTS[1])
    assert {"правка", "ещё"} <= set(texts(out).values())


def test_a_changed_file_that_is_no_longer_made_stays_in_its_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, PRODUCTS[0])
    put(out / "папка" / "b.txt", "правка")
    (told,) = publish(out, PRODUCTS[2])
    assert "больше не составляется: он оставлен" in told
    assert texts(out) == {"a.txt": "2", "d": "3", "папка/b.txt": "правка"}


def test_links_empty_folders_and_rights_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, PRODUCTS[0])
    (out / "пусто").mkdir(mode=0o700)
    (out / "папка" / "ссылка").symlink_to("../a.txt")
    (out / "папка" / "вложено").mkdir(mode=0o750)
    put(out / "папка" / "вложено" / "x", "моё")
    out.chmod(0o750)
    publish(out, PRODUCTS[1])
    assert (out / "папка" / "ссылка").readlink() == Path("../a.txt")
    modes = [path.stat().st_mode & 0o777 for path in (out, out / "пусто", out / "папка" / "вложено")]
    assert modes == [0o750, 0o700, 0o750]


def test_outputs_of_another_kind_in_the_same_folder_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, PRODUCTS[0])
    with lock(out), publication(out) as stage:
        (stage / "форма").write_text("ф", encoding="utf-8")
        write_manifest(stage, {**read_manifest(out), "forms": hashes(stage, ["форма"])})
    assert texts(out) == {**PRODUCTS[0], "форма": "ф"}
    publish(out, PRODUCTS[1])
    assert texts(out) == {**PRODUCTS[1], "форма": "ф"}
