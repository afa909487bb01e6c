"""A small catalogue of its own to judge by: a fact (free clubs), an outcome (works), targets; and districts of text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from quality_cli.analysis.assess import assess
from quality_cli.analysis.judgement.assessment import Assessment, Assessments
from quality_cli.analysis.judgement.judge import judge
from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

FILES = {
    "catalogue.yaml": 'directions:\n  - {id: "9", title: Проба}\n',
    "datasets/hobby.yaml": """
dataset: hobby
title: Кружки
grain: один кружок
organisation: org
period: {spring_of: year}
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Год, type: integer, required: да}
  free: {title: Бесплатный, type: flag}
""",
    "datasets/works.yaml": """
dataset: works
title: Работы
grain: одна работа
counted: works
nature: outcome
key: [org, year, subject, code]
child: [org, code]
most_works: 4
organisation: org
period: {spring_of: year}
reports:
  - {each: {subject: [Физика, Химия, Биология]}, drawn: {subject: 1}, since: 2024/2025}
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Год, type: integer, required: да}
  subject:
    title: Предмет
    type: category
    values: {Чтение: [], Счёт: [], Письмо: [], Природа: [], Физика: [], Химия: [], Биология: []}
  code: {title: Код, type: text}
  good: {title: Справился, type: flag}
""",
    "datasets/quizzes.yaml": """
dataset: quizzes
title: Опросы
grain: одна работа, чья — неизвестно
counted: works
nature: outcome
organisation: org
period: {spring_of: year}
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Год, type: integer, required: да}
  points: {title: Баллы, type: number, min: 0, max: 10}
""",
    "datasets/steps.yaml": """
dataset: steps
title: Ступени
grain: один ребёнок в году
counted: children
nature: outcome
key: [org, year, code]
organisation: org
period: {spring_of: year}
columns:
  org: {title: Организация, type: organisation, required: да}
  year: {title: Год, type: integer, required: да}
  code: {title: Код, type: text}
  step: {title: Ступень, type: integer, min: 1, max: 4}
  was:
    title: Прежняя ступень
    type: integer
    optional: да
    derive: {earlier: {dataset: steps, match: {code: code}, value: step, least_found: 80}}
""",
    "9/9.1.yaml": """
group: "9.1"
direction: "9"
title: Проба
defaults: {level: organisation, unit: "%", method: на бумаге}
indicators:
  - id: 9.1.1-s1
    name: Доля бесплатных кружков
    measure: share
    better: higher
    population: {dataset: hobby}
    numerator: {where: {free: да}}
    examples: &example [{data: {hobby: "org | free\\nА | да"}, expect: [{at: А, value: 100}]}]
  - id: 9.1.1-s2
    name: Доля работ, с которыми справились
    measure: share
    better: higher
    population: {dataset: works, where: {subject: [Чтение, Счёт, Письмо, Природа]}}
    numerator: {where: {good: да}}
    by: [subject]
    examples: [{data: {works: "org | subject | code | good\\nА | Чтение | 1 | да"}, expect: [{at: А, value: 100}]}]
  - id: 9.1.1-s3
    name: Доля работ по всем предметам
    measure: share
    better: higher
    population: {dataset: works}
    numerator: {where: {good: да}}
    by: [subject]
    examples: [{data: {works: "org | subject | code | good\\nА | Чтение | 1 | да"}, expect: [{at: А, value: 100}]}]
  - id: 9.1.1-s4
    name: Кружков
    measure: count
    unit: ед.
    population: {dataset: hobby}
    examples: [{data: {hobby: "org | free\\nА | да"}, expect: [{at: А, value: 1}]}]
  - id: 9.1.1-s5
    name: Доля работ на пять баллов и больше
    measure: share
    better: higher
    population: {dataset: quizzes}
    numerator: {where: {points: {ge: 5}}}
    examples: &quiz [{data: {quizzes: "org | points\\nА | 5"}, expect: [{at: А, numerator: 1}]}]
  - id: 9.1.1-s6
    name: Средний балл
    measure: mean
    unit: балл
    better: higher
    population: {dataset: quizzes}
    numerator: {sum: points}
    examples: *quiz
  - id: 9.1.1-s7
    name: Ступень рядом с прежней у тех же детей
    measure: share
    population: {dataset: steps, where: {step: {known: да}}}
    parts:
      - {id: up, title: выше, numerator: {where: {step: {gt: {column: was}}}}}
      - {id: down, title: ниже, numerator: {where: {step: {lt: {column: was}}}}}
    same_children: {improved: up, worsened: down}
    examples: [{data: {steps: "org | year | code | step\nА | 2026 | 1 | 2"}, expect: [{part: up, status: no_data}]}]
""",
}
GOALS = 'direction: "9"\ntargets:\n'


def catalogue_of(
    folder: Path, *targets: str, compared: Sequence[str] = (), files: Mapping[str, str] | None = None
) -> Catalogue:
    """The catalogue with targets as they are written in YAML and compared strata; ``files`` are put in the place of
    those of the same name."""
    lines = "".join(f"  - {{{target}}}\n" for target in targets)
    text = (GOALS + lines) if targets else 'direction: "9"\n'
    if compared:
        text += "compared:\n" + "".join(f"  - {{{one}}}\n" for one in compared)
    for name, content in {**FILES, "goals/9.yaml": text, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return load_catalogue(folder)


def judged(catalogue: Catalogue, **tables: Iterable[str]) -> tuple[Results, Assessments]:
    """The results of text tables and what is judged of them; each table is its header and lines."""
    own = [item for item in catalogue.indicators.values() if item.id.startswith("9.")]
    contracts = catalogue.specs.contracts
    given = tables_from_text({name: "\n".join(lines) for name, lines in tables.items()}, contracts)
    cube = Executor(make_plan(own, catalogue.figures, given, contracts), given).run()
    results = assess(cube, catalogue.settings.small_below)
    return results, judge(results, catalogue, OrgTree(given.organisations))


def works(org: str, year: int, subject: str, good: int, all_of: int, first: int = 1) -> list[str]:
    """Lines of works, one for each child: so many of all are good."""
    return [
        f"{org} | {year} | {subject} | {code} | {'да' if code < first + good else 'нет'}"
        for code in range(first, first + all_of)
    ]


WORKS = "org | year | subject | code | good"
HOBBY = "org | year | free"


def hobbies(org: str, year: int, *free: str) -> list[str]:
    """Lines of clubs: «да», «нет», "" (unknown)."""
    return [f"{org} | {year} | {one}" for one in free]


STEPS = "org | year | code | step"


def steps(org: str, year: int, up: int, down: int, unchanged: int, new: int = 0) -> list[str]:
    """Lines of children in a year and the year before: so many are higher than they were, lower, where they were, and
    have come only now."""
    now = [3] * up + [1] * down + [2] * (unchanged + new)
    before = [f"{org} | {year - 1} | {org}{code} | 2" for code in range(up + down + unchanged)]
    return [*before, *(f"{org} | {year} | {org}{code} | {step}" for code, step in enumerate(now))]


def one(
    assessments: Assessments, indicator: str, org: str = "А", period: str = "2025/2026", **stratum: str
) -> Assessment:
    """What is judged of a figure; there has to be something."""
    found = assessments.find(indicator, org, period, "", tuple(stratum.items()))
    assert found is not None
    return found
