"""What of the judgements opens a document, in which order, and what is told of several years."""

from collections.abc import Iterable
from pathlib import Path

from quality_cli.analysis.judgement.recommendation import Recommendations
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.documents.report.build import Builder
from quality_cli.documents.report.spec import DocumentSpec, TemplatesByLevel
from quality_cli.documents.templates.model import Conclusions, Office, Signatory
from tests.analysis.judged import HOBBY, WORKS, catalogue_of, hobbies, judged, works

CLUBS = """
dataset: clubs
title: Секции
grain: одна секция
organisation: org
period: {spring_of: year}
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Год, type: integer, required: да}
  kind: {title: Вид, type: text}
  free: {title: Бесплатная, type: flag}
"""
KINDS = "абвгдежзи"
INDICATORS = """
group: "9.2"
direction: "9"
title: Секции
defaults: {level: organisation, unit: "%", method: на бумаге}
indicators:
""" + "".join(
    f"""
  - id: 9.2.1-s{number}
    name: Доля бесплатных секций вида {kind}
    measure: share
    better: higher
    population: {{dataset: clubs, where: {{kind: {kind}}}}}
    numerator: {{where: {{free: да}}}}
    examples: [{{data: {{clubs: "org | kind | free\\nА | {kind} | да"}}, expect: [{{at: А, value: 100}}]}}]
"""
    for number, kind in enumerate(KINDS, 1)
)


def concluded(folder: Path, *targets: str, **tables: Iterable[str]) -> Conclusions:
    """What a document of the organisation «А» concludes of all the indicators in 2025/2026."""
    for name, text in (("datasets/clubs.yaml", CLUBS), ("9/9.2.yaml", INDICATORS)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    catalogue = catalogue_of(folder, *targets)
    results, assessments = judged(catalogue, **tables)
    texts = {name: "\n".join(lines) for name, lines in tables.items()}
    tree = OrgTree(tables_from_text(texts, catalogue.specs.contracts).organisations)
    builder = Builder(
        *(catalogue, results, assessments, Recommendations([]), tree, {}, {}, Period(2025), Office(), Signatory())
    )
    own = [name for name in catalogue.indicators if name.startswith("9.")]
    templates = TemplatesByLevel(organisation="a.j2")
    spec = DocumentSpec(document="проба", title="", file="", templates=templates, indicators=own)
    return builder.report(spec, tree["А"], (), ()).conclusions


def clubs(year: int, **free: int) -> list[str]:
    """Twenty clubs of each kind, so many of them free."""
    return [
        f"А | {year} | {kind} | {'да' if place < of_kind else 'нет'}"
        for kind, of_kind in free.items()
        for place in range(20)
    ]


def told(conclusions: Conclusions) -> list[tuple[str, str]]:
    return [(line.kind, line.figure.what[-1]) for line in conclusions.lines]


def test_worse_stands_before_better_and_larger_before_smaller(tmp_path: Path) -> None:
    before = clubs(2025, а=10, б=10, в=10, г=10, д=10, е=10)
    now = clubs(2026, а=12, б=8, в=16, г=4, д=11, е=9)
    found = concluded(tmp_path, clubs=["org | year | kind | free", *before, *now])
    assert told(found) == [("worsened", "г"), ("worsened", "б"), ("improved", "в"), ("improved", "а")]
    assert [figure.what[-1] for figure in found.moved] == list("абвгде")
    assert found.more == 2  # what one club made is in the table only


def test_a_missed_target_stands_first_and_is_told_once(tmp_path: Path) -> None:
    before, now = clubs(2025, а=10, б=18), clubs(2026, а=4, б=16)
    target = "indicator: 9.2.1-s2, reach: {ge: 90}"
    found = concluded(tmp_path, target, clubs=["org | year | kind | free", *before, *now])
    assert told(found) == [("missed", "б"), ("worsened", "а")]
    assert (found.lines[0].figure.moved, found.more) == ("fell", 0)


def test_half_a_page_is_enough(tmp_path: Path) -> None:
    before, now = (clubs(year, **dict.fromkeys(KINDS, free)) for year, free in ((2025, 10), (2026, 2)))
    target = (f"indicator: 9.2.1-s{number}, reach: {{ge: 90}}" for number in range(1, len(KINDS) + 1))
    found = concluded(tmp_path, *target, clubs=["org | year | kind | free", *before, *now])
    assert 0 < len(found.lines) < len(KINDS)
    assert len(found.lines) + found.more == len(KINDS)


def test_comparable_years_stand_side_by_side_and_a_trend_is_told(tmp_path: Path) -> None:
    lines = [line for year in range(2021, 2027) for line in hobbies("А", year, *["да"] * (year - 2018))]
    found = concluded(tmp_path, hobby=[HOBBY, *lines])
    (line,) = found.lines  # one more each year opens no document, five years of it do
    assert (line.kind, line.figure.trend, line.figure.trend_since) == ("trend", "up", "2020/2021")
    assert [(year, cell.value) for year, cell in line.figure.series] == [
        (f"{year}/{year + 1}", year - 2017) for year in range(2020, 2026)
    ]
    assert found.years == ("2021/2022", "2022/2023", "2023/2024", "2024/2025", "2025/2026")
    assert found.moved == (line.figure,)


def test_a_gap_ends_a_series(tmp_path: Path) -> None:
    lines = [line for year in (2023, 2025, 2026) for line in hobbies("А", year, *["да"] * (year - 2018) * 2)]
    (figure,) = concluded(tmp_path, hobby=[HOBBY, *lines]).moved
    assert [year for year, _ in figure.series] == ["2024/2025", "2025/2026"]


def test_years_put_together_are_named(tmp_path: Path) -> None:
    lines = [line for year in (2023, 2024, 2025, 2026) for line in works("А", year, "Чтение", year - 2021, 6)]
    found = concluded(tmp_path, works=[WORKS, *lines])
    (pooled, *_) = [figure.pooled for figure in found.pooled]
    assert (pooled.years, pooled.since, round(pooled.value or 0, 1)) == (3, "2023/2024", 66.7)
    assert found.lines == ()
