"""The files: one JPEG encoder at one setting for all, and one length for all twins."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.errors import DataError
from fakevlm_bench.types import Image, Mask

QUALITY, SUBSAMPLING = 90, 2
"""libjpeg quality (1 to 95), and 4:2:0 colour."""
_END = b"\xff\xd9"


def jpeg(image: Image) -> bytes:
    """Encode ``uint8`` (H, W, 3), without metadata."""
    buffer = io.BytesIO()
    PillowImage.fromarray(image).save(buffer, "JPEG", quality=QUALITY, subsampling=SUBSAMPLING)
    return buffer.getvalue()


def pad(data: bytes, length: int) -> bytes:
    """Lengthen a JPEG file without touching its picture.

    A re-synthesised image compresses better than its twin, so that the length of the
    file would tell the label. The standard allows any number of fill bytes (0xFF)
    before a marker (ITU-T T.81, B.1.1.2); here they go before the end marker.

    Args:
        data: A JPEG file.
        length: In bytes.

    Raises:
        DataError: The file is no JPEG, or longer already.
    """
    if not data.endswith(_END) or len(data) > length:
        raise DataError(f"cannot pad a file of {len(data)} bytes to {length}")
    return data[: -len(_END)] + b"\xff" * (length - len(data)) + _END


def mask_png(mask: Mask) -> bytes:
    """Encode ``bool`` (H, W) as a one-channel PNG of 0 and 255."""
    buffer = io.BytesIO()
    PillowImage.fromarray(mask.astype(np.uint8) * 255).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
