"""Files of the user's own folders that nobody reads are told; those that are read are not."""

from pathlib import Path

import pytest

from quality_cli.app.schemas import SCHEMAS
from quality_cli.app.unread import unread
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.findings import Severity
from quality_cli.core.resources import CATALOGUE, TEMPLATES

SHIPPED = load_catalogue()

OF_CATALOGUE = {
    "9/9.1.yml": "переименуйте его в «9.1.yaml»",
    "9/9.2.YAML": "переименуйте его в «9.2.yaml»",
    "9/глубже/9.3.yaml": "перенесите его в «глубже»",
    "datasets/2026/bus.yaml": "слишком глубоко",
    "9.4.yaml": "положите его в папку группы",
    "scales/шкала.xlsx": "scales/*.csv",
    "заметки.txt": "читаются catalogue.yaml",
}
READ = ("catalogue.yaml", "9/9.1.yaml", "datasets/bus.yaml", "documents/d.yaml", "scales/шкала.csv")
PASSED_OVER = ("README.md", ".git/config", "9/.черновик.yml", "readme.txt")

OF_TEMPLATES = {
    "direction.md": "переименуйте его в «direction.md.j2»",
    "глубже/common.md.j2": "перенесите его в саму папку шаблонов",
    "лишний.md.j2": "ни один документ его не называет",
    "бланк.doc": "ни один документ его не называет",
}
USED = ("direction.md.j2", "common.md.j2", "reminder.md.j2", "бланк.docx", "общее.md.j2", "шапка.md.j2")


def told(folder: Path, catalogue: Path | None, templates: Path | None) -> dict[str, str]:
    """Hints by name of the file."""
    found = list(unread(SHIPPED, catalogue, templates))
    assert {(finding.code, finding.severity) for finding in found} <= {("folder.unread", Severity.WARNING)}
    return {finding.places[0].file.removeprefix(f"{folder.name}/"): finding.hint for finding in found}


def write(folder: Path, *names: str) -> None:
    """Write empty files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")


def test_files_of_the_catalogue(tmp_path: Path) -> None:
    own = tmp_path / "свой"
    write(own, *OF_CATALOGUE, *READ, *PASSED_OVER)
    hints = told(own, own, None)
    assert hints.keys() == OF_CATALOGUE.keys()
    assert [name for name, words in OF_CATALOGUE.items() if words not in hints[name]] == []


def test_files_of_templates(tmp_path: Path) -> None:
    own = tmp_path / "шаблоны"
    write(own, *OF_TEMPLATES, *USED, *PASSED_OVER)
    text = '{% include "общее.md.j2" %}{% include "common.md.j2" %}'
    (own / "vpr_organisation.md.j2").write_text(text, encoding="utf-8")
    (own / "общее.md.j2").write_text('{% import "шапка.md.j2" as head %}', encoding="utf-8")
    hints = told(own, None, own)
    assert set(hints) - {"direction.md"} == OF_TEMPLATES.keys() - {"direction.md"}
    (own / "direction.md.j2").unlink()
    hints = told(own, None, own)
    assert hints.keys() == OF_TEMPLATES.keys()
    assert [name for name, words in OF_TEMPLATES.items() if words not in hints[name]] == []


@pytest.mark.parametrize("broken", ["{% include ", "{{", "\udcff"])
def test_a_template_with_a_mistake_hides_no_other(tmp_path: Path, broken: str) -> None:
    (tmp_path / "direction.md.j2").write_bytes(broken.encode("utf-8", "surrogateescape"))
    write(tmp_path, "лишний.md.j2")
    assert list(told(tmp_path, None, tmp_path)) == ["лишний.md.j2"]


def test_what_is_shipped_is_read() -> None:
    beside = {
        *(f"{kind}.schema.json" for kind in SCHEMAS),
        "make_blank.py",
    }  # for editors and for whoever draws the blank
    assert set(told(CATALOGUE, CATALOGUE, None)) | set(told(TEMPLATES, None, TEMPLATES)) <= beside
