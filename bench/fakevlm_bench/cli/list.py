"""`fakevlm-bench list`: what can be chosen, read from the files alone."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from fakevlm_bench.cli.common import command_parser
from fakevlm_bench.cli.main import write
from fakevlm_bench.registry import find, names

WIDTH = 100
UNBROKEN: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
KINDS = ("tasks", "detectors", "conditions", "metrics")


def main(arguments: list[str], command: str) -> int:
    """Print the entries of one kind, or of all.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.
    """
    parser = command_parser(command, __doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, help="what to list (default: all)")
    parser.add_argument("name", nargs="?", help="one metric: its formula, range and reference")
    parser.add_argument("--json", action="store_true", help="as JSON")
    options = parser.parse_args(arguments)
    kinds = [options.kind] if options.kind else list(KINDS)
    entries = {kind: _entries(kind) for kind in kinds}
    if options.name:
        return _definition(options.name, options.kind, entries)
    if options.json:
        write(json.dumps(entries, indent=1, ensure_ascii=False))
        return 0
    for kind, listed in entries.items():
        if len(entries) > 1:
            write(f"\n{kind}")
        width = max((len(name) for name in listed), default=0)
        for name, entry in listed.items():
            write(_entry(name, width, entry))
    return 0


def _entries(kind: str) -> dict[str, dict[str, Any]]:
    if kind == "metrics":
        from fakevlm_bench.metrics.definitions import DEFINITIONS

        return {name: {"summary": one.summary} for name, one in sorted(DEFINITIONS.items())}
    groups = {"tasks": ["task"], "detectors": ["detector"]}.get(kind, ["condition", "conditions"])
    entries = {}
    for group in groups:
        for name in names(group):
            path = find(group, name)
            label = f"conditions={name}" if group == "conditions" else name
            entries[label] = {"summary": summary(path)}
            if group == "condition" and (levels := condition_levels(path)):
                entries[label]["levels"] = levels
            if group == "detector":
                _add_availability(entries[label], path)
    return entries


def _entry(name: str, width: int, entry: dict[str, Any]) -> str:
    """Lay an entry out for 100 columns, the reason why it cannot run here below it."""
    texts = [entry["summary"]]
    if not entry.get("runs_here", True):
        texts.append(f"not here: {entry['reason']}")
    lines = [line for text in texts for line in textwrap.wrap(text, WIDTH - width - 4, **UNBROKEN)]
    return "\n".join(
        f"  {name if k == 0 else '':<{width}}  {line}" for k, line in enumerate(lines or [""])
    )


def summary(path: Path) -> str:
    """Return a config file's leading comment, or its description."""
    text = path.read_text("utf-8")
    comments = re.match(r"(?:#.*\n)+", text)
    lines = [line.lstrip("# ") for line in (comments[0] if comments else "").splitlines()]
    comment = [line for line in lines if not line.startswith("@package")]
    stated = re.search(r"^description:\s*(.+)$", text, re.MULTILINE)
    return " ".join(comment) or (stated[1].strip("\"'") if stated else "")


def condition_levels(path: Path) -> str:
    """Return what a condition's file says of its levels, such as ``1 to 5``; else nothing."""
    stated = re.search(r"Levels: (.+)\.$", summary(path))
    return stated[1] if stated else ""


def _add_availability(entry: dict[str, Any], path: Path) -> None:
    """Say whether a detector can run here now, as far as its weights tell."""
    import yaml

    from fakevlm_bench.availability import availability

    reason = availability(yaml.safe_load(path.read_text("utf-8")))
    entry["runs_here"] = reason is None
    if reason is not None:
        entry["reason"] = reason


def _definition(name: str, kind: str, entries: dict[str, dict[str, Any]]) -> int:
    from fakevlm_bench.errors import ConfigError, unknown_name

    if kind != "metrics":
        raise ConfigError(f"list {kind} takes no name; list metrics {name} shows a definition")
    from fakevlm_bench.metrics.definitions import DEFINITIONS

    if name not in DEFINITIONS:
        raise unknown_name("metric", name, entries["metrics"])
    write(str(DEFINITIONS[name]))
    if DEFINITIONS[name].inputs:
        from importlib.resources import files

        hub = files("fakevlm_bench.metrics") / "hub"
        write(f"python     evaluate.load({str(hub)!r}, {name!r})")
    return 0
