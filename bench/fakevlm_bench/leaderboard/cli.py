"""``fakevlm-bench submit`` and ``fakevlm-bench leaderboard``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fakevlm_bench.errors import BenchError

SUBMISSIONS = Path("leaderboard/submissions")
SITE = Path("leaderboard/dist")


def main(argv: list[str]) -> int:
    """Execute one command.

    Returns:
        0; 1 where a submission was refused.

    Raises:
        BenchError: The command failed; the caller writes it as one line.
        OSError: A file cannot be read or written.
    """
    arguments = _parser().parse_args(argv)
    status: int = arguments.command(arguments)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fakevlm-bench leaderboard", description=__doc__)
    commands = parser.add_subparsers(required=True)
    submit = commands.add_parser(
        "submit", prog="fakevlm-bench submit", help="write finished runs as submissions"
    )
    submit.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="a run's folder")
    submit.add_argument("--card", type=Path, help="JSON with what only you can say: submitter, …")
    submit.add_argument("--slug", help="name of the submission's folder")
    submit.add_argument("--submissions", type=Path, default=SUBMISSIONS)
    submit.set_defaults(command=_submit)
    validate = commands.add_parser("validate", help="recompute submissions and check their claims")
    validate.add_argument("paths", type=Path, nargs="+", metavar="PATH",
                          help="a submission, a task's folder, or all of them")  # fmt: skip
    validate.add_argument("--table", type=Path, help="write the changes to the table, as Markdown")
    validate.add_argument("--against", type=Path, help="folder of the published submissions")
    validate.set_defaults(command=_validate)
    rescore = commands.add_parser("rescore", help="update submissions to a new metrics version")
    rescore.add_argument("paths", type=Path, nargs="+", metavar="PATH",
                         help="a submission, a task's folder, or all of them")  # fmt: skip
    rescore.set_defaults(command=_rescore)
    changed = commands.add_parser("changed", help="list the submissions in a git diff on stdin")
    changed.set_defaults(command=_changed)
    build = commands.add_parser("build", help="build the static site")
    build.add_argument("--submissions", type=Path, default=SUBMISSIONS)
    build.add_argument("--run", type=Path, action="append", default=[], help="add a run's folder")
    build.add_argument("--out", type=Path, default=SITE)
    build.add_argument("--detailed", type=int, default=200, help="samples with pictures, per task")
    build.add_argument("--workers", type=int, default=2)
    build.set_defaults(command=_build)
    return parser


def _submit(arguments: argparse.Namespace) -> int:
    from fakevlm_bench.leaderboard.submit import submit, unstated
    from fakevlm_bench.leaderboard.untrusted.strict_json import loads

    if arguments.slug and len(arguments.runs) > 1:
        raise BenchError("--slug names one submission: pass one run with it")
    card = loads(arguments.card.read_bytes(), str(arguments.card)) if arguments.card else None
    for run in arguments.runs:
        folder = submit(run, arguments.submissions, card=card, slug=arguments.slug)
        sys.stdout.write(f"{folder}\n")
        missing = unstated(folder)
        if missing:
            sys.stderr.write(
                f"not stated yet: {', '.join(missing)}; add them with --card card.json "
                "(leaderboard/README.md)\n"
            )
    return 0


def _validate(arguments: argparse.Namespace) -> int:
    from fakevlm_bench.leaderboard.entries import TruthCache
    from fakevlm_bench.leaderboard.review_table import changes
    from fakevlm_bench.leaderboard.truth import checkout_truth
    from fakevlm_bench.leaderboard.validate import submission_folders, validate_all

    folders = _folders(arguments.paths)
    published = submission_folders(arguments.against) if arguments.against else []
    with tempfile.TemporaryDirectory(prefix="validate-") as work:
        truths = TruthCache(checkout_truth, Path(work) / "truth")
        names = {(folder.parent.name, folder.name) for folder in folders}
        others = [f for f in published if (f.parent.name, f.name) not in names]
        outcomes = validate_all([*folders, *others], truths, Path(work) / "cache")
        new = outcomes[: len(folders)]
        for outcome in new:
            sys.stdout.write(f"{outcome.line}\n")
        if arguments.table:
            arguments.table.write_text(changes(new, outcomes[len(folders) :], truths), "utf-8")
    return 0 if all(outcome.entry for outcome in new) else 1


def _rescore(arguments: argparse.Namespace) -> int:
    from fakevlm_bench.leaderboard.entries import TruthCache
    from fakevlm_bench.leaderboard.rescore import rescore
    from fakevlm_bench.leaderboard.truth import checkout_truth

    with tempfile.TemporaryDirectory(prefix="rescore-") as work:
        truths = TruthCache(checkout_truth, Path(work) / "truth")
        for folder in _folders(arguments.paths):
            for line in rescore(folder, truths, Path(work) / "kept").lines():
                sys.stdout.write(f"{line}\n")
    return 0


def _folders(paths: Sequence[Path]) -> list[Path]:
    from fakevlm_bench.leaderboard.validate import submission_folders

    folders = [folder for path in paths for folder in submission_folders(path)]
    if not folders:
        raise BenchError(
            f"{', '.join(map(str, paths))}: no submission here (a folder with submission.json)"
        )
    return folders


def _changed(_: argparse.Namespace) -> int:
    from fakevlm_bench.leaderboard.diff_paths import changed_submissions
    from fakevlm_bench.leaderboard.refusal import RefusalError

    try:
        folders = changed_submissions(sys.stdin.read())
    except RefusalError as error:
        sys.stdout.write(f"refused: {error}\n")
        return 1
    sys.stdout.writelines(f"{folder}\n" for folder in folders)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from fakevlm_bench.leaderboard.build import build_from_runs
    from fakevlm_bench.leaderboard.truth import checkout_truth

    if arguments.workers < 1:
        raise BenchError(f"--workers {arguments.workers}: must be at least 1")
    submissions = arguments.submissions if arguments.submissions.is_dir() else None
    index = build_from_runs(
        arguments.run,
        submissions,
        arguments.out,
        source=None if arguments.run else checkout_truth,
        detailed=arguments.detailed,
        workers=arguments.workers,
    )
    sys.stdout.write(f"{index}\n")
    return 0
