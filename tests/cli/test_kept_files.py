"""What the user has signed, corrected or put beside the outputs of commands stays, and is told once."""

import json
import shutil
from pathlib import Path

from calling import call

from quality_cli.app.workspace.manifest import MANIFEST


def test_a_marked_copy_that_was_corrected_and_a_letter_beside_it(small_data: Path, tmp_path: Path) -> None:
    data, copies = Path(shutil.copytree(small_data, tmp_path / "data")), tmp_path / "копии"
    table = "Организация;Год;Класс;Предмет;Код участника;Отметка\nvo-01;2025;4;Математика;1;семь\n"
    (data / "Отметки.csv").write_text(table, encoding="utf-8")
    assert call("check", data, "--marked", copies).code == 12
    assert list(json.loads((copies / MANIFEST).read_text(encoding="utf-8"))["marked"]) == ["Отметки.csv.xlsx"]
    (copies / "письмо.txt").write_text("моё", encoding="utf-8")
    (copies / "Отметки.csv.xlsx").write_bytes(b"corrected")
    outcome = call("check", data, "--marked", copies)
    assert "[output.kept] Отметки.csv.xlsx: файл изменён вами" in outcome.err
    assert "[output.kept] письмо.txt: файл составлен не программой" in outcome.err
    (corrected,) = copies.glob("Отметки.csv (ваша правка *).xlsx")
    assert corrected.read_bytes() == b"corrected"
    assert (copies / "письмо.txt").read_text(encoding="utf-8") == "моё"
    assert (copies / "Отметки.csv.xlsx").read_bytes()[:2] == b"PK"


def test_documents_of_results_signed_and_corrected(small_data: Path, tmp_path: Path) -> None:
    data, out = Path(shutil.copytree(small_data, tmp_path / "data")), tmp_path / "out"
    run = ("run", "--data", data, "--out", out, "--format", "md")
    assert call(*run).code == 0
    folder = next(path for path in (out / "documents").iterdir())
    document = next(folder.glob("*.md"))
    made = document.read_bytes()
    document.write_bytes(made + b"signed")
    (folder / "подписано.docx").write_bytes(b"mine")
    (out / "documents" / "письмо.txt").write_bytes(b"mine")
    assert call("compute", "--data", data, "--out", out).code == 0
    assert document.read_bytes() == made + b"signed"  # nothing has been made in its place
    outcome = call(*run, "--force")
    assert outcome.code == 0
    assert "файл изменён вами: ваш сохранён под именем" in outcome.err
    assert document.read_bytes() == made
    (kept,) = folder.glob("*(ваша правка *).md")
    assert kept.read_bytes() == made + b"signed"
    assert (folder / "подписано.docx").read_bytes() == (out / "documents" / "письмо.txt").read_bytes() == b"mine"
    assert "output.kept" not in call(*run, "--force").err
