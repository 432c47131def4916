"""What sharing does to an image: recompression, screenshots, colour profiles, chains."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Required, TypedDict

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.perturbations.levels import SEVERITIES, Corruption, choice, whole
from fakevlm_bench.types import Box, Image, Mask, Perturbed

FORMATS = ("jpeg", "webp", "avif")
"""Codecs that Pillow includes; all write 4:2:0 chroma and no metadata."""


def recompress(image: Image, mask: Mask | None, codec: str, quality: int) -> Perturbed:
    """Encode an image and decode it again.

    Args:
        image: ``uint8`` (H, W, 3).
        mask: ``bool`` (H, W) or None; it stays as it is.
        codec: One of `FORMATS`.
        quality: The encoder's, 1 to 100.

    Returns:
        The decoded pixels with the encoded file, which is what is sent.
    """
    if codec == "jpeg":
        return _recompress_jpeg(image, mask, quality)
    buffer = io.BytesIO()
    options = {"speed": 8, "max_threads": 1} if codec == "avif" else {}
    PillowImage.fromarray(image).save(buffer, codec, quality=quality, **options)
    data = buffer.getvalue()
    return Perturbed(decode_image(data), mask, data, f"image/{codec}")


def _recompress_jpeg(image: Image, mask: Mask | None, quality: int) -> Perturbed:
    """Use OpenCV, whose files and pixels equal Pillow's, in half the time."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    pixels = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    return Perturbed(pixels, mask, data.tobytes(), "image/jpeg")


@dataclass(frozen=True)
class Recompress:
    """JPEG, WebP or AVIF, by severity or by the encoder's own quality.

    Attributes:
        level: Severity 1 to 5 where `qualities` are given, else the quality, 1 to 100.
        codec: One of `FORMATS`.
        qualities: The encoder's quality at each of the five severities.
    """

    level: str
    codec: str
    qualities: Sequence[int] = ()

    def __post_init__(self) -> None:
        """Refuse an unknown codec or level."""
        choice(self, self.codec, FORMATS)
        if self.qualities:
            choice(self, self.level, SEVERITIES[: len(self.qualities)])
        else:
            whole(self, self.level, 1, 100)

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Encode and decode."""
        level = int(self.level)
        quality = self.qualities[level - 1] if self.qualities else level
        return recompress(image, mask, self.codec, quality)


@dataclass(frozen=True)
class Screenshot(Corruption):
    """A screenshot: scaled to the window, sharpened, off by a part of a pixel, kept as PNG.

    A severity's factors: scale .95 to .5, unsharp masking (σ = 1) of strength .2 to 1, and a
    shift drawn from ±.5 pixel at every severity. The frame becomes smaller, the mask with it.
    """

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Resample (bicubic for the image, nearest for the mask) and sharpen."""
        scale = (0.95, 0.85, 0.75, 0.6, 0.5)[self.index]
        strength = (0.2, 0.4, 0.6, 0.8, 1.0)[self.index]
        height, width = (max(round(side * scale), 1) for side in image.shape[:2])
        shift = rng.uniform(-0.5, 0.5, 2)
        soft = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
        soft = cv2.warpAffine(
            soft, move, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        sharp = cv2.addWeighted(soft, 1 + strength, cv2.GaussianBlur(soft, (0, 0), 1), -strength, 0)
        return Perturbed(np.asarray(sharp, np.uint8), resize_mask(mask, height, width))


def resize_mask(mask: Mask | None, height: int, width: int) -> Mask | None:
    """Resize a mask to the frame of its image, nearest neighbour.

    Args:
        mask: ``bool`` (H, W), or None.
        height: Of the frame in pixels.
        width: Of the frame in pixels.
    """
    if mask is None:
        return None
    nearest = cv2.INTER_NEAREST_EXACT
    return cv2.resize(mask.astype(np.uint8), (width, height), interpolation=nearest).astype(bool)


PROFILES = {
    "display_p3": (((0.8225, 0.1774, 0), (0.0332, 0.9669, 0), (0.0171, 0.0724, 0.9108)), 0.0),
    "adobe_rgb": (((0.7152, 0.2848, 0), (0, 1, 0), (0, 0.0412, 0.9588)), 2.19921875),
    "prophoto": (
        ((0.5293, 0.3300, 0.1407), (0.0983, 0.8734, 0.0283), (0.0169, 0.1177, 0.8654)),
        1.8,
    ),
}
"""Linear sRGB to each profile's linear RGB, and its gamma (0: sRGB's own curve)."""

CURVE_STEPS = 4095


def _srgb_to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo sRGB's transfer curve (IEC 61966-2-1), [0, 1] to [0, 1]."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encode_curve(gamma: float) -> Image:
    """Tabulate a profile's transfer curve over linear light."""
    light = np.linspace(0, 1, CURVE_STEPS + 1)
    low = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * (light ** (1 / gamma) if gamma else low)).astype(np.uint8)


