"""Files of data sets: their digests, and where they lie."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from fakevlm_bench.datasets.notes import Tally
from fakevlm_bench.errors import DataError
from fakevlm_bench.files import sha256_file, sha256_listing
from fakevlm_bench.imaging import pointer_hint
from fakevlm_bench.media_types import HEAD

SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif"))
"""Of files that count as images whatever their first bytes are."""
HIDDEN = frozenset(("__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"))


def printable(name: str) -> str:
    r"""Return a file name as text; each byte that is not UTF-8 becomes ``\xNN``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def digest_files(files: Sequence[Path]) -> str:
    """Digest the names and bytes of files, in the order given.

    Raises:
        DataError: One of them is missing, or cannot be read.
    """

    def digest(file: Path) -> str:
        try:
            return sha256_file(file)
        except OSError as error:
            raise unreadable(file, error) from error

    return sha256_listing((file.name, digest(file)) for file in files)


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
