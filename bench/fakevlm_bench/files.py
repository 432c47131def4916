"""Files that are written whole or not at all, digests of files, and the user's cache."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOWHERE = Path(os.devnull)
"""Where the folders of a user without a home lie: nothing can be read or written there."""
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM)
"""What file systems answer that cannot sync a folder."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path whose file takes the place of `path` when the block ends.

    Both lie in one folder, which is made where it is missing. The file is synced before it is
    renamed, and the folder after that, so that not even a loss of power leaves half a file.
    An exception in the block leaves what was there before.

    Args:
        path: The file to make or replace.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        _sync(temporary, os.O_RDONLY)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    try:
        _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Args:
        path: The file; its folder is made where it is missing.
        data: Its content.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def sha256_file(path: Path) -> str:
    """Compute the SHA-256 of a file, piece by piece, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_listing(entries: Iterable[tuple[str, str]]) -> str:
    """Compute the SHA-256 of a listing of files.

    Args:
        entries: Name and digest of each, in the order that counts.

    Returns:
        64 hexadecimal digits, of one line ``name:digest`` for each.
    """
    total = hashlib.sha256()
    for name, digest in entries:
        total.update(name.encode("utf-8", "surrogateescape") + f":{digest}\n".encode())
    return total.hexdigest()


def user_cache() -> Path:
    """Return the folder of the user's caches: ``XDG_CACHE_HOME``, or ``~/.cache``.

    A relative ``XDG_CACHE_HOME`` is ignored, as the XDG base directory specification says.
    A user without a home has `NOWHERE`.
    """
    configured = Path(os.environ.get("XDG_CACHE_HOME") or "")
    if configured.is_absolute():
        return configured
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and a user whom the system does not know
        return NOWHERE
    named = os.environ.get("HOME", str(home))
    return home / ".cache" if named and home.is_absolute() else NOWHERE


def cache_folder() -> Path:
    """Return the folder of this user's downloads, fits, calibrations and cached answers."""
    return user_cache() / "fakevlm-bench"
