"""What a run records of an attack on one image, as JSON in its column ``attack``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fakevlm_bench.protocols import JsonObject

if TYPE_CHECKING:
    from fakevlm_bench.types import Attacked

RECORDED = ("name", "kind", "norm", "epsilon", "steps", "budget", "aim")
"""Of an attack's fingerprint: what reviews and figures read."""


@dataclass(frozen=True)
class AttackRecord:
    """One attack on one image.

    Attributes:
        attack: Of its fingerprint, `RECORDED`.
        norm: Distance to the original, in the attack's norm, pixels in [0, 1].
        queries: Forward passes of the detector.
        broken: Whether the attack saw the image answered as it wanted; None where it did not look.
        flags: Signs of false robustness (`fakevlm_bench.attack_flags`).
        trace: Figures along the way; None where one is not finite.
    """

    attack: JsonObject
    norm: float
    queries: int
    broken: bool | None = None
    flags: tuple[str, ...] = ()
    trace: tuple[float | None, ...] = ()

    @classmethod
    def of(cls, fingerprint: JsonObject, attacked: Attacked) -> AttackRecord:
        """Record what an attack made.

        Args:
            fingerprint: The attack's.
            attacked: What came of one image.
        """
        return cls(
            attack={name: fingerprint[name] for name in RECORDED if name in fingerprint},
            norm=attacked.norm,
            queries=attacked.queries,
            broken=attacked.broken,
            flags=tuple(attacked.flags),
            trace=tuple(one if math.isfinite(one) else None for one in attacked.trace),
        )

    @classmethod
    def from_json(cls, text: str) -> AttackRecord:
        """Read a record.

        Raises:
            KeyError: It lacks a part.
        """
        value: dict[str, Any] = json.loads(text)
        return cls(
            attack=value.get("attack", {}),
            norm=value["norm"],
            queries=value["queries"],
            broken=value.get("broken"),
            flags=tuple(value.get("flags", ())),
            trace=tuple(value.get("trace", ())),
        )

    def to_json(self) -> str:
        """Write it."""
        return json.dumps(asdict(self))
