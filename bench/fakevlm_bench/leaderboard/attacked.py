"""Attacked images of a few samples, which a submission may carry for readers to look at.

A perturbed image is made again by the build; an attack's comes out of the detector, and
only its run has it. It is shown as its submitter's, and no figure comes from it. The file
is ``images/attacked-<place of the condition>-<start of the sample id's SHA-256>.png``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.leaderboard.refusal import RefusalError

if TYPE_CHECKING:
    import pandas as pd

MOST = 16
MOST_BYTES = 1024**2
"""What `submit` puts into one submission."""
PATTERN = "attacked-*.png"
_NAME = re.compile(r"attacked-(\d{1,3})-([0-9a-f]{12})\.png")


def file_name(place: int, sample_id: str) -> str:
    """Return the file name of an attacked image.

    Args:
        place: Of the condition among the protocol's, from 0.
        sample_id: Of the task.
    """
    return f"attacked-{place}-{hashlib.sha256(sample_id.encode()).hexdigest()[:12]}.png"


def choose(
    images: Mapping[tuple[str, str], bytes], order: Iterable[str], conditions: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Take attacked images, sample after sample, as long as there is room for them.

    Args:
        images: PNG by sample and condition.
        order: Sample ids, the most wanted first.
        conditions: The protocol's.

    Yields:
        File name and content.
    """
    room, count = MOST_BYTES, 0
    for sample in order:
        for place, condition in enumerate(conditions):
            data = images.get((sample, condition))
            if data is not None and len(data) <= room and count < MOST:
                room, count = room - len(data), count + 1
                yield file_name(place, sample), data


def check_attacked(
    name: str,
    size: tuple[int, int],
    truth: pd.DataFrame,
    responses: pd.DataFrame | None,
    conditions: Sequence[str],
) -> None:
    """Hold an attacked image against the task and against what was attacked.

    Args:
        name: The file's.
        size: Width and height in pixels.
        truth: The task's.
        responses: In the truth's order.
        conditions: The protocol's.

    Raises:
        RefusalError: There is no such sample or attack, or the image has another size.
    """
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) >= len(conditions):
        raise RefusalError(
            f"images/{name}: an attacked image is attacked-CONDITION-SAMPLE.png, the condition's "
            f"place among the protocol's and 12 digits of the sample id's SHA-256"
        )
    condition = conditions[int(match[1])]
    of_condition = truth[truth["condition_id"] == condition]
    has_name = [file_name(int(match[1]), sample) == name for sample in of_condition["sample_id"]]
    rows = of_condition[has_name]
    if rows.empty:
        raise RefusalError(f"images/{name}: no sample of the task has this digest")
    if responses is None or responses.loc[rows.index, "attack"].isna().any():
        raise RefusalError(f"images/{name}: the responses record no attack under {condition}")
    width, height = int(rows["width"].iloc[0]), int(rows["height"].iloc[0])
    if size != (width, height):
        raise RefusalError(f"images/{name}: {size[0]}x{size[1]}, the image was {width}x{height}")


def carried(
    computed: Path, conditions: Sequence[str], samples: Sequence[str]
) -> dict[str, dict[int, Path]]:
    """Find an entry's attacked images.

    Args:
        computed: The entry's folder.
        conditions: The protocol's.
        samples: Ids, of which the images are wanted.

    Returns:
        By condition, the place in `samples` and the file.
    """
    files = {path.name: path for path in sorted(computed.glob(PATTERN))}
    images: dict[str, dict[int, Path]] = {}
    for place, condition in enumerate(conditions) if files else ():
        for number, sample in enumerate(samples):
            if path := files.get(file_name(place, sample)):
                images.setdefault(condition, {})[number] = path
    return images
