"""Masks in whatever form they come, as one boolean array.

- A mask with **two values** is read by them, whatever they are (0 and 1, 0 and 100, two
  colours of a palette): the lower or darker one is background.
- A mask with **one value** is empty where that is 0 (black), and full elsewhere.
- A grey mask with **more values** (soft edges, JPEG noise) is true above a threshold, a share
  of the full range: 255, 65535 with 16 bits, 1 for floats (255 where they exceed 1). Few values
  that all lie below it are indices of regions or classes: an error.
- A **coloured** mask with more than two colours is read between its two main ones, the
  darker being background, at the same threshold; where they do not explain it, it is an error.
- **Transparent** is background: where what is opaque has one colour, alpha is the mask;
  elsewhere the picture is laid on black.

EXIF orientation is applied, as to images.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageOps

from fakevlm_bench.errors import DataError
from fakevlm_bench.imaging import open_picture
from fakevlm_bench.types import Image, Mask

THRESHOLD = 0.5
"""Share of the full range above which a mask with more than two values is true."""
GREY = 24
"""Difference of a pixel's channels up to which a picture is grey; JPEG leaves some."""
APART = 96.0
"""Distance in RGB of two colours that are not one colour with noise."""
INDICES = 64
"""Number of values up to which a mask that marks nothing holds indices of regions."""
STRAY, STRAY_SHARE = 64.0, 0.01
"""Distance from the line between two colours, and share of pixels, that no noise explains."""

Values = NDArray[Any]


def decode_mask(data: bytes, threshold: float = THRESHOLD) -> Mask:
    """Decode a mask file by the rules of this module.

    Args:
        data: The file.
        threshold: Share of the full range, in (0, 1).

    Returns:
        ``bool`` (H, W).

    Raises:
        DataError: It is not an image, or more than two colours make it ambiguous.
    """
    picture = ImageOps.exif_transpose(open_picture(data))
    if picture.mode.startswith(("I", "F")):
        return _by_levels(np.asarray(picture), _full_range(np.asarray(picture)), threshold)
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        return _with_alpha(np.asarray(_convert(picture, "RGBA")), threshold)
    if picture.mode in ("1", "L"):
        return _by_levels(np.asarray(picture.convert("L")), 255.0, threshold)
    colours = np.asarray(_convert(picture, "RGB"))
    if picture.mode == "P" and (colours == colours[:1, :1]).all():  # a palette of one colour
        return _by_levels(np.asarray(picture), 255.0, threshold)
    return _by_colours(colours, threshold)


def _convert(picture: PillowImage.Image, mode: str) -> PillowImage.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of palettes with transparency
        try:
            return picture.convert(mode)
        except ValueError as error:
            raise DataError(f"mask of mode {picture.mode} cannot be read: {error}") from error


def _full_range(values: Values) -> float:
    top = float(values.max())
    if values.dtype.kind != "f":
        return 65535.0
    if not np.isfinite(values).all():
        raise DataError("mask has values that are not finite")
    return 1.0 if top <= 1.0 else 255.0


def _by_levels(values: Values, full: float, threshold: float) -> Mask:
    """Read one channel of numbers."""
    low, high = values.min(), values.max()
    if low == high:
        return np.full(values.shape, bool(low != 0))
    if ((values == low) | (values == high)).all():
        return np.asarray(values == high)
    if high > full or low < 0:
        raise DataError(
            f"mask has more than two values, from {low:g} to {high:g}, outside of 0 to {full:g}: "
            "store it with two values, or with 8 bits"
        )
    if high <= threshold * full and len(np.unique(values)) <= INDICES:
        raise DataError(
            f"mask has few values, from {low:g} to {high:g}, all below the threshold: they are "
            "indices of regions rather than brightness; store it with two values"
        )
    return np.asarray(values > threshold * full)


def _with_alpha(pixels: Image, threshold: float) -> Mask:
    colours, alpha = pixels[..., :3], pixels[..., 3]
    if (alpha == alpha[0, 0]).all():
        return _by_colours(colours, threshold)
    opaque = colours[alpha > 0]
    if (opaque == opaque[0]).all():
        return _by_levels(alpha, 255.0, threshold)
    laid = np.rint(colours * (alpha[..., None] / 255.0)).astype(np.uint8)
    return _by_colours(laid, threshold)


def _by_colours(colours: Image, threshold: float) -> Mask:
    """Read a picture of three channels."""
    spread = colours.max(axis=2) - colours.min(axis=2)
    if not spread.any():
        return _by_levels(colours[..., 0], 255.0, threshold)
    code = colours.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    if code.min() == code.max():
        return np.full(code.shape, bool(code.min() != 0))
    if ((code == code.min()) | (code == code.max())).all():
        return _between(colours, *(_colour(code.min()), _colour(code.max())), THRESHOLD)
    if spread.max() <= GREY:
        grey = PillowImage.fromarray(colours).convert("L")
        return _by_levels(np.asarray(grey), 255.0, threshold)
    one = _main_colour(colours.reshape(-1, 3))
    far = np.linalg.norm(colours - one, axis=2) > APART
    if not far.any():
        raise DataError(f"mask has one colour with noise, about {_named(one)}: it marks nothing")
    return _between(colours, one, _main_colour(colours[far]), threshold)


def _between(colours: Image, one: Values, other: Values, threshold: float) -> Mask:
    """Read a picture of two colours and what lies between them; the darker is background."""
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
    dark, bright = sorted((one, other), key=lambda colour: float(colour @ weights))
    if abs(float((bright - dark) @ weights)) < 1.0 and (one != other).any():
        raise DataError(
            f"mask has two colours of equal brightness, {_named(one)} and {_named(other)}: which "
            "is background cannot be decided"
        )
    axis = bright - dark
    along = (colours - dark) @ axis / max(float(axis @ axis), 1e-9)
    aside = np.linalg.norm(colours - dark - along[..., None] * axis, axis=2)
    if (aside > STRAY).mean() > STRAY_SHARE:
        raise DataError(
            f"mask has more colours than {_named(dark)} and {_named(bright)}: store it with two "
            "values, or in grey"
        )
    return np.asarray(along > threshold)


def _main_colour(pixels: Values) -> Values:
    """Return the commonest colour of (n, 3) pixels, noise averaged."""
    bins = (pixels >> 4).astype(np.int64) @ np.array([256, 16, 1])
    mine = bins == np.bincount(bins).argmax()
    return np.asarray(pixels[mine].mean(axis=0))


def _colour(code: Any) -> Values:
    return np.array([code >> 16, code >> 8 & 255, code & 255], dtype=np.float64)


def _named(colour: Values) -> str:
    return "(" + ", ".join(f"{value:.0f}" for value in colour) + ")"
