"""The console script: finds the subcommand, and imports nothing else before it is needed."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from fakevlm_bench import __version__
from fakevlm_bench.cli import terminal
from fakevlm_bench.errors import BenchError
from fakevlm_bench.registry import searching
from fakevlm_bench.secret import any_known

CONFIG_DIR = ("--config-dir", "-cd")
COMMANDS = {
    "run": ("fakevlm_bench.cli.run", "measure a detector on a task (a Hydra application)"),
    "list": ("fakevlm_bench.cli.list", "list tasks, detectors, conditions or metrics"),
    "show": ("fakevlm_bench.cli.show", "print a run's figures"),
    "score": ("fakevlm_bench.cli.score", "score recorded responses again, offline"),
    "read": ("fakevlm_bench.cli.read", "read answers: their verdict, and the words that decide"),
    "compare": ("fakevlm_bench.cli.compare", "compare runs: paired differences, tests, tie groups"),
    "power": ("fakevlm_bench.cli.power", "how many images it takes to tell two detectors apart"),
    "verify": ("fakevlm_bench.cli.verify", "recompute a run and say what differs"),
    "attack": ("fakevlm_bench.cli.attack", "craft adversarial images once, for any detector"),
    "report": ("fakevlm_bench.cli.report", "write a run's page: curves, tables, images"),
    "audit": ("fakevlm_bench.cli.audit", "what could a detector learn without looking?"),
    "fit": ("fakevlm_bench.cli.fit", "fit a detector on a task's train split"),
    "calibrate": ("fakevlm_bench.cli.calibrate", "choose thresholds on a task's validation split"),
    "train": ("fakevlm_bench.cli.train", "train FakeVLM-Mini"),
    "data": ("fakevlm_bench.cli.data", "build the starter set"),
    "submit": ("fakevlm_bench.cli.leaderboard", "write a leaderboard submission from a run"),
    "leaderboard": ("fakevlm_bench.cli.leaderboard", "validate submissions and build the site"),
}


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<13}{text}" for name, (_, text) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="fakevlm-bench",
        description="Measure detectors of AI-generated and manipulated images.",
        epilog="commands:\n" + "\n".join(lines) + "\n\nfakevlm-bench COMMAND --help says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks and debug messages")
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with config groups of yours")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("command", nargs="?", metavar="COMMAND", choices=[*COMMANDS])
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def write(text: str) -> None:
    """Write a line of output that the user asked for to standard output."""
    sys.stdout.write(text + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Returns:
        0 on success; 1 where a command found what it looks for (a difference, a
        refused submission); 2 on an error, printed as one line; 130 when interrupted, 143
        when ended by SIGTERM (129 by SIGHUP).
    """
    with terminal.guarded(), terminal.stopping():
        return _main(argv)


def _main(argv: Sequence[str] | None) -> int:
    parser = _parser()
    rest, debug, config_dir = _taken_out(sys.argv[1:] if argv is None else argv)
    options = parser.parse_args(rest)
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.INFO,
        format="%(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore", "datasets", "filelock", "fsspec", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if options.version:
        write(__version__)
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    module = importlib.import_module(COMMANDS[options.command][0])
    return _guarded(module.main, options.command, options.arguments, debug, config_dir)


def _taken_out(arguments: Sequence[str]) -> tuple[list[str], bool, str | None]:
    """Take the options that mean the same in every command out of its arguments."""
    rest: list[str] = []
    debug, config_dir = False, None
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word == "--debug":
            debug = True
        elif name in CONFIG_DIR and equals:
            config_dir = value
        elif word in CONFIG_DIR:
            config_dir = next(words, "")
        else:
            rest.append(word)
    return rest, debug, config_dir


def _guarded(
    command: Callable[[list[str], str], int],
    name: str,
    arguments: list[str],
    debug: bool,
    config_dir: str | None,
) -> int:
    """Call a subcommand; whatever the user caused becomes one line and exit code 2."""
    try:
        with searching(config_dir):
            return int(command(arguments, name) or 0)
    except KeyboardInterrupt as stop:
        sys.stderr.write("interrupted; finished work is kept, and the same command continues it\n")
        return 128 + stop.number if isinstance(stop, terminal.Stopped) else 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (BenchError, OSError) as error:
        if debug:
            sys.stderr.write(traceback.format_exc())
        sys.stderr.write(f"fakevlm-bench {name}: {_one_line(error)}\n")
        return 2
    except Exception:
        if not any_known():
            raise
        sys.stderr.write(traceback.format_exc())  # the interpreter would show secrets in it
        return 1


def _one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and not isinstance(error, BenchError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    return " ".join(str(error).split())


if __name__ == "__main__":
    sys.exit(main())
