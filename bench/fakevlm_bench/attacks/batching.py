"""Splitting an attack's images into batches of one size, so that one bad image costs one image."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from fakevlm_bench.types import Attacked, Target

logger = logging.getLogger(__name__)

PIXELS_AT_ONCE = 8 * 224 * 224
"""Of all images in one batch: a network keeps about 4 kB per pixel for its backward pass.

So small a batch also answers each image alike, whoever its neighbours are: the
gradients of a ResNet-50 are equal to the bit for batches of 1 to 8, and no longer at 16.
"""


def craft_in_batches(
    targets: Sequence[Target],
    batch_size: int,
    craft: Callable[[Sequence[Target]], list[Attacked]],
) -> list[Attacked]:
    """Attack images of equal shape together.

    A batch that raises is repeated one image at a time; an image that raises
    alone gets the reason as its error.

    Args:
        targets: Any number, of any sizes.
        batch_size: Most images in one batch; large images get smaller batches.
        craft: Attacks one batch of images of equal shape, in order.

    Returns:
        One result per target, in the order of `targets`.
    """
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, target in enumerate(targets):
        groups.setdefault(target.image.shape, []).append(index)
    results: dict[int, Attacked] = {}
    for (height, width, _), indices in groups.items():
        size = max(1, min(batch_size, PIXELS_AT_ONCE // (height * width)))
        for start in range(0, len(indices), size):
            chunk = indices[start : start + size]
            results.update(zip(chunk, _isolated([targets[i] for i in chunk], craft), strict=True))
    return [results[index] for index in range(len(targets))]


def _isolated(
    targets: Sequence[Target], craft: Callable[[Sequence[Target]], list[Attacked]]
) -> list[Attacked]:
    try:
        return craft(targets)
    except Exception as error:  # any fault of a detector's own code is one image's failure
        reason = f"{type(error).__name__}: {error}"
        if len(targets) == 1:
            return [failed(targets[0], reason)]
        logger.warning("attacking %d images one by one, since together: %s", len(targets), reason)
        return [result for target in targets for result in _isolated([target], craft)]


def failed(target: Target, reason: str) -> Attacked:
    """Build the record of an image that could not be attacked.

    Args:
        target: Its unchanged image is what is sent.
        reason: For people, one line.
    """
    return Attacked(image=target.image, norm=0.0, queries=0, error=reason)
