"""Floors: detectors that do not look, so that every figure has something to stand on.

They never open the file, so an image that nobody can decode is answered like any other.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fakevlm_bench.json_types import Card, Fingerprint
from fakevlm_bench.types import Capabilities, Query, Response

TEMPLATE = (
    "This is a fake image. The textures look unnaturally smooth; "
    "edges around the main object are inconsistent; the lighting does not match the scene."
)


@dataclass(frozen=True)
class _Floor:
    """What the floors share: no weights, no preparation, any batch size."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities] = Capabilities(score=True)
    batch_size: ClassVar[int] = 256
    threshold: ClassVar[float] = 0.5
    card: ClassVar[Card] = {"family": "floor", "licence": "Apache-2.0"}

    def fingerprint(self) -> Fingerprint:
        """Return the floor's name and version."""
        return {"name": self.name, "version": 1}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer without looking."""
        return [self._answer(query) for query in queries]

    def _answer(self, query: Query) -> Response:
        raise NotImplementedError


class AlwaysFake(_Floor):
    """Calls every image fake with certainty."""

    name = "always_fake"

    def _answer(self, query: Query) -> Response:
        return Response(score=1.0)


class AlwaysReal(_Floor):
    """Calls every image real with certainty."""

    name = "always_real"

    def _answer(self, query: Query) -> Response:
        return Response(score=0.0)


@dataclass(frozen=True)
class Coin(_Floor):
    """Draws P(fake) uniformly from [0, 1), from the image's bytes and a seed."""

    name = "coin"
    seed: int = 0

    def fingerprint(self) -> Fingerprint:
        """Return name, version and seed."""
        return {**super().fingerprint(), "seed": self.seed}

    def _answer(self, query: Query) -> Response:
        digest = hashlib.sha256(str(self.seed).encode() + b":" + query.image).digest()
        return Response(score=math.ldexp(int.from_bytes(digest[:6], "big"), -48))


@dataclass(frozen=True)
class Template(_Floor):
    """Answers with one fixed text: the floor of every explanation figure."""

    name = "template"
    capabilities = Capabilities(explanation=True)
    text: str = TEMPLATE

    def fingerprint(self) -> Fingerprint:
        """Return name, version and the fixed text."""
        return {**super().fingerprint(), "text": self.text}

    def _answer(self, query: Query) -> Response:
        return Response(text=self.text)
