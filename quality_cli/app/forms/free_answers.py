"""What was answered in words: texts and evidence beside the results, for documents to quote."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import EVIDENCE, NOTE, QUESTION, ROUND, in_round_of, questions_of
from quality_cli.core.files import content
from quality_cli.core.periods import Period
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.documents.templates.model import Answer

TOLD = "answers.json"

Told: TypeAlias = Mapping[tuple[str, str, str], Answer]
"""By unit, school year («2025/2026») and question."""


def told_in(tables: Tables, catalogue: Catalogue) -> Told:
    """Answers to questions of the catalogue that have a text or evidence, in the order of the table."""
    if ANSWERS not in tables:
        return {}
    table, asked = tables[ANSWERS], questions_of(catalogue)
    found: dict[tuple[str, str, str], Answer] = {}
    for row in table.records():
        question = in_round_of(row[QUESTION], row[ROUND])
        if row[PERIOD] is not None and question in asked and (row[NOTE] or row[EVIDENCE]):
            key = (row[table.contract.organisation or ""], str(Period(int(row[PERIOD]))), question)
            found[key] = Answer(row[NOTE] or "", row[EVIDENCE] or "")
    return found


def write_told(folder: Path, told: Told) -> None:
    """Write ``answers.json``: unit, school year, question, text, evidence."""
    records = [[*key, answer.text, answer.evidence] for key, answer in told.items()]
    (folder / TOLD).write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_told(folder: Path) -> Told:
    """Read what :func:`write_told` wrote; raises ``OSError``, ``ValueError`` or ``TypeError`` as they come."""
    records = json.loads(content(folder / TOLD))
    return {(unit, period, question): Answer(text, evidence) for unit, period, question, text, evidence in records}
