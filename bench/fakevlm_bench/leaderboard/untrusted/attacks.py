"""Records of attacks: small JSON in a column, of fixed keys and types."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.submission import JsonObject, Part
from fakevlm_bench.leaderboard.untrusted import strict_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_WORD = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}
_AMOUNT = {"type": ["number", "null"], "minimum": 0}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "attack": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(("name", "kind", "norm", "aim"), _WORD)
            | dict.fromkeys(("epsilon", "steps", "budget"), _AMOUNT),
        },
        "norm": _AMOUNT,
        "queries": _AMOUNT,
        "broken": {"type": ["boolean", "null"]},
        "flags": {"type": "array", "maxItems": 16, "items": _WORD},
    },
}


@dataclass(frozen=True, kw_only=True)
class AttackSettings(Part):
    """Which attack it was; what an attack does not have is null."""

    name: str | None = None
    kind: str | None = None
    norm: str | None = None
    aim: str | None = None
    epsilon: float | None = None
    steps: float | None = None
    budget: float | None = None


@dataclass(frozen=True, kw_only=True)
class AttackRecord(Part):
    """What figures need of an attack on one image; its trace stays with the run.

    Attributes:
        attack: Which it was.
        norm: Of the difference to the clean image, in the attack's own norm.
        queries: Spent on the image.
        broken: Whether the attack saw its goal reached.
        flags: Signs that the detector resists by obscured gradients only.
    """

    parts: ClassVar = {"attack": AttackSettings}
    attack: AttackSettings | None = None
    norm: float | None = None
    queries: float | None = None
    broken: bool | None = None
    flags: list[str] = field(default_factory=list)


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_SCHEMA)


def slim_record(record: JsonObject) -> AttackRecord:
    """Return what a submission keeps of a run's record; empty values and the trace are left out.

    Raises:
        RefusalError: The record has other types.
    """
    names = ("attack", "norm", "queries", "broken", "flags")
    figures = {name: record[name] for name in names if record.get(name) is not None}
    return _checked(figures, "the run")


def read_attack(text: str, name: str) -> AttackRecord:
    """Read one record.

    Args:
        text: The column's value.
        name: Of the file, for the message.

    Raises:
        RefusalError: It is not JSON that may be read, or has other keys or types.
    """
    return _checked(strict_json.loads(text.encode(), name), name)


def _checked(record: JsonObject, name: str) -> AttackRecord:
    for fault in _validator().iter_errors(record):
        place = ".".join(map(str, ["attack", *fault.path]))
        raise RefusalError(f"{name}: {place} is {shown(fault.instance)}: not an attack's record")
    return AttackRecord.from_json(record)
