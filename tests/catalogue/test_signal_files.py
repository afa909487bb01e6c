"""Signals as written: an own catalogue changes them, and a mistake is told where it stands."""

from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.errors import CatalogueError

OWN = """\
signals:
  - id: mine
    title: много двоек
    indicator: 1.1.2-m1
    by: [grade, subject]
    requires: {denominator: {ge: 10}}
    when: {value: {ge: 30}}
    requirement: не меньше 10 работ
    caveat: бывает
    source: округ
"""


def loaded(folder: Path, text: str) -> Catalogue:
    (folder / "signals.yaml").write_text(text, encoding="utf-8")
    return load_catalogue(folder)


def test_an_own_catalogue_adds_changes_and_switches_off(tmp_path: Path) -> None:
    shipped = load_catalogue()
    changed = "  - {id: journal_lower, requires: {denominator: {ge: 20}}}\n  - {id: journal_higher, off: да}\n"
    own = loaded(tmp_path, OWN + changed)
    assert own.signals.keys() == (shipped.signals.keys() | {"mine"}) - {"journal_higher"}
    assert own.signals["journal_lower"].title == shipped.signals["journal_lower"].title
    assert own.signals["journal_lower"].requires != shipped.signals["journal_lower"].requires


def test_a_signal_goes_with_the_indicator_it_rests_on(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text("off: {indicators: [1.1.5-s1]}", encoding="utf-8")
    own = loaded(tmp_path, OWN)
    assert "mine" in own.signals
    assert "journal_lower" not in own.signals


@pytest.mark.parametrize(
    ("wrong", "place", "told"),
    [
        (("1.1.2-m1", "1.1.2-m9"), "4:5", "нет показателя «1.1.2-m9»; возможно, «1.1.2-m"),
        (("[grade, subject]", "[grade, subjekt]"), "5:17", "нет разреза «subjekt»; возможно, «subject»?"),
        (("[grade, subject]", "[subject, grade]"), "5:5", "раскладывают по одному разрезу или по всем: grade, subject"),
        (("value: {ge: 30}", "vaule: {ge: 30}"), "7:12", "нет сведения «vaule»; возможно, «value»?"),
        (("value: {ge: 30}", "hole.value: {ge: 30}"), "7:12", "нет сведения «hole.value»; возможно, «whole.value»?"),
        (("value: {ge: 30}", "value: много"), "7:12", "«value» — число, а сравнивается не с числом"),
        (("value: {ge: 30}", "also_in: {dataset: vpr, on: [org]}"), "7:12", "also_in в нём не бывает"),
        (("requires:", "требует:"), "6:5", "неизвестный ключ «требует»"),
        (("[grade, subject]", "[subject]\n    part: share"), "6:5", "у показателя 1.1.2-m1 нет части «share»"),
        (("[grade, subject]", "[grade, subject]\n    beside: {whole: {}}"), "6:14", "«whole» значит другое"),
        (("by: [grade, subject]\n", "beside: {x: {indicator: 1.1.2-m9}}\n"), "5:18", "нет показателя «1.1.2-m9»"),
        (
            ("[grade, subject]", "[subject]\n    stratum: {subjekt: Химия}"),
            "6:15",
            "разреза «subjekt» нет в by; возможно",
        ),
        (("[grade, subject]", "[subject]\n    beside: {a: {part: б}}"), "6:18", "у показателя 1.1.2-m1 нет части «б»"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, wrong: tuple[str, str], place: str, told: str) -> None:
    assert wrong[0] in OWN
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, OWN.replace(*wrong))
    (finding,) = error.value.findings
    assert str(finding.places[0]).endswith(f"signals.yaml:{place}")
    assert told in finding.message


RANKED = """\
signals:
  - id: mine
    title: противоречат
    indicator: 1.1.7-s7
    by: [subject]
    across: [journal_mark, mark]
    when: {rank_correlation: {lt: 0}}
    requirement: обе отметки
    caveat: бывает
    source: округ
"""


@pytest.mark.parametrize(
    ("wrong", "place", "told"),
    [
        (("[journal_mark, mark]", "[journal_marks, mark]"), "6:14", "по «journal_marks» не сопоставить; возможно"),
        (("[journal_mark, mark]", "[journal_mark, subject]"), "6:28", "разрезы-числа: journal_mark, mark"),
        (("    across: [journal_mark, mark]\n", ""), "2:5", "«rank_correlation» сопоставляет два разреза"),
        (("by: [subject]", "by: []"), "6:5", "by и across вместе — все разрезы показателя 1.1.7-s7"),
        (
            ("rank_correlation", "margin.value: {ge: 1}, x.rank_correlation"),
            "7:35",
            "нет сведения «x.rank_correlation»",
        ),
    ],
)
def test_what_is_ranked_are_two_other_stratifiers_that_are_numbers(
    tmp_path: Path, wrong: tuple[str, str], place: str, told: str
) -> None:
    assert "mine" in loaded(tmp_path, RANKED).signals
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, RANKED.replace(*wrong))
    finding = next(one for one in error.value.findings if told in one.message)
    assert str(finding.places[0]).endswith(f"signals.yaml:{place}")


def test_a_margin_needs_a_stratifier_to_leave_out(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, OWN.replace("    by: [grade, subject]\n", "").replace("value:", "margin.value:"))
    assert [finding.message for finding in error.value.findings] == [
        "«margin» — то же без последнего разреза: для него нужен один разрез или два"
    ]


def test_the_same_cohort_needs_a_grade(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, OWN.replace("[grade, subject]", "[subject]").replace("value:", "cohort.value:"))
    assert [finding.message for finding in error.value.findings] == [
        "«cohort» — прошлый учебный год и класс на один младше: для него нужен разрез grade"
    ]


def test_a_signal_is_described_once_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, OWN + OWN.removeprefix("signals:\n"))
    assert [finding.message for finding in error.value.findings] == ["сигнал «mine» в этом файле уже описан"]
