"""A submission's folder: known names, regular files, nothing that leads elsewhere."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown

SUBMISSION = "submission.json"
PREDICTIONS = "predictions.parquet"
RESPONSES = "responses.parquet"
_IMAGE = re.compile(r"images/[a-z0-9][a-z0-9_-]{0,62}\.(png|jpg)")


def check_folder(folder: Path) -> dict[str, int]:
    """List a submission's files with their sizes in bytes.

    Raises:
        RefusalError: A link, a device, a hidden or unknown file, too many or too large ones.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise RefusalError(f"{shown(folder.name)} is not a folder")
    sizes: dict[str, int] = {}
    for name in sorted(_walk(folder)):
        size = (folder / name).lstat().st_size
        if name not in (SUBMISSION, PREDICTIONS, RESPONSES) and not _IMAGE.fullmatch(name):
            raise RefusalError(
                f"{shown(name)} does not belong in a submission (allowed: {SUBMISSION}, "
                f"{PREDICTIONS}, {RESPONSES}, images/NAME.png or .jpg; no archives, no code)"
            )
        if name.startswith("images/") and size > limits.IMAGE_BYTES:
            raise RefusalError(f"{name}: {size} bytes, at most {limits.IMAGE_BYTES} are allowed")
        sizes[name] = size
    for name in (SUBMISSION, PREDICTIONS):
        if name not in sizes:
            raise RefusalError(f"{name} is missing")
    if sum(sizes.values()) > limits.FOLDER_BYTES:
        raise RefusalError(f"the files are larger than {limits.FOLDER_BYTES} bytes together")
    return sizes


def _walk(folder: Path) -> list[str]:
    """Names of all regular files, relative and with slashes; links are refused, not followed."""
    names: list[str] = []
    pending = [folder]
    while pending:
        for entry in os.scandir(pending.pop()):
            name = Path(entry.path).relative_to(folder).as_posix()
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode) and name == "images":
                pending.append(Path(entry.path))
            elif stat.S_ISLNK(mode):
                raise RefusalError(f"{shown(name)} is a symbolic link; submit the file itself")
            elif not stat.S_ISREG(mode):
                raise RefusalError(f"{shown(name)} is not a regular file")
            else:
                names.append(name)
            if len(names) > limits.FOLDER_FILES:
                raise RefusalError(f"more than {limits.FOLDER_FILES} files")
    return names


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a file that must not be a link.

    Args:
        path: Of the file.
        limit: Bytes that it may have.

    Raises:
        RefusalError: The file is larger, or a link.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise RefusalError(f"{shown(path.name)} cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise RefusalError(f"{path.name}: more than {limit} bytes")
    return data
