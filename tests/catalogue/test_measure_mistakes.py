"""What cannot be said of a measure; what can be is in ``tests/spec``."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.errors import CatalogueError

MEASURES = Path(__file__).resolve().parents[1] / "spec" / "catalogue" / "measures"
GROUP = (MEASURES / "5-organisations.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    of: share\n",
            "",
            "«condition» (например {ge: 50}) пишут вместе",
        ),
        ("condition: {ge: 100}", "condition: {gee: 100}", "неизвестное сравнение «gee»; возможно, «ge»"),
        ("change: {from: -2}", "change: {from: 2}", "число должно быть меньше 0"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GROUP
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "x.yaml").write_text(GROUP.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert told in str(caught.value)
