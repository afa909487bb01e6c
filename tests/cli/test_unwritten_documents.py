"""A document of which nearly all would be «нет данных» is not written, but named."""

import json
import shutil
from pathlib import Path

from calling import call

PLANS = "Организация;Учебный год;Вид;Код обучающегося\nvo-01;2025/2026;ИУП;1\n"


def test_a_document_with_nothing_to_say_is_named_and_not_written(small_data: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    shutil.copy(next(small_data.glob("Реестр*")), data)
    (data / "планы.csv").write_text(PLANS, encoding="utf-8")
    chosen = ("--data", data, "--out", out, "--format", "md")
    told = json.loads(call("run", *chosen, "--json").out)
    named = {(paper["file"], paper["unit"]): paper for paper in told["unwritten"]}
    paper = named["Справка 2.4 2025-2026", "МБДОУ «Детский сад «Родничок»"]
    assert paper["empty"] >= 0.9 * paper["figures"] > 0
    written = {path.relative_to(out).as_posix() for path in out.glob("documents/*/*.md")}
    assert not [name for name in written if "Родничок" in name]

    call("compute", "--data", data, "--out", out)
    outcome = call("report", "--out", out, "--format", "md")
    line = f"не составлена «{paper['file']}», {paper['unit']}: нет данных для {paper['empty']} из "
    assert line in outcome.out
