"""The README of the sample data, with the exact list of what was planted and where."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from quirks import NO_MARK, SKIPPED_KINDS, Ledger

SHOWN = 8

HEAD = """\
# Учебный пример: вымышленный округ

**Все данные вымышлены.** Приенисейского края, Верхнеозёрского муниципального округа, этих школ и детских садов
не существует; имён людей нет нигде; результаты получены генератором случайных чисел. Настоящие здесь только
виды файлов — такие, какие выгружают ФИС ОКО и заполняют школы, — и шкала по русскому языку 4 класса 2026 года.

Файлы пишет генератор, руками их не правят (этот файл тоже):

```
python sample_data/generate.py            # поверх этой папки
python sample_data/generate.py КУДА       # в другую папку
```

Одна и та же программа всегда даёт одни и те же байты.

## Что где лежит

| Файл | Что это |
|---|---|
| `Реестр организаций.xlsx` | край, округ, 10 школ, 8 детских садов: логины, падежи названий, другие написания |
| `Шкалы перевода.csv` | перевод первичного балла в отметку: год (весны), класс, предмет, уровень |
| `quality.yaml` | кто составляет документы |
| `2025/…`, `2026/…` | результаты ВПР весной 2025 года (2024/2025) и весной 2026 года (2025/2026) |
| `…/Перечень ОО с признаками необъективности.xlsx` | официальный перечень за год |
| `…/Ф1_….xlsx`, `…/2849657.xlsx` | ФИС ОКО, «Индивидуальные результаты» (часть названа номером, как при скачивании) |
| `2025/Математика 7 класс ВПР 2025.xlsx` | выгрузка в виде 2022 года, без отметок: нужна шкала |
| `2025/Математика 6 класс ВПР 2025.xlsx` | выгрузка в виде 2021 года: логины `sch…`, без максимумов и отметок |
| `2025/История 7 класс (таблица).csv` | собственная таблица: cp1251, точка с запятой, десятичная запятая |
| `2025/edu…/Форма сбора….xlsx` | формы школ до 2025 года: школа известна только по папке |
| `2026/edu…/Форма сбора….xlsx` | формы школ 2026 года: то же, без пола и буквы класса |
| `2026/Ф3_Русский язык 6 класс.xlsx` | ФИС ОКО, «Статистика по отметкам»: те же работы, что в Ф1, в процентах |
| `2026/Сравнение с журналом Русский язык 6 класс.xlsx` | ФИС ОКО, «Сравнение отметок с отметками по журналу»: они же |
| `2026/Протокол олимпиады Математика.xlsx` | протокол муниципального этапа; вместо имён коды из `Достижения.csv` |
| `…/КДР и микроисследования.csv`, `2024/КДР.csv` | уровни КДР и микроисследований с постоянным кодом ребёнка |
| `…/Выпускники.csv`, `…/Наблюдение.csv` | аттестаты; независимое наблюдение на ВПР и олимпиаде |
| `…/Ответы на вопросы.csv` | ответы управления и школ на вопросы каталога (`vo-08` в 2026 году не ответила) |
| `…/Сведений нет.csv` | о чём школам нечего сообщить (`vo-09` и `vo-10` сообщили не обо всём) |
| прочие `…/*.csv` | таблицы остальных направлений по заголовкам наборов каталога |

Работы каждого набора «год, класс, предмет» встречаются один раз; сводные отчёты ФИС ОКО на показатели не влияют.
Строки протокола олимпиады повторяют `Достижения.csv`: они не считаются дважды, и об этом есть замечание.

## Что придумано в самих результатах

