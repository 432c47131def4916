"""`fakevlm-bench score`: score recorded responses again, offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from fakevlm_bench.cli.main import write
from fakevlm_bench.errors import ConfigError

FORMATS = ("run", "records", "fakevlm")
EPILOG = """\
A run is scored again from its own record. Another program's answers are scored on the task that
they belong to, whose settings follow as for run:

  fakevlm-bench score runs/starter@1.0.1/spectrum-0123456789
  fakevlm-bench score answers.jsonl --format records --task starter:quick
  fakevlm-bench score answers.csv --format records --task folders task.path=photos
  fakevlm-bench score answers.json --format records --task starter --coordinates thousand
  fakevlm-bench score results.json --format fakevlm --data test.json

records have an id and a text, a score (P(fake)) or a logit, and boxes, [[x0, y0, x1, y1], …],
where there are any.
"""
_OTHERS = {"task": "records", "settings": "records", "config_dir": "records",
           "coordinates": "records", "answers": "records", "threshold": "records",
           "data": "fakevlm",
           "baseline": "run"}  # fmt: skip
"""Options, and the one format that takes each."""


def main(arguments: list[str], _: str) -> int:
    """Score a run's folder, or another program's answers with ``--format``.

    Raises:
        ConfigError: An option is missing, or belongs to another format.
    """
    options = _parser().parse_intermixed_args(arguments)
    for name, form in _OTHERS.items():
        if getattr(options, name) not in (None, []) and options.format != form:
            shown = "settings" if name == "settings" else f"--{name.replace('_', '-')}"
            raise ConfigError(
                f"{shown}: only with --format {form}; this is --format {options.format}"
            )
    if options.format == "fakevlm":
        return _official(Path(options.path), options.data)
    if options.format == "records":
        return _records(options)

    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.show import print_result
    from fakevlm_bench.engine.score import score

    run = Run(options.path)
    score(run.folder, Run(options.baseline).folder if options.baseline else None)
    print_result(run)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fakevlm-bench score",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", metavar="RUN", help="a run's folder, or a file of answers")
    parser.add_argument(
        "settings", nargs="*", metavar="KEY=VALUE", help="the task's, such as task.path=FOLDER"
    )
    parser.add_argument("--format", choices=FORMATS, default="run", help="of RUN")
    parser.add_argument("--task", help="the task that answers belong to (--format records)")
    parser.add_argument(
        "--coordinates",
        metavar="UNIT",
        help="of boxes: auto, pixels, unit (fractions), thousand, qwen2_5 (--format records)",
    )
    parser.add_argument(
        "--answers",
        metavar="FORM",
        help="of answers in words: fakevlm, json, yes_no, tags, free (--format records)",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="P(fake) above which an answer without words is FAKE: 0.5 (--format records)",
    )
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with tasks of your own")
    parser.add_argument(
        "--data", type=Path, metavar="TEST.JSON", help="the data set's file (--format fakevlm)"
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="a scored run that mCE is measured against"
    )
    return parser


def _records(options: argparse.Namespace) -> int:
    if options.task is None and not any(one.startswith("task=") for one in options.settings):
        raise ConfigError("--format records needs --task, such as starter or starter:quick")
    from fakevlm_bench.api import score_responses
    from fakevlm_bench.cli.common import task_from_words
    from fakevlm_bench.report.terminal import as_text

    task = task_from_words(options.task, options.settings, options.config_dir)
    result = score_responses(
        options.path,
        task=task,
        threshold=0.5 if options.threshold is None else options.threshold,
        coordinates=options.coordinates or "auto",
        answers_form=options.answers,
    )
    write(as_text(result))
    return 0


def _official(answers: Path, data: Path | None) -> int:
    if data is None:
        raise ConfigError("--format fakevlm needs --data, the test.json of the answers' images")
    from fakevlm_bench.foreign_answers.fakevlm_compat import as_table, score_official
    from fakevlm_bench.report.terminal import as_text

    result = score_official(answers, data)
    write(as_text(result))
    write(as_table(result))
    return 0
