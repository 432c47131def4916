"""The words of Hydra's grammar, read before Hydra does: what is wrong is said with its remedy."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fakevlm_bench.errors import ConfigError

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

GROUPS = ("task", "detector", "server", "conditions", "launcher", "experiment", "debug")
LISTED = ("task", "detector", "conditions")
"""Groups whose entries `fakevlm-bench list` shows under the group's name."""
MANY = ("-m", "--multirun")
OPTIONS = (
    "--help", "-h", "--hydra-help", "--version", "--cfg", "-c", "--resolve", "--package", "-p",
    "--run", "-r", *MANY, "--shell-completion", "-sc", "--config-path", "-cp", "--config-name",
    "-cn", "--experimental-rerun", "--info", "-i",
)  # fmt: skip
"""What Hydra takes with dashes."""
TAKES_A_WORD = ("--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn",
                "--experimental-rerun")  # fmt: skip


def hydra_words(arguments: Sequence[str], command: str) -> list[str]:
    """Return the words for Hydra, checked, with names of variables in place of secrets.

    Args:
        arguments: As the user wrote them.
        command: The subcommand; only ``run`` takes ``-m``.

    Raises:
        ConfigError: A word that Hydra cannot read, or reads as something else than was meant.
    """
    from fakevlm_bench.cli.overrides import protected

    words = protected([two for word in arguments for two in spelled_out(word)])
    check(words, command)
    return words


def spelled_out(word: str) -> list[str]:
    """Return Hydra's words for one of ours: ``--dry-run``, ``task=starter:quick``, ``runs=~/x``."""
    if word == "--dry-run":
        return ["dry_run=true"]
    key, _, value = word.partition("=")
    group = {"base_url": "server", "categories": "task"}.get(key)
    if group is not None:
        return [f"{group}.{word}"]
    subset = re.fullmatch(r"task=(\w+):(\w+)", word)
    if subset:
        return [f"task={subset[1]}", f"task.subset={subset[2]}"]
    if value == "~" or value.startswith("~/"):  # quoted, since a home may have any name
        return [f"{key}={_quoted(at_home(value))}"]
    return [word]


def check(words: Sequence[str], command: str) -> None:
    """Refuse words that Hydra cannot read, or reads as something else than was meant.

    Args:
        words: Settings, and for ``run`` Hydra's options among them.
        command: The subcommand; only ``run`` takes ``-m``.

    Raises:
        ConfigError: In one line, with what would be right, ready to be pasted.
    """
    sweeps = ("experiment=", "hydra.mode=", "hydra/sweeper")
    many = bool(set(MANY) & set(words)) or any(word.startswith(sweeps) for word in words)
    previous = ""
    for i, word in enumerate(words):
        if word.startswith("-") and previous not in TAKES_A_WORD:
            _check_option(word, words[i + 1 : i + 2], OPTIONS)
        elif previous not in TAKES_A_WORD:
            _check_setting(word, command, many=many)
        previous = word


def check_options(arguments: Sequence[str], options: Sequence[str]) -> None:
    """Refuse options that a command has not; settings are written without dashes.

    Raises:
        ConfigError: With the setting or the option that was meant.
    """
    for i, word in enumerate(arguments):
        if word.startswith("-") and word != "-":
            _check_option(word, arguments[i + 1 : i + 2], options)


def _check_option(word: str, following: Sequence[str], options: Sequence[str]) -> None:
    name, equals, value = word.partition("=")
    if name in options:
        return
    key = name.lstrip("-").replace("-", "_")
    if key.partition(".")[0] in _settings():
        if not equals and following and not following[0].startswith("-"):
            value = following[0]
        value = value or "…"
        raise ConfigError(f"'{word}': settings are written without dashes: {key}={value}")
    near = difflib.get_close_matches(name, ["--dry-run", *options], n=1)
    hint = f"did you mean {near[0]}?" if near else "--help lists them"
    raise ConfigError(f"unknown option '{name}': {hint}")


def _settings() -> list[str]:
    from fakevlm_bench.config import RunConfig

    return [*GROUPS, *(field.name for field in dataclasses.fields(RunConfig)), "dry_run"]


