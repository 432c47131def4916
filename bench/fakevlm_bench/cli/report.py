"""`fakevlm-bench report`: write a run's page and tables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.cli.main import write

if TYPE_CHECKING:
    from fakevlm_bench.types import Task

EPILOG = """\
  fakevlm-bench report runs/starter@1.0.1/spectrum-0123456789abcdef
  fakevlm-bench report RUN --format html,csv,latex --out tables/
  fakevlm-bench report RUN --baseline OTHER_RUN        with mCE against it
  fakevlm-bench report RUN --task folders task.path=/elsewhere/photos
"""


def main(arguments: list[str], _: str) -> int:
    """Write one HTML page, or tables, and print where they are."""
    parser = argparse.ArgumentParser(
        prog="fakevlm-bench report",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN", help="a run's folder")
    parser.add_argument(
        "--format", default="html", metavar="F,…", help="of html, csv, parquet, json, latex"
    )
    parser.add_argument("--out", type=Path, help="a file or a folder (default: the run's folder)")
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="score again, mCE against this scored run"
    )
    parser.add_argument(
        "settings", nargs="*", metavar="KEY=VALUE", help="of --task, such as task.path=FOLDER"
    )
    parser.add_argument("--task", help="what was measured, where the run does not tell")
    parser.add_argument("--images", type=int, default=6, help="how many to show (default: 6)")
    parser.add_argument("--samples", default="", metavar="ID,…", help="show these images instead")
    parser.add_argument("--conditions", default="", metavar="ID,…", help="show images under these")
    options = parser.parse_intermixed_args(arguments)

    from fakevlm_bench.api import Run
    from fakevlm_bench.engine.score import score
    from fakevlm_bench.report.write import write_report

    run = Run(options.run).folder
    if options.baseline:
        score(run, Run(options.baseline).folder)
    files = write_report(
        run,
        _words(options.format),
        options.out,
        task=_task(options.task, options.settings),
        images=options.images,
        samples=_words(options.samples),
        conditions=_words(options.conditions),
    )
    for file in files:
        write(str(file))
    return 0


def _task(name: str | None, settings: list[str]) -> Task | None:
    """Make the named task; None leaves it to the run's own record."""
    if name is None and not settings:
        return None
    from fakevlm_bench.cli.common import task_from_words

    return task_from_words(name, settings)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
