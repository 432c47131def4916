"""Files of data sets: what they are by their first bytes, their digests, and where they lie."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from fakevlm_bench.datasets.notes import Tally
from fakevlm_bench.errors import DataError
from fakevlm_bench.imaging import pointer_hint

SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif"))
"""Of files that count as images whatever their first bytes are."""
HIDDEN = frozenset(("__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"))
HEAD = 32
"""First bytes that identify a format."""
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
    """Return whether a file is an image in a supported format, by its first `HEAD` bytes."""
    bitmap = head[:2] == b"BM" and head[6:10] == bytes(4)
    jpeg_2000 = head[:12] == b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    netpbm = head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()
    return bool(media_type(head)) or bitmap or jpeg_2000 or netpbm


def unread_format(head: bytes) -> str:
    """Name the unsupported format of an image, by its first `HEAD` bytes; else empty."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return "HEIF"
    return next((name for magic, name in _UNREAD.items() if head.startswith(magic)), "")


def printable(name: str) -> str:
    r"""Return a file name as text; each byte that is not UTF-8 becomes ``\xNN``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def digest_files(files: Sequence[Path]) -> str:
    """Digest the names and bytes of files, in the order given.

    Raises:
        DataError: One of them is missing, or cannot be read.
    """
    total = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise unreadable(file, error) from error
        total.update(file.name.encode("utf-8", "surrogateescape") + f":{digest}\n".encode())
    return total.hexdigest()


def unreadable(file: str | Path, error: Exception) -> DataError:
    """Build the error for a file that cannot be read, in one line that names it.

    Args:
        file: The file.
        error: What reading it raised.
    """
    name = printable(str(file))
    if isinstance(error, FileNotFoundError):
        return DataError(f"{name} is missing")
    reason = getattr(error, "strerror", None) or str(error).strip().split("\n")[0]
    try:
        with Path(file).open("rb") as stream:
            hint = pointer_hint(stream.read(HEAD * 8))
    except OSError:
        hint = ""
    return DataError(f"{name} cannot be read: {hint or reason}")


def within(root: Path, name: str) -> Path | None:
    """Return the file that a path in a table names.

    Args:
        root: Folder that the path is relative to.
        name: The path; backslashes separate folders where no file has one in its name.

    Returns:
        None where it is outside of `root`.
    """
    if "\\" in name and not (root / name).exists():
        name = name.replace("\\", "/")
    base = Path(os.path.normpath(root.absolute()))
    path = Path(os.path.normpath(base / name))  # links are followed, and may lead anywhere
    return path if path.is_relative_to(base) else None


def walk(root: Path, tally: Tally) -> Iterator[tuple[str, ...]]:
    """Walk through every file below a folder, links followed.

    Hidden files and folders, those that systems leave behind, broken links, and links
    to a folder that they lie in are left out and counted.

    Args:
        root: The folder.
        tally: Counts what is left out.

    Returns:
        The parts of each file's path below `root`, in no particular order.

    Raises:
        DataError: A folder cannot be read.
    """
    yield from _walk(root, (), frozenset(), tally)


def _walk(
    folder: Path, parts: tuple[str, ...], above: frozenset[tuple[int, int]], tally: Tally
) -> Iterator[tuple[str, ...]]:
    try:
        status = folder.stat()
        here = (status.st_dev, status.st_ino)
        if here in above:
            tally.add("link to a folder that it lies in", printable("/".join(parts)))
            return
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            below = (*parts, entry.name)
            if entry.name.startswith(".") or entry.name.lower() in HIDDEN:
                tally.add("hidden file or folder", printable("/".join(below)))
            elif entry.is_dir():
                yield from _walk(folder / entry.name, below, above | {here}, tally)
            elif entry.is_file():
                yield below
            else:
                tally.add("broken link or special file", printable("/".join(below)))
    except OSError as error:
        raise unreadable(folder, error) from error
