"""The rows of one returned form against the questions of the catalogue, whatever has become of either since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality_cli.catalogue.questions import EVIDENCE, NOTE, NUMBER, Field, Question, in_round_of
from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.where import Scalar
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.values.parse import BAD, expected, is_empty, parse_cells
from quality_cli.documents.forms import make as forms
from quality_cli.documents.forms.cells import line, similar, understood
from quality_cli.documents.forms.grids import Row, question_number
from quality_cli.documents.forms.make import Stamp, answer_kind

_NO_EVIDENCE = frozenset({"нет", "отсутствует"})
_TEXT = Column(title="Текст", type="text")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: values by column of the dataset of answers, and where it stands."""

    question: str
    values: Mapping[str, Scalar]
    place: Place


class FormRows:
    """Understands the rows of one form."""

    def __init__(
        self, stamp: Stamp | None, questions: Mapping[str, Question], by_text: Mapping[str, Question],
        findings: Findings, *, is_book: bool = False,
    ) -> None:  # fmt: skip
        self._is_book = is_book
        self._silent = self._asked = 0
        self._questions, self._by_text, self._findings = questions, by_text, findings
        rows = stamp.rows if stamp else ()
        self._stamped = {item.question: item.text for item in rows}
        self._stamped_ids = {normalise(item.text): item.question for item in rows}

    def read(self, rows: Sequence[Row]) -> dict[str, Answer]:
        """Answers by question."""
        found: dict[str, tuple[Question, list[Row]]] = {}
        for row in rows:
            question = self._question(row)
            if question is not None:
                found.setdefault(question.id, (question, []))[1].append(row)
        for text in () if self._is_book else self._stamped.values():
            lost = self._by_text.get(normalise(text))
            if lost is not None:
                found.setdefault(lost.id, (lost, []))
        answers = {name: self._answer(question, own) for name, (question, own) in found.items()}
        self._within_their_whole(answers, {name: own for name, (_, own) in found.items()})
        self._silent += sum(answer is None for answer in answers.values())
        self._asked += len(answers)
        return {name: answer for name, answer in answers.items() if answer is not None}

    def report_silent(self, place: Place) -> None:
        """Tell how many questions of all that was read have no answer."""
        if self._silent:
            hint = "какие именно, покажет quality forms status --json; напоминание составит --remind"
            self._findings.warning("form.unanswered", f"без ответа: {self._silent} из {self._asked}", place, hint)

    def _within_their_whole(self, answers: dict[str, Answer | None], rows: Mapping[str, Sequence[Row]]) -> None:
        """Numbers that are above what they are a part of are told and not taken."""
        for name, answer in list(answers.items()):
            fact = self._questions[name].fact
            whole = answers.get(in_round_of(fact.within, fact.round)) if fact is not None and fact.within else None
            if answer is None or whole is None:
                continue
            part, all_of_them = (own.values.get(NUMBER) for own in (answer, whole))
            if isinstance(part, int | float) and isinstance(all_of_them, int | float) and part > all_of_them:
                asked = self._questions[whole.question].text
                message = f"часть больше целого: {part:g}, а «{asked}» — {all_of_them:g}; не учтено"
                hint = "исправьте то из двух чисел, которое неверно"
                self._tell(Severity.ERROR, "form.above_whole", message, rows[name][0], hint)
                answers[name] = None

    def _question(self, row: Row) -> Question | None:
        """The question of the catalogue that a row belongs to: by its number, else by its text."""
        question_id, visible = question_number(row.cell(forms.NUMBER)), line(row.cell(forms.TEXT))
        if question_id is None and visible:
            question_id = self._stamped_ids.get(normalise(visible))
        return self._resolved(question_id, self._stamped.get(question_id or "") or visible, row)

    def _resolved(self, question_id: str | None, text: str, row: Row) -> Question | None:
        """The question of today's catalogue: of the same text, whatever its number was when the form was made."""
        same = self._by_text.get(normalise(text)) if text else None
        current = self._questions.get(question_id or "")
        if same is not None:
            if question_id not in (None, same.id) and row.is_filled:
                message = f"вопрос {question_id} теперь носит номер {same.id}: ответ отнесён к нему"
                self._tell(Severity.INFO, "form.renumbered", message, row)
            return same
        if current is not None and (not text or similar(text, current.text)):
            if text and row.is_filled:
                message = f"формулировка вопроса {question_id} с тех пор уточнена: проверьте ответ"
                self._tell(Severity.WARNING, "form.reworded", message, row)
            return current
        if not row.is_filled:
            return None
        if current is not None:
            message = f"под номером {question_id} теперь другой вопрос: ответ не учтён"
            self._tell(Severity.ERROR, "form.replaced", message, row, "задайте этот вопрос заново: quality forms make")
        elif question_id is not None:
            message = f"вопроса {question_id} в каталоге больше нет: ответ не учтён"
            self._tell(Severity.WARNING, "form.dropped", message, row)
        else:
            message = "строка не относится ни к одному вопросу и не учтена"
            self._tell(Severity.WARNING, "form.row", message, row, "перенесите ответ в строку вопроса")
        return None

    def _answer(self, question: Question, rows: Sequence[Row]) -> Answer | None:
        """The answer that stands in the rows of a question; each of its fields has a row, others repeat them."""
        values: dict[str, Scalar] = {}
        count = len(question.fields)
        for position, row in enumerate(rows):
            field = question.fields[position % count]
            value, rest = self._value(row, field)
            if value is not None and values.setdefault(field.name, value) != value:
                message = f"на вопрос {question.id} в одной форме два разных ответа: учтён первый"
                self._tell(Severity.ERROR, "form.repeated", message, row, "оставьте одну строку")
                continue
            remark = "; ".join(filter(None, (rest, self._text(row, forms.REMARK))))
            texts = ((EVIDENCE, self._text(row, forms.EVIDENCE)), (NOTE, remark))
            for name, text in texts:
                if text:
                    values.setdefault(name, text)
        answered = {field.name for field in question.fields} & values.keys()
        if not answered:
            if values:
                message = "есть подтверждение или пояснение, но нет ответа: строка не учтена"
                self._tell(Severity.WARNING, "form.half", message, rows[0], "укажите ответ")
            return None
        if any(values.get(field.name) is True for field in question.fields) and not values.get(EVIDENCE):
            message = "ответ «да» без подтверждения"
            where = rows[0].place(forms.EVIDENCE)
            self._findings.warning("form.evidence", message, where, "назовите документ или дайте ссылку")
        return Answer(question.id, values, rows[0].place())

    def _value(self, row: Row, field: Field) -> tuple[Scalar | None, str]:
        """What the answer cell says, and the words after «да» or «нет»."""
        cell = row.cell(forms.ANSWER)
        if row.is_uncached:
            message = "вместо ответа формула, сохранённая без значения: он не учтён"
            self._tell(Severity.ERROR, "form.formula", message, row, "впишите само значение")
            return None, ""
        if row.merged is not None and not is_empty(cell):
            if row.index == row.merged[0]:
                message = (
                    f"ответ объединён со следующими строками, {row.merged[1] - row.merged[0] + 1} подряд: не учтён"
                )
                hint = "отмените объединение ячеек и ответьте на каждый вопрос"
                self._tell(Severity.ERROR, "form.merged", message, row, hint)
            return None, ""
        value, rest = understood(cell, field)
        if value is BAD:
            message = f"ответ «{quoted(line(cell), words_of(field.column.values))}» не понять: он не учтён"
            hint = expected(field.column) + (", без знака %" if field.percent else "")
            self._tell(Severity.ERROR, "form.value", message, row, hint)
            return None, ""
        if field.percent and isinstance(value, int | float) and 0 < value < 1:
            message = "указано меньше одного процента"
            self._tell(
                Severity.WARNING, "form.percent", message, row, f"ждали так: {answer_kind(field)}, например 78,5"
            )
        return value, rest

    def _text(self, row: Row, title: str) -> str:
        text = line(row.cell(title))
        (value,) = parse_cells([text], _TEXT)
        blank = value is None or (title == forms.EVIDENCE and normalise(text) in _NO_EVIDENCE)
        return "" if blank else text

    def _tell(self, severity: Severity, code: str, message: str, row: Row, hint: str = "") -> None:
        self._findings.add(Finding(code, severity, message, (row.place(),), hint))
