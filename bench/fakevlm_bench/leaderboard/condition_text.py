"""What conditions are, in words: read from their configs and from what they build."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.errors import BenchError
from fakevlm_bench.leaderboard.submission import JsonObject

SEVERITIES = 5


@dataclass(frozen=True)
class ConditionWords:
    """What a condition does, in words.

    Attributes:
        about: One sentence.
        settings: What its level stands for, such as ``quality 75``; may be empty.
    """

    about: str
    settings: str


def describe_condition(condition_id: str) -> ConditionWords:
    """Describe a condition; one that this checkout does not have is only named."""
    if condition_id == "clean":
        return ConditionWords("The file's own bytes.", "")
    from fakevlm_bench.registry import config_dirs, load_condition

    try:
        condition = load_condition(condition_id)
    except BenchError:
        return ConditionWords("Not in this checkout.", "")
    stem = condition_id.partition(":")[0]
    path = next(p for root in config_dirs() if (p := root / "condition" / f"{stem}.yaml").is_file())
    comments = re.match(r"(?:#.*\n)+", path.read_text("utf-8"))
    lines = [line.lstrip("# ") for line in (comments[0] if comments else "").splitlines()]
    summary = (inspect.getdoc(type(condition.operation)) or "").partition("\n\n")[0]
    return ConditionWords(" ".join(lines) or " ".join(summary.split()), _settings(condition.spec))


def _settings(spec: JsonObject) -> str:
    """Pick the level's own value out of every list that has one per severity."""
    level = str(spec.get("level", ""))
    if not level.isdigit():
        return ""
    settings = []
    for name, values in spec.items():
        listed = isinstance(values, Sequence) and not isinstance(values, str)
        if listed and len(values) == SEVERITIES and int(level) in range(1, SEVERITIES + 1):
            value = values[int(level) - 1]
            if isinstance(value, int | float | str):
                settings.append(f"{_singular(name)} {value}")
    if "hops" in spec:
        settings.append(f"the first {level} of {len(spec['hops'])} hops")
    return ", ".join(settings)


def _singular(name: str) -> str:
    text = name.replace("_", " ")
    return text[:-3] + "y" if text.endswith("ies") else text.removesuffix("s")
