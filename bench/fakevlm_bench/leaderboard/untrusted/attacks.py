"""Records of attacks: small JSON in a column, of known keys and types."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.untrusted import strict_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

KEYS = ("attack", "norm", "queries", "broken", "flags")
"""What figures are computed from; a record's trace stays with the run."""
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


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_SCHEMA)


def check_attack(text: str, name: str) -> dict[str, Any]:
    """Read one record.

    Args:
        text: The column's value.
        name: Of the file, for the message.

    Raises:
        RefusalError: It is no JSON that may be read, or has other keys or types.
    """
    record = strict_json.loads(text.encode(), name)
    for fault in _validator().iter_errors(record):
        place = ".".join(map(str, ["attack", *fault.path]))
        raise RefusalError(f"{name}: {place} is {shown(fault.instance)}: not a record of an attack")
    found: dict[str, Any] = record
    return found
