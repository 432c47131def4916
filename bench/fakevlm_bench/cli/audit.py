"""`fakevlm-bench audit`: what could a detector learn of a task without looking?"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from fakevlm_bench.cli.main import write

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


def main(arguments: list[str], command: str) -> int:
    """Audit a task.

    Raises:
        ConfigError: There is no such task, or something is misspelt.
        DataError: The task has too little of a class.
    """
    parser = argparse.ArgumentParser(
        prog=f"fakevlm-bench {command}",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "settings", nargs="+", metavar="KEY=VALUE", help="task=NAME, task.KEY=…, limit=N, seed=N"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="for the page (default: runs/audits/TASK)"
    )
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with config groups of yours")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    from fakevlm_bench.cli.common import choose, parse

    options = parse(parser, arguments)

    # A run's configuration names a detector; an audit asks none, and this one needs nothing.
    options.settings += ["detector=coin", "conditions=clean"]
    task, _, how = choose(options, "test")

    import json

    from fakevlm_bench.audit import AuditSettings, audit
    from fakevlm_bench.audit.report import as_text, is_clear, write_files
    from fakevlm_bench.cli.progress import bar

    settings = AuditSettings(limit=how.limit, seed=how.seed, workers=how.workers)
    with bar(len(task.dataset.ids()), 0) as tell:
        result = audit(task, settings, tell)
    name = re.sub(r"[^\w.-]+", "-", task.name)
    page = write_files(result, options.out or Path(how.runs) / "audits" / name)
    write(json.dumps(result, indent=1, ensure_ascii=False) if options.json else as_text(result))
    if not options.json:
        write(f"page: {page}")
    return int(not is_clear(result))