def _check_setting(word: str, command: str, *, many: bool) -> None:
    key, equals, value = word.partition("=")
    if not equals and not word.startswith("~"):  # a tilde alone takes a setting away
        raise ConfigError(f"'{word}' is not a setting: write KEY=VALUE, such as {_example(word)}")
    override = _parsed(word)
    if override is None:
        raise ConfigError(f"'{word}' cannot be read: put quotes around {_remedy(key, value)}")
    if override.is_sweep_override() and not many:
        raise ConfigError(_several(key, value, command))


def _example(word: str) -> str:
    """Name what somebody meant who left the key away."""
    from fakevlm_bench.registry import names

    group = next((group for group in LISTED if word in names(group)), None)
    return f"{group}={word}" if group else "limit=50 or task.path=FOLDER"


def _parsed(word: str) -> Override | None:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(word)
    except HydraException:
        return None


def _quoted(value: str) -> str:
    """Put Hydra's quotes around a value that needs them."""
    if re.fullmatch(r"[\w./:+-]+", value, re.ASCII):
        return value
    escaped = re.sub(r'(\\*)"', lambda found: found[1] * 2 + '\\"', value)
    trailing = re.search(r"\\*$", escaped)
    return f'"{escaped}{trailing[0] if trailing else ""}"'


def _remedy(key: str, value: str) -> str:
    """Say what to quote, and give the word as it is to be pasted into a shell."""
    inner = re.fullmatch(r"\[(.*)\]", value, re.DOTALL)
    if inner:
        items = [item.strip().strip("\"'") for item in inner[1].split(",")]
        what, value = "each entry with signs in it", f"[{','.join(map(_quoted, items))}]"
    else:
        bare = re.fullmatch(r"""(["'])(.*)\1?""", value, re.DOTALL)
        what, value = "the value", _quoted(bare[2].rstrip(bare[1]) if bare else value)
    word = f"{key}={value}"
    if _parsed(word) is None:
        return f"{what} (the key '{key}' is wrong too: use letters, digits and dots)"
    return f"{what}: {shlex.quote(word)}"


def _several(key: str, value: str, command: str) -> str:
    """Say what several values with commas between them could be meant for."""
    first, *_ = value.split(",")
    if key == "conditions.ids":
        return f"'{key}={value}': put a list in brackets: {shlex.quote(f'{key}=[{value}]')}"
    if "/" in value or " " in value:
        problem = f"'{key}={value}': a comma means several values"
        return f"{problem}; put quotes around {_remedy(key, value)}"
    if command == "run":
        return (
            f"'{key}={value}' names several: use -m to run one after the other: "
            f"fakevlm-bench run -m {key}={value} …"
        )
    return f"'{key}={value}' names several, but {command} takes one, such as {key}={first}"


def about(words: Sequence[str], group: str) -> list[str]:
    """List the words that choose from a group or set something of it (``conditions.ids=…``)."""
    return [word for word in words if re.split(r"[.=@]", word.lstrip("+"), maxsplit=1)[0] == group]


_PRIVATE = re.compile(
    r"(?<![a-z])(keys?|token|secret|password|auth|authorization|headers?|environment|url|python|"
    r"log_dir|path)(?![a-z])"
)
_PLACE = re.compile(r"""["']?(~|/|\./|\.\./|\w+://|[A-Za-z]:\\)""")
_RECORDED = ("detector", "task", "server", "experiment", "limit")


def published(words: Sequence[str]) -> tuple[str, ...]:
    """Return the settings that a run needs to be repeated, fit to be shown to anybody.

    Addresses, paths and whatever may be a secret are left open (``server.base_url=…``).
    """
    recorded = [word for group in _RECORDED for word in about(words, group)]
    return tuple(_open(word) for word in words if word in recorded)


def _open(word: str) -> str:
    key, _, value = word.partition("=")
    named = f"{key} {value}" if value[:1] in ("{", "[") else key
    private = _PRIVATE.search(named.lower()) or _PLACE.match(value) or "://" in value
    return f"{key}=…" if private else word


def at_home(path: Any) -> Any:
    """Expand a path's ``~``, which a shell leaves alone behind an equals sign or in quotes."""
    return os.path.expanduser(path) if isinstance(path, str) else path  # noqa: PTH111


def switched_off(setting: Any) -> bool:
    """Whether a setting that names a file says in some way that there is none."""
    off = ("", "off", "no", "none", "null", "false")
    return setting is None or str(setting).lower() in off
