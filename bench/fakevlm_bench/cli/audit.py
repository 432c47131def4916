"""`fakevlm-bench audit`: what could a detector learn of a task without looking?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.cli.common import add_settings, command_parser, parse
from fakevlm_bench.cli.compose import allow, compose_job
from fakevlm_bench.cli.main import write

if TYPE_CHECKING:
    import argparse

EPILOG = """\
  fakevlm-bench audit task=starter                       the starter set's test split
  fakevlm-bench audit task=starter task.split=train
  fakevlm-bench audit task=folders task.path=/data/mine  your own 0_real and 1_fake
  fakevlm-bench audit task=folders task.path=/data/big limit=10000 launcher.workers=8

Fits small probes on the container format, dimensions, file length, JPEG tables, metadata, border
pixels, mean colour and brightness, and an 8×8 thumbnail, cross-validated by photograph. Prints a
table; writes audit.html (with a plot) and audit.json. Exit code 1 where a probe gets through,
or where one is below chance, so that the data cannot be judged.
"""


USES = ("task", "categories", "limit", "seed", "runs", "launcher")
"""Settings that change an audit."""


def main(arguments: list[str], command: str) -> int:
    """Audit a task.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Returns:
        1 where a probe tells the classes apart, or is below chance; else 0.

    Raises:
        ConfigError: There is no such task, or something is misspelt.
        DataError: The task has too little of a class.
    """
    options = parse(_parser(command), arguments)
    allow(options.settings, USES, command)
    # A run's configuration names a detector; an audit asks none, and this one needs nothing.
    fixed = ["detector=coin", "conditions=clean"]
    job = compose_job(options.settings, command, split="test", fixed=fixed)

    import json

    from fakevlm_bench.audit import AuditSettings, audit
    from fakevlm_bench.audit.report import as_text, is_clear, write_files
    from fakevlm_bench.cli.progress import bar

    how = job.options
    settings = AuditSettings(limit=how.limit, seed=how.seed, workers=how.workers)
    with bar(len(job.task.dataset.ids()), 0) as tell:
        result = audit(job.task, settings, tell)
    name = re.sub(r"[^\w.-]+", "-", job.task.name)
    page = write_files(result, options.out or Path(how.runs) / "audits" / name)
    write(json.dumps(result, indent=1, ensure_ascii=False) if options.json else as_text(result))
    if not options.json:
        write(f"page: {page}")
    return int(not is_clear(result))


def _parser(command: str) -> argparse.ArgumentParser:
    parser = command_parser(command, __doc__, EPILOG)
    add_settings(parser, "task=NAME, task.KEY=…, limit=N, seed=N", required=True)
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="for the page (default: runs/audits/TASK)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser
