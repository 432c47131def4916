"""Images by their path: in a folder, or still packed in a zip archive."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from fakevlm_bench.datasets.files import digest_files, unreadable, within
from fakevlm_bench.errors import DataError

Place = TypeVar("Place", str, Path)


class Images:
    """Reads images by their path, from a folder or from a zip archive."""

    def __init__(self, folder: Path, split: str) -> None:
        """Find out where the images are.

        Args:
            folder: That holds ``<split>.zip`` or a folder of images.
            split: Name of the archive, or of the folder.

        Raises:
            DataError: The archive cannot be read.
        """
        self._split = split
        archive = folder / f"{split}.zip"
        self._places = [folder / split, folder / split / split, folder, folder / "images"]
        has_folder = (folder / split).is_dir()
        self._archive: zipfile.ZipFile | None = None
        if archive.is_file() and not has_folder:
            try:
                self._archive = zipfile.ZipFile(archive)
            except (zipfile.BadZipFile, OSError) as error:
                raise unreadable(archive, error) from error

    @property
    def place(self) -> str:
        """The place of the images, for messages."""
        return f"in {self._archive.filename}" if self._archive else f"below {self._places[0]}"

    def has(self, name: str) -> bool:
        """Return whether an image is there."""
        return self._file(name) is not None if self._archive is None else bool(self._member(name))

    def read(self, name: str) -> bytes:
        """Return an image's bytes.

        Raises:
            DataError: It is not there, or cannot be read.
        """
        try:
            if self._archive is not None:
                return self._archive.read(self._require(name, self._member(name)))
            return self._require(name, self._file(name)).read_bytes()
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise DataError(f"image '{name}' {self.place} cannot be read: {error}") from error
        except RuntimeError as error:  # of a member that needs a password
            raise DataError(f"image '{name}' {self.place} cannot be read: {error}") from error

    def digest(self, names: Sequence[str]) -> str:
        """Digest images; those in an archive by the sizes and CRC-32 checksums in its index."""
        if self._archive is None:
            return digest_files([self._require(name, self._file(name)) for name in names])
        lines = []
        for name in names:
            member = self._archive.getinfo(self._require(name, self._member(name)))
            lines.append(f"{name}:{member.file_size}:{member.CRC}\n")
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def _require(self, name: str, place: Place | None) -> Place:
        if place is None:
            raise DataError(f"image '{name}' is not {self.place}")
        return place

    def _file(self, name: str) -> Path | None:
        """Return an image's file; None where there is none, or outside of the folder."""
        for place in self._places:
            file = within(place, name)
            if file is not None and file.is_file():
                return file
        return None

    def _member(self, name: str) -> str | None:
        members = self._archive.NameToInfo if self._archive is not None else {}
        return next((one for one in (name, f"{self._split}/{name}") if one in members), None)
