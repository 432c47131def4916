"""Formats of images by their first bytes."""

from __future__ import annotations

HEAD = 32
"""Bytes that tell a format."""
_MEDIA_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_UNREAD = {
    b"\xff\x0a": "JPEG XL",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"8BPS": "Photoshop",
    b"%PDF": "PDF",
}
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def media_type(data: bytes) -> str:
    """Name the format of an image by its first bytes; empty where unknown."""
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    if data[:4] == b"RIFF":
        return "image/webp" if data[8:12] == b"WEBP" else ""
    return next((kind for magic, kind in _MEDIA_TYPES.items() if data.startswith(magic)), "")


def is_image(head: bytes) -> bool:
    """Tell by a file's first `HEAD` bytes whether it is an image in a format that is read."""
    bitmap = head[:2] == b"BM" and head[6:10] == bytes(4)
    jpeg_2000 = head[:12] == b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    netpbm = head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()
    return bool(media_type(head)) or bitmap or jpeg_2000 or netpbm


def unread_format(head: bytes) -> str:
    """Name the format of an image that is not read, by its first `HEAD` bytes; else empty."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return "HEIF"
    return next((name for magic, name in _UNREAD.items() if head.startswith(magic)), "")
