"""Conditions that decide nothing: no row satisfies them, or every row does."""

from collections.abc import Iterator, Mapping, Sequence

from quality_cli.catalogue.cases import case, conflict, kept, literals
from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import Indicator
from quality_cli.core.organisations import LEVEL_OF_KIND
from quality_cli.core.russian import enumerate_ru
from quality_cli.core.where import TRUE, AlsoIn, Compare, Condition, Known, OneOf, clauses_of, columns_of
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.conditions import Mistake, limits, literal_problem
from quality_cli.datasets.contracts.contract import REGISTER, Contract


def vacuous(indicator: Indicator, figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Mistakes of the conditions of a figure, each with the key it is written under."""
    yield from _decided(indicator, figure, contracts)
    yield from _without_values(figure, contracts)
    yield from _asked_elsewhere(figure, contracts)
    if figure.condition is not None:
        yield from _threshold(indicator, figure)
    if figure.organisations != TRUE:
        yield from _nobody(figure, contracts)


def measure_of(indicator: Indicator, figure: Figure) -> str | None:
    """What is computed of the counts: in each organisation, where the figure is a share of organisations."""
    return figure.measure if figure.measure != "share_of_orgs" else indicator.of


def _decided(indicator: Indicator, figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Conditions that no row satisfies, or that every row does."""
    base, top, exclude = figure.denominator, figure.numerator, figure.exclude
    columns = contracts[base.dataset].columns
    whole, remaining = (base.where, True), kept(figure)
    if items := conflict(columns, base.where):
        own = indicator.population
        narrowed = indicator.denominator is not None and not (own and conflict(columns, own.where))
        yield _impossible(items, columns), ("denominator" if narrowed else "population",)
        return
    if items := conflict(contracts[top.dataset].columns, *((base.where,) if figure.inside else ()), top.where):
        yield _impossible(items, contracts[top.dataset].columns), ("numerator",)
        return
    for count in (base, top):
        if exclude is None or count.dataset != figure.population:
            continue
        if case(columns if count is base else contracts[top.dataset].columns, (count.where, True), *remaining) is None:
            yield "exclude исключает всех, кого берёт знаменатель", ("exclude",)
            return
    if figure.inside and exclude is not None and case(columns, whole, (exclude, True)) is None:
        yield "exclude никого не исключает: знаменатель таких и так не берёт; уберите его", ("exclude",)
    elif figure.inside and remaining and case(columns, whole, (top.where, True), *remaining) is None:
        yield "exclude исключает весь числитель: значение всегда 0", ("exclude",)
    elif figure.inside and measure_of(indicator, figure) in ("share", "distribution", "rate") and top.what == base.what:
        if case(columns, whole, *remaining, (top.where, False)) is None:
            yield (
                (
                    f"числитель совпадает со знаменателем, значение всегда {_always(figure)}: напишите numerator: "
                    "{where: …}, которого нет в population и denominator"
                ),
                ("numerator" if top.where != TRUE else "measure",),
            )
        elif base.kind == "rows":
            for number, name in enumerate(indicator.by):
                if name in columns_of(top.where) and not _divided(figure, columns, name):
                    message = f"в каждом разрезе по «{name}» значение 0 или {_always(figure)}: о нём сам числитель"
                    yield f"{message}; уберите его из by", ("by", number)


def _without_values(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Values counted of rows that can have none."""
    base, top = figure.denominator, figure.numerator
    counts = (("population", base, (base.where,)), ("numerator", top, (base.where,) * figure.inside + (top.where,)))
    for key, count, wheres in counts:
        columns = contracts[count.dataset].columns
        for name in count.columns:
            rows = [(where, True) for where in wheres]
            if case(columns, *rows) is not None and case(columns, *rows, (Known(name, True), True)) is None:
                told = f"столбец «{name}» под это условие всегда пуст: считать по нему нечего"
                yield f"{told}; чтобы считать строки, уберите distinct", (key,)
                return


def _divided(figure: Figure, columns: Mapping[str, Column], name: str) -> bool:
    """Whether among rows of one value of a column some are in the numerator and others are not."""
    whole, inner = ((figure.denominator.where, True), *kept(figure)), figure.numerator.where
    both = (True, False)
    named = [clause for clause in clauses_of(inner) if name in columns_of(clause)]
    values = [value for clause in named for value in literals(clause)]
    numbers = [value + step for value in values if type(value) is int for step in (-1, 1)]
    tried = [value for value in {*columns[name].values, *values, *numbers} if not literal_problem(columns[name], value)]
    return any(
        all(case(columns, *whole, (Compare(name, "eq", value), True), (inner, held)) is not None for held in both)
        for value in tried
    )


def _impossible(items: Sequence[Condition], columns: Mapping[str, Column]) -> str:
    """What is said of conditions that no row satisfies together; limits where not only equality is asked."""
    clauses = [clause for item in items for clause in clauses_of(item)]
    equal = all(isinstance(clause, OneOf) or getattr(clause, "op", "") == "eq" for clause in clauses)
    names = dict.fromkeys(name for item in items for name in sorted(columns_of(item)))
    told = enumerate_ru([f"«{name}»{'' if equal or name not in columns else limits(columns[name])}" for name in names])
    if len(items) == 1:
        return f"под условие на {told} не подойдёт ни одна строка"
    return f"условия на {told} противоречат друг другу: под них не подойдёт ни одна строка"


def _threshold(indicator: Indicator, figure: Figure) -> Iterator[Mistake]:
    """A condition on the value of an organisation."""
    condition = figure.condition or TRUE
    share, counted = indicator.of == "share", indicator.of in ("share", "count", "rate")
    least = 0 if counted and not figure.change and figure.numerator.kind != "sum" else None
    bounded = share and least == 0 and figure.inside
    number = Column(title="значение", type="number")
    values = [value for clause in clauses_of(condition) for value in literals(clause)]
    if problem := next(filter(None, (literal_problem(number, value) for value in values)), None):
        yield f"условие condition: {problem}", ("condition",)
        return
    columns = {"value": number.model_copy(update={"min": least, "max": 100 if bounded else None})}
    for wanted, word in ((True, "не удовлетворяет ни одна организация"), (False, "удовлетворяет любая организация")):
        if case(columns, (condition, wanted)) is None:
            bounds = "доля — от 0 до 100" if bounded else "количество не бывает меньше 0"
            yield f"условию condition {word}{f': {bounds}' if least == 0 else ''}", ("condition",)


def _nobody(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Organisations that do not exist, or that the dataset is not about."""
    columns = contracts[REGISTER].columns
    path: KeyPath = ("organisations", "where")
    if items := conflict(columns, figure.organisations):
        yield _impossible(items, columns), path
        return
    concerned = (contracts[figure.population].concerns, *_levels_above(figure))
    if all(case(columns, (figure.organisations, True), (one, True)) is None for one in concerned):
        yield f"набор «{figure.population}» не о тех организациях, которых отбирает organisations", path


def _levels_above(figure: Figure) -> tuple[Condition, ...]:
    """Units that have others under them, whose rows are theirs too."""
    return () if figure.own_rows else (OneOf("kind", tuple(LEVEL_OF_KIND)),)


def _asked_elsewhere(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What is asked of other tables and is always or never answered «yes»."""
    excluded = Count(figure.population, figure.exclude or TRUE)
    counts = (("population", figure.denominator), ("numerator", figure.numerator), ("exclude", excluded))
    for key, count in counts:
        for message in _pointless(count.where, count.dataset, contracts):
            yield message, (key, *(("where",) if key != "exclude" else ()), "also_in")


def _pointless(condition: Condition, dataset: str, contracts: Mapping[str, Contract]) -> Iterator[str]:
    for clause in clauses_of(condition):
        if not isinstance(clause, AlsoIn) or clause.dataset not in contracts:
            continue
        columns = contracts[clause.dataset].columns
        if items := conflict(columns, *clause.inner):
            yield f"also_in: {_impossible(items, columns)} набора «{clause.dataset}»"
        elif clause.among is not None and case(columns, (clause.among, True), (clause.where, False)) is None:
            yield "among называет, кого спросили, но не сказано, какой ответ значит «да»: добавьте в also_in where"
        elif clause == AlsoIn(dataset, tuple(zip(clause.own, clause.own, strict=True)), TRUE):
            yield f"also_in ищет строку набора «{dataset}» в нём же и находит её саму: добавьте where"
        for inner in clause.inner:
            yield from _pointless(inner, clause.dataset, contracts)


def _always(figure: Figure) -> str:
    return f"{figure.factor:g}" if figure.factor is not None else "одно и то же"
