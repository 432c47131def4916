"""What the structure of an image file says, without a look at the picture.

JPEG segments (ITU-T T.81, B.1) and PNG chunks (ISO/IEC 15948, 5.3) are walked through
here; a walk ends where a file does not follow its format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_STANDALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_START_OF_SCAN, _END = 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass
class Structure:
    """Parts of a file, by name.

    Attributes:
        counts: How often each segment or chunk occurs (``APP1``, ``COM``, ``tEXt``, …).
        sizes: Bytes in each of them, all together.
        huffman: Bytes of Huffman tables (JPEG); 420 with four standard tables.
        progressive: Whether it is a progressive JPEG or an interlaced PNG.
        sampling: Horizontal and vertical sampling factor of each component (JPEG).
        deflate: Compression level that a PNG's writer states, 0 (fastest) to 3 (slowest)
            (RFC 1950, FLEVEL); −1 elsewhere.
        chunk: Bytes of a PNG's first data chunk where there are several, else 0.
        trailing: Bytes after the end of the image.
    """

    counts: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    huffman: int = 0
    progressive: bool = False
    sampling: tuple[tuple[int, int], ...] = ()
    deflate: int = -1
    chunk: int = 0
    trailing: int = 0

    def add(self, name: str, size: int) -> None:
        """Count one part of `size` bytes."""
        self.counts[name] += 1
        self.sizes[name] += size


def structure(data: bytes) -> Structure:
    """Walk through a file; formats other than JPEG and PNG have no named parts."""
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    return Structure()


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the marker and the content of each segment before the (first) scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in (_START_OF_SCAN, _END):
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def _jpeg(data: bytes) -> Structure:
    parts = Structure()
    for marker, content in _segments(data):
        if 0xE0 <= marker <= 0xEF:
            parts.add(f"APP{marker - 0xE0}", len(content))
        elif marker == 0xFE:
            parts.add("COM", len(content))
        elif marker == 0xC4:
            parts.huffman += len(content)
        elif marker == 0xDD:
            parts.add("DRI", len(content))
        elif marker in _FRAMES and len(content) >= 6:
            parts.progressive = marker == 0xC2
            components = (content[i : i + 3] for i in range(6, 6 + 3 * content[5], 3))
            parts.sampling = tuple((c[1] >> 4, c[1] & 15) for c in components if len(c) == 3)
    # Inside a scan 0xFF is followed by 0 or a restart, so the last end marker ends the image;
    # one inside trailing data is met by few, and moves the count of bytes only.
    parts.trailing = max(0, len(data) - data.rfind(b"\xff\xd9") - 2)
    return parts


def _png(data: bytes) -> Structure:
    parts = Structure()
    at, first = 8, 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8].decode("latin-1")
        if name == "IHDR":
            parts.progressive = data[at + 20 : at + 21] == b"\x01"
        elif name == "IDAT":
            if parts.deflate >= 0:
                parts.chunk = first
            elif size >= 2 and at + 10 <= len(data):
                first, parts.deflate = size, data[at + 9] >> 6
        elif name not in ("IEND", "PLTE"):
            parts.add(name, size)
        at += 12 + size
        if name == "IEND":
            parts.trailing = max(0, len(data) - at)
            break
    return parts
