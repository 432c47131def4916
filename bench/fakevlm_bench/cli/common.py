"""What subcommands share: their parsers, and older spellings of their settings."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from fakevlm_bench.cli.words import check_options

EVERYWHERE = """\
options of every command, before or after its name:
  --config-dir DIR  a folder with config groups of your own, searched first
  --debug           show tracebacks and debug messages
"""
OPTIONS = ("-h", "--help", "--out", "--json")
"""Of the commands that take nothing but settings, and these."""


def command_parser(
    command: str, description: str | None, examples: str = ""
) -> argparse.ArgumentParser:
    """Build the parser of a subcommand.

    Args:
        command: Its name.
        description: What it does.
        examples: Shown below its options.
    """
    return argparse.ArgumentParser(
        prog=f"fakevlm-bench {command}",
        description=description,
        epilog=f"{examples}\n{EVERYWHERE}" if examples else EVERYWHERE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_settings(parser: argparse.ArgumentParser, example: str, *, required: bool = False) -> None:
    """Let a command take settings in the words of ``run``.

    Args:
        parser: Of the command.
        example: What they may be, for the help.
        required: Whether there must be one.
    """
    count = "+" if required else "*"
    parser.add_argument("settings", nargs=count, metavar="KEY=VALUE", help=example)


def add_aliases(parser: argparse.ArgumentParser, *keys: str) -> None:
    """Let ``--task NAME`` mean ``task=NAME``, as it did before version 0.2.0.

    Args:
        parser: Of the command.
        keys: Settings that had an option.
    """
    for key in keys:
        parser.add_argument(f"--{key}", metavar="…", help=f"the same as {key}=…")
    parser.set_defaults(aliases=keys)


def settings_of(options: argparse.Namespace) -> list[str]:
    """Return the settings of a command, those of `add_aliases` among them."""
    aliases = {key: vars(options)[key] for key in getattr(options, "aliases", ())}
    spelled = [f"{key}={value}" for key, value in aliases.items() if value is not None]
    return [*spelled, *options.settings]


def job_parser(command: str, description: str | None) -> argparse.ArgumentParser:
    """Build the parser of a command that takes a detector, a task and a file to write.

    Args:
        command: Its name.
        description: What it does.
    """
    parser = command_parser(command, description)
    example = "detector=NAME task=NAME, and their settings such as detector.encoder=FOLDER"
    add_settings(parser, example, required=True)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it")
    return parser


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command's arguments; ``--limit 5`` is answered with ``limit=5``.

    Args:
        parser: Of a command that has no options but `OPTIONS`.
        arguments: As the user wrote them.

    Raises:
        ConfigError: There is no such option.
    """
    check_options(arguments, OPTIONS)
    return parser.parse_args(arguments)
