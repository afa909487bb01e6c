"""The passport of an indicator: everything the catalogue says of it, in Russian."""

from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Cycle, Indicator
from quality_cli.catalogue.wording import formula, level_word

_BETTER = {"higher": "больше", "lower": "меньше"}
_CYCLE = {
    "collection": "Сбор информации",
    "monitoring": "Мониторинг",
    "analysis": "Анализ",
    "recommendations": "Адресные рекомендации",
    "measures": "Меры",
    "decisions": "Управленческие решения",
    "effectiveness": "Анализ эффективности",
}


def passport(indicator: Indicator, catalogue: Catalogue) -> str:
    """Several lines of plain text, one a fact."""
    return "\n".join(f"{name}: {value}" for name, value in passport_facts(indicator, catalogue))


def passport_facts(indicator: Indicator, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Names and texts: wording, method, source, the formula of every figure; empty ones are left out."""
    group = catalogue.group_of(indicator.id)
    figures = list(figures_of(indicator))
    columns = catalogue.specs.contracts[figures[0].population].columns
    facts = [
        ("Показатель", indicator.id),
        ("Формулировка", indicator.name),
        ("Группа", f"{group.group} {group.title}"),
        ("Подраздел", indicator.subsection),
        ("Уровень", level_word(indicator.level)),
        ("Единица", indicator.unit or ""),
        ("Разрезы", ", ".join(columns[name].title for name in indicator.by)),
        ("Лучше, если", _BETTER.get(indicator.better or "", "")),
        ("Кроме случая", indicator.organisations.otherwise if indicator.organisations else ""),
        ("Спрашивается", indicator.asked or ""),
        ("Метод", indicator.method),
        *_cycle(indicator.cycle),
        ("Источник", indicator.source),
        ("Ответственный", indicator.owner),
        ("Проверен", indicator.checked),
        ("Пересмотр", indicator.next_review),
        ("Примеров", str(len(indicator.examples))),
    ]
    for figure in figures:
        facts.append((f"Как считается{f' ({figure.title})' if figure.title else ''}", formula(figure, catalogue)))
    return [(name, value) for name, value in facts if value]


def _cycle(cycle: Cycle | None) -> list[tuple[str, str]]:
    """The cells of the management cycle by their Russian names."""
    return [] if cycle is None else [(title, " ".join(getattr(cycle, field))) for field, title in _CYCLE.items()]
