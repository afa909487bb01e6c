"""What one call of a command stands on, each part made once, when it is first asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.identity import INPUTS, Identity, rules_of
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.findings import SAMPLE, Findings
from quality_cli.core.program import PROGRAM
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.readers.inputs import Inputs, inputs_of

if TYPE_CHECKING:
    from quality_cli.catalogue.figures import Figure
    from quality_cli.catalogue.rules.load import Rules
    from quality_cli.datasets.tables.table import Tables
    from quality_cli.engine.completeness.coverage import Coverage
    from quality_cli.engine.completeness.reports import Completeness
    from quality_cli.engine.plan.plan import Plan


@dataclass(frozen=True)
class Workspace:
    """The options of a call and what follows from them.

    ``every_place``: findings of the data tell every place instead of a sample. ``program``: the folder of our code,
    whose lines are part of the identity.
    """

    options: Options
    progress: Progress = silent
    every_place: bool = False
    program: Path = PROGRAM

    @cached_property
    def rules(self) -> Identity:
        """The identity without the inputs: how they are turned into output."""
        return rules_of(self.options, self.program)

    @cached_property
    def inputs(self) -> Inputs:
        """The files of the data folder, each hashed."""
        return inputs_of(self.options.data)

    @property
    def identity(self) -> Identity:
        """Everything the output depends on; ask for it before anything else."""
        return {INPUTS: self.inputs.record(), **self.rules}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The shipped catalogue with the user's own over it.

        Raises :class:`quality_cli.core.errors.CatalogueError`, :class:`ConfigurationError` where ``quality.yaml`` names
        what the catalogue does not have.
        """
        catalogue = load_catalogue(self.options.catalogue)
        document = self.options.written
        if document is not None:
            unknown = catalogue.unknown(self.options.indicators, self.options.directions)
            if mistakes := [document.mistake(message, path) for message, path in unknown]:
                raise ConfigurationError("\n".join(map(str, mistakes)))
        return catalogue

    @cached_property
    def recommending(self) -> "Rules":
        """The rules of recommendations; raises :class:`quality_cli.core.errors.CatalogueError`."""
        from quality_cli.catalogue.rules.load import load_rules

        return load_rules(self.catalogue, self.options.catalogue)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators that the options choose; raises :class:`ConfigurationError` for an unknown one."""
        return self.catalogue.select(self.options.indicators, self.options.directions)

    @cached_property
    def tables(self) -> "Tables":
        """The data folder as read, people under pseudonyms; raises as reading and the file of the key do."""
        from quality_cli.app.workspace.data import read_data

        findings = Findings(None if self.every_place else SAMPLE)
        code = self.rules["code"]
        return read_data(self.options, self.catalogue.specs, self.inputs, code, self.progress, findings)

    @cached_property
    def answered(self) -> frozenset[str]:
        """Facts that the answers of the call tell of."""
        from quality_cli.catalogue.facts import QUESTION, facts_among
        from quality_cli.catalogue.model import ANSWERS

        answers = self.tables.by_dataset.get(ANSWERS)
        return facts_among(() if answers is None else map(str, answers.frame[QUESTION].dropna().unique()))

    @cached_property
    def figures(self) -> "Sequence[Figure]":
        """The figures of the catalogue, with numbers of forms as a source where there are any."""
        from quality_cli.catalogue.facts import with_answers

        catalogue = self.catalogue
        return with_answers(catalogue.figures, catalogue.specs.contracts, self.answered, self.tables.by_dataset)

    @cached_property
    def plan(self) -> "Plan":
        """The plan for the chosen indicators and school year."""
        return self.plan_for(self.indicators)

    @cached_property
    def completeness(self) -> "Completeness":
        """Which of the reports that the plan rests on have come; raises as :func:`completeness_of` does."""
        from quality_cli.app.workspace.completeness import completeness_of

        return completeness_of(self, self.plan)

    def coverage_for(self, plan: "Plan") -> "Coverage":
        """What stands behind the figures of a plan over the same tables; raises as :func:`completeness_of` does."""
        from quality_cli.app.workspace.completeness import completeness_of
        from quality_cli.engine.completeness.coverage import Coverage

        completeness = self.completeness if plan is self.plan else completeness_of(self, plan)
        return Coverage(completeness, plan, self.tables)

    def plan_for(self, indicators: list[Indicator]) -> "Plan":
        """The plan for some indicators over the same tables."""
        from quality_cli.engine.plan.plan import make_plan

        chosen = (self.options.period.start,) if self.options.period else ()
        catalogue = self.catalogue
        return make_plan(indicators, self.figures, self.tables, catalogue.specs.contracts, chosen)
