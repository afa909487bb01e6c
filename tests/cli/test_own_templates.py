"""``quality report`` with templates of one's own: a mistake ends it with file and line, and nothing is half written."""

from pathlib import Path

import pytest
from calling import call


@pytest.fixture(scope="module")
def out(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published results without documents."""
    folder = tmp_path_factory.mktemp("own") / "out"
    assert call("compute", "--data", str(small_data), "--out", str(folder), "--quiet").code == 0
    return folder


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('a\n{{ own("1.1.2-m1", grde=5).shown }}', "direction.md.j2:2: у показателя 1.1.2-m1 нет разреза «grde»"),
        ('{{ own("1.1.1-m1", "mark=9") }}', "direction.md.j2:1: у показателя 1.1.1-m1 нет части «mark=9»"),
        ("\n{{ indicators[0].indicator.parse_raw('x') }}", "direction.md.j2:2: у показателя нет «parse_raw»"),
        ("{{ 'а' * 9999999999 }}", "direction.md.j2:1: шаблону не хватает памяти"),
    ],
)
def test_a_mistake_ends_the_report(out: Path, tmp_path: Path, template: str, message: str) -> None:
    (tmp_path / "direction.md.j2").write_text(template, encoding="utf-8")
    (tmp_path / "quality.yaml").write_text("templates: .", encoding="utf-8")
    outcome = call("report", "--out", str(out), "--format", "md", "--config", str(tmp_path / "quality.yaml"))
    assert outcome.code == 2
    assert message in outcome.err.replace("\n", " ")
    assert not (out / "documents").exists()
    assert (out / "results.parquet").is_file()


def test_an_own_template_takes_the_place_of_a_shipped_one(out: Path, tmp_path: Path) -> None:
    template = '{{ unit.name }}: {{ own("1.1.1-m1", "mark=2").d }}'
    (tmp_path / "direction.md.j2").write_text(template, encoding="utf-8")
    (tmp_path / "quality.yaml").write_text("templates: .", encoding="utf-8")
    outcome = call("report", "--out", str(out), "--format", "md", "--config", str(tmp_path / "quality.yaml"))
    assert outcome.code == 0, outcome.err
    found = sorted((out / "documents").glob("*/Справка 1.1 *.md"))
    assert found
    assert all(path.read_text("utf-8").count("\n") == 1 for path in found)
