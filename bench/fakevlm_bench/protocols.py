"""The contracts: what a dataset, a detector, a perturbation and an attack have to offer.

Whoever adds one implements one of these protocols; nothing has to be inherited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from fakevlm_bench.types import (
    Attacked,
    Capabilities,
    Image,
    Mask,
    Perturbed,
    Query,
    Response,
    Sample,
    Target,
)


class Dataset(Protocol):
    """Where samples come from: iterated in a fixed order, streamed, never held whole.

    It may have a method ``notes() -> list[fakevlm_bench.datasets.notes.Note]``: what it leaves out,
    said once before a run and kept in its manifest.
    """

    def fingerprint(self) -> str:
        """Digest of what the samples are; equal only for equal samples in equal order."""
        ...

    def ids(self) -> list[str]:
        """Give every sample's id, in order, without reading any image."""
        ...

    def __iter__(self) -> Iterator[Sample]:
        """Give the samples in their fixed order."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Predicts batches of images.

    A detector is one class and one YAML file with its ``_target_``. Loading
    weights belongs into the first call of `predict`, so that listing, planning and
    finished runs stay cheap; `fingerprint` must not load them either, but digests
    the files.

    What else it may have: `close()`, `cancel()`, `telemetry()`; `parallel_batches`, how many
    batches it likes at once; and `served`, true where a question costs money or a server's
    start, so that a dry run asks none.
    """

    @property
    def name(self) -> str:
        """Short name, as in ``conf/detector/<name>.yaml``."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What its responses contain."""
        ...

    @property
    def batch_size(self) -> int:
        """How many queries `predict` likes at once."""
        ...

    @property
    def threshold(self) -> float:
        """P(fake) above which the verdict is FAKE, as its authors published it."""
        ...

    def fingerprint(self) -> Mapping[str, Any]:
        """Everything that can change an answer, as JSON values, weights by digest."""
        ...

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer each query, in order; may raise, which fails the whole batch.

        The engine then repeats the batch one query at a time, so that one bad
        image costs one image. What is given passes `fakevlm_bench.responses.admit`: numbers may be
        numpy's or torch's, a number in place of a response is its score, a heat map may be of
        floats in [0, 1]; what cannot be recorded is a failure of its image, with the reason.
        """
        ...


@runtime_checkable
class GradientDetector(Detector, Protocol):
    """A detector that white-box attacks can differentiate."""

    def logits(self, pixels: Any) -> Any:
        """Log-odds of fake, threshold subtracted, so that > 0 means FAKE.

        Args:
            pixels: torch float32 tensor (N, 3, H, W) in [0, 1], at the images' own size;
                the detector's preprocessing happens inside, differentiably.

        Returns:
            Tensor (N,), differentiable with respect to `pixels`.
        """
        ...


@runtime_checkable
class ExplainingGradientDetector(GradientDetector, Protocol):
    """A detector whose heat map and explanation can be differentiated too, for joint attacks."""

    def patch_logits(self, pixels: Any) -> Any:
        """Log-odds of fake of each patch, > 0 where its heat map says fake.

        Args:
            pixels: As in `logits`.

        Returns:
            Tensor (N, h, w), stretched over the whole image, differentiable.
        """
        ...

    def explanation_loss(self, pixels: Any, texts: Sequence[str]) -> Any:
        """Mean negative log-likelihood per token of given answers, in nats (teacher forcing).

        Args:
            pixels: As in `logits`.
            texts: One whole answer for each image.

        Returns:
            Tensor (N,), >= 0, differentiable with respect to `pixels`.
        """
        ...


@runtime_checkable
class Perturbation(Protocol):
    """Changes an image as sharing or accidents do; picklable, without state."""

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Perturb one image; draws from `rng` only, and leaves its arguments alone."""
        ...


@runtime_checkable
class PromptPerturbation(Protocol):
    """Changes what is said beside the image, not the image; picklable, without state."""

    def alter(self, query: Query, rng: np.random.Generator) -> Query:
        """Give the altered query."""
        ...


@runtime_checkable
class Attack(Protocol):
    """Changes images so that a detector is wrong about them."""

    @property
    def requires(self) -> Capabilities:
        """What the attacked detector must be able to do (``gradients``, ``score``)."""
        ...

    def fingerprint(self) -> Mapping[str, Any]:
        """Everything that can change the images, as JSON values."""
        ...

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image; one that cannot be attacked carries its error."""
        ...
