"""Sentences of the shipped templates about what moved or differs."""

import re
from dataclasses import replace

import pytest
from report_model import GREW, MODEL

from quality_cli.core.names import Names
from quality_cli.core.resources import TEMPLATES
from quality_cli.documents.templates.model import ObservationView
from quality_cli.documents.templates.renderer import Renderer, read_templates

SENTENCE = "{% import 'common.md.j2' as common %}{% for o in observations %}{{ common.words(o) }}\n{% endfor %}"


def sentences(*observations: ObservationView) -> list[str]:
    """What is said of each, with plain spaces."""
    templates = {**read_templates([TEMPLATES]), "a.md.j2": SENTENCE}
    with Renderer(templates, Names({})) as renderer:
        text = renderer.render("a.md.j2", replace(MODEL, observations=observations))
    return [line for line in text.replace("\u00a0", " ").splitlines() if line]


@pytest.fixture(scope="module")
def rules() -> list[str]:
    """Every rule that the templates tell of."""
    text = (TEMPLATES / "common.md.j2").read_text(encoding="utf-8")
    return re.findall(r'o\.rule == "(\w+)"', text)


def test_no_sign_after_a_verb_of_direction(rules: list[str]) -> None:
    assert len(rules) == 9
    told = sentences(*(replace(GREW, rule=rule, change=-1.8 if "fell" in rule else 1.8) for rule in rules))
    assert len(told) == 9
    assert not [line for line in told if re.search(r"[+\u2212-]\d", line)]
    assert told[0].startswith("4-е классы: доля «2» выросла на 1,8 п. п. — с ")


@pytest.mark.parametrize(
    ("stratum", "where", "whom"),
    [
        ({"grade": "7", "subject": "Химия"}, {"grade": ("5", "6", "7", "8")}, "7-е классы, химия: "),
        ({"subject": "Химия"}, {"grade": ("5", "6", "7", "8")}, "5–8-е классы, химия: "),
        ({"subject": "Химия"}, {"grade": ("4",)}, "4-е классы, химия: "),
        ({"subject": "Химия"}, {}, "Все классы, химия: "),
        ({}, {"grade": ("10", "11", "5")}, "5, 10–11-е классы: "),
    ],
)
def test_a_sentence_says_whom_the_figure_is_about(
    stratum: dict[str, str], where: dict[str, tuple[str, ...]], whom: str
) -> None:
    (told,) = sentences(replace(GREW, rule="two_grew", stratum=stratum, where=where))
    assert told.startswith(whom)
