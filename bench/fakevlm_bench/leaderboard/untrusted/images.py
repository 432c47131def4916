"""Images of strangers: two formats, walked to their true end, decoded and encoded anew."""

from __future__ import annotations

import io
import struct

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_LONE_MARKERS = frozenset((0x01, *range(0xD0, 0xD8)))


def reencode(data: bytes, name: str) -> bytes:
    """Decode an image and encode its pixels as PNG, so that no submitted byte is published.

    Args:
        data: The file's content.
        name: Its name, whose extension must be the format's.

    Raises:
        RefusalError: Another format than the extension says, data after the image's end, too
            many pixels, or an image that cannot be decoded.
    """
    from PIL import Image

    _check_bytes(data, name)
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        if picture.width * picture.height > limits.IMAGE_PIXELS:
            raise RefusalError(
                f"{name}: {picture.width}×{picture.height} pixels, "
                f"at most {limits.IMAGE_PIXELS} are allowed"
            )
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, format="PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RefusalError(f"{name}: cannot be decoded ({type(error).__name__})") from None
    return buffer.getvalue()


def _check_bytes(data: bytes, name: str) -> None:
    """Check the format against the extension, and that the image ends where the file does."""
    if data.startswith(_PNG):
        kind, end = "png", _png_end(data)
    elif data.startswith(_JPEG):
        kind, end = "jpg", _jpeg_end(data)
    else:
        raise RefusalError(f"{name}: neither PNG nor JPEG")
    if not name.endswith(f".{kind}"):
        raise RefusalError(f"{name}: is a {kind} file under another extension")
    if end is None:
        raise RefusalError(f"{name}: truncated")
    if end != len(data):
        raise RefusalError(f"{name}: {len(data) - end} bytes follow the image's end")


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a sound PNG, in pixels."""
    width, height = struct.unpack_from(">II", data, len(_PNG) + 8)
    return width, height


def _png_end(data: bytes) -> int | None:
    """Offset just after the IEND chunk."""
    position = len(_PNG)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return position if position <= len(data) else None
    return None


def _jpeg_end(data: bytes) -> int | None:
    """Offset just after the end-of-image marker, thumbnails inside segments skipped."""
    position = 2
    while position + 2 <= len(data):
        if data[position] != 0xFF:
            position += 1  # entropy-coded data after a scan's header
            continue
        marker = data[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker in (0x00, 0xFF) or marker in _LONE_MARKERS:
            position += 1 if marker == 0xFF else 2
        elif position + 4 <= len(data):
            position += 2 + struct.unpack_from(">H", data, position + 2)[0]
        else:
            return None
    return None
