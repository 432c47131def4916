"""The nouns: what samples, conditions, queries, responses and predictions are.

Positive means FAKE everywhere inside the program. Images are ``uint8`` arrays
of shape (H, W, 3) in RGB; masks are ``bool`` arrays of shape (H, W), true where
the image is synthetic or edited; heat maps are ``uint8`` arrays of shape (h, w)
at any resolution, 255 where the detector is surest that the image is fake.
Boxes are ``(x0, y0, x1, y1)`` in pixels, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fakevlm_bench.protocols import Attack, Dataset, Perturbation, PromptPerturbation

Image: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
HeatMap: TypeAlias = NDArray[np.uint8]
Box: TypeAlias = tuple[float, float, float, float]
Fingerprint: TypeAlias = Mapping[str, Any]
"""Everything that can change an answer or an image, as JSON values; its digest is an identity.

The keys are written out, not taken from attributes: they stay when the code is renamed."""


class Label(IntEnum):
    """The truth about an image; FAKE is the positive class."""

    REAL = 0
    FAKE = 1


class Status(StrEnum):
    """The outcome of one query: understood, answered but not understood, or failed."""

    OK = "ok"
    UNPARSED = "unparsed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sample:
    """One image with its labels and everything else that its data set says of it.

    Attributes:
        id: Unique within its task, and stable between versions of the code.
        image: The file's own bytes.
        media_type: Such as ``image/jpeg``; empty where unknown.
        label: REAL or FAKE; an edited photograph is FAKE.
        category: Content category (``interior``, ``animal``, …), shared by twins.
        generator: What made it; ``real`` for photographs.
        family: Kind of manipulation (``splice``, ``whole_superres``, …); ``real`` for photographs.
        group: Samples of one photograph or video share it; statistics cluster on it.
        pair: Id of the real twin, or empty.
        paired: False for samples that stay out of the primary score.
        unseen: True where the family does not occur in the task's train split.
        mask: The true region as an encoded one-channel image, or None: for a real image,
            for a wholly synthetic one (``whole`` is then True), or where it is unknown.
        whole: True where the whole image is synthetic.
        boxes: True regions in pixels.
        references: Reference explanations.
        error: Why the image's bytes could not be read; it is then not sent, and counts as failed.
    """

    id: str
    image: bytes
    label: Label
    media_type: str = ""
    category: str = ""
    generator: str = ""
    family: str = ""
    group: str = ""
    pair: str = ""
    paired: bool = True
    unseen: bool = False
    mask: bytes | None = None
    whole: bool = False
    boxes: tuple[Box, ...] = ()
    references: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a detector is sent for one sample under one condition.

    Attributes:
        sample_id: The sample asked about; a detector's own randomness may depend on it.
        condition_id: Such as ``clean`` or ``jpeg:3``.
        image: Encoded image, the file's own bytes under ``clean``.
        media_type: Of ``image``.
        prompt: The task's question, possibly altered by the condition; empty for
            detectors that are not asked in words.
        context: Text that a condition puts beside the image (caption, metadata line).
        seed: Derived from (run seed, sample id, condition id).
    """

    sample_id: str
    condition_id: str
    image: bytes
    media_type: str = ""
    prompt: str = ""
    context: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """What a detector answered, raw.

    Attributes:
        text: The answer in words, for detectors that speak.
        score: P(fake) in [0, 1] where the detector gives a probability itself.
        logit: Log-odds of fake (any real number) where it gives that; a detector
            gives ``score`` or ``logit`` or neither.
        heat_map: ``uint8`` (h, w), 255 = surest of fake, stretched over the whole image.
        boxes: Regions that the detector gives outside its text, in pixels.
        size: (width, height) of the image as the detector decoded it, for boxes in text.
        tokens_in: Prompt tokens, where counted.
        tokens_out: Generated tokens, where counted.
        latency: Seconds from sending to answer.
        error: Reason of a failure; a response with an error carries nothing else.
    """

    text: str | None = None
    score: float | None = None
    logit: float | None = None
    heat_map: HeatMap | None = None
    boxes: tuple[Box, ...] = ()
    size: tuple[int, int] | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A response, understood.

    Attributes:
        verdict: FAKE, REAL or None where it was not understood.
        score: P(fake) in [0, 1], or None where the detector gives none.
        mask: Predicted region in the frame of the image that was sent, or None
            where the detector does not localise or names nothing.
        explanation: The answer without its verdict sentence, or None.
        dropped_boxes: Malformed regions in the text, counted and left out.
        form: The form that an answer in words was read by (`fakevlm_bench.answers.forms`), None
            where there were no words.
    """

    sample_id: str
    condition_id: str
    status: Status
    verdict: Label | None = None
    score: float | None = None
    mask: Mask | None = None
    heat_map: HeatMap | None = None
    explanation: str | None = None
    dropped_boxes: int = 0
    error: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a detector can do; conditions and metrics ask for it by these names."""

    score: bool = False
    mask: bool = False
    explanation: bool = False
    gradients: bool = False


