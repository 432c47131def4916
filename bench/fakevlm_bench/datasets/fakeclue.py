"""FakeClue as its authors publish it: ``data_json/<split>.json`` beside the images.

Wen et al., "Spot the Fake", arXiv 2503.14905. The images are below ``<split>/``, or packed in
``<split>.zip``, as on the hub. In the source 1 means real and 0 fake; labels are converted
here, and nowhere else.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from fakevlm_bench.datasets.archive import Images
from fakevlm_bench.datasets.notes import Note, Tally
from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.media_types import media_type
from fakevlm_bench.textfiles import printable, read_json
from fakevlm_bench.types import Label, Sample

REPOSITORY = "lingcco/FakeClue"
CATEGORIES = ("animal", "deepfake", "doc", "human", "object", "satellite", "scene")
LABELS = {0: Label.FAKE, 1: Label.REAL}
"""The source's convention."""

Turn = TypedDict("Turn", {"from": str, "value": str})


class Record(TypedDict):
    """One entry of the JSON file; it may have further keys, which the fingerprint covers."""

    image: str
    label: int
    cate: str
    conversations: NotRequired[list[Turn] | None]
    width: NotRequired[int | None]
    height: NotRequired[int | None]


@dataclass(frozen=True)
class FakeClueDataset:
    """Samples in the order of the JSON file.

    Attributes:
        path: Folder with ``data_json``; null loads it from the hub (`REPOSITORY`).
        split: ``test`` or ``train``.
        categories: Some of `CATEGORIES`; null takes all.
        revision: Commit on the hub; null is the newest, which the fingerprint tells apart anyway.
        sha256: Pinned fingerprint; loading anything else is an error. Null pins nothing.
        missing: Where images are missing: ``error``, or ``leave_out``, which counts them and
            measures the others.
    """

    path: str | Path | None = None
    split: str = "test"
    categories: tuple[str, ...] | None = None
    revision: str | None = None
    sha256: str | None = None
    missing: str = "error"

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            ConfigError: The path is empty, or `missing` is neither of the two.
        """
        if self.path is not None and not str(self.path).strip():
            raise ConfigError(
                "path is empty: set it to FakeClue's folder, or to null to load it from the hub"
            )
        if self.missing not in ("error", "leave_out"):
            raise ConfigError(f"missing must be error or leave_out, not '{self.missing}'")

    @property
    def variant(self) -> str:
        """The selected part of the data set, as it is added to the task's name."""
        split = self.split if self.split != "test" else ""
        return ":".join(filter(None, [split, "+".join(sorted(self.categories or ()))]))

    @cached_property
    def folder(self) -> Path:
        """The folder, after a download where `path` is null.

        Raises:
            DataError: The folder is not there, or the hub cannot be reached.
        """
        if self.path is None:
            return self._downloaded()
        if not Path(self.path).is_dir():
            raise DataError(
                f"{self.path} is not a folder: set path to one with data_json/{self.split}.json "
                f"and the images below {self.split}/, or to null to load {REPOSITORY}"
            )
        return Path(self.path)

    def _downloaded(self) -> Path:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

        patterns = [f"data_json/{self.split}.json", f"{self.split}.zip"]
        try:
            folder = snapshot_download(
                REPOSITORY, repo_type="dataset", revision=self.revision, allow_patterns=patterns
            )
        except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
            raise DataError(
                f"{REPOSITORY} cannot be loaded from the hub; with a copy on disk, set "
                "task.path=/folder/with/data_json"
            ) from error
        return Path(folder)

    @cached_property
    def _available(self) -> tuple[list[Record], Tally]:
        """The selected records whose images are there, and what is left out."""
        records, tally = self._selected(), Tally()
        absent = {one["image"] for one in records if not self.images.has(one["image"])}
        for record in records:
            if record["image"] in absent:
                tally.add("sample whose image is missing", record["image"])
        if absent and (self.missing == "error" or len(absent) == len(records)):
            first = next(one["image"] for one in records if one["image"] in absent)
            rest = "" if len(absent) == len(records) else ": task.missing=leave_out leaves them out"
            raise DataError(
                f"{len(absent)} of {len(records)} images are missing; the first, '{first}', is "
                f"not {self.images.place}{rest}"
            )
        return [one for one in records if one["image"] not in absent], tally

    @property
    def records(self) -> list[Record]:
        """The records of the selected categories.

        Raises:
            DataError: The file is missing or not a list, a record lacks a field, or images are
                missing.
            ConfigError: A category does not occur.
        """
        return self._available[0]

    def notes(self) -> list[Note]:
        """Say which images are missing, where that is no error."""
        return self._available[1].notes()

    def _selected(self) -> list[Record]:
        records = read_records(self.folder / "data_json" / f"{self.split}.json")
        if self.categories is None:
            return records
        present = {record["cate"] for record in records}
        for one in self.categories:
            if one not in present:
                raise unknown_name("category of FakeClue", one, present)
        return [record for record in records if record["cate"] in self.categories]

    @cached_property
    def images(self) -> Images:
        """Where the images are read from."""
        return Images(self.folder, self.split)

    def fingerprint(self) -> str:
        """Digest of the selected records and of their images' bytes (or checksums in the zip)."""
        text = json.dumps(self.records, sort_keys=True, ensure_ascii=False)
        names = [record["image"] for record in self.records]
        digest = hashlib.sha256(f"{text}{self.images.digest(names)}".encode()).hexdigest()
        if self.sha256 and digest != self.sha256:
            raise DataError(
                f"FakeClue ({self.split}) has the digest {digest}, not {self.sha256} as pinned: it "
                "is another version, or was changed"
            )
        return digest

    def ids(self) -> list[str]:
        """Return the images' paths, as the JSON file has them."""
        return [record["image"] for record in self.records]

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over the samples; an image that cannot be read is one with an error.

        Raises:
            DataError: Images are missing.
        """
        for record in self.records:
            try:
                image, error = self.images.read(record["image"]), ""
            except DataError as broken:
                image, error = b"", str(broken)
            yield dataclasses.replace(sample_of(record, image), error=error)


def read_records(file: Path) -> list[Record]:
    """Read and check the records of a JSON file.

    Raises:
        DataError: It cannot be read or is not a list; a record lacks its image, label or category,
            or has a field of a wrong type; an image has two labels.
    """
    if not file.exists():
        raise DataError(f"{printable(file)} is missing: it holds FakeClue's labels")
    records = read_json(file)
    if not isinstance(records, list) or not records:
        raise DataError(f"{printable(file)} is not a list of records")
    labels: dict[str, int] = {}
    for number, record in enumerate(records):
        fault = _fault(record)
        if fault is None and labels.setdefault(record["image"], record["label"]) != record["label"]:
            fault = f"'{record['image']}' has another label in an earlier record"
        if fault is not None:
            raise DataError(f"{printable(file)}: record {number} (counted from 0): {fault}")
    return cast("list[Record]", records)


def _fault(record: Any) -> str | None:
    """Say what is wrong with a record; None where nothing is."""
    if not isinstance(record, Mapping):
        return "it must be an object with 'image', 'label' and 'cate'"
    for name in ("image", "cate"):
        if not isinstance(record.get(name), str) or not record[name]:
            return f"'{name}' must be text, and not empty"
    label = record.get("label")
    if type(label) is not int or label not in LABELS:
        return f"'{record['image']}': 'label' must be 0 (fake) or 1 (real), not {label!r}"
    for name in ("width", "height"):
        side = record.get(name)
        if side is not None and (type(side) is not int or side < 0):
            return f"'{name}' must be a number of pixels"
    turns = record.get("conversations")
    if turns is not None and not (isinstance(turns, list) and all(map(_is_turn, turns))):
        return "'conversations' must be a list of objects with 'from' and 'value', both text"
    return None


def _is_turn(turn: Any) -> bool:
    parts = ("from", "value")
    return isinstance(turn, Mapping) and all(isinstance(turn.get(one), str) for one in parts)


def sample_of(record: Record, image: bytes) -> Sample:
    """Build a sample from a record; frames of one video share a group.

    Args:
        record: As `read_records` checked it.
        image: The file's bytes.
    """
    name = record["image"]
    parts = name.split("/")
    label = LABELS[record["label"]]
    video = parts[0] == "ff++" and len(parts) > 2
    return Sample(
        id=name,
        image=image,
        media_type=media_type(image),
        label=label,
        category=record["cate"],
        generator="real" if label is Label.REAL else _maker(parts),
        family="real" if label is Label.REAL else record["cate"],
        group=f"ff++/{parts[-2].split('_')[0]}" if video else name,
        references=reference(record),
    )


def _maker(parts: Sequence[str]) -> str:
    """Return the source, with the folder below ``fake`` where there is one."""
    below = parts[parts.index("fake") + 1 : -1] if "fake" in parts else []
    return "/".join([parts[0], *below[:1]])


def reference(record: Record) -> tuple[str, ...]:
    """Return the annotators' answer; empty where there is none."""
    turns = record.get("conversations") or ()
    answers = [turn["value"] for turn in turns if turn["from"] == "gpt"]
    return tuple(text.strip() for text in answers if text.strip())[:1]
