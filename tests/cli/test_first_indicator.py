"""The walk «Своя таблица и свой показатель»: its files are written, its commands run, and they say what it shows."""

import re
import shlex
from pathlib import Path

import pytest
from calling import call

PAGE = (Path(__file__).parents[2] / "docs" / "first-indicator.md").read_text(encoding="utf-8")


def test_the_walk_leads_where_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = 0
    for kind, text in re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL):
        if kind:
            name, content = text.removeprefix("# ").split("\n", 1)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
            continue
        for step in text.split("$ ")[1:]:
            command, *shown = step.splitlines()
            words = shlex.split(command)
            if words[0] == "cd":
                monkeypatch.chdir(words[1])
                continue
            outcome = call(*words[1:])
            said = outcome.out.replace("\xa0", " ")
            assert [line for line in shown if line not in said] == [], said + outcome.err
            done += 1
    assert done == 7
    assert (tmp_path / "работа/out/documents/Ш-2 Речная школа/Справка 9 2025-2026.docx").is_file()
