"""Folders of images: ``0_real`` and ``1_fake``, alone or once per generator.

The layout of CNNSpot's test set, GenImage's and AIGCDetectBenchmark's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.datasets.table import digest_files, media_type
from bench.errors import DataError
from bench.types import Label, Sample

SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif"))


@dataclass(frozen=True)
class FolderDataset:
    """Images below a folder, labelled by the name of the folder they lie in.

    The generator is the path above the label's folder (``stylegan/car``), or ``fake``
    where there is none; a sample's id is its path below the root.

    Attributes:
        path: The root.
        real: Name of the folders with real images (``0_real``, ``nature``).
        fake: Name of the folders with fake images (``1_fake``, ``ai``).
    """

    path: str | Path
    real: str = "0_real"
    fake: str = "1_fake"

    @cached_property
    def files(self) -> list[Path]:
        """The images, sorted by path.

        Raises:
            DataError: There are none.
        """
        root = Path(self.path)
        files = sorted(
            {
                file
                for label in (self.real, self.fake)
                for folder in root.glob(f"**/{label}")
                for file in folder.rglob("*")
                if file.suffix.lower() in SUFFIXES
            }
        )
        if not files:
            raise DataError(f"no images below {root}/**/{self.real} or {root}/**/{self.fake}")
        return files

    def fingerprint(self) -> str:
        """Digest of every file's path below the root and bytes, and of the folders' names."""
        names = json.dumps([self.real, self.fake, self.ids()])
        return hashlib.sha256(f"{digest_files(self.files)}{names}".encode()).hexdigest()

    def ids(self) -> list[str]:
        """Give the files' paths below the root."""
        return [file.relative_to(self.path).as_posix() for file in self.files]

    def __iter__(self) -> Iterator[Sample]:
        """Give the samples, sorted by path; one file is read at a time."""
        import datasets

        columns = {"id": self.ids(), "image": [str(file) for file in self.files]}
        table = datasets.Dataset.from_dict(columns)
        for row in table.cast_column("image", datasets.Image(decode=False)):
            yield self._sample(row["id"], Path(row["image"]["path"]).read_bytes())

    def _sample(self, name: str, image: bytes) -> Sample:
        parts = Path(name).parts
        place = next(i for i, part in enumerate(parts) if part in (self.real, self.fake))
        label = Label.REAL if parts[place] == self.real else Label.FAKE
        above = "/".join(parts[:place])
        return Sample(
            id=name,
            image=image,
            media_type=media_type(image),
            label=label,
            category=above,
            generator="real" if label is Label.REAL else above or "fake",
            family="real" if label is Label.REAL else "fake",
            group=name,
        )
