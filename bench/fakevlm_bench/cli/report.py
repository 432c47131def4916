"""`fakevlm-bench report`: write a run's page and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.cli.common import add_aliases, add_settings, command_parser, settings_of
from fakevlm_bench.cli.main import write

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
  fakevlm-bench report runs/starter@1.0.1/spectrum-0123456789abcdef
  fakevlm-bench report RUN --format html,csv,latex --out tables/
  fakevlm-bench report RUN --baseline OTHER_RUN        with mCE against it
  fakevlm-bench report RUN task=folders task.path=/elsewhere/photos
"""


def main(arguments: list[str], command: str) -> int:
    """Write one HTML page, or tables, and print where they are.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.
    """
    options = _parser(command).parse_intermixed_args(arguments)
    settings = settings_of(options)

    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.compose import compose_task
    from fakevlm_bench.engine.score import score
    from fakevlm_bench.report.write import write_report

    task = compose_task(settings, command) if settings else None  # else the run's own record
    run = Run(options.run).folder
    if options.baseline:
        score(run, Run(options.baseline).folder)
    files = write_report(
        run,
        _words(options.format),
        options.out,
        task=task,
        images=options.images,
        samples=_words(options.samples),
        conditions=_words(options.conditions),
    )
    for file in files:
        write(str(file))
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    parser = command_parser(command, __doc__, EXAMPLES)
    parser.add_argument("run", metavar="RUN", help="a run's folder")
    add_settings(parser, "task=NAME, task.path=FOLDER: where the run does not tell its task")
    parser.add_argument(
        "--format", default="html", metavar="F,…", help="of html, csv, parquet, json, latex"
    )
    parser.add_argument("--out", type=Path, help="a file or a folder (default: the run's folder)")
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="score again, mCE against this scored run"
    )
    parser.add_argument("--images", type=int, default=6, help="how many to show (default: 6)")
    parser.add_argument("--samples", default="", metavar="ID,…", help="show these images instead")
    parser.add_argument("--conditions", default="", metavar="ID,…", help="show images under these")
    add_aliases(parser, "task")
    return parser


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
