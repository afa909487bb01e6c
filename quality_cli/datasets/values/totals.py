"""Words that say of a row that it sums up others: «Итого», «Всего по району», «ИТОГО: 25 чел.»."""

import re

from quality_cli.datasets.contracts.layout import normalise

_BEGINS = ("итог", "всего", "общ", "в сумме", "сумма")
_TOTAL = re.compile(r"(?:общ(?:ий|ее|ая) )?(?:итого|итог|всего|в сумме|сумма)(?!\w)[\s:.–—-]*(?P<of>.*)")
_WHOLE = re.compile(
    r"(?:(?:по|в|на|за|и|все[мх]?|эт\w+|наш\w+|дан\w+|\d+|оо|доо|мо|оу|доу|чел|шт"
    r"|(?:школ|организаци|учреждени|район|округ|город|муниципал|образовани|образователь|территори|кра[йюея]|област|регион"
    r"|класс|параллел|предмет|таблиц|список|списк|отчет|человек|обучающ|учащ|ученик|дет[еи]|ребен|воспитанник|работник"
    r"|педагог|сотрудник|участник|выпускник|запис|строк|год)\w*)(?:[\s:.,–—-]+|$))*"
)
"""What adds nothing to «Итого»: anything else names a share of the whole («Итого 1–4 классы», «Всего по селу»)."""


def is_total(cell: object, *, of_share: bool = False) -> bool:
    """Whether a cell says that its row sums up others: all of them, or (``of_share``) some, too."""
    if not isinstance(cell, str) or not cell.lstrip().casefold().startswith(_BEGINS):
        return False
    found = _TOTAL.fullmatch(normalise(cell))
    if found is None:
        return False
    of_all = _WHOLE.fullmatch(found["of"]) is not None and not _CLASSES.search(found["of"])
    return of_all != of_share


_CLASSES = re.compile(r"\d+\D{0,3}\d*\s*(?:-?\w{1,2} )?(?:кл|парал)|(?:кл\w*|парал\w*)\D{0,3}\d")
"""«1–4 классы», «в 5 классе», «класс 5»."""
