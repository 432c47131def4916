"""`fakevlm-bench show`: print a run's figures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from fakevlm_bench.cli.main import write

if TYPE_CHECKING:
    from fakevlm_bench.api import Run

FORMATS = ("text", "csv", "json", "latex", "markdown", "html")


def main(arguments: list[str], _: str) -> int:
    """Print a run's result in one of several formats.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    parser = argparse.ArgumentParser(prog="fakevlm-bench show", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run's folder")
    parser.add_argument("--format", choices=FORMATS, default="text")
    options = parser.parse_args(arguments)

    from fakevlm_bench.api import Run

    print_result(Run(options.run), options.format)
    return 0


def print_result(run: Run, form: str = "text") -> None:
    """Print the figures of a scored run, primary ones first, coverage beside them.

    Raises:
        RunError: The run has not been scored.
    """
    from fakevlm_bench.report.render import render

    write(render(run.folder.result(), form))
    if form == "text":
        write(f"run: {run.path}")


def one_line(run: Run) -> str:
    """Say in one line what a run gave and where it lies, as several in a row need it."""
    figure = run.result.figure("detection", "balanced_accuracy")
    return f"{run.result['detector']}: balanced accuracy {figure}, {run.path}"
