"""One row of a table as a sample; a value of a wrong type is an error that names the row."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.datasets.files import unreadable, within
from fakevlm_bench.datasets.labels import as_text
from fakevlm_bench.errors import DataError
from fakevlm_bench.imaging import encode_png, image_size
from fakevlm_bench.masks import THRESHOLD, decode_mask
from fakevlm_bench.media_types import media_type
from fakevlm_bench.types import Box, Label, Mask, Sample

SCOPES = ("", "none", "region", "whole")
SHAPE = 0.02
"""Relative difference of two aspect ratios up to which a mask is resized to its image."""


@dataclass(frozen=True)
class MaskSettings:
    """How a table's masks are read.

    Attributes:
        threshold: Of masks with more than two values, as a share of the full range; null is
            `fakevlm_bench.masks.THRESHOLD`.
        resize: Resize a mask to its image by nearest pixel; their aspect ratios must agree.
    """

    threshold: float | None = None
    resize: bool = False


@dataclass(frozen=True)
class Row:
    """A row's values by our columns' names, and where they come from.

    Attributes:
        values: By column.
        table: Name of the table.
        root: Folder that paths to images are relative to; None where there is none.
        masks: How masks are read.
    """

    values: Mapping[str, object]
    table: str
    root: Path | None
    masks: MaskSettings

    @property
    def where(self) -> str:
        """The row, in an error."""
        return f"sample '{self.values['id']}' of {self.table}"

    def sample(self, label: Label) -> Sample:
        """Return the sample.

        Raises:
            DataError: A value is of a wrong type, there is no image, or a mask cannot be decided.
        """
        name = self.text("id")
        image, error = self.image("image")
        if image is None:
            raise DataError(f"{self.where} has no image")
        mask, reason = self.image("mask")
        if reason:
            raise DataError(f"the mask of {self.where}: {reason}")
        return Sample(
            id=name,
            image=image,
            media_type=media_type(image),
            label=label,
            category=self.text("category"),
            generator=self.text("generator"),
            family=self.text("family"),
            group=self.text("group") or name,
            pair=self.text("pair"),
            paired=self.flag("paired", default=True),
            unseen=self.flag("unseen", default=False),
            mask=mask if mask is None else self._mask(mask, image),
            whole=self._whole(),
            boxes=self._boxes(),
            references=self._references(),
            error=error,
        )

    def _wrong(self, column: str, takes: str) -> DataError:
        value = repr(self.values[column])
        short = value if len(value) <= 60 else f"{value[:60]}…"
        return DataError(f"{self.where}: {column} must be {takes}, not {short}")

    def text(self, column: str) -> str:
        """Return a name: text or an integer; empty where it is null."""
        try:
            return as_text(self.values.get(column)) or ""
        except TypeError as error:
            raise self._wrong(column, "text or an integer") from error

    def flag(self, column: str, *, default: bool) -> bool:
        """Return a boolean.

        Args:
            column: Holds true, false, 0, 1 or null.
            default: Stands for null.

        Raises:
            DataError: It holds anything else.
        """
        value = self.values.get(column)
        if value is None:
            return default
        if not isinstance(value, bool | int | np.bool_) or value not in (0, 1):
            raise self._wrong(column, "true or false")
        return bool(value)

    def _whole(self) -> bool:
        scope = self.values.get("scope")
        if scope is not None and scope not in SCOPES:
            raise self._wrong("scope", f"one of {', '.join(SCOPES[1:])}, or null")
        return scope == "whole"

    def _boxes(self) -> tuple[Box, ...]:
        boxes = self.values.get("boxes")
        takes = "a list of boxes, each four numbers (x0, y0, x1, y1) in pixels"
        if boxes is None:
            return ()
        if not isinstance(boxes, list | tuple):
            raise self._wrong("boxes", takes)
        for box in boxes:
            numbers = isinstance(box, list | tuple) and len(box) == 4
            if not numbers or not all(isinstance(x, int | float) and math.isfinite(x) for x in box):
                raise self._wrong("boxes", takes)
        return tuple(tuple(box) for box in boxes)

    def _references(self) -> tuple[str, ...]:
        texts = self.values.get("references")
        if texts is None:
            return ()
        if isinstance(texts, str):
            return (texts,) if texts.strip() else ()
        if not isinstance(texts, list | tuple) or not all(isinstance(one, str) for one in texts):
            raise self._wrong("references", "a text, or a list of texts")
        return tuple(texts)

    def image(self, column: str) -> tuple[bytes | None, str]:
        """Return the bytes of an image, and why they could not be read.

        The value is the bytes, a mapping of ``bytes`` and ``path``, or a path.
        """
        value = self.values.get(column)
        if isinstance(value, Mapping):
            own = value.get("bytes")
            value = value.get("path") if own is None else own
        if value is None or value == "":
            return None, ""
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value), ""
        if not isinstance(value, str):
            raise self._wrong(column, "an image's bytes, or its path below the table's folder")
        return self._from_file(value)

    def _from_file(self, name: str) -> tuple[bytes, str]:
        file = Path(name) if self.root is None else within(self.root, name)
        if file is None:
            raise DataError(f"{self.where}: the path '{name}' is outside of {self.root}")
        try:
            return file.read_bytes(), ""
        except OSError as error:
            return b"", str(unreadable(file, error))

    def _mask(self, data: bytes, image: bytes) -> bytes:
        """Return a mask file by the settings; its own bytes where they are the defaults."""
        if self.masks == MaskSettings():
            return data
        threshold = THRESHOLD if self.masks.threshold is None else self.masks.threshold
        try:
            mask = decode_mask(data, threshold)
            return encode_png(resized(mask, image_size(image)) if self.masks.resize else mask)
        except DataError as error:
            raise DataError(f"the mask of {self.where}: {error}") from error


def resized(mask: Mask, size: tuple[int, int]) -> Mask:
    """Resize a mask by nearest pixel.

    Args:
        mask: ``bool`` (h, w).
        size: (width, height) of its image in pixels.

    Raises:
        DataError: The aspect ratios differ by more than `SHAPE`.
    """
    width, height = mask.shape[1], mask.shape[0]
    if (width, height) == size:
        return mask
    if abs(width * size[1] / (height * size[0]) - 1) > SHAPE:
        raise DataError(
            f"its size {width}×{height} has another aspect ratio than its image's "
            f"{size[0]}×{size[1]}"
        )
    buffer = io.BytesIO(encode_png(mask))
    nearest = PillowImage.open(buffer).resize(size, PillowImage.Resampling.NEAREST)
    return np.asarray(nearest) > 0
