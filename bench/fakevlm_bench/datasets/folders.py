"""Folders of images: ``0_real`` and ``1_fake``, alone or once per generator.

The layout of CNNSpot's test set, GenImage's and AIGCDetectBenchmark's.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from fakevlm_bench.datasets.files import SUFFIXES, digest_files, printable, unreadable, walk
from fakevlm_bench.datasets.labels import as_list
from fakevlm_bench.datasets.notes import Note, Tally
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.media_types import HEAD, is_image, media_type, unread_format
from fakevlm_bench.types import Label, Sample

_KINDS = mimetypes.MimeTypes()  # the built-in ones, whatever this system adds


@dataclass(frozen=True)
class FolderDataset:
    r"""Images below a folder, labelled by the innermost folder with a label's name.

    The generator is the path above the label's folder (``stylegan/car``), or ``fake``
    where there is none; a sample's id is its path below the root, bytes that are not UTF-8
    written ``\xNN``. Links are followed. Files with a suffix of
    `datasets.files.SUFFIXES` are images; of the others below a label's folder those whose
    first bytes say so, unless their suffix names another kind (``.txt``, ``.zip``).

    Attributes:
        path: The root.
        real: Name of the folders with real images (``0_real``, ``nature``), or several.
        fake: Name of the folders with fake images (``1_fake``, ``ai``), or several.
        group: What samples of one photograph or video share, on which statistics cluster:
            ``stem`` (the file's name without its suffix), ``parent`` (the file's folder), or a
            regular expression with a group, searched in the id. Null: each image is its own.
    """

    path: str | Path
    real: str | Sequence[str] = "0_real"
    fake: str | Sequence[str] = "1_fake"
    group: str | None = None

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            ConfigError: The path is empty, a name is not a folder's, or the group is unusable.
        """
        if not str(self.path).strip():
            raise ConfigError("path is empty: set it to the folder that holds the images")
        both = set(self._names(self.real)) & set(self._names(self.fake))
        if both:
            raise ConfigError(f"the folder '{min(both)}' cannot be both real and fake")
        _ = self._pattern

    @staticmethod
    def _names(setting: Any) -> tuple[str, ...]:
        names = as_list(setting)
        for name in names:
            plain = isinstance(name, str) or (isinstance(name, int) and not isinstance(name, bool))
            if not plain or str(name) in ("", ".", "..") or "/" in str(name):
                raise ConfigError(
                    f"{name!r} is not a folder's name: real and fake take a name such as 0_real, "
                    "or a list of them; put what YAML would not read as text in quotes"
                )
        if not names:
            raise ConfigError("real and fake each need at least one folder's name")
        return tuple(map(str, names))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if self.group is None or self.group in ("stem", "parent"):
            return None
        try:
            pattern = re.compile(str(self.group))
        except re.error as error:
            raise ConfigError(f"group={self.group} is not a regular expression: {error}") from error
        if not pattern.groups:
            raise ConfigError(
                f"group={self.group} must be stem, parent, or a regular expression with a group "
                r"in parentheses, such as '(\d+)_\d+\.png$'"
            )
        return pattern

    @cached_property
    def _labels(self) -> dict[str, Label]:
        real, fake = self._names(self.real), self._names(self.fake)
        return dict.fromkeys(real, Label.REAL) | dict.fromkeys(fake, Label.FAKE)

    @cached_property
    def _scan(self) -> tuple[list[tuple[str, ...]], Tally]:
        """The images' paths below the root, sorted, and what is left out."""
        root, tally = Path(str(self.path)), Tally()
        if not root.is_dir():
            raise DataError(f"{root} {'is not a folder' if root.exists() else 'does not exist'}")
        unlabelled = f"image in no folder named {' or '.join(self._labels)}"
        images = []
        for parts in walk(root, tally):
            if self._place(parts) is None:
                if PurePosixPath(parts[-1]).suffix.lower() in SUFFIXES:
                    tally.add(unlabelled, printable("/".join(parts)))
            elif reason := _not_an_image(root, parts):
                tally.add(reason, printable("/".join(parts)))
            else:
                images.append(parts)
        if not images:
            raise DataError(self._no_images(root, tally))
        return sorted(images), tally

    def _no_images(self, root: Path, tally: Tally) -> str:
        real, fake = (" or ".join(self._names(one)) for one in (self.real, self.fake))
        if root.name in self._labels:
            return f"{root} is the folder of one label: set path to the folder above it"
        reasons = "; ".join(map(str, tally.notes()))
        return f"no images below {root}/**/{real} or {root}/**/{fake}" + (
            reasons and f" ({reasons})"
        )

    def _place(self, parts: tuple[str, ...]) -> int | None:
        """Return the index of the innermost folder with a label's name."""
        return next((i for i in range(len(parts) - 2, -1, -1) if parts[i] in self._labels), None)

    @property
    def files(self) -> list[Path]:
        """The images, sorted by path.

        Raises:
            DataError: There are none, or a folder cannot be read.
        """
        root = Path(str(self.path))
        return [root.joinpath(*parts) for parts in self._scan[0]]

    def fingerprint(self) -> str:
        """Digest of every file's path below the root and bytes, and of the settings.

        Raises:
            DataError: There are no images, or one cannot be read.
        """
        names = [one[0] if len(one) == 1 else one for one in map(self._names, self._settings)]
        group = [] if self.group is None else [self.group]
        text = json.dumps([*names, self.ids(), *group])
        return hashlib.sha256(f"{digest_files(self.files)}{text}".encode()).hexdigest()

    @property
    def _settings(self) -> tuple[Any, Any]:
        return self.real, self.fake

    def ids(self) -> list[str]:
        """Return the files' paths below the root."""
        return [printable("/".join(parts)) for parts in self._scan[0]]

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over the samples, sorted by path; one file is read at a time.

        Raises:
            DataError: A file cannot be read.
        """
        for parts, file in zip(self._scan[0], self.files, strict=True):
            try:
                image = file.read_bytes()
            except OSError as error:
                raise unreadable(file, error) from error
            yield self._sample(parts, image)

    def _sample(self, parts: tuple[str, ...], image: bytes) -> Sample:
        place = self._place(parts)
        assert place is not None
        name = printable("/".join(parts))
        label = self._labels[parts[place]]
        above = printable("/".join(parts[:place]))
        return Sample(
            id=name,
            image=image,
            media_type=media_type(image),
            label=label,
            category=above,
            generator="real" if label is Label.REAL else above or "fake",
            family="real" if label is Label.REAL else "fake",
            group=self._group(name) or name,
        )

    def _group(self, name: str) -> str | None:
        """Return the group of an id by the setting `group`; None where it has none."""
        if self.group is None:
            return None
        if self.group in ("stem", "parent"):
            path = PurePosixPath(name)
            return path.stem if self.group == "stem" else str(path.parent)
        match = self._pattern.search(name) if self._pattern is not None else None
        return "/".join(one or "" for one in match.groups()) if match else None

    def notes(self) -> list[Note]:
        """Say what is left out, which class is missing, and which images share no group.

        Raises:
            DataError: There are no images, or a folder cannot be read.
        """
        images, tally = self._scan
        present = {self._labels[parts[self._place(parts) or 0]] for parts in images}
        notes = tally.notes()
        if len(present) == 1:
            only, other = ("real", "fake") if Label.REAL in present else ("fake", "real")
            names = " or ".join(self._names(getattr(self, other)))
            notes.append(
                Note(
                    f"all {len(images)} images are {only}: no folder named {names} holds any, and "
                    "figures that need both classes will be absent",
                    len(images),
                )
            )
        return notes + self._group_notes()

    def _group_notes(self) -> list[Note]:
        if self.group is None:
            return []
        ids = self.ids()
        groups = {name: self._group(name) for name in ids}
        sizes = Counter(groups.values())
        unmatched = [name for name in ids if groups[name] is None]
        if len(unmatched) == len(ids):
            raise DataError(f"group={self.group} matches none of {len(ids)} ids, such as {ids[0]}")
        alone = [name for name in ids if groups[name] is not None and sizes[groups[name]] == 1]
        texts = (
            (unmatched, f"are not matched by group={self.group}, and each is a group of its own"),
            (alone, f"are alone in their group under group={self.group}"),
        )
        return [
            Note(f"{len(names)} of {len(ids)} images {text}", len(names), names[0])
            for names, text in texts
            if names
        ]


def _not_an_image(root: Path, parts: tuple[str, ...]) -> str:
    """Say why a file below a label's folder is not used; empty where it is."""
    if PurePosixPath(parts[-1]).suffix.lower() in SUFFIXES:
        return ""
    kind = _KINDS.guess_type(parts[-1])[0]
    if not (kind or "image/").startswith(("image/", "application/octet-stream")):
        return "file that is no image"
    try:
        with root.joinpath(*parts).open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return "file without an image's suffix that cannot be read"
    if is_image(head):
        return ""
    form = unread_format(head)
    return f"{form} image, a format that is not read" if form else "file that is no image"
