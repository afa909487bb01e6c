"""What every key of a file of recommendations means, in Russian: for editors (JSON Schema)."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel

from quality_cli.catalogue.rules.model import Rule, RuleExamples, RulesFile, Sentences

_WHEN = (
    "условие над фактами: {value: {lt: 50}, state: missed}; факты другого показателя — {1.1.2-s1 share: {moved: fell}}"
)

KEYS: Mapping[type[BaseModel], Mapping[str, str]] = MappingProxyType(
    {
        RulesFile: {"rules": "правила", "texts": "тексты рекомендаций по их ключам"},
        Rule: {
            "id": "обозначение правила: его называют quality explain --rule и off: {rules: […]}",
            "indicator": "показатель, о фактах которого правило",
            "part": "часть показателя",
            "by": "разрезы: условие проверяется в каждом, рекомендация одна и называет те, где оно выполнено",
            "at": "чьи факты: municipality муниципалитета или organisation организации",
            "when": _WHEN,
            "organisations": (
                "только у правила муниципалитета: условие на факты каждой его организации; рекомендация называет те, "
                "где оно выполнено"
            ),
            "addressee": "кому рекомендация",
            "action": "слова концепции, на которые она опирается: из действий, документов или цикла направления",
            "deadline": "срок: словами или месяцем: «06», следующего учебного года — «11+»",
            "effect": "показатель, по которому судят, что стало: 2.4.1-m1 или с частью 2.4.1-m1 repeat",
            "text": "ключ текста в texts; если не сказано, обозначение правила",
            "since": "с какого учебного года правило действует",
            "until": "по какой учебный год; если не сказано, и дальше",
            "examples": "примеры фактов: когда правило срабатывает, когда нет и когда его не оценить",
        },
        RuleExamples: {
            "fires": "факты, при которых правило срабатывает: [{value: 40}]; промежуток — [{value: [40, 45]}]",
            "silent": "факты, при которых не срабатывает",
            "unknown": "факты, по которым не решить: неназванный факт неизвестен, [{}] — неизвестно всё",
        },
        Sentences: {
            "finding": "что показали значения, с полями: {value}, {earlier}, {change}, {target}, {organisations}…",
            "measure": "что рекомендуется сделать",
            "expected": "чего ждут от меры",
        },
    }
)