- МБОУ «Белоключевская СОШ» (`vo-04`) пишет заметно лучше округа, МБОУ «Брусничная СОШ» (`vo-08`) — заметно хуже.
- В 2026 году МБОУ «Тальниковская СОШ» (`vo-05`) прибавила, МБОУ «Верхнеозёрская СОШ № 2» (`vo-02`) потеряла.
- В 2026 году шестиклассники МБОУ «Верхнеозёрская СОШ № 1» (`vo-01`) читают хуже, чем те же дети в 4-м классе (КДР).
- Русский язык, 4 класс, 2026: МБОУ «Тихоозёрская СОШ» (`vo-07`) слишком хороша и стоит в перечне за 2026 год.
- Математика, 5 класс, 2025: МБОУ «Верхнеозёрская СОШ № 2» (`vo-02`) слишком хороша и стоит в перечне за 2025 год.
- МКОУ «Дальнеплёсская СОШ» (`vo-09`) в 2026 году: отметки в журнале противоречат баллам; в перечне вся школа.
- Для сигналов ВПР 2026 года: `vo-03` округляет баллы до границы отметки; `vo-05` в 7-м классе по русскому языку
  занижает отметки в журнале, а её 5-й класс по математике год назад, в 4-м, писал заметно хуже; `vo-08` не справилась
  с заданиями повышенного уровня по физике.
- `vo-06` и `vo-10` — основные школы (1–9 классы); в `vo-09` и `vo-10` по 3–8 учеников в классе.
- У `vo-03` два логина: `edu990103` и `edu990113` (филиал); организация одна.
- Обучающиеся весны 2025 года весной 2026 года на класс старше, но коды участников новые: связать по ним детей нельзя.
"""


@dataclass(frozen=True, slots=True)
class Results:
    """A file of results in numbers."""

    file: str
    layout: str
    year: int
    grade: int
    subject: str
    works: int
    absent: int


def readme(rows: Sequence[Results], ledger: Ledger) -> str:
    """The whole text."""
    parts = [HEAD, _composition(rows), _subjects(rows, ledger), _problems(rows, ledger)]
    return "\n".join(parts)


def _composition(rows: Sequence[Results]) -> str:
    lines = ["## Сколько работ", "", "| Год | Класс | Работ | Отсутствовали (строки файлов) |", "|---|---|---|---|"]
    for (year, grade), group in groupby(rows, key=lambda row: (row.year, row.grade)):
        works = list(group)
        lines.append(f"| {year} | {grade} | {sum(row.works for row in works)} | {_absent(works)} |")
    for year, group in groupby(rows, key=lambda row: row.year):
        works = list(group)
        lines.append(f"| {year} | **все** | **{sum(row.works for row in works)}** | **{_absent(works)}** |")
    lines += ["", "В «Ф1» только участники: отсутствовавших там нет.", ""]
    return "\n".join(lines)


def _absent(rows: Sequence[Results]) -> int:
    return sum(row.absent for row in rows if row.layout != "Ф1")


def _subjects(rows: Sequence[Results], ledger: Ledger) -> str:
    kinds = (SKIPPED_KINDS["X"], NO_MARK)
    lines = ["## Файлы результатов", "", "Два последних столбца — для «Ф1», где других трудностей нет.", ""]
    lines += ["| Файл | Вид | Год | Класс | Предмет | Работ | X в заданиях | Отметка по журналу пуста |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for r in rows:
        planted = [str(len(ledger.places[r.file][kind])) if r.layout == "Ф1" else "" for kind in kinds]
        cells = (f"`{r.file}`", r.layout, r.year, r.grade, r.subject, r.works, *planted)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, ""])


def _problems(rows: Sequence[Results], ledger: Ledger) -> str:
    """One line for a kind in a layout; the forms of the schools are taken together."""
    lines = ["## Подложенные трудности", "", "Кроме «Ф1». Счёт точный; мест показано не больше восьми.", ""]
    lines += ["| Вид файла | Что | Сколько | Где |", "|---|---|---|---|"]
    for layout in dict.fromkeys(row.layout for row in rows if row.layout != "Ф1"):
        found: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            for kind, places in ledger.places[row.file].items() if row.layout == layout else ():
                login = row.file.split("/")[1] if "/edu" in row.file else ""
                found[kind] += [f"{login} {place}".strip() for place in places]
        for kind, places in sorted(found.items()):
            shown = ", ".join(places[:SHOWN]) + (", …" if len(places) > SHOWN else "")
            lines.append(f"| {layout} | {kind} | {len(places)} | {shown} |")
    for file in sorted(ledger.places.keys() - {row.file for row in rows}):
        for kind, places in ledger.places[file].items():
            lines.append(f"| `{file}` | {kind} | {len(places)} | {', '.join(places)} |")
    return "\n".join([*lines, ""])
