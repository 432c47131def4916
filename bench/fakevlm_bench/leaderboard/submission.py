"""What a submission is: ``submission.json`` as classes, one for each of its parts.

A document is held against the schema first (`untrusted.document`); these classes only name
what it holds, and write the same JSON again: keys that a document leaves out stay out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, TypeAlias

from fakevlm_bench.result import Document

JsonObject: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a document, whose attributes are named like its keys.

    Attributes:
        stated: The keys that the document has, in its order, where it was read from one; the
            others are at their defaults.
    """

    parts: ClassVar[Mapping[str, type[Part]]] = {}
    """Classes of the keys whose values are parts themselves."""
    stated: tuple[str, ...] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_json(cls, document: JsonObject) -> Self:
        """Read a part of a document that follows the schema."""
        values = {
            name: cls.parts[name].from_json(value)
            if name in cls.parts and value is not None
            else value
            for name, value in document.items()
        }
        return cls(stated=tuple(document), **values)

    def to_json(self) -> Document:
        """Return the part as JSON values, with the keys that were stated and no others."""
        every = (one.name for one in fields(self) if one.name != "stated")
        names = every if self.stated is None else self.stated
        values = {name: getattr(self, name) for name in names}
        return {
            name: value.to_json() if isinstance(value, Part) else value
            for name, value in values.items()
        }


@dataclass(frozen=True, kw_only=True)
class Submitter(Part):
    """Who submits, and what they gain by it."""

    name: str
    affiliation: str
    conflicts: str


@dataclass(frozen=True, kw_only=True)
class Prompting(Part):
    """How a model was asked in words; a null prompt is the task's own question."""

    mode: str = "chat"
    prompt: str | None = None
    instructions: str = ""
    system: str = ""
    opening: str = ""


@dataclass(frozen=True, kw_only=True)
class Detector(Part):
    """What was measured; ``model`` and ``prompting`` where it is a way of asking a model."""

    parts: ClassVar = {"prompting": Prompting}
    name: str
    version: str
    family: str
    parameters: int | None
    paper: str | None
    code: str | None
    licence: str
    model: str | None = None
    prompting: Prompting | None = None


@dataclass(frozen=True, kw_only=True)
class Weights(Part):
    """The weights' digest, null where there are none or they are not public, and their source."""

    sha256: str | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Training(Part):
    """What the detector was trained on, and what of it the task shares."""

    data: str
    generators_seen: list[str]
    overlap: str


@dataclass(frozen=True, kw_only=True)
class Protocol(Part):
    """What was measured on: the task, its samples, the conditions."""

    task: str
    version: str
    dataset_fingerprint: str
    conditions: list[str]
    sample_ids_sha256: str
    samples: int
    metrics_version: str

    @property
    def key(self) -> str:
        """The task as ``name@version``."""
        return f"{self.task}@{self.version}"


@dataclass(frozen=True, kw_only=True)
class RunFacts(Part):
    """When, where and with what the run was made."""

    date: str
    commit: str | None
    device: str
    seed: int
    libraries: Mapping[str, str]
    overrides: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Resources(Part):
    """What the run took on the submitter's machine, and what it cost; null where unknown."""

    wall_seconds: float | None
    images: float | None
    peak_memory_bytes: float | None
    price_per_hour: float | None
    price_per_million_tokens_in: float | None
    price_per_million_tokens_out: float | None


@dataclass(frozen=True, kw_only=True)
class AnswerForm(Part):
    """How answers in words are read: their published form, and what *yes* means."""

    answers: str = "free"
    yes: str | None = None


@dataclass(frozen=True, kw_only=True)
class Threshold(Part):
    """Score above which the verdict is FAKE, and the others that are known."""

    value: float
    published: float | None
    calibrated: float | None
    temperature: float | None
    heat_map: int | None
    chosen: str


@dataclass(frozen=True, kw_only=True)
class Submission(Part):
    """One ``submission.json``.

    Attributes:
        slug: Name of the submission's folder.
        track: ``open_weights``, ``closed`` or ``api``.
        files: Digest of every other file.
        claimed: Figures by name, as the submitter computed them.
    """

    parts: ClassVar = {
        "submitter": Submitter, "detector": Detector, "weights": Weights, "training": Training,
        "protocol": Protocol, "run": RunFacts, "resources": Resources, "reading": AnswerForm,
        "threshold": Threshold,
    }  # fmt: skip
    schema_version: int
    slug: str
    track: str
    submitter: Submitter
    detector: Detector
    weights: Weights
    training: Training
    preprocessing: str
    protocol: Protocol
    run: RunFacts
    resources: Resources
    threshold: Threshold
    files: Mapping[str, str]
    claimed: Mapping[str, float]
    reading: AnswerForm = field(default_factory=AnswerForm)

    def text(self) -> str:
        """Return the document as ``submission.json`` holds it."""
        return json.dumps(self.to_json(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
