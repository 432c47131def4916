"""`noise_residual`: statistics of high-pass residuals, block by block.

The residuals are those of steganalysis rich models (Fridrich & Kodovský 2012) and the
median residual; a block is compared with the rest of its image, after Cozzolino et
al. 2015 ("Splicebuster"). One logistic regression scores blocks, which gives the heat map;
another scores the image from its blocks' scores and its median statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.detectors import fitting
from fakevlm_bench.detectors.baselines import logistic
from fakevlm_bench.detectors.baselines.logistic import Floats
from fakevlm_bench.detectors.baselines.statistic import StatisticDetector, in_batches, luminance
from fakevlm_bench.detectors.fitting import OutOfFold
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.masks import decode_mask
from fakevlm_bench.types import Capabilities, HeatMap, Image, Label, Response, Sample

CELL = 16
"""Pixels between neighbouring blocks; a block is two cells wide and high."""

BLOCKS_PER_IMAGE = 64
"""Blocks of each image that the block regression is fitted on, evenly spread."""

_KERNELS: tuple[NDArray[np.float32], ...] = (
    np.array([[0.5, -1, 0.5]], np.float32),
    np.array([[0.5], [-1], [0.5]], np.float32),
    np.array([[-0.25, 0.5, -0.25], [0.5, -1, 0.5], [-0.25, 0.5, -0.25]], np.float32),
)
"""Second differences along rows and columns, and the square 3×3 kernel."""


class NoiseResidual(StatisticDetector):
    """Looks at the noise that remains when smooth content is taken away."""

    name: ClassVar[str] = "noise_residual"
    capabilities: ClassVar[Capabilities] = Capabilities(score=True, mask=True)

    def answer(self, image: Image) -> Response:
        """Compute the logit and the heat map of one image."""
        height, width = image.shape[:2]
        statistics = block_statistics(image)
        scores = self.models["block"].logit(compare(statistics))
        logit = float(self.models["image"].logit(summarise(statistics, scores)))
        return Response(logit=logit, heat_map=_draw(scores), size=(width, height))

    def fit(self, samples: Iterable[Sample]) -> OutOfFold:
        """Fit the block regression, then the image regression on out-of-fold block scores."""
        examples = in_batches(samples, _look)
        labels = np.array([one.label for one in examples])
        groups = [one.group for one in examples]
        fitting.check(labels, groups)
        scores: dict[int, Floats] = {}
        for train, test in logistic.folds(labels, groups):
            model = _fit_blocks([examples[k] for k in train])
            scores |= {k: model.logit(compare(examples[k].statistics)) for k in test}
        matrix = np.stack([summarise(one.statistics, scores[k]) for k, one in enumerate(examples)])
        penalty, logits = logistic.choose_penalty(matrix, labels, groups)
        image = logistic.fit(matrix, labels, logistic.balance(labels), penalty)
        self.models = {"block": _fit_blocks(examples), "image": image}
        return OutOfFold(logits, labels, groups, penalty)


@dataclass(frozen=True)
class _Example:
    """An image as the fit takes it: statistics (h, w, d), and each block's truth (h, w)."""

    statistics: Floats
    truth: NDArray[np.int_]
    label: int
    group: str


def _look(sample: Sample) -> _Example:
    image = decode_image(sample.image)
    statistics = block_statistics(image).astype(np.float32).astype(np.float64)
    shape = statistics.shape[:2]
    truth = np.full(shape, int(sample.label))
    if sample.label == Label.FAKE and not sample.whole:
        truth = np.full(shape, -1)
        if sample.mask is not None:
            mask = decode_mask(sample.mask).astype(np.float32)
            share = cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
            truth = np.where(share > 0.5, 1, np.where(share < 0.01, 0, -1))
    return _Example(statistics, truth, int(sample.label), sample.group)


