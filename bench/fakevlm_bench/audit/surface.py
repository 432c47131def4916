"""The surface of an image file: numbers that a detector can learn from without looking.

Each probe sees one group of named numbers. They are made so that a difference between the
classes is named in words by the number's own name.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.audit.structure import Structure, structure
from fakevlm_bench.errors import BenchError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Image

Numbers: TypeAlias = dict[str, float]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP", "MPO")
MODES = ("RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16")
SIDES = ("top", "bottom", "left", "right")
CHANNELS = ("red", "green", "blue")
WHOLE_FILE = "all of the file's form"
"""The probe that sees the five before it together: all that can be told undecoded."""
POINTS = 8
"""Places along each side, and rows and columns of the thumbnail."""
LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601."""
CARRIERS = {
    "EXIF": ("APP1", "eXIf"), "ICC profile": ("APP2", "iCCP"), "C2PA": ("APP11", "caBX"),
    "Photoshop": ("APP13",), "Adobe marker": ("APP14",), "comment": ("COM",),
    "text": ("tEXt", "zTXt", "iTXt"), "JFIF": ("APP0",), "resolution": ("pHYs",),
    "colour space": ("gAMA", "cHRM", "sRGB"), "time": ("tIME",), "restarts": ("DRI",),
}  # fmt: skip
"""What metadata is called, and the JPEG segments and PNG chunks that carry it."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The numbers of one image, ``float32``, by probe; the names are in `names`."""

    values: dict[str, NDArray[np.float32]]


def surface(data: bytes) -> Surface:
    """Read one file's surface.

    Raises:
        DataError: The file cannot be decoded.
    """
    return Surface({probe: np.fromiter(group.values(), np.float32) for probe, group in _all(data)})


def read_many(files: list[bytes]) -> list[Surface | str]:
    """Read several files, a process's unit of work; the reason stands for an undecodable one."""
    surfaces: list[Surface | str] = []
    for data in files:
        try:
            surfaces.append(surface(data))
        except BenchError as error:
            surfaces.append(str(error))
    return surfaces


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Name every number of every probe."""
    buffer = io.BytesIO()
    PillowImage.new("RGB", (8, 8)).save(buffer, "PNG")
    return {probe: tuple(group) for probe, group in _all(buffer.getvalue())}


def _all(data: bytes) -> list[tuple[str, Numbers]]:
    image = decode_image(data)
    with PillowImage.open(io.BytesIO(data)) as picture:
        parts = structure(data)
        file = {
            "container format": container(picture, parts),
            "dimensions": dimensions(*picture.size),
            "file length": file_length(len(data), *picture.size),
            "JPEG tables": jpeg_tables(picture, parts),
            "metadata": metadata(picture, parts),
        }
        return [
            *file.items(),
            (WHOLE_FILE, {name: n for group in file.values() for name, n in group.items()}),
            ("border pixels", border(image)),
            ("mean colour and brightness", colour(image)),
            ("8×8 thumbnail", thumbnail(image)),
        ]


def container(picture: PillowImage.Image, parts: Structure) -> Numbers:
    """Format, pixel mode, progression, frames, and the habits of a PNG's writer."""
    kind, mode = picture.format or "", picture.mode
    return (
        {f"format is {name}": float(kind == name) for name in FORMATS}
        | {"format is another": float(kind not in FORMATS)}
        | {f"mode is {name}": float(mode == name) for name in MODES}
        | {"mode is another": float(mode not in MODES)}
        | {
            "progressive or interlaced": float(parts.progressive),
            "several frames": float(getattr(picture, "n_frames", 1) > 1),
            "log2 of the PNG's chunks": float(np.log2(1 + parts.chunk)),
        }
        | {f"PNG's deflate level is {n}": float(parts.deflate == n) for n in range(4)}
    )


def dimensions(width: int, height: int) -> Numbers:
    """Width, height, shape, and what they are multiples of."""
    numbers = {
        "width in pixels": float(width),
        "height in pixels": float(height),
        "log2 of the area": float(np.log2(width * height)),
        "log2 of width / height": float(np.log2(width / height)),
        "is square": float(width == height),
    }
    multiples = (8, 16, 64, 256)
    return numbers | {
        f"sides are multiples of {n}": float(width % n == height % n == 0) for n in multiples
    }


def file_length(length: int, width: int, height: int) -> Numbers:
    """Length of the file, and by pixel."""
    return {
        "bytes": float(length),
        "log2 of the bytes": float(np.log2(length)),
        "log2 of the bits per pixel": float(np.log2(8 * length / (width * height))),
    }


