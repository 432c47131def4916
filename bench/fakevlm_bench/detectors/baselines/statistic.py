"""What the detectors share that look at image statistics and need no network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np

from fakevlm_bench.detectors import calibration, fitting
from fakevlm_bench.detectors.baselines.logistic import Logistic
from fakevlm_bench.files import cache_folder
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.json_types import JsonValue
from fakevlm_bench.types import Capabilities, Image, Query, Response, Sample
from fakevlm_bench.weights import digest

T = TypeVar("T")


class StatisticDetector(calibration.Calibrated):
    """A logistic regression on statistics of the image, with its fit in a JSON file."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    capabilities: ClassVar[Capabilities] = Capabilities(score=True)
    batch_size: ClassVar[int] = 64

    def __init__(
        self,
        *,
        fit: str | None = None,
        threshold: float | str = "published",
        calibrated_on: str = "starter",
    ) -> None:
        """Configure; the fit is read with the first answer.

        Args:
            fit: Path of a fit; null takes the one that ships with the package.
            threshold: ``published`` (P(fake) > 0.5, as fitted on balanced classes),
                ``calibrated``, or a number.
            calibrated_on: Task whose validation split a calibrated threshold comes from.
        """
        self._own_fit = Path(fit) if fit else None
        self._fit = self._own_fit or fitting.SHIPPED / f"{self.name}.json"
        self._threshold = calibration.Threshold(self.name, threshold, calibrated_on)

    @property
    def fit_path(self) -> Path:
        """Where a new fit is written: the setting, else among the user's weights.

        A fit that is not the setting does not change the shipped detector.
        """
        return self._own_fit or cache_folder() / "weights" / f"{self.name}.json"

    def _identity(self) -> dict[str, JsonValue]:
        """Return name, version and digest of the fit."""
        fitting.read(self._fit, self.name, self.version)
        return {"name": self.name, "version": self.version, "fit": digest(self._fit)}

    @cached_property
    def models(self) -> dict[str, Logistic]:
        """The fitted regressions by name.

        Raises:
            DetectorError: There is no fit, or it is another detector's.
        """
        values = fitting.read(self._fit, self.name, self.version)
        return {name: Logistic.from_json(model) for name, model in values["models"].items()}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer each query with a logit.

        Raises:
            DataError: An image cannot be decoded.
        """
        _ = self.models  # so that a missing fit is an error before any work
        return each(lambda query: self.answer(decode_image(query.image)), queries)

    def answer(self, image: Image) -> Response:
        """Answer for one decoded image."""
        raise NotImplementedError

    def save(self, path: Path, report: fitting.FitReport) -> None:
        """Write the fit, as the setting `fit` takes it.

        Args:
            path: The file.
            report: Of the fit.
        """
        models = {name: model.to_json() for name, model in self.models.items()}
        fitting.write(path, self.name, self.version, report, models=models)


def each(work: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
    """Do independent work on every item, with every core.

    Args:
        work: Safe to run in several threads.
        items: What it is done on.

    Returns:
        The results, in the items' order.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def in_batches(samples: Iterable[Sample], work: Callable[[Sample], T], size: int = 64) -> list[T]:
    """Do independent work on every sample, never holding more than `size` of them.

    Args:
        samples: Read once.
        work: Safe to run in several threads.
        size: Samples of a batch.

    Returns:
        The results, in the samples' order.
    """
    results: list[T] = []
    batch: list[Sample] = []
    for sample in samples:
        batch.append(sample)
        if len(batch) == size:
            results += each(work, batch)
            batch = []
    return results + each(work, batch)


def luminance(image: Image) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Compute BT.601 luminance in [0, 255] as float32 (H, W)."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    values: np.ndarray[Any, np.dtype[np.float32]] = image.astype(np.float32) @ weights
    return values
