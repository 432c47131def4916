"""Decoding and encoding of images, with one defined answer for each odd file.

Used: any format that Pillow reads, converted to 8-bit RGB: EXIF rotation is
applied, alpha is laid on white, palettes and greys are expanded, CMYK is converted, 16-bit
values are scaled, the first frame of an animation is taken. Not used
(`DataError`): truncated or undecodable files, and images of more than
`MAX_PIXELS` pixels.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from fakevlm_bench.errors import DataError
from fakevlm_bench.types import Image, Mask

MAX_PIXELS = 64_000_000
"""Above this an image is refused as a decompression bomb (8000×8000)."""

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def pointer_hint(head: bytes) -> str:
    """Say what a file is instead of data; empty where it may be data.

    Args:
        head: The file's first bytes, at least 64 of them where it has as many.
    """
    if not head:
        return "it is empty"
    if head.startswith(_LFS_POINTER):
        return "it is a Git LFS pointer, not the data: run 'git lfs pull'"
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "it is a web page, not the data: the download failed"
    return ""


def _no_image(data: bytes) -> str:
    hint = pointer_hint(data[:256])
    return f"not an image that can be decoded ({len(data)} bytes{hint and ': ' + hint})"


def open_picture(data: bytes) -> PillowImage.Image:
    """Open and load an image.

    Raises:
        DataError: It fails in whatever way.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
            picture = PillowImage.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS:
            raise DataError(
                f"image of {picture.width}×{picture.height} pixels is over the limit "
                f"of {MAX_PIXELS} (a decompression bomb?)"
            )
        picture.seek(0)
        picture.load()
    except UnidentifiedImageError as error:
        raise DataError(_no_image(data)) from error
    except PillowImage.DecompressionBombError as error:
        raise DataError(f"image is over the limit of {MAX_PIXELS} pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise DataError(f"image cannot be decoded: {error}") from error
    return picture


def decode_image(data: bytes, *, drop_alpha: bool = False) -> Image:
    """Decode a file into an RGB image.

    Args:
        data: The file.
        drop_alpha: Take the colours beneath transparent pixels, as Pillow's plain
            ``convert("RGB")`` in most published code does, instead of laying them on white.

    Returns:
        ``uint8`` (H, W, 3), EXIF orientation applied.

    Raises:
        DataError: The file is truncated, not an image, or over `MAX_PIXELS`.
    """
    picture = open_picture(data)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _scale_to_8_bit(picture)
    if not drop_alpha and ("A" in picture.getbands() or "transparency" in picture.info):
        rgba = picture.convert("RGBA")
        white = PillowImage.new("RGBA", rgba.size, (255, 255, 255, 255))
        picture = PillowImage.alpha_composite(white, rgba)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of palettes with transparency
        return np.asarray(picture.convert("RGB"))


def _scale_to_8_bit(picture: PillowImage.Image) -> PillowImage.Image:
    """Scale integer greys from 16 bits, and floats from [0, 1], to 8 bits."""
    values = np.asarray(picture, dtype=np.float64)
    top = 1.0 if picture.mode == "F" else 65535.0
    return PillowImage.fromarray(np.clip(np.rint(values * (255.0 / top)), 0, 255).astype(np.uint8))


def image_size(data: bytes) -> tuple[int, int]:
    """Read (width, height) from the header alone, EXIF orientation applied.

    Raises:
        DataError: The header is not an image's.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
            picture = PillowImage.open(io.BytesIO(data))
            orientation = picture.getexif().get(0x0112, 1)
    except PillowImage.DecompressionBombError as error:
        raise DataError(f"image is over the limit of {MAX_PIXELS} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(_no_image(data)) from error
    width, height = picture.size
    return (height, width) if orientation in (5, 6, 7, 8) else (width, height)


def encode_png(image: Image | Mask) -> bytes:
    """Encode losslessly; the fastest compression, since speed matters more than size here."""
    pixels = image.astype(np.uint8) * 255 if image.dtype == np.bool_ else image
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def is_turned(data: bytes) -> bool:
    """Whether a file's EXIF says that its pixels lie on a side, upside down or mirrored.

    `decode_image` and `image_size` follow it; many programs do not.

    Raises:
        DataError: The header is not an image's.
    """
    image_size(data)  # raises for what is not an image, and for bombs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
        return PillowImage.open(io.BytesIO(data)).getexif().get(0x0112, 1) in range(2, 9)
