"""What every key of a file of a document means, in Russian: for editors (JSON Schema)."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel

from quality_cli.documents.report.spec import Chart, DocumentSpec, FigureName, TemplatesByLevel

KEYS: Mapping[type[BaseModel], Mapping[str, str]] = MappingProxyType(
    {
        DocumentSpec: {
            "document": "имя документа",
            "title": "заголовок; у per_direction места {id} и {title} — номер и название направления",
            "file": "имя файла без расширения; места те же",
            "templates": "шаблоны по уровням",
            "indicators": "показатели документа: его получают те, у кого есть хоть один из них",
            "per_direction": "да: по такому документу на каждое направление, со всеми его показателями",
            "direction": "не пишут: программа ставит номер направления сама",
            "charts": "рисунки",
            "conclusions": "о каких величинах говорят выводы; если не сказано, обо всех, что справка показывает",
        },
        TemplatesByLevel: {
            "municipality": "файл шаблона для муниципалитета; без него муниципалитет документа не получает",
            "organisation": "файл шаблона для организации; без него организации документа не получают",
        },
        Chart: {
            "key": "имя файла рисунка, на которое ссылается шаблон: «отметки.png»",
            "kind": "marks — части показателя друг на друге, years — этот год рядом с прошлым",
            "indicator": "показатель",
            "parts": "его части",
            "by": "разрез, по которому стоят столбики",
            "label": "подпись столбика; {value} — значение разреза",
        },
        FigureName: {
            "indicator": "показатель",
            "part": "его часть",
        },
    }
)
