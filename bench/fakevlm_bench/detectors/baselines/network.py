"""Any torch network as a detector: weights, preprocessing and batching in one place.

A network is an `nn.Module` that maps standardised images (N, 3, H, W) to logits
(N,) and to logits per position (N, h, w), whose mean they are: where a linear layer
follows global average pooling, it can be applied to every position as well, and
that map localises.
"""

from __future__ import annotations

import importlib
import math
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench import weights as files
from fakevlm_bench.detectors import calibration
from fakevlm_bench.errors import ConfigError, DetectorError, unknown_name
from fakevlm_bench.identity import current_path, stable_name
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.json_types import JsonValue
from fakevlm_bench.types import Capabilities, HeatMap, Query, Response
from fakevlm_bench.weights import Checkpoint

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


class TorchDetector(calibration.Calibrated):
    """A network with its weights, its frame and its statistics, with logits and gradients.

    Every image goes through the network alone, one image on each core, so that an
    answer depends on nothing but the image.
    """

    version = 1
    """Raised when the same weights begin to give other answers."""

    def __init__(
        self,
        name: str,
        network: str,
        *,
        checkpoint: Checkpoint | None = None,
        weights: str | None = None,
        frame: str = "native",
        size: int = 256,
        statistics: str = "imagenet",
        drop_alpha: bool = False,
        heat_map: bool = False,
        threshold: float | str = "published",
        calibrated_on: str = "starter",
        use: str = "research",
        min_side: int = 8,
        max_pixels: int = 16_000_000,
        batch_size: int = 64,
        device: str | None = None,
    ) -> None:
        """Configure; nothing is loaded before the first answer.

        Args:
            name: As in ``conf/detector/<name>.yaml``.
            network: Dotted path of the `nn.Module`, called without arguments.
            checkpoint: Its published weights.
            weights: Path of a weights file, in place of the published one.
            frame: ``native``, ``centre_crop`` or ``squash`` (a resize to a square).
            size: Side of crop or square in pixels.
            statistics: ``imagenet`` or ``clip``.
            drop_alpha: Decode transparent images as most authors do, see `decode_image`.
            heat_map: Also return the network's map over the whole image at its own size.
            threshold: ``published`` (P(fake) > 0.5), ``calibrated``, or a number.
            calibrated_on: Task whose validation split a calibrated threshold comes from.
            use: ``research`` or ``commercial``; a licence may forbid the latter.
            min_side: A smaller image is refused.
            max_pixels: A larger image that would go in at its own size is refused,
                since memory grows with it.
            batch_size: Queries that `predict` likes at once.
            device: Torch device; null takes a GPU where there is one.

        Raises:
            ConfigError: A setting that does not exist.
            WeightsError: The licence forbids the use.
        """
        self.name = name
        self.batch_size = batch_size
        self.mean, self.std = _statistics(statistics)
        if frame not in ("native", "centre_crop", "squash"):
            raise unknown_name("frame", frame, ("native", "centre_crop", "squash"))
        if checkpoint is not None:
            files.check_use(name, checkpoint, use)
        self._path, self._checkpoint, self._weights = network, checkpoint, weights
        self._frame, self._size, self._max_pixels = frame, size, max_pixels
        self._min_side, self._drop_alpha = min_side, drop_alpha
        self._heat_map, self._device_name = heat_map, device
        self._threshold = calibration.Threshold(name, threshold, calibrated_on)

    @property
    def capabilities(self) -> Capabilities:
        """A score and gradients; a heat map where its config says so."""
        return Capabilities(score=True, gradients=True, mask=self._heat_map)

    def _identity(self) -> dict[str, JsonValue]:
        """Return all that changes a logit or a heat map: the fingerprint less the threshold."""
        return {
            "name": self.name,
            "version": self.version,
            "network": stable_name(self._path),
            "weights": self._weights_digest(),
            "frame": f"{self._frame}:{self._size}",
            "mean": list(self.mean),
            "std": list(self.std),
            "drop_alpha": self._drop_alpha,
            "heat_map": self._heat_map,
        }

    def _weights_digest(self) -> str:
        if self._checkpoint is None:
            raise ConfigError(f"detector '{self.name}' names no checkpoint in its config")
        return files.fingerprint_digest(self._checkpoint, self._weights)

    @cached_property
    def device(self) -> torch.device:
        """The device that the network is on."""
        import torch

        return torch.device(self._device_name or ("cuda" if torch.cuda.is_available() else "cpu"))

    @cached_property
    def network(self) -> nn.Module:
        """The network with its weights, in evaluation mode, its parameters frozen."""
        network = self._build().to(self.device).eval()
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        return network

    def _build(self) -> nn.Module:
        if self._checkpoint is None:
            raise ConfigError(f"detector '{self.name}' names no checkpoint in its config")
        network: nn.Module = _import(self._path)()
        file = files.locate(self._checkpoint, self._weights)
        files.load_into(network, files.read_state(file, self._checkpoint.key), file)
        return network

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer each query with a logit, and a heat map where configured.

        Raises:
            DataError: An image cannot be decoded.
            DetectorError: An image is smaller than `min_side` or larger than `max_pixels`.
        """
        images = (query.image for query in queries)
        return list(self._each(self._answer, images))

    def _each(self, work: Any, items: Any) -> Iterator[Any]:
        """Do independent work on every item, in order, one item on each core."""
        self.network.eval()
        cores = os.cpu_count() or 1 if self.device.type == "cpu" else 2
        pending: deque[Future[Any]] = deque()
        with _one_thread_each(), ThreadPoolExecutor(cores) as pool:
            for item in items:
                pending.append(pool.submit(work, item))
                if len(pending) > 2 * cores:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

    def _answer(self, file: bytes) -> Response:
        import torch

        image = decode_image(file, drop_alpha=self._drop_alpha)
        with torch.inference_mode():
            values = to_tensor(image).to(self.device)
            framed = self._to_frame(values)
            logits, positions = self._run(framed)
            heat_map = None
            if self._heat_map:
                if framed.shape != values.shape:
                    _, positions = self._run(self._check_size(values))
                heat_map = draw(positions)
        height, width = image.shape[:2]
        return Response(logit=float(logits[0]), heat_map=heat_map, size=(width, height))

    def _to_frame(self, values: Tensor) -> Tensor:
        from fakevlm_bench.detectors.baselines.frames import FRAMES

        framed = FRAMES[self._frame](values, self._size)
        return self._check_size(framed) if self._frame == "native" else framed

    def _check_size(self, values: Tensor) -> Tensor:
        height, width = values.shape[-2:]
        if height * width > self._max_pixels:
            raise DetectorError(
                f"image of {width}×{height} pixels is over the limit of {self._max_pixels} of "
                f"'{self.name}', which looks at images at their own size (setting 'max_pixels')"
            )
        return values

    def _run(self, framed: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) pixel values in [0, 255] to logits and logits per position."""
        height, width = framed.shape[-2:]
        if min(height, width) < self._min_side:
            raise DetectorError(f"image of {width}×{height} pixels is too small for '{self.name}'")
        logits, positions = self.network(self._standardise(framed))
        return logits, positions

    def _standardise(self, framed: Tensor) -> Tensor:
        from fakevlm_bench.detectors.baselines.frames import normalise

        return normalise(framed, self.mean, self.std)

    def logits(self, pixels: Tensor) -> Tensor:
        """Compute log-odds of fake less those of the threshold, so that > 0 means FAKE.

        Args:
            pixels: float32 (N, 3, H, W) in [0, 1], at the images' own size.

        Returns:
            (N,), differentiable with respect to `pixels`.
        """
        logits, _ = self._run(self._to_frame(pixels.to(self.device) * 255))
        return logits - log_odds(self.threshold)


def _statistics(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    statistics = {
        "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    }
    if name not in statistics:
        raise unknown_name("statistics", name, statistics)
    return statistics[name]


def _import(path: str) -> Any:
    module, _, attribute = current_path(path).rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"network '{path}' cannot be imported: {error}") from error


def to_tensor(image: np.ndarray[Any, Any]) -> Tensor:
    """Convert an image (H, W, 3) to a ``uint8`` tensor (1, 3, H, W)."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None]


def log_odds(p: float) -> float:
    """Compute the log-odds of a probability; 0 and 1 have infinite ones."""
    if p <= 0 or p >= 1:
        return math.inf if p >= 1 else -math.inf
    return math.log(p / (1 - p))


def draw(positions: Tensor) -> HeatMap:
    """Turn logits per position (1, h, w) into an 8-bit map of P(fake)."""
    probability = positions[0].sigmoid()
    values: HeatMap = (probability * 255).round().to(dtype=_uint8()).cpu().numpy()
    return values


def _uint8() -> torch.dtype:
    import torch

    return torch.uint8


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let each thread of a pool compute on one core, then restore torch's setting."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
