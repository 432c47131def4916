"""Settings on the command line: secrets kept out of Hydra's hands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hydra.experimental.callback import Callback

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.secret import (
    HIDDEN,
    conceal,
    conceal_address,
    conceal_header,
    hide,
    is_secret_setting,
    public,
)

if TYPE_CHECKING:
    from omegaconf import DictConfig

VARIABLE = "FAKEVLM_BENCH_SECRET_"
"""Begins the name of an environment variable that stands for a secret in a setting."""


def protected(words: list[str]) -> list[str]:
    """Put secret values into environment variables, and their names into the settings.

    Hydra shows and stores settings as they were given; an interpolation is all that it sees.
    """
    variables = (f"{VARIABLE}{number}" for number in range(len(os.environ) + 10**6))
    return [safe for word in words for safe in _protected(word, variables)]


def _protected(word: str, variables: Iterator[str]) -> list[str]:
    key, sign, value = word.partition("=")
    path = key.lstrip("+~").split(".")
    if not sign or word.startswith("-") or not value or "${" in value:
        return [word]
    if path[-1] == "headers" and value.startswith("{"):
        return _headers(key, value, variables)
    plain = _unquoted(value)
    if path[-1] == "base_url":
        conceal_address(plain)
        return [
            _variable(key, plain, variables) if public(plain) != plain or "=" in plain else word
        ]
    if "headers" in path[-2:-1]:
        conceal_header(path[-1], plain)
    elif is_secret_setting(path[-1], path[-2] if len(path) > 1 else ""):
        conceal(plain)
    else:
        return [word]
    return [_variable(key, plain, variables)]


def _headers(key: str, value: str, variables: Iterator[str]) -> list[str]:
    """Take a whole mapping of headers apart."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        headers = OverridesParser.create().parse_override(f"headers={value}").value()
    except HydraException:
        conceal(value, *re.split(r"[{},:\s]+", value))
        raise ConfigError(
            "server.headers cannot be read as a mapping: set each header by itself, as "
            "'+server.headers.NAME=\"VALUE\"'"
        ) from None
    if not isinstance(headers, Mapping):
        return [f"{key}={value}"]
    for name, one in headers.items():
        conceal_header(str(name), str(one))
    bare = key.lstrip("+")
    return [_variable(f"++{bare}.{name}", str(one), variables) for name, one in headers.items()]


def _variable(key: str, value: str, variables: Iterator[str]) -> str:
    name = next(variables)
    os.environ[name] = value
    return f"{key}=${{oc.env:{name}}}"


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace(f"\\{value[0]}", value[0])
    return value


def hide_listing(text: str) -> str:
    """Take the secrets out of a configuration that Hydra printed (YAML, headings between)."""
    block, depth, lines = "", -1, []
    for line in text.split("\n"):
        match = re.match(r"(\s*)['\"]?([\w.-]+)['\"]?:(?:\s+(.*))?$", line)
        indent = len(line) - len(line.lstrip())
        if block and line.strip() and indent <= depth:
            block = ""
        if block == "headers" and line.strip() and match is None:
            lines.append(f"{' ' * indent}{HIDDEN}")
            continue
        if match is None:
            lines.append(line)
            continue
        name, value = match[2], _unquoted(match[3] or "")
        if value and (block == "headers" or is_secret_setting(name, block)):
            conceal_header(name, value)
            lines.append(f"{match[1]}{name}: {HIDDEN}")
            continue
        if not value and name in ("headers", "environment"):
            block, depth = name, indent
        lines.append(line)
    return public("\n".join(lines))


class Secrecy(Callback):
    """Takes the secrets of files out of the copy that Hydra keeps of a sweep's settings."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Change the copy; each run's configuration is composed anew."""
        from omegaconf import OmegaConf, open_dict, read_write

        values = OmegaConf.to_container(config, resolve=False)
        if not isinstance(values, dict):
            return
        values.pop("hydra", None)
        with read_write(config), open_dict(config):
            for path, value in _changes(values, hide(values)):
                OmegaConf.update(config, path, value, merge=False)


def _changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Return the places at which two configurations of one shape differ, by their paths."""
    if isinstance(before, Mapping):
        for key, value in before.items():
            yield from _changes(value, after[key], f"{path}.{key}" if path else str(key))
    elif before != after:
        yield path, after
