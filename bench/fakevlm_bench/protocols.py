"""The contracts: what a dataset, a detector, a perturbation and an attack have to offer.

Whoever adds one implements one of these protocols; nothing has to be inherited. What is optional
has a protocol of its own; `fakevlm_bench.contract` holds the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

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

JsonObject: TypeAlias = Mapping[str, Any]
"""A JSON object: keys are strings, values whatever JSON can store."""


@runtime_checkable
class Dataset(Protocol):
    """Where samples come from: iterated in a fixed order, streamed, never held whole.

    Optional: `WithNotes`, and attributes ``split`` (default ``all``), ``variant`` (added to the
    task's name, default none) and ``path`` (folder of its files, default none).
    """

    def fingerprint(self) -> str:
        """Digest of what the samples are; equal only for equal samples in equal order."""
        ...

    def ids(self) -> list[str]:
        """Return every sample's id, in order, without reading any image."""
        ...

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over the samples in their fixed order."""
        ...


class NoteLike(Protocol):
    """What is said of a dataset once before a run, such as `datasets.notes.Note`."""

    @property
    def text(self) -> str:
        """The sentence."""
        ...

    @property
    def count(self) -> int:
        """Samples or files that it is about."""
        ...

    @property
    def first(self) -> str:
        """Name of the first of them."""
        ...


@runtime_checkable
class WithNotes(Protocol):
    """A dataset that says what it leaves out."""

    def notes(self) -> Sequence[NoteLike]:
        """Return what is left out, for the log and the run's manifest."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Predicts batches of images.

    A detector is one class and one YAML file with its ``_target_``. Loading
    weights belongs into the first call of `predict`, so that listing, planning and
    finished runs stay cheap; `fingerprint` must not load them either, but digests
    the files.

    Optional: `Closable`, `Cancellable`, `WithTelemetry`, `Calibratable`, and attributes, any of
    which may be left out:

    ``parallel_batches`` (int, default 1)
        How many batches it likes at once.
    ``served`` (bool, default False)
        A question costs money or a server's start, so that a dry run asks none.
    ``card`` (dict, default empty)
        Facts for a leaderboard submission: ``title``, ``paper``, ``licence`` and the like.
    ``answers`` (str, default ``free``), ``coordinates`` (str, default ``auto``)
        Form of its texts and unit of the boxes in them (`fakevlm_bench.answers`).
    ``question`` (str or None, default None)
        What it is asked in place of the task's prompt.
    ``window`` (int or None, default None)
        Side in pixels of the centre square that it sees; None is all of the image.

    Its fingerprint may hold ``stochastic``: True where answers depend on a query's seed.
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

    def fingerprint(self) -> JsonObject:
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
class Closable(Protocol):
    """A detector that holds a server, connections or memory."""

    def close(self) -> None:
        """Release them; called when a run ends, and `predict` may be called afterwards."""
        ...


@runtime_checkable
class Cancellable(Protocol):
    """A detector that waits for others."""

    def cancel(self) -> None:
        """Stop waiting; called from another thread when a run is stopped."""
        ...


@runtime_checkable
class WithTelemetry(Protocol):
    """A detector that counts what its answers cost."""

    def telemetry(self) -> JsonObject:
        """Return JSON values for the manifest's ``resources``, called when a run ends.

        ``price_per_million_tokens_in`` and ``…_out`` are used for cost estimates.
        """
        ...


@runtime_checkable
class Calibratable(Protocol):
    """A detector whose threshold `fakevlm-bench calibrate` can choose."""

    @property
    def calibrated_on(self) -> str:
        """Name of the calibration that it looks for, such as ``starter``."""
        ...

    def thresholds(self) -> JsonObject:
        """Return ``setting``, ``used``, ``published`` and ``calibrated``, see `Threshold`."""
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
        """Perturb one image and leave the arguments alone.

        Args:
            image: ``uint8`` (H, W, 3).
            mask: ``bool`` (H, W), the true region, or None.
            rng: All randomness comes from it.
        """
        ...


@runtime_checkable
class PromptPerturbation(Protocol):
    """Changes what is said beside the image, not the image; picklable, without state."""

    def alter(self, query: Query, rng: np.random.Generator) -> Query:
        """Return the altered query.

        Args:
            query: What would be sent; left alone.
            rng: All randomness comes from it.
        """
        ...


@runtime_checkable
class Attack(Protocol):
    """Changes images so that a detector is wrong about them.

    Optional attributes: ``kind`` (str: ``gradient``, ``query``, ``joint`` or ``transfer``, which
    asks no detector; default none) and ``methods`` (tuple of str, default empty), the detector's
    methods that it differentiates beside ``logits``.

    Of its fingerprint ``name``, ``kind``, ``norm``, ``epsilon``, ``steps``, ``budget`` and ``aim``
    are recorded beside each image, where they are there.
    """

    @property
    def requires(self) -> Capabilities:
        """What the attacked detector must be able to do (``gradients``, ``score``)."""
        ...

    def fingerprint(self) -> JsonObject:
        """Everything that can change the images, as JSON values."""
        ...

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image; one that cannot be attacked carries its error.

        Args:
            detector: The victim.
            targets: Images with their labels and seeds.

        Returns:
            One for each target, in order.
        """
        ...
