"""`spectrum`: the azimuthally averaged log power spectrum with logistic regression.

After Durall et al. 2020 ("Unmasking DeepFakes with simple features"), who show
that upsampling leaves its mark in the fall of the spectrum.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.detectors import fitting
from fakevlm_bench.detectors.baselines import logistic
from fakevlm_bench.detectors.baselines.logistic import Floats
from fakevlm_bench.detectors.baselines.statistic import StatisticDetector, in_batches, luminance
from fakevlm_bench.detectors.fitting import OutOfFold
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Image, Response, Sample

BINS = 64
"""Rings of equal width between frequency 0 and the corner of the spectrum."""


class Spectrum(StatisticDetector):
    """Looks at how power falls with frequency, at the image's own size."""

    name: ClassVar[str] = "spectrum"

    def answer(self, image: Image) -> Response:
        """Compute the logit of one image."""
        height, width = image.shape[:2]
        logit = float(self.models["image"].logit(features(image)))
        return Response(logit=logit, size=(width, height))

    def fit(self, samples: Iterable[Sample]) -> OutOfFold:
        """Fit on every sample's spectrum, the penalty chosen by cross-validation."""

        def look(sample: Sample) -> tuple[Floats, int, str]:
            return features(decode_image(sample.image)), int(sample.label), sample.group

        rows, kinds, groups = zip(*in_batches(samples, look), strict=True)
        matrix, labels = np.stack(rows), np.array(kinds)
        fitting.check(labels, groups)
        penalty, logits = logistic.choose_penalty(matrix, labels, groups)
        model = logistic.fit(matrix, labels, logistic.balance(labels), penalty)
        self.models = {"image": model}
        return OutOfFold(logits, labels, groups, penalty)


def features(image: Image) -> Floats:
    """Compute the mean log power of each ring, less their mean: (64,).

    The luminance is multiplied with a Hann window first, since the step between opposite
    edges would otherwise fill the high frequencies.
    """
    from scipy import fft

    values = luminance(image)
    height, width = values.shape
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])
    windowed = (values - values.mean()) * window.astype(np.float32)
    spectrum: NDArray[Any] = fft.rfft2(windowed, norm="ortho")
    power = np.log(np.abs(spectrum).astype(np.float64) ** 2 + 1e-3)
    place, weight = _rings(height, width)
    total = np.bincount(place, (power * weight).ravel(), BINS)
    count = np.bincount(place, weight.ravel(), BINS)
    filled = count > 0
    profile = np.interp(np.arange(BINS), np.flatnonzero(filled), total[filled] / count[filled])
    centred: Floats = profile - profile.mean()
    return centred


@lru_cache(maxsize=32)
def _rings(height: int, width: int) -> tuple[NDArray[np.int64], Floats]:
    """Compute the ring of each place of a half spectrum, and how often it stands for itself.

    In a real image's spectrum each column but the first (and the last, of an even width) stands
    for itself and for its mirror image.
    """
    across = np.fft.rfftfreq(width)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], across[None])
    place = np.minimum((radius / np.sqrt(0.5) * BINS).astype(np.int64), BINS - 1)
    once = (across == 0) | (across == 0.5)
    weight = np.broadcast_to(np.where(once, 1.0, 2.0), radius.shape)
    return place.ravel(), weight
