"""Reader for Qt binary resource collections (``.rcc``), which some packages keep pictures in.

Layout, as documented by Qt's resource compiler: the magic ``qres``, then big-endian
32-bit format version and offsets of the tree, of the data and of the names. A tree node is
14 bytes in version 1 and 22 from version 2 on.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from fakevlm_bench.errors import DataError

_COMPRESSED, _DIRECTORY = 1, 2


def read_member(path: Path, member: str) -> bytes:
    """Read one file out of a resource collection.

    Args:
        path: The ``.rcc`` file.
        member: Path inside the collection, with ``/`` between the parts.

    Raises:
        DataError: The file is not a resource collection, or the member is not in it.
    """
    data = path.read_bytes()
    if data[:4] != b"qres":
        raise DataError(f"{path} is not a Qt resource collection")
    version, tree, _, names = struct.unpack(">4I", data[4:20])
    size = 14 if version == 1 else 22
    node = 0
    for part in member.split("/"):
        count, first = struct.unpack_from(">II", data, tree + node * size + 6)
        children = range(first, first + count)
        matches = [i for i in children if _name(data, names, tree + i * size) == part]
        if not matches:
            raise DataError(f"{path.name} has no member {member}")
        node = matches[0]
    return _payload(data, tree + node * size)


def _name(data: bytes, names: int, node: int) -> str:
    """Read the name of the tree node at an offset."""
    offset = names + struct.unpack_from(">I", data, node)[0]
    length = struct.unpack_from(">H", data, offset)[0]
    return data[offset + 6 : offset + 6 + 2 * length].decode("utf-16-be")


def _payload(data: bytes, node: int) -> bytes:
    """Read the content of the file node at an offset."""
    start = struct.unpack_from(">I", data, 12)[0]
    flags = struct.unpack_from(">H", data, node + 4)[0]
    if flags & _DIRECTORY:
        raise DataError("the member is a directory")
    offset = start + struct.unpack_from(">I", data, node + 10)[0]
    length = struct.unpack_from(">I", data, offset)[0]
    body = data[offset + 4 : offset + 4 + length]
    # A compressed body begins with its plain length, 4 bytes.
    return zlib.decompress(body[4:]) if flags & _COMPRESSED else body
