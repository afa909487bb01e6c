"""The catalogue's formal parts in Russian words: conditions, formulas, strata, statuses."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from quality_cli.catalogue.figures import Count, Figure, stratifier_title
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Climb, Cycle
from quality_cli.core.organisations import Level
from quality_cli.core.russian import enumerate_ru
from quality_cli.core.strata import Stratum
from quality_cli.core.where import (
    TRUE,
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    Scalar,
)
from quality_cli.datasets.contracts.column import Counted
from quality_cli.datasets.contracts.contract import REGISTER, Contract, Nature

MEASURES = {
    "share": "доля",
    "distribution": "распределение",
    "count": "количество",
    "rate": "количество в расчёте на {per}",
    "mean": "среднее",
    "flag": "да, если числитель больше нуля",
    "share_of_orgs": "доля организаций, в которых выполнено условие",
}
CLIMBS: dict[Climb, str] = {
    "share": "доля организаций с «да»",
    "any": "да, если «да» хотя бы у одной организации",
    "all": "да, если «да» у всех организаций",
}
STATUSES = {
    "ok": "рассчитан",
    "partial": "неполные данные",
    "no_data": "нет данных",
    "not_applicable": "неприменимо",
    "conflict": "расхождение",
}
COUNTED: dict[Counted, str] = {
    "children": "дети",
    "staff": "работники",
    "organisations": "организации",
    "documents": "документы",
    "works": "работы",
    "answers": "ответы на задания",
    "events": "события",
    "people": "люди",
    "records": "строки",
}
NATURES: dict[Nature, str] = {
    "outcome": "результат детей: выборка того, что они умеют",
    "fact": "факт: сосчитан точно",
}
LEVELS = {Level.ORGANISATION: "организация", Level.MUNICIPALITY: "муниципалитет", Level.REGION: "регион"}
STAGES = {
    "collection": "Сбор информации",
    "monitoring": "Мониторинг",
    "analysis": "Анализ",
    "recommendations": "Адресные рекомендации",
    "measures": "Меры",
    "decisions": "Управленческие решения",
    "effectiveness": "Анализ эффективности",
}
_SIGNS = {"eq": "равно", "ne": "не равно", "lt": "меньше", "le": "не больше", "gt": "больше", "ge": "не меньше"}


def status_word(status: str) -> str:
    """«неполные данные» for ``partial``."""
    return STATUSES[status]


def stages(cycle: Cycle) -> list[tuple[str, str]]:
    """The stages of a management cycle that are told: their names and texts, items joined by «;»."""
    told = [(title, "; ".join(text.strip(" -–;.") for text in getattr(cycle, name))) for name, title in STAGES.items()]
    return [(title, text) for title, text in told if text]


def level_word(level: str) -> str:
    """«муниципалитет» for ``municipality``."""
    return LEVELS[Level(level)]


def stratum_words(stratum: Stratum, catalogue: Catalogue, indicator_id: str) -> str:
    """«Класс: 4; Предмет: Математика»."""
    figure, contracts = catalogue.figures_of[indicator_id][0], catalogue.specs.contracts
    return "; ".join(f"{stratifier_title(figure, name, contracts)}: {value}" for name, value in stratum)


def formula(figure: Figure, catalogue: Catalogue) -> str:
    """How the figure is computed, in words."""
    contracts = catalogue.specs.contracts
    top, base = figure.numerator, figure.denominator
    measure = MEASURES[figure.measure].format(per=f"{figure.factor or 1:g}")
    lines = [measure if figure.unit in measure else f"{measure}, {figure.unit}"]
    if figure.inside and figure.factor is None and top.where == TRUE:
        lines.append(f"считаются {_counted(base, contracts)}")
    else:
        within = base if figure.inside and top != base else None
        lines.append(f"числитель — {_counted(top, contracts, within)}")
        lines.append(f"знаменатель — {_counted(base, contracts)}")
    whole = [name for name in figure.by if name not in contracts[base.dataset].columns]
    if whole:
        told = enumerate_ru([f"«{stratifier_title(figure, name, contracts)}»" for name in whole])
        lines.append(f"в разрезе {told} знаменатель один и тот же")
    if figure.condition is not None:
        what = "прирост значения" if figure.in_percent else "изменение значения" if figure.change else "значение"
        lines.append(f"условие: {what} {_threshold(figure.condition)}")
    if figure.measure == "flag" and figure.level is Level.ORGANISATION:
        lines.append(f"для муниципалитета — {CLIMBS[figure.rollup]}")
    if figure.change:
        how = "прирост в процентах к значению за учебный год" if figure.in_percent else "сравнивается с учебным годом"
        lines.append(f"{how} на {-figure.change} раньше")
    if figure.organisations != TRUE:
        told = "только их собственные строки, без организаций под ними" if figure.own_rows else ""
        told = "; ".join(filter(None, (told, figure.otherwise and f"у остальных — «{figure.otherwise}»")))
        about = describe(figure.organisations, contracts[REGISTER], contracts)
        lines.append(f"организации, где {about}{f' ({told})' if told else ''}")
    if figure.exclude is not None:
        lines.append(f"не учитываются: {describe(figure.exclude, contracts[figure.population], contracts)}")
    return "; ".join(lines)


def _threshold(condition: Condition) -> str:
    items = condition.items if isinstance(condition, AllOf) else (condition,)
    return " и ".join(f"{_SIGNS[item.op]} {item.value}" for item in items if isinstance(item, Compare))


def _counted(count: Count, contracts: Mapping[str, Contract], within: Count | None = None) -> str:
    """What is counted; ``within`` the rows of a denominator, where it is given."""
    contract = contracts[count.dataset]
    table = f"набора «{contract.title}»" if within is None else "в строках знаменателя"
    told = " + ".join(f"«{contract.columns[name].title}»" for name in count.columns)
    if within is not None and count.what == within.what:
        what = "те из знаменателя"
    else:
        match count.kind:
            case "rows":
                what = f"строки {table}" if within is None else "строки знаменателя"
            case "distinct":
                what = f"разные {'значения' if len(count.columns) == 1 else 'сочетания'} {told} {table}"
            case "sum":
                what = f"сумма {told} {table}"
    where = describe(count.where, contract, contracts)
    return f"{what}, где {where}" if where else what


def describe(condition: Condition, contract: Contract, contracts: Mapping[str, Contract]) -> str:
    """A condition over a table of ``contract`` in words: «Класс: 5, 6, 7 или 8; «Первичный балл» не меньше 10».

    What it asks of another table is told by the titles that this one has in all the ``contracts``.
    """
    match condition:
        case AllOf(items):
            return "; ".join(describe(item, contract, contracts) for item in items)
        case AnyOf(items):
            return " или ".join(f"({describe(item, contract, contracts)})" for item in items)
        case Not(item):
            return f"не ({describe(item, contract, contracts)})"
        case Known(column, known):
            return f"«{_title(column, contract)}» {'указано' if known else 'не указано'}"
        case OneOf(column, values) if contract.columns[column].several:
            return f"среди «{_title(column, contract)}» есть {_any_of(values, column, contract)}"
        case Compare(column, op, value) if contract.columns[column].several and not isinstance(value, ColumnRef):
            said = "есть" if op == "eq" else "нет"
            return f"среди «{_title(column, contract)}» {said} {_word(value, column, contract)}"
        case OneOf(column, values):
            return f"{_title(column, contract)}: {_any_of(values, column, contract)}"
        case Compare(column, op, value):
            if isinstance(value, ColumnRef):
                return f"«{_title(column, contract)}» {_SIGNS[op]} «{_title(value.column, contract)}»"
            title, word = _title(column, contract), _word(value, column, contract)
            return f"{title}: {word}" if op == "eq" else f"«{title}» {_SIGNS[op]} {word}"
        case AllKnown(item):
            return f"{describe(item, contract, contracts)} (всё это известно)"
        case AlsoIn():
            return _membership(condition, contract, contracts)


def _membership(condition: AlsoIn, contract: Contract, contracts: Mapping[str, Contract]) -> str:
    """«есть и в наборе «Кружки» (то же: «Ученик»; за тот же учебный год)»."""
    other = contracts[condition.dataset]
    told = [describe(inner, other, contracts) for inner in (condition.among, condition.where) if inner is not None]
    told.append("то же: " + enumerate_ru([_same(pair, contract, other) for pair in condition.on]))
    if other.period and other.period.column not in condition.theirs:
        told.append("за любой учебный год" if condition.any_year else "за тот же учебный год")
    if condition.among is not None:
        told.append("кого там нет — неизвестно")
    return f"есть и в наборе «{other.title}» ({'; '.join(filter(None, told))})"


def _same(pair: tuple[str, str], contract: Contract, other: Contract) -> str:
    own, theirs = _title(pair[0], contract), _title(pair[1], other)
    return f"«{own}»" if own == theirs or pair[0] == pair[1] else f"«{own}» — «{theirs}»"


def _any_of(values: Sequence[Scalar], column: str, contract: Contract) -> str:
    """«1–4 или 8»: whole numbers in a row are told by their ends, unless they stand for words."""
    words: list[str] = []
    rest = list(values)
    while rest:
        run = [rest.pop(0)]
        while rest and _plain(run[-1], column, contract) and rest[0] == int(run[-1]) + 1:
            run.append(rest.pop(0))
        told = [_word(value, column, contract) for value in run]
        words += told if len(run) < 3 else [f"{told[0]}–{told[-1]}"]
    return enumerate_ru(words).replace(" и ", " или ")


def _plain(value: Scalar, column: str, contract: Contract) -> TypeGuard[int]:
    return type(value) is int and not contract.columns[column].values


def _title(column: str, contract: Contract) -> str:
    return contract.columns[column].title


def _word(value: Scalar, column: str, contract: Contract) -> str:
    """A literal as people say it; a number of an ordered scale by its word."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    spelled = contract.columns[column].values.get(str(value))
    return spelled[0] if spelled and contract.columns[column].type == "integer" else str(value)
