"""First stage of the training: the vision tower and the artifact head, on twins.

Six losses: patches and images against the truth; twins against one another, patch by
patch and as images; regions against phrases (contrastive, after Radford et al., 2021);
and an early layer's tokens against the log energies of their patch's DCT bands, without
which a tower of this size finds no way into the high frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from torch.utils.data import Dataset

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.model import GRID, PATCH, features, join_layers
from fakevlm_bench.making.fakevlm_mini.synthesis import WEIGHTS, Pair, Pool
from fakevlm_bench.making.fakevlm_mini.trainee import VisionTrainee, band_energies
from fakevlm_bench.seeding import derive_seed

PHRASES = {
    "whole_superres": "waxy smooth texture of super resolution",
    "region_superres": "waxy smooth texture of super resolution",
    "whole_autoencoder": "decoder grid with blurred texture",
    "region_autoencoder": "decoder grid with blurred texture",
    "whole_style": "painted strokes of style transfer",
    "region_style": "painted strokes of style transfer",
    "splice": "pasted object with foreign grain",
    "removal": "copied texture of object removal",
    "face_paste": "blurred generated face pasted over",
    "generated_face": "blurred generated face everywhere",
    "resampled": "blurred texture of plain resampling",
    "real": "natural grain of a camera",
}
"""What a region of a family is called in the contrastive loss."""
_WORDS = sorted({word for phrase in PHRASES.values() for word in phrase.split()})
_LABELS = sorted(set(PHRASES.values()))
LEAST_PATCHES = 3
"""Edited patches from which on a window of a fake counts as fake."""
TEMPERATURE = 0.1
CLEAR_CHANGE = 6.0
"""Mean absolute change of a patch, of 255, from which on it counts in full."""
UNCLEAR = 0.25
"""How much a patch counts that the edit left as it was."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Twins as the network takes them.

    Attributes:
        pixels: ``uint8`` (2 B, 3, s, s), the reals first.
        coverage: (B, N), share of each patch of the fake that was edited.
        names: (B,), number of the phrase of each fake.
        corner: Row and column of the window in the grid of positions.
    """

    pixels: Tensor
    coverage: Tensor
    names: Tensor
    corner: tuple[int, int]


class Twins(Dataset[Batch]):
    """Batches by number: the same number gives the same batch, whenever it is asked for.

    Args:
        folder: The pool.
        seed: Of everything random.
        pixels: Picture area of a batch, in windows of 256 pixels' side.
        large_from: Number from which every third batch has windows of 256 pixels, not 128, and
            more pictures are shared.
    """

    def __init__(self, folder: Path, seed: int, pixels: int, large_from: int) -> None:
        """List the pool."""
        self.pool = Pool(folder)
        self.seed, self.pixels, self.large_from = seed, pixels, large_from

    def __getitem__(self, number: int) -> Batch:
        """Make one batch."""
        rng = np.random.default_rng(derive_seed(self.seed, str(number), "twins"))
        side = SIDE if number >= self.large_from and number % 3 == 0 else SIDE // 2
        count = self.pixels * (SIDE // side) ** 2 // 2
        corner = tuple(int(rng.integers(GRID - side // PATCH + 1)) for _ in range(2))
        plain = 0.9 if number < self.large_from else 0.85
        pairs: list[Pair] = []
        while len(pairs) < count:
            pair = self.pool.pair(int(rng.integers(len(self.pool))), side, plain, rng)
            if (coverage(pair.mask) > 0.5).sum() >= LEAST_PATCHES:
                pairs.append(pair)
        stacked = np.stack([pair.real for pair in pairs] + [pair.fake for pair in pairs])
        return Batch(
            torch.from_numpy(stacked).permute(0, 3, 1, 2),
            torch.stack([coverage(pair.mask) for pair in pairs]),
            torch.tensor([_LABELS.index(PHRASES[pair.family]) for pair in pairs]),
            (corner[0], corner[1]),
        )


def coverage(mask: np.ndarray[Any, Any]) -> Tensor:
    """Compute the share of each patch that a mask covers, (N,)."""
    return F.avg_pool2d(torch.from_numpy(mask)[None, None].float(), PATCH).flatten()


def normalise(pixels: Tensor) -> Tensor:
    """Map ``uint8`` pixels to [-1, 1]."""
    return pixels.float().div(127.5).sub(1)


def trainee() -> VisionTrainee:
    """Build the network that this stage trains."""
    return VisionTrainee(len(_WORDS))


def losses(model: VisionTrainee, batch: Batch, band_weight: float) -> dict[str, Tensor]:
    """Compute the weighted losses of a batch, by name.

    Args:
        model: The network that this stage trains.
        batch: Twins.
        band_weight: Of the spectral loss.
    """
    pixels = normalise(batch.pixels)
    count = len(batch.coverage)
    with torch.autocast("cpu", torch.bfloat16):
        states = features(model.tower, pixels, batch.corner)
        joined = join_layers(states)
        evidence = model.evidence(joined)
    joined = joined.float()
    truth = torch.cat([torch.zeros(count), torch.ones(count)])
    image = evidence.image
    return patch_losses(evidence.patches, batch.coverage, batch.pixels) | {
        "image": F.binary_cross_entropy_with_logits(image, truth),
        "image_twins": 0.5 * F.softplus(image[:count] - image[count:]).mean(),
        "phrases": 0.1 * _contrast(model, joined, batch),
        "bands": band_weight
        * F.smooth_l1_loss(model.bands(states[1][:, 1:].float()), band_energies(pixels)),
    }


def patch_losses(patches: Tensor, covered: Tensor, pixels: Tensor) -> dict[str, Tensor]:
    """Judge patches against the truth, and twins' patches against one another.

    An edited patch counts less where the edit hardly changed it: there is little to see.

    Args:
        patches: (2 B, N) log-odds, the reals' first.
        covered: (B, N), share of each patch of the fake that was edited.
        pixels: ``uint8`` (2 B, 3, s, s), the reals first.
    """
    real, fake = patches.chunk(2)
    edited = covered > 0.5
    before, after = pixels.float().chunk(2)
    change = F.avg_pool2d((after - before).abs().mean(1, keepdim=True), PATCH).flatten(1)
    clear = UNCLEAR + (1 - UNCLEAR) * (change / CLEAR_CHANGE).clamp_max(1)
    weight = torch.where(covered > 0, covered, 1.0) * torch.where(edited, clear, 1.0)
    return {
        "patch": 0.5 * F.binary_cross_entropy_with_logits(fake, edited.float(), weight=weight)
        + 0.25 * F.softplus(real).mean(),
        "patch_twins": 0.5 * (clear * F.softplus(real - fake))[edited].mean(),
    }


def _contrast(model: VisionTrainee, joined: Tensor, batch: Batch) -> Tensor:
    """Compare the mean token of each region, and of its twin, with all phrases."""
    weights = (batch.coverage / batch.coverage.sum(1, keepdim=True))[:, None]
    real, fake = joined[:, 1:].chunk(2)
    regions = torch.cat([weights @ real, weights @ fake])[:, 0]
    ids = [torch.tensor([_WORDS.index(word) for word in label.split()]) for label in _LABELS]
    starts = torch.tensor([0, *np.cumsum([len(i) for i in ids])[:-1]])
    phrases = F.normalize(model.words(torch.cat(ids), starts), dim=-1)
    scores = F.normalize(model.region(regions), dim=-1) @ phrases.T / TEMPERATURE
    natural = torch.full_like(batch.names, _LABELS.index(PHRASES["real"]))
    return F.cross_entropy(scores, torch.cat([natural, batch.names]))


assert set(WEIGHTS) | {"real"} == set(PHRASES)
