"""Calling ``quality`` as a person or a script does."""

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from unittest import mock

import typer

from quality_cli.cli.main import app, main


@dataclass(frozen=True)
class Outcome:
    """What a call gave."""

    code: int
    out: str
    err: str


def call(*arguments: object, program: typer.Typer = app) -> Outcome:
    """Call in this process, off a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["quality", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(program)
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


def spawn(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Call in a process of its own, with pipes instead of a terminal."""
    command = [sys.executable, "-c", "from quality_cli.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})