def jpeg_tables(picture: PillowImage.Image, parts: Structure) -> Numbers:
    """Quantisation tables, Huffman tables and sampling; zeros where the file is no JPEG."""
    tables: dict[int, Any] = getattr(picture, "quantization", None) or {}
    numbers = {"has quantisation tables": float(bool(tables))}
    for index, part in enumerate(("luma", "chroma")):
        table = np.zeros(64) if index not in tables else np.asarray(tables[index], np.float64)
        numbers[f"mean {part} quantiser"] = float(table.mean())
        numbers |= {f"{part} quantiser {i}": float(value) for i, value in enumerate(table)}
    factors = (*parts.sampling, (0, 0), (0, 0), (0, 0))[:3]
    for component, (across, down) in zip(("Y", "Cb", "Cr"), factors, strict=True):
        numbers[f"{component} sampling across"] = float(across)
        numbers[f"{component} sampling down"] = float(down)
    return numbers | {"bytes of Huffman tables": float(parts.huffman)}


def metadata(picture: PillowImage.Image, parts: Structure) -> Numbers:
    """Presence and bytes of each kind of metadata, EXIF tags, bytes after the image."""
    numbers: Numbers = {}
    for kind, carriers in CARRIERS.items():
        numbers[f"has {kind}"] = float(any(parts.counts[name] for name in carriers))
        size = sum(parts.sizes[name] for name in carriers)
        numbers[f"log2 of the bytes of {kind}"] = float(np.log2(1 + size))
    try:
        tags = len(picture.getexif())
    except (OSError, SyntaxError, ValueError):  # broken EXIF is metadata too
        tags = -1
    info = {key: picture.info.get(key) for key in ("xmp", "icc_profile", "exif")}
    rest = set(parts.counts) - {name for group in CARRIERS.values() for name in group}
    return (
        numbers
        | {f"carries {key}": float(bool(value)) for key, value in info.items()}
        | {
            "EXIF tags": float(tags),
            "other segments": float(len(rest)),
            "log2 of the bytes after the image": float(np.log2(1 + parts.trailing)),
        }
    )


def border(image: Image) -> Numbers:
    """Outermost pixels: colours along each side, spread, and the step to the next pixels."""
    numbers: Numbers = {}
    views = (image, image[::-1], image.swapaxes(0, 1), image.swapaxes(0, 1)[::-1])
    for side, turned in zip(SIDES, views, strict=True):
        line = turned[0].astype(np.float64)
        inner = turned[min(1, len(turned) - 1)].astype(np.float64)
        luma = line @ LUMA
        numbers[f"{side} border: mean luma"] = float(luma.mean())
        numbers[f"{side} border: deviation of luma"] = float(luma.std())
        numbers[f"{side} border: step inwards"] = float(np.abs(line - inner).mean())
        along = np.abs(np.diff(line, axis=0)).mean() if len(line) > 1 else 0.0
        numbers[f"{side} border: step along"] = float(along)
        numbers[f"{side} border: is of one colour"] = float(np.ptp(line, axis=0).max() <= 2)
        for place, value in enumerate(_resample(line)):
            for channel, level in zip(CHANNELS, value, strict=True):
                numbers[f"{side} border: {channel} at {place + 1} of {POINTS}"] = float(level)
    return numbers


def colour(image: Image) -> Numbers:
    """Mean and spread of colour and brightness, 0 to 255; shares of clipped pixels."""
    import cv2

    pixels = image.shape[0] * image.shape[1]
    means, spreads = (values.ravel().tolist() for values in cv2.meanStdDev(image))
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    counts = np.cumsum(cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel()) / pixels
    numbers = {f"mean {name}": value for name, value in zip(CHANNELS, means, strict=True)}
    numbers |= {f"deviation of {name}": s for name, s in zip(CHANNELS, spreads, strict=True)}
    numbers |= {
        f"luma at {percent} %": float(np.searchsorted(counts, percent / 100))
        for percent in (1, 25, 50, 75, 99)
    }
    unclipped = cv2.countNonZero(cv2.inRange(image, (0, 0, 0), (254, 254, 254)))
    lit = cv2.countNonZero(cv2.inRange(image, (1, 1, 1), (255, 255, 255)))
    return numbers | {
        "mean luma": float(np.dot(means, LUMA)),
        "deviation of luma": float(cv2.meanStdDev(luma)[1][0, 0]),
        "share of clipped bright pixels": 1 - unclipped / pixels,
        "share of clipped dark pixels": 1 - lit / pixels,
    }


def thumbnail(image: Image) -> Numbers:
    """Colours of an 8×8 thumbnail (area average), 0 to 255."""
    import cv2

    small = cv2.resize(image.astype(np.float32), (POINTS, POINTS), interpolation=cv2.INTER_AREA)
    return {
        f"{channel} in row {row + 1}, column {column + 1}": float(small[row, column, c])
        for row in range(POINTS)
        for column in range(POINTS)
        for c, channel in enumerate(CHANNELS)
    }


def _resample(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average (n, 3) colours over `POINTS` stretches, also where n is smaller: (POINTS, 3)."""
    edges = np.linspace(0, len(line), POINTS + 1)
    starts = np.minimum(edges[:-1].astype(int), len(line) - 1)
    stops = np.maximum(edges[1:].astype(int), starts + 1)
    return np.stack([line[a:b].mean(axis=0) for a, b in zip(starts, stops, strict=True)])
