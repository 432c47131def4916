"""`fakevlm-bench score`: score recorded responses again, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.cli.common import add_aliases, add_settings, command_parser, settings_of
from fakevlm_bench.cli.main import write
from fakevlm_bench.errors import ConfigError

if TYPE_CHECKING:
    import argparse

FORMATS = ("run", "records", "fakevlm")
EXAMPLES = """\
A run is scored again from its own record. Another program's answers are scored on the task that
they belong to, named as for run:

  fakevlm-bench score runs/starter@1.0.1/spectrum-0123456789
  fakevlm-bench score answers.jsonl --format records task=starter:quick
  fakevlm-bench score answers.csv --format records task=folders task.path=photos
  fakevlm-bench score answers.json --format records task=starter --coordinates thousand
  fakevlm-bench score results.json --format fakevlm --data test.json

records have an id and a text, a score (P(fake)) or a logit, and boxes, [[x0, y0, x1, y1], …],
where there are any.
"""
_FORMAT_OF = {"task": "records", "settings": "records", "coordinates": "records",
              "threshold": "records", "data": "fakevlm", "baseline": "run"}  # fmt: skip
"""Options, and the one format that takes each."""


def main(arguments: list[str], command: str) -> int:
    """Score a run's folder, or another program's answers with ``--format``.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Raises:
        ConfigError: An option is missing, or belongs to another format.
    """
    options = _parser(command).parse_intermixed_args(arguments)
    for name, form in _FORMAT_OF.items():
        if vars(options)[name] not in (None, []) and options.format != form:
            written = "settings" if name == "settings" else f"--{name}"
            raise ConfigError(
                f"{written}: only for --format {form}, not for --format {options.format}"
            )
    if options.format == "fakevlm":
        return _fakevlm(Path(options.path), options.data)
    if options.format == "records":
        return _records(options, command)

    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.show import print_result
    from fakevlm_bench.engine.score import score

    run = Run(options.path)
    score(run.folder, Run(options.baseline).folder if options.baseline else None)
    print_result(run)
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    parser = command_parser(command, __doc__, EXAMPLES)
    parser.add_argument("path", metavar="RUN", help="a run's folder, or a file of answers")
    add_settings(parser, "task=NAME, task.path=FOLDER: what answers belong to (--format records)")
    parser.add_argument("--format", choices=FORMATS, default="run", help="of RUN")
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
    parser.add_argument(
        "--data", type=Path, metavar="TEST.JSON", help="the data set's file (--format fakevlm)"
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="a scored run that mCE is measured against"
    )
    add_aliases(parser, "task")
    return parser


def _records(options: argparse.Namespace, command: str) -> int:
    from fakevlm_bench.api import score_responses
    from fakevlm_bench.cli.compose import compose_task
    from fakevlm_bench.report.terminal import as_text

    task = compose_task(settings_of(options), command)
    result = score_responses(
        options.path,
        task=task,
        threshold=0.5 if options.threshold is None else options.threshold,
        coordinates=options.coordinates or "auto",
        answers_form=options.answers,
    )
    write(as_text(result))
    return 0


def _fakevlm(answers: Path, data: Path | None) -> int:
    if data is None:
        raise ConfigError("--format fakevlm needs --data, the test.json of the answers' images")
    from fakevlm_bench.foreign_answers.fakevlm_compat import as_table, score_official
    from fakevlm_bench.report.terminal import as_text

    result = score_official(answers, data)
    write(as_text(result))
    write(as_table(result))
    return 0
