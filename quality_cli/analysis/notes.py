"""What is told of a row in words: why it has no value, and what it rests on."""

from collections.abc import Iterable, Mapping

import numpy as np

from quality_cli.analysis.contradictions import Contradictions
from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.analysis.received import Received, distinct
from quality_cli.analysis.results import Words
from quality_cli.catalogue.model import ANSWERS
from quality_cli.core.russian import num
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import DataSource, Reason, Remark

_FEW = "прежние результаты найдены меньше чем у {} %"


def notes(
    rows: CubeRows,
    no_data: Array,
    no_earlier: Array,
    no_base: Array,
    unjudged: Array,
    settled: Array,
    told: Received,
    unsure: Words,
    few: Array,
    contradictions: Contradictions,
) -> Words:
    """Why a row has no value or is not whole: what the engine's remark says of it, else what the counts say; and who
    has not handed in what it needs.

    The masks tell of each row whether it has no data, lacks the value it is compared with, would be per cent of
    nothing, has only rows of unknown value above, is settled by the reports: nothing came, or they came without
    matching rows. ``unsure``: what is said of unknown cells. ``few``: of how many per cent former results should have
    been found, where they were found of fewer; elsewhere 0.
    """
    inapplicable = rows.reason == Reason.NOT_APPLICABLE
    unanswered = (rows.reason == Reason.NO_ROWS) & rows.of_figures(lambda f: f.population == ANSWERS)
    words = [_words(remark, rows) for remark in rows.remarks]
    codes = np.where(inapplicable, len(words) + rows.figure, rows.remark)
    words += [figure.otherwise for figure in rows.cube.figures]
    counts = (
        (no_earlier, "нет значения за прежний учебный год"),
        (no_base, "прежнее значение — 0: процента от него нет"),
        (unanswered, "нет ответа на вопрос формы сбора"),
        (unjudged, "значения неизвестны"),
        (no_data & (rows.counts["excluded"] > 0), "все строки исключены"),
        (no_data & ((rows.counts["unknown"] > 0) | (rows.counts["denominator"] > 0)), "значения неизвестны"),
        (no_data, "знаменатель равен нулю"),
    )
    unsaid = (rows.reason == Reason.COUNTED) | no_earlier | no_base | unanswered
    for where, word in counts:
        codes[unsaid & where] = len(words)
        unsaid = unsaid & ~where
        words.append(word)
    words.append("")
    codes = np.where(settled, len(words) - 1, codes)
    found = _followed(Words.of(codes, words), unsure)
    found = _followed(found, Words(np.where(inapplicable, 0, told.short), told.words))
    found = _followed(found, _matched(rows))
    told_of, codes = distinct(few)
    found = _followed(found, Words.of(codes, [_FEW.format(one) if one else "" for one in told_of.tolist()]))
    return _followed(found, contradictions.words(rows.cube.organisations)) if contradictions.touched.any() else found


def _matched(rows: CubeRows) -> Words:
    """Over how many organisations a change is counted, where others are known in one of the school years only."""
    either = rows.both.astype(np.int64) + rows.alone
    size = int(either.max(initial=0)) + 1
    told, codes = distinct(np.where((rows.both > 0) & (rows.alone > 0), rows.both * size + either, 0))
    words = (f"сопоставлено организаций: {one // size} из {one % size}" if one else "" for one in told.tolist())
    return Words.of(codes, [*words])


def _followed(first: Words, second: Words) -> Words:
    """What is said by both."""
    size = max(1, len(second.words))
    both, code = distinct(first.codes.astype(np.int64) * size + second.codes)
    texts = [(first.words[one // size], second.words[one % size]) for one in both.tolist()]
    return Words.of(code, ["; ".join(filter(None, pair)) for pair in texts])


def _words(remark: Remark, rows: CubeRows) -> str:
    match remark.reason:
        case Reason.COUNTED:
            return f"по источнику: {'; '.join(remark.sources)}" if remark.sources else ""
        case Reason.NOT_LOADED:
            return f"не загружено: {rows.cube.contracts[remark.dataset].title}"
        case Reason.NO_ROWS:
            return "нет строк, подходящих под условие показателя"
        case Reason.SOURCES_DIFFER:
            said = (f"{one.source} — {num(one.value, 2)}" for one in remark.values)
            return f"источники расходятся: {', '.join(said)}"
        case Reason.EXCEEDING:
            return "числитель больше знаменателя: источники расходятся"
        case Reason.TOTAL_BELOW:
            return f"итог меньше суммы своих строк ({remark.text}): источники расходятся"
        case Reason.NOT_HELD:
            return remark.text
        case Reason.NOT_APPLICABLE:
            return ""  # the figure itself says what is told of those that it is not about


def sources(rows: CubeRows) -> Words:
    """What the figure of each row rests on in its school year."""
    used_by = rows.cube.sources
    if not len(rows):
        return Words.of(rows.figure, [])
    position = {key: number for number, key in enumerate(used_by)}
    years = sorted({year for _, year in used_by})
    table = np.array(
        [[position[figure, year] for year in years] for figure in range(len(rows.cube.figures))], dtype=np.int32
    )
    year = np.searchsorted(np.array(years), rows.period)
    return Words.of(table[rows.figure, year], [source_words(used, rows.cube.contracts) for used in used_by.values()])


def source_words(used: Iterable[DataSource], contracts: Mapping[str, Contract]) -> str:
    """«Работы: works.xlsx; Контингент: файлов — 3»."""
    return "; ".join(_source(one, contracts[one.dataset].title) for one in used)


def _source(used: DataSource, title: str) -> str:
    match used.files:
        case ():
            return f"{title}: не загружено"
        case (file,):
            return f"{title}: {file}"
        case files:
            return f"{title}: файлов — {len(files)}"