@dataclass(frozen=True)
class ColourProfile:
    """Converted to a wider gamut, and the profile then stripped: colours look washed out.

    Attributes:
        level: ``display_p3``, ``adobe_rgb`` or ``prophoto``.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse an unknown profile."""
        choice(self, self.level, tuple(PROFILES))

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Convert through linear light."""
        matrix, gamma = PROFILES[self.level]
        linear = _srgb_to_linear(np.arange(256) / 255).astype(np.float32).take(image)
        converted = cv2.transform(linear, np.array(matrix, np.float32))
        steps = np.rint(np.clip(converted, 0, 1) * CURVE_STEPS).astype(np.int32)
        return Perturbed(_encode_curve(gamma).take(steps), mask)


class Hop(TypedDict, total=False):
    """One upload; keys as in `Chain.hops`."""

    quality: Required[int | Sequence[int]]
    limit: int
    scale: float
    square: int


@dataclass(frozen=True)
class Chain:
    """Hops from network to network: each resizes, recompresses as JPEG, and strips metadata.

    The configured hops follow what is published of the networks. Limits: Facebook 960 pixels
    at low quality (Moltisanti et al., ICIAP 2015), WhatsApp 1600, Instagram 1080 (Giudice et
    al., arXiv 1610.06347), Telegram 1280 (its open client), Twitter 680 for its small variant
    (its media interface). Qualities: Facebook 71 to 95 by content, drawn here (Wu et al.,
    arXiv 2102.00653), Twitter 85 (its engineers' statement of 2019), Telegram 87 (its open
    client); for WhatsApp and Instagram, which publish none, a range usual on the web. An image
    under a limit keeps its size, as it does there. The crop, resize and compression of
    ``social_c`` are those of Corvi et al. (arXiv 2211.00680).

    Attributes:
        level: How many of the hops are taken.
        hops: Mappings with ``quality`` (a number, or a range to draw from) and what happens
            to the frame before: ``limit`` (the longer side is reduced to it), ``scale``
            (factor), or ``square`` (a random crop of at least 5/8 of the shorter side,
            resized to that side).
    """

    level: str
    hops: Sequence[Hop]

    def __post_init__(self) -> None:
        """Refuse a number of hops that the chain does not have, and hops of unknown parts."""
        choice(self, self.level, [str(number + 1) for number in range(len(self.hops))])
        for hop in self.hops:
            if "quality" not in hop or not set(hop) <= {"quality", "limit", "scale", "square"}:
                raise ConfigError(
                    f"hop {dict(hop)} of a chain: 'quality' is required; 'limit', 'scale' "
                    "and 'square' are allowed"
                )

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Take the hops; the file of the last one is what is sent.

        Args:
            image: ``uint8`` (H, W, 3).
            mask: ``bool`` (H, W), or None; it follows crops and resizing.
            rng: Draws crops, and qualities from their ranges.
        """
        shared = Perturbed(image, mask, window=(0, 0, image.shape[1], image.shape[0]))
        for hop in self.hops[: int(self.level)]:
            frame = _frame(shared, hop, rng)
            quality = hop["quality"]
            if not isinstance(quality, int):
                quality = int(rng.integers(quality[0], quality[1] + 1))
            recompressed = recompress(frame.image, frame.mask, "jpeg", quality)
            shared = replace(recompressed, window=frame.window)
        return shared


def _frame(shared: Perturbed, hop: Hop, rng: np.random.Generator) -> Perturbed:
    """Crop and resize as a hop says, with Lanczos for the image."""
    image, mask, window = shared.image, shared.mask, shared.window
    height, width = image.shape[:2]
    if "square" in hop:
        short = min(height, width)
        side = int(rng.integers(short * 5 // 8, short + 1))
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        part = (slice(top, top + side), slice(left, left + side))
        image, mask = image[part], mask[part] if mask is not None else None
        window = _cut(window, (left / width, top / height, side / width, side / height))
        size = (hop["square"], hop["square"])
    else:
        scale = hop.get("scale", min(1, hop.get("limit", max(height, width)) / max(height, width)))
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
    if size != image.shape[1::-1]:
        picture = PillowImage.fromarray(image).resize(size, PillowImage.Resampling.LANCZOS)
        image, mask = np.asarray(picture), resize_mask(mask, size[1], size[0])
    return Perturbed(image, mask, window=window)


def _cut(window: Box | None, part: tuple[float, float, float, float]) -> Box | None:
    """Return the window of a part of a frame: left, top, width, height as shares of the frame."""
    if window is None:
        return None
    left, top, width, height = part
    x0, y0, x1, y1 = window
    across, down = x1 - x0, y1 - y0
    x0, y0 = x0 + left * across, y0 + top * down
    return (x0, y0, x0 + width * across, y0 + height * down)
