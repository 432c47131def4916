"""Regions of an image: where an edit goes, how it is blended in, and where that is in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from fakevlm_bench.making.starter.crops import BLOCK, roughness
from fakevlm_bench.types import Box, Image, Mask

MARGIN = 16
"""Pixels at the border that no region edit touches: border pixels must tell nothing."""
RIM = 8
"""Width in pixels of the rim over which whole-image edits are faded in."""
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")


def blob(image: Image, share: tuple[float, float], rng: np.random.Generator) -> Mask:
    """Choose a rounded irregular region in a textured place.

    Args:
        image: ``uint8`` (H, W, 3).
        share: Least and greatest area, as a share of the image's.
        rng: Source of randomness.

    Returns:
        ``bool`` (H, W); the roughest of eight candidates.
    """
    texture = np.kron(roughness(image), np.ones((BLOCK, BLOCK)))
    pad = [(0, image.shape[i] - texture.shape[i]) for i in (0, 1)]
    texture = np.pad(texture, pad, mode="edge")
    candidates = [_blob(image.shape[:2], share, rng) for _ in range(8)]
    scores = [texture[mask].clip(0, 8).mean() for mask in candidates]
    return candidates[int(np.argmax(scores))]


def _blob(shape: tuple[int, ...], share: tuple[float, float], rng: np.random.Generator) -> Mask:
    """Draw one region: a disc whose radius varies smoothly with the angle, stretched."""
    height, width = shape
    area = rng.uniform(*share) * height * width
    stretch = rng.uniform(0.7, 1.4)
    radius = np.sqrt(area / np.pi)
    reach_y, reach_x = 1.2 * radius * stretch, 1.2 * radius / stretch
    y = rng.uniform(min(reach_y + MARGIN, height / 2), max(height - reach_y - MARGIN, height / 2))
    x = rng.uniform(min(reach_x + MARGIN, width / 2), max(width - reach_x - MARGIN, width / 2))
    rows, columns = np.mgrid[:height, :width]
    dy, dx = (rows - y) / stretch, (columns - x) * stretch
    angle = np.arctan2(dy, dx)
    wave = sum(
        rng.uniform(0, 0.18 / n) * np.cos(n * angle + rng.uniform(0, 2 * np.pi)) for n in (2, 3, 5)
    )
    mask: Mask = np.hypot(dy, dx) < radius * (1 + wave)
    return mask & inner(shape)


def ellipse(shape: tuple[int, ...], box: Box) -> Mask:
    """Draw the ellipse that a box holds.

    Args:
        shape: (H, W) of the image.
        box: In pixels.

    Returns:
        ``bool`` (H, W), without the image's border.
    """
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    y, x = (box[1] + box[3]) / 2, (box[0] + box[2]) / 2
    mask: Mask = ((rows - y) / ((box[3] - box[1]) / 2)) ** 2 + (
        (columns - x) / ((box[2] - box[0]) / 2)
    ) ** 2 < 1
    return mask & inner(shape)


def inner(shape: tuple[int, ...]) -> Mask:
    """Mark the part of an image that edits may touch."""
    mask = np.zeros(shape[:2], dtype=bool)
    mask[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    return mask


def feather(mask: Mask, width: float) -> NDArray[np.float64]:
    """Turn a mask into blending weights that fall to 0 at its edge, and are 0 outside.

    Args:
        mask: ``bool`` (H, W).
        width: Of the fall, in pixels.

    Returns:
        (H, W) weights in [0, 1].
    """
    depth: NDArray[np.float64] = ndimage.distance_transform_edt(mask)
    return np.clip(depth / max(width, 1.0), 0, 1)


def rim_off(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Compute weights of 1 that fall to 0 over the outermost `RIM` pixels.

    A re-synthesised whole image keeps the photograph's outermost pixels, so that the
    border tells nothing.
    """
    inside = np.zeros((shape[0], shape[1]), dtype=bool)
    inside[2:-2, 2:-2] = True
    return feather(inside, RIM - 2)


def blend(image: Image, edit: NDArray[np.floating] | Image, weights: NDArray[np.float64]) -> Image:
    """Lay an edit over an image.

    Args:
        image: ``uint8`` (H, W, 3).
        edit: (H, W, 3), 0 to 255.
        weights: (H, W), 0 to 1: how much of the edit.
    """
    mixed = image + weights[..., None] * (np.asarray(edit, dtype=np.float64) - image)
    return mixed.round().clip(0, 255).astype(np.uint8)


def bounding_box(mask: Mask) -> Box:
    """Compute the smallest box that holds a mask, half-open."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def place(mask: Mask) -> str:
    """Name the third of the image that the mask's centre is in, such as ``upper left``."""
    y, x = ndimage.center_of_mass(mask)
    row, column = int(3 * y / mask.shape[0]), int(3 * x / mask.shape[1])
    if (row, column) == (1, 1):
        return "centre"
    if row == 1:
        return COLUMNS[column]
    return ROWS[row] + ("" if column == 1 else " " + COLUMNS[column])
