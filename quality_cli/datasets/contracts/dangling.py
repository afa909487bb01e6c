"""Datasets, columns and literals that a contract names but that do not exist."""

from collections.abc import Iterator, Mapping, Sequence

from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, AlsoIn, Compare, Condition, walk
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.checks import Check, ExistsIn, Total, Whole
from quality_cli.datasets.contracts.column import Derivation, EarlierValue, ScaleLookup, places_in
from quality_cli.datasets.contracts.conditions import Mistake, conditions, no_column, same_person, several_values
from quality_cli.datasets.contracts.contract import REGISTER, Contract, FamilyRows, Member, with_reports


def dangling(dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Datasets, columns and literals that the conditions and derivations name but that do not exist."""
    if REGISTER in files:
        yield from conditions(dataset.concerns, files[REGISTER], files, ("concerns",))
        yield from _dangling_reports(dataset, files)
    for name, column in dataset.columns.items():
        if column.derive is not None:
            behind = [node.dataset for node in walk(column.derive.where or TRUE) if isinstance(node, AlsoIn)]
            if any(other in files and files[other].union for other in behind):
                message = "объединение таблиц составляется после вывода столбцов: смотрите в сами таблицы"
                yield message, ("columns", name, "derive")
            if column.derive.gives_numbers and not column.is_numeric:
                yield "так выводятся числа, а столбец из слов: укажите type: number", ("columns", name, "type")
            for message, path in _dangling_in(column.derive, dataset, files):
                yield message, ("columns", name, "derive", *path)
    for index, member in enumerate(dataset.union):
        for message, path in _dangling_member(member, dataset, files):
            yield message, ("union", index, *path)
    for index, check in enumerate(dataset.checks):
        for message, path in _dangling_check(check, dataset, files):
            yield message, ("checks", index, *path)


def _without_year(condition: Condition, own: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What is told of a row once cannot differ by school year: a table without one cannot look into one with it."""
    lists = [node for node in walk(condition) if isinstance(node, AlsoIn) and not node.any_year]
    for name in (node.dataset for node in lists if node.dataset in files and own.period is None):
        if files[name].period is not None:
            message = (
                f"набор «{own.dataset}» верен для любого учебного года, а «{name}» ведётся по годам: напишите "
                "«years: any», если годится любой, или проверяйте это в самом показателе"
            )
            yield message, ("where",)


def _dangling_reports(dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    for number, obligation in enumerate(dataset.reports or ()):
        for name, values in obligation.each.items():
            for index, value in enumerate(values):
                for message, _ in conditions(Compare(name, "eq", value), dataset, files, ()):
                    yield message, ("reports", number, "each", name, index)
        for index, other in enumerate(obligation.drawn_in):
            if other not in files:
                yield f"набора «{other}» нет{closest(other, files)}", ("reports", number, "drawn_in", index)
                continue
            for name in (name for name in obligation.each if name not in files[other].columns):
                yield f"в наборе «{other}» нет столбца «{name}»", ("reports", number, "drawn_in", index)
        if obligation.who is not None:
            register = with_reports(files[REGISTER], dataset, obligation)
            yield from conditions(obligation.who, register, files, ("reports", number, "who"))


def _dangling_in(rule: Derivation, dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    yield from conditions(rule.only, dataset, files, ("only",))
    if rule.where is not None:
        yield from conditions(rule.where, dataset, files, ("where",))
        yield from _without_year(rule.where, dataset, files)
    yield from ((no_column(dataset, name), ("sum_of",)) for name in rule.summed if name not in dataset.columns)
    for name in places_in(rule.text or ""):
        if name not in dataset.columns:
            yield no_column(dataset, name), ("text",)
    yield from _dangling_numbers(rule, dataset)
    yield from _dangling_rounds(rule, dataset)
    if rule.map is not None:
        yield from _lacking(dataset, {("column",): rule.map.column}, ("map",))
    if rule.earlier is not None:
        yield from _dangling_earlier(rule.earlier, dataset, files)
    if rule.scale is None:
        return
    scales = files.get(rule.scale.dataset)
    if scales is None:
        yield f"нет набора данных «{rule.scale.dataset}»{closest(rule.scale.dataset, files)}", ("scale", "dataset")
        return
    for own, name, path in _scale_columns(rule.scale, dataset, scales):
        yield from several_values(own, name, ("scale", *path))
        if name not in own.columns:
            yield no_column(own, name), ("scale", *path)


def _dangling_rounds(rule: Derivation, dataset: Contract) -> Iterator[Mistake]:
    """Columns by which rounds are compared that do not exist or cannot be."""
    if rule.since_main is not None and rule.since_main not in dataset.columns:
        yield no_column(dataset, rule.since_main), ("since_main",)
    elif rule.since_main is not None and not dataset.columns[rule.since_main].is_numeric:
        yield f"столбец «{rule.since_main}» не из чисел и не да/нет: изменения по нему не найти", ("since_main",)
    for index, name in enumerate(rule.latest_round or ()):
        if name not in dataset.columns:
            yield no_column(dataset, name), ("latest_round", index)


def _dangling_numbers(rule: Derivation, dataset: Contract) -> Iterator[Mistake]:
    """Families and numbers that do not exist."""
    for key in ("max_of", "filled_of"):
        family = getattr(rule, key)
        if family is not None and (family not in dataset.columns or dataset.columns[family].type != "numbers"):
            yield f"в наборе «{dataset.dataset}» нет семейства столбцов (type: numbers) «{family}»", (key,)
    for key, made in (("difference", "разности с ним не найти"), ("percent", "процентов от него не взять")):
        for index, name in enumerate(getattr(rule, key) or ()):
            if name not in dataset.columns:
                yield no_column(dataset, name), (key, index)
            elif not dataset.columns[name].is_numeric or dataset.columns[name].type == "flag":
                yield f"столбец «{name}» не из чисел: {made}", (key, index)
    if rule.share_of is not None:
        for key in ("share", "of"):
            name = getattr(rule.share_of, key)
            if name not in dataset.columns:
                yield no_column(dataset, name), ("share_of", key)
            elif not dataset.columns[name].is_numeric:
                yield f"столбец «{name}» не из чисел: доли от него не взять", ("share_of", key)


def _dangling_earlier(rule: EarlierValue, dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    other = files.get(rule.dataset)
    if other is None:
        yield f"нет набора данных «{rule.dataset}»{closest(rule.dataset, files)}", ("earlier", "dataset")
        return
    for own, name in rule.match.items():
        if own not in dataset.columns:
            yield no_column(dataset, own), ("earlier", "match", own)
        if name not in other.columns:
            yield no_column(other, name), ("earlier", "match", own)
        yield from same_person(dataset, own, other, name, ("earlier", "match", own))
        yield from several_values(dataset, own, ("earlier", "match", own))
        yield from several_values(other, name, ("earlier", "match", own))
    if rule.value not in other.columns:
        yield no_column(other, rule.value), ("earlier", "value")


def _dangling_member(member: Member, dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    other = files.get(member.dataset)
    if member.dataset == REGISTER:
        yield (
            "реестр организаций в объединение не входит: в union стоят таблицы со строками об учениках и делах",
            ("dataset",),
        )
        return
    if other is None:
        yield f"нет набора данных «{member.dataset}»{closest(member.dataset, files)}", ("dataset",)
        return
    if other.union:
        yield f"«{member.dataset}» — само объединение: перечислите его таблицы", ("dataset",)
        return
    if (other.period is None) != (dataset.period is None) or (other.organisation is None) != (
        dataset.organisation is None
    ):
        yield "у объединения и его таблиц должны быть одинаково указаны «period» и «organisation»", ("dataset",)
    yield from conditions(member.where, other, files, ("where",))
    yield from _without_year(member.where, other, files)
    if member.unpivot is not None:
        yield from _dangling_family(member.unpivot, dataset, other)
    yield from _lacking(dataset, {("columns", own): own for own in member.columns}, ())
    yield from ((no_column(other, t), ("columns", o)) for o, t in member.columns.items() if t not in other.columns)
    for name, column in dataset.columns.items():
        theirs = other.columns.get(member.theirs(name, dataset, other))
        if theirs is None or (dataset.period and name == dataset.period.column):
            continue
        path = ("columns", name) if name in member.columns else ("dataset",)
        yield from same_person(dataset, name, other, member.theirs(name, dataset, other), path)
        strange = [word for word in theirs.values if word not in column.values] if column.type == "category" else []
        if column.is_numeric != theirs.is_numeric or column.several < theirs.several:
            yield f"столбец «{name}» и столбец «{theirs.title}» набора «{member.dataset}» разного вида", path
        elif strange or (column.type == "category" and theirs.type != "category"):
            told = ", ".join(strange) or "любой текст"
            yield f"в столбце «{name}» объединения нет значений набора «{member.dataset}»: {told}", path


def _dangling_family(rule: FamilyRows, dataset: Contract, other: Contract) -> Iterator[Mistake]:
    if rule.family not in other.columns or other.columns[rule.family].type != "numbers":
        message = f"в наборе «{other.dataset}» нет семейства столбцов (type: numbers) «{rule.family}»"
        yield message, ("unpivot", "family")
    for key, name in rule.filled.items():
        if name not in dataset.columns:
            yield no_column(dataset, name), ("unpivot", key)
        elif dataset.columns[name].is_numeric != (key in ("value", "max")):
            wanted = "число" if key in ("value", "max") else "слово"
            yield f"столбец «{name}» должен хранить {wanted}", ("unpivot", key)


def _dangling_check(check: Check, dataset: Contract, files: Mapping[str, Contract]) -> Iterator[Mistake]:
    yield from conditions(check.only, dataset, files, ("only",))
    if check.must is not None:
        yield from conditions(check.must, dataset, files, ("must",))
    if check.exists_in is not None:
        yield from _dangling_list(check.exists_in, dataset, files, ("exists_in",))
    if check.total is not None:
        yield from _lacking(dataset, {**_items("by", check.total.by), **_quantity(check.total)}, ("total",))
        yield from _dangling_list(check.total.at_most, dataset, files, ("total", "at_most"))
    if check.one is not None:
        yield from _lacking(dataset, {("value",): check.one.value, **_items("per", check.one.per)}, ("one",))


def _dangling_list(
    rule: ExistsIn | Whole, dataset: Contract, files: Mapping[str, Contract], path: KeyPath
) -> Iterator[Mistake]:
    """Mistakes of a reference to another table."""
    other = files.get(rule.dataset)
    if other is None:
        yield f"нет набора данных «{rule.dataset}»{closest(rule.dataset, files)}", (*path, "dataset")
        return
    yield from _lacking(dataset, {("match", own): own for own in rule.match}, path)
    yield from _lacking(other, {("match", own): name for own, name in rule.match.items()}, path)
    yield from _lacking(other, _quantity(rule), path)
    yield from conditions(rule.where, other, files, (*path, "where"))


def _items(key: str, names: Sequence[str]) -> dict[KeyPath, str]:
    return {(key, index): name for index, name in enumerate(names)}


def _quantity(rule: ExistsIn | Whole | Total) -> dict[KeyPath, str]:
    return {(key,): name for key in ("sum", "distinct") if (name := getattr(rule, key, None))}


def _lacking(contract: Contract, named: Mapping[KeyPath, str], path: KeyPath) -> Iterator[Mistake]:
    for inner, name in named.items():
        if name not in contract.columns:
            yield no_column(contract, name), (*path, *inner)
        yield from several_values(contract, name, (*path, *inner))


def _scale_columns(rule: ScaleLookup, dataset: Contract, scales: Contract) -> Iterator[tuple[Contract, str, KeyPath]]:
    yield dataset, rule.score, ("score",)
    yield from ((scales, name, ("thresholds", name)) for name in rule.thresholds)
    for index, name in enumerate(rule.match):
        yield from ((own, name, ("match", index)) for own in (dataset, scales))