def _fit_blocks(examples: Sequence[_Example]) -> logistic.Logistic:
    """Fit on blocks whose truth is known (not −1), some of every image."""
    rows, truths = [], []
    for one in examples:
        features = compare(one.statistics).reshape(-1, 3 * one.statistics.shape[-1])
        for value in (0, 1):
            blocks = np.flatnonzero(one.truth.ravel() == value)
            subset = blocks[:: max(1, len(blocks) // BLOCKS_PER_IMAGE)]
            rows.append(features[subset])
            truths.append(np.full(len(subset), value))
    labels = np.concatenate(truths)
    return logistic.fit(np.concatenate(rows), labels, logistic.balance(labels), 0.1)


def block_statistics(image: Image) -> Floats:
    """Compute the residual statistics of every block: (⌈H/16⌉, ⌈W/16⌉, 22).

    Blocks are 32×32 and centred on the cells of a grid of 16; the image is mirrored at its edges.
    """
    height, width = image.shape[:2]
    below, right = -height % CELL + CELL // 2, -width % CELL + CELL // 2
    edges = (CELL // 2, below, CELL // 2, right)
    padded: Image = np.asarray(cv2.copyMakeBorder(image, *edges, cv2.BORDER_REFLECT), np.uint8)
    grey = luminance(padded)
    residuals = [_filter(grey, kernel) for kernel in _KERNELS]
    residuals.append(grey - np.asarray(cv2.medianBlur(grey, 3), np.float32))
    columns: list[Any] = []
    for residual in residuals:
        energy = _mean(residual**2) + 1e-3
        columns += [
            np.log(energy),
            np.log(_mean(np.abs(residual)) + 1e-2) - np.log(energy) / 2,
            np.log(_mean(residual**4) + 1e-3) - 2 * np.log(energy),
            _mean(residual[:, :-1] * residual[:, 1:]) / energy,
        ]
    columns.append(_mean((np.abs(residuals[2]) < 0.25).astype(np.float32)))
    colours = padded.astype(np.float32)
    for one, other in ((0, 1), (2, 1)):
        difference = colours[..., one] - colours[..., other]
        residual = _filter(difference, _KERNELS[2])
        energy = _mean(residual**2) + 1e-3
        columns += [np.log(energy), _mean(residual[:, :-1] * residual[:, 1:]) / energy]
    columns.append(_mean(grey) / 255)
    return np.stack(columns, axis=-1).astype(np.float64)


def _filter(values: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    filtered = cv2.filter2D(values, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT)
    return np.asarray(filtered, np.float32)


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average over every block of a padded image; a missing last column is repeated."""
    half = CELL // 2
    values = np.pad(values, ((0, 0), (0, -values.shape[1] % half)), mode="edge")
    rows, columns = values.shape[0] // half, values.shape[1] // half
    small = values.reshape(rows, half, columns, half).mean(axis=(1, 3))
    total = np.asarray(cv2.boxFilter(small, cv2.CV_32F, (4, 4), anchor=(0, 0)))
    means: NDArray[np.float32] = total[:-3:2, :-3:2]
    return means


def compare(statistics: Floats) -> Floats:
    """Put beside each block's statistics how far they are from the image's median: (…, 3d)."""
    away = statistics - np.median(statistics, axis=(0, 1))
    return np.concatenate([statistics, away, np.abs(away)], axis=-1)


def summarise(statistics: Floats, scores: Floats) -> Floats:
    """Describe an image by quantiles of its blocks' scores and its median statistics.

    Args:
        statistics: (h, w, d) of its blocks.
        scores: (h, w), log-odds of its blocks.

    Returns:
        (9 + 3 d,).
    """
    levels = np.quantile(scores, (0.05, 0.25, 0.5, 0.75, 0.9, 0.97, 1.0))
    spread = np.quantile(statistics, (0.1, 0.5, 0.9), axis=(0, 1)).ravel()
    return np.concatenate([levels, [scores.mean(), scores.std()], spread])


def _draw(scores: Floats) -> HeatMap:
    """Turn block log-odds (h, w) into an 8-bit map of P(fake)."""
    return np.rint(255 / (1 + np.exp(-scores))).astype(np.uint8)
