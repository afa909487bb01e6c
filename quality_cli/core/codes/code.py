"""One code of findings, described for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem in words: what it means, what the program does with the data, what a person does."""

    title: str
    meaning: str
    effect: str
    action: str

    def page(self, code: str) -> str:
        """The page of the code in Markdown."""
        parts = (
            f"# {code}: {self.title}",
            f"**Что это значит.** {self.meaning}",
            f"**Что сделано с данными.** {self.effect}",
            f"**Что делать.** {self.action}",
        )
        return "\n\n".join(parts) + "\n"
