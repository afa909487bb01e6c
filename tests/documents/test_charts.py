import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from quality_cli.documents.report.charts import BarGroup, StackedRow, grouped_bars, stacked_shares

ROWS = [StackedRow("Математика, 4 класс", (5, 38, 70, 30)), StackedRow("Химия", (0, 0, 0, 0))]


def dots_per_inch(png: bytes) -> float:
    place = png.index(b"pHYs") + 4
    per_metre: int = struct.unpack(">I", png[place : place + 4])[0]
    return per_metre * 0.0254


def test_charts_are_fit_for_print_and_reproducible() -> None:
    png = stacked_shares(ROWS)
    assert png.startswith(b"\x89PNG")
    assert dots_per_inch(png) >= 200
    assert png == stacked_shares(ROWS)


def test_a_chart_does_not_depend_on_the_fonts_of_the_machine(tmp_path: Path) -> None:
    """The same with the fonts of this machine, with some of them and with none."""
    folders = {"all": Path("/usr/share/fonts"), "some": Path("/usr/share/fonts/truetype/dejavu"), "none": tmp_path}
    program = (
        "import hashlib; from quality_cli.documents.report.charts import StackedRow, stacked_shares\n"
        "print(hashlib.sha256(stacked_shares([StackedRow('Школа № 1 — «Ёж»', (5, 38, 70, 30))])).hexdigest())"
    )
    told = set()
    for name, folder in folders.items():
        settings = tmp_path / f"{name}.conf"
        settings.write_text(f"<fontconfig><dir>{folder}</dir></fontconfig>", encoding="utf-8")
        environment = {**os.environ, "FONTCONFIG_FILE": str(settings)}
        told.add(
            subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout
        )
    assert len(told) == 1


def test_chart_shows_the_amounts() -> None:
    assert stacked_shares(ROWS) != stacked_shares([StackedRow("Математика, 4 класс", (6, 38, 70, 30)), ROWS[1]])


def test_grouped_bars() -> None:
    groups = [BarGroup("4 класс", (8.1, 6.25), ("8,1*", "6,3†")), BarGroup("5 класс", (None, 14.7), ("н/д", "14,7"))]
    png = grouped_bars(groups, ["2024/2025", "2025/2026"], legend="Учебный год")
    assert png.startswith(b"\x89PNG")
    zero = BarGroup("5 класс", (0.0, 14.7), ("0,0", "14,7"))
    assert png != grouped_bars([groups[0], zero], ["2024/2025", "2025/2026"], legend="Учебный год")


def test_a_bar_that_is_none_says_why() -> None:
    assert stacked_shares(ROWS) != stacked_shares([ROWS[0], StackedRow("Химия", (0, 0, 0, 0), "противоречие")])


def test_wrong_number_of_values_is_told() -> None:
    with pytest.raises(ValueError, match="zip"):
        stacked_shares([StackedRow("Математика", (1, 2, 3, 4, 5))])
    with pytest.raises(ValueError, match="zip"):
        grouped_bars([BarGroup("4 класс", (1,), ("1",))], ["a", "b"])
