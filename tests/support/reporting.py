"""A run with everything that a report shows: words, heat maps, moved frames, an attack."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import (
    Attacked,
    Capabilities,
    Label,
    Query,
    Response,
    Sample,
    Target,
)

HOSTILE = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>"
IDS = ["jpeg:1", "jpeg:5", "crop:3", "gaussian_noise:3", "prompt_order:swapped"]


@dataclass
class Listed:
    samples: list[Sample]

    def fingerprint(self) -> str:
        return hashlib.sha256(b"".join(one.image for one in self.samples)).hexdigest()

    def ids(self) -> list[str]:
        return [one.id for one in self.samples]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)


def samples() -> list[Sample]:
    made = []
    for i in range(28):
        rng = np.random.default_rng(i)
        image = rng.integers(60, 160, (90, 120, 1), dtype=np.uint8).repeat(3, axis=2)
        mask = np.zeros((90, 120), bool)
        if i % 2:
            mask[20:60, 30:80] = True
            image[mask] = (220, 60, 40)
        buffer = io.BytesIO()
        PillowImage.fromarray(image).save(buffer, "PNG")
        made.append(
            Sample(
                id=f"s{i:02d}", image=buffer.getvalue(), media_type="image/png",
                label=Label(i % 2), group=f"g{i}", mask=encode_png(mask) if i % 2 else None,
                references=("The edges look distorted." if i % 2 else "It looks natural.",),
            )
        )  # fmt: skip
    return made


@dataclass
class Speaker:
    """Calls an image fake where it is red, marks that, and says so."""

    name: str = "speaker"
    capabilities: ClassVar[Capabilities] = Capabilities(score=True, mask=True, explanation=True)
    batch_size: int = 8
    threshold: float = 0.5
    said: str = HOSTILE

    def fingerprint(self) -> Mapping[str, Any]:
        return {"name": self.name, "said": self.said}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        return [self._answer(query) for query in queries]

    def _answer(self, query: Query) -> Response:
        image = decode_image(query.image).astype(float)
        red = np.clip(image[..., 0] - image[..., 2] - 60, 0, 100) * 2.5
        fake = (red > 50).mean() > 0.05
        words = "The edges look distorted." if fake else "The light is natural."
        text = f"This is a {'fake' if fake else 'real'} image. {words} {self.said}"
        score = float(np.clip((red > 50).mean() * 4, 0, 1))
        return Response(text=text, score=score, heat_map=red.astype(np.uint8))


@dataclass
class Paint:
    """An attack by hand: paints over the red, which breaks fakes, and records what it did."""

    requires: ClassVar[Capabilities] = Capabilities()
    grey: int = 100

    def fingerprint(self) -> Mapping[str, Any]:
        return {"kind": "gradient", "norm": "linf", "epsilon": 0.5, "name": "paint"}

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        painted = []
        for k, target in enumerate(targets):
            image = target.image.copy()
            if target.mask is not None:
                image[target.mask] = self.grey
            flags = ("zero_gradient",) if target.mask is None else ()
            painted.append(Attacked(image, norm=0.47, queries=10 + k, flags=flags))
        return painted
