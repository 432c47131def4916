"""A result's figures under one flat name each, such as ``clean/detection/auroc``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SKIPPED = ("by", "settings")
"""Breakdowns by category and the like: charts show them, the table does not."""


def flatten(result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give every figure of a result by name: ``<condition>/<family>/…`` or ``<family>/…``.

    A figure is a mapping with ``value`` (then also ``low``, ``high``, ``n``) or with ``absent``.
    """
    found: dict[str, dict[str, Any]] = {}
    rest = {name: value for name, value in result.items() if name != "conditions"}
    robustness = dict(rest.pop("robustness", {}))
    against_clean = robustness.pop("conditions", {})
    for condition, families in result.get("conditions", {}).items():
        covered = families["coverage"]
        found[f"{condition}/coverage"] = {"value": covered["share"], "n": covered["planned"]}
        found.update(_walk(families, f"{condition}/"))
        found.update(_walk(against_clean.get(condition, {}), f"{condition}/robustness/"))
    found.update(_walk({"robustness": robustness, **rest}, ""))
    return found


def _walk(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, child in node.items():
        if not isinstance(child, Mapping) or name in _SKIPPED:
            continue
        if "value" in child or "absent" in child:
            yield f"{prefix}{name}", dict(child)
        else:
            yield from _walk(child, f"{prefix}{name}/")


def split_name(name: str, conditions: Iterable[str]) -> tuple[str, str]:
    """Split a flat name into its condition, empty where it has none, and the rest.

    Conditions may hold slashes themselves, such as ``pgd_linf:8/255``.
    """
    found = max((c for c in conditions if name.startswith(f"{c}/")), key=len, default="")
    return found, name[len(found) + 1 :] if found else name


def values(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Give the values alone, of the figures that could be computed."""
    return {
        name: float(figure["value"])
        for name, figure in figures.items()
        if isinstance(figure.get("value"), int | float)
    }
