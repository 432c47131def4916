"""`fakevlm-bench score`: score recorded responses again, offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.cli.main import write

FORMATS = ("run", "records", "fakevlm")


def main(arguments: list[str], _: str) -> int:
    """Score a run's folder, or another program's answers with ``--format``."""
    parser = argparse.ArgumentParser(prog="fakevlm-bench score", description=__doc__)
    parser.add_argument("path", metavar="RUN", help="a run's folder, or a file of answers")
    parser.add_argument("--format", choices=FORMATS, default="run", help="of RUN")
    parser.add_argument("--task", help="the task that answers belong to (--format records)")
    parser.add_argument(
        "--data", type=Path, metavar="TEST.JSON", help="the data set's file (--format fakevlm)"
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="a scored run that mCE is measured against"
    )
    options = parser.parse_args(arguments)
    if options.format == "fakevlm":
        return _official(Path(options.path), options.data, parser)

    if options.format == "records":
        return _records(Path(options.path), options.task, parser)

    from bench.api import Run
    from bench.cli.show import print_result
    from bench.engine.score import score

    run = Run(options.path)
    score(run.folder, Run(options.baseline).folder if options.baseline else None)
    print_result(run)
    return 0


def _records(answers: Path, task: str | None, parser: argparse.ArgumentParser) -> int:
    if task is None:
        parser.error("--format records needs --task, such as starter or starter:quick")
    from bench.api import score_responses
    from bench.metrics.terminal import as_text
    from bench.registry import load_task

    write(as_text(score_responses(answers, task=load_task(task))))
    return 0


def _official(answers: Path, data: Path | None, parser: argparse.ArgumentParser) -> int:
    if data is None:
        parser.error("--format fakevlm needs --data, the test.json that belongs to the answers")
    from bench.engine.official import as_table, score_official
    from bench.metrics.terminal import as_text

    result = score_official(answers, data)
    write(as_text(result))
    write(as_table(result))
    return 0
