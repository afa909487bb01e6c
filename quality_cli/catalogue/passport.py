"""The passport of an indicator: everything the catalogue says of it, in Russian."""

from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.wording import formula, level_word

_BETTER = {"higher": "больше", "lower": "меньше"}


def passport(indicator: Indicator, catalogue: Catalogue) -> str:
    """Several lines of plain text: wording, formulas of every figure, method, source, examples."""
    group = catalogue.group_of(indicator.id)
    figures = list(figures_of(indicator))
    columns = catalogue.specs.contracts[figures[0].population].columns
    facts = [
        ("Показатель", indicator.id),
        ("Формулировка", indicator.name),
        ("Группа", f"{group.group} {group.title}"),
        ("Уровень", level_word(indicator.level)),
        ("Единица", indicator.unit or ""),
        ("Разрезы", ", ".join(columns[name].title for name in indicator.by)),
        ("Лучше, если", _BETTER.get(indicator.better or "", "")),
        ("Применим", indicator.organisations.otherwise.join(("кроме случая: ", "")) if indicator.organisations else ""),
        ("Метод", indicator.method),
        ("Источник", indicator.source),
        ("Ответственный", indicator.owner),
        ("Проверен", indicator.checked),
        ("Пересмотр", indicator.next_review),
        ("Примеров", str(len(indicator.examples))),
    ]
    lines = [f"{name}: {value}" for name, value in facts if value]
    lines += ["Как считается:"]
    lines += [f"  {figure.title or 'показатель'}: {formula(figure, catalogue)}" for figure in figures]
    return "\n".join(lines)