@dataclass(frozen=True, slots=True)
class Perturbed:
    """The result of a perturbation.

    Attributes:
        image: ``uint8`` (H', W', 3).
        mask: The true mask in the new frame, or None where there was none.
        encoded: The exact file to send (a JPEG perturbation's own JPEG), or None:
            the engine then encodes `image` as PNG.
        media_type: Of `encoded`.
        window: The part of the original frame that the new one shows, in the original's
            pixels; it reaches beyond where the image was padded. None is all of it.
    """

    image: Image
    mask: Mask | None = None
    encoded: bytes | None = None
    media_type: str = "image/png"
    window: Box | None = None


@dataclass(frozen=True, slots=True)
class Attacked:
    """The result of an attack on one image.

    Attributes:
        image: ``uint8`` (H, W, 3), already clipped and quantised.
        norm: Distance to the original after quantisation, in the attack's own norm,
            pixels scaled to [0, 1].
        queries: Detector evaluations spent on this image (forward passes).
        flags: Names of the signs of false robustness on this image (`attack_flags`).
        error: Reason why this image could not be attacked; `image` is then the original.
        trace: Figures along the way, such as the loss at each step.
        broken: Whether the attack reached its aim at `image`; None where it did not query.
    """

    image: Image
    norm: float
    queries: int
    flags: tuple[str, ...] = ()
    error: str | None = None
    trace: tuple[float, ...] = ()
    broken: bool | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The part of a sample that an attack gets.

    Attributes:
        mask: The true region; all true for a wholly synthetic image.
        prompt: The task's question, for attacks that ask the detector in words.
    """

    sample_id: str
    image: Image
    label: Label
    seed: int
    mask: Mask | None = None
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One way in which every sample is shown to the detector.

    Attributes:
        id: Stable string such as ``clean``, ``jpeg:3`` or ``pgd_linf:8/255``.
        operation: None for ``clean``.
        spec: The resolved configuration that built `operation`, for the run's identity.
    """

    id: str
    operation: Perturbation | PromptPerturbation | Attack | None = None
    spec: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name it on one line: an operation may hold whole textures."""
        return f"<Condition {self.id}>"


@dataclass(frozen=True)
class Task:
    """A dataset with a protocol: what a result belongs to is ``name@version``.

    Attributes:
        prompt: Asked of detectors that are asked in words, unless their own config
            has another prompt.
        yes: What *yes* means as an answer to `prompt`; None leaves it to the prompt's own words
            (`answers.read.yes_meaning`), or says that it is no question for yes or no.
        metrics: Further `evaluate` metrics to compute beside the suite's own.
        url: Where the data comes from.
        title: The data set's name, for people.
        paper: Where it is described.
        access: How to get the data.
    """

    name: str
    version: str
    dataset: Dataset
    prompt: str
    licence: str
    citation: str
    metrics: tuple[str, ...] = ()
    description: str = ""
    url: str = ""
    yes: Label | None = None
    title: str = ""
    paper: str = ""
    access: str = ""

    @property
    def key(self) -> str:
        """The task's identity, ``name@version``."""
        return f"{self.name}@{self.version}"

    def __repr__(self) -> str:
        """Name it on one line: a dataset may hold every sample's id."""
        about = " ".join(self.description.split())
        return f"<Task {self.key}{': ' if about else ''}{about}>"
