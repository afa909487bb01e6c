"""How far long work has got: told to whoever shows it (a bar on a terminal, nothing elsewhere)."""

from typing import Protocol


class Progress(Protocol):
    """Called before each step with the stage, what is worked on, steps done and steps in all."""

    def __call__(self, stage: str, item: str, done: int, total: int) -> None:
        """Show one step."""


def silent(stage: str, item: str, done: int, total: int) -> None:
    """Show nothing."""
