"""Splitting an attack's images into batches of one size, so that one bad image costs one image."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from bench.types import Attacked, Target

logger = logging.getLogger(__name__)


def craft_in_batches(
    targets: Sequence[Target],
    batch_size: int,
    craft: Callable[[Sequence[Target]], list[Attacked]],
) -> list[Attacked]:
    """Attack images of equal shape together, in the given order of results.

    A batch that raises is repeated one image at a time; an image that raises
    alone gets the reason as its error.
    """
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, target in enumerate(targets):
        groups.setdefault(target.image.shape, []).append(index)
    done: dict[int, Attacked] = {}
    for indices in groups.values():
        for start in range(0, len(indices), batch_size):
            chunk = indices[start : start + batch_size]
            done.update(zip(chunk, _isolated([targets[i] for i in chunk], craft), strict=True))
    return [done[index] for index in range(len(targets))]


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
    """Give the record of an image that could not be attacked."""
    return Attacked(image=target.image, norm=0.0, queries=0, error=reason)
