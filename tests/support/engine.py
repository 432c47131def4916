"""A dataset of small real files, and detectors that misbehave on purpose."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.types import Capabilities, Label, Query, Response, Sample, Task


def png(seed: int, size: tuple[int, int] = (16, 16)) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


@dataclass
class ListDataset:
    samples: list[Sample]

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for sample in self.samples:
            digest.update(sample.id.encode() + sample.image)
        return digest.hexdigest()

    def ids(self) -> list[str]:
        return [sample.id for sample in self.samples]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)


def task_of(samples: list[Sample]) -> Task:
    return Task(
        name="listed", version="1", dataset=ListDataset(samples), prompt="real or fake?",
        licence="none", citation="",
    )  # fmt: skip


def samples_of(count: int, size: tuple[int, int] = (16, 16)) -> list[Sample]:
    return [
        Sample(
            id=f"s{i:05d}", image=png(i, size), media_type="image/png", label=Label(i % 2),
            group=f"g{i // 2}", generator="real" if i % 2 == 0 else "noise",
            family="real" if i % 2 == 0 else "noise",
        )
        for i in range(count)
    ]  # fmt: skip


@dataclass
class Meter:
    """Scores an image by its mean, counts what it is asked, and raises where told to."""

    name: str = "meter"
    capabilities: ClassVar[Capabilities] = Capabilities(score=True)
    batch_size: int = 16
    threshold: float = 0.5
    broken: frozenset[str] = frozenset()
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)

    def fingerprint(self) -> Mapping[str, Any]:
        return {"name": self.name}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        if self.broken & {query.sample_id for query in queries}:
            raise ValueError("this image is too much for me")
        self.asked += [query.sample_id for query in queries]
        return [Response(score=hashlib.sha256(query.image).digest()[0] / 255) for query in queries]
