"""From a sample and a condition to what is sent, and the truth about what is sent.

Pure and picklable: worker processes run it, and the same sample and condition
give the same bytes in every process and order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.random import Generator

from fakevlm_bench import rle
from fakevlm_bench.errors import BenchError, DataError
from fakevlm_bench.imaging import decode_image, encode_png, image_size
from fakevlm_bench.masks import decode_mask
from fakevlm_bench.protocols import Perturbation, PromptPerturbation
from fakevlm_bench.seeding import derive_seed, generator
from fakevlm_bench.types import Condition, Label, Mask, Query, Sample


@dataclass(frozen=True, slots=True)
class Prepared:
    """One query with the truth that belongs to it.

    Attributes:
        query: What is sent.
        truth: A row of `fakevlm_bench.engine.schema.TRUTH`.
        error: Why the image cannot be used; it is then not sent.
        attack: JSON record of the attack that made the image, or None.
    """

    query: Query
    truth: dict[str, Any]
    error: str | None = None
    attack: str | None = None


def true_mask(sample: Sample, size: tuple[int, int]) -> Mask | None:
    """Decode a sample's mask and hold it against the image's (width, height).

    A real image has no region: its mask, if any, must be empty, and counts as none.

    Raises:
        DataError: The mask cannot be decided, has another size than the image, or marks
            something on a real image.
    """
    if sample.mask is None:
        return None
    try:
        mask = decode_mask(sample.mask)
    except DataError as error:
        raise DataError(f"the mask of sample '{sample.id}': {error}") from error
    if mask.shape != (size[1], size[0]):
        raise DataError(
            f"the mask of sample '{sample.id}' is {mask.shape[1]}×{mask.shape[0]}, "
            f"but its image is {size[0]}×{size[1]}: they must have the same size"
        )
    if sample.label is Label.REAL:
        if mask.any():
            raise DataError(
                f"sample '{sample.id}' is real, but its mask marks {mask.mean():.1%} of it as "
                "fake: is the label right, is the mask inverted?"
            )
        return None
    return mask


def truth_row(
    sample: Sample, condition_id: str, mask: Mask | None, size: tuple[int, int]
) -> dict[str, Any]:
    """Return the row of `TRUTH` for a sample in the frame that was sent."""
    return {
        "sample_id": sample.id,
        "condition_id": condition_id,
        "label": int(sample.label),
        "category": sample.category,
        "generator": sample.generator,
        "family": sample.family,
        "group": sample.group,
        "pair": sample.pair,
        "paired": sample.paired,
        "unseen": sample.unseen,
        "whole": sample.whole,
        "mask": rle.encode(mask) if mask is not None else None,
        "boxes": [list(box) for box in sample.boxes],
        "references": list(sample.references),
        "width": size[0],
        "height": size[1],
        "window": None,
    }


def prepare(sample: Sample, condition: Condition, seed: int, prompt: str) -> Prepared:
    """Make the query of one sample under one condition that is not an attack.

    An image that cannot be used gives `Prepared.error`.

    Raises:
        DataError: The sample's mask does not belong to its image.
    """
    query = Query(
        sample_id=sample.id,
        condition_id=condition.id,
        image=sample.image,
        media_type=sample.media_type,
        prompt=prompt,
        seed=derive_seed(seed, sample.id, condition.id),
    )
    try:
        size = image_size(sample.image)
    except DataError as error:
        reason = sample.error or str(error)
        return Prepared(query, truth_row(sample, condition.id, None, (0, 0)), error=reason)
    mask = true_mask(sample, size)
    truth = truth_row(sample, condition.id, mask, size)
    rng = generator(seed, sample.id, condition.id)
    try:
        if isinstance(condition.operation, PromptPerturbation):
            query = condition.operation.alter(query, rng)
        elif isinstance(condition.operation, Perturbation):
            query, truth = _perturb(sample, condition.operation, mask, query, rng)
    except (BenchError, ValueError, ArithmeticError, MemoryError) as error:
        return Prepared(query, truth, error=f"{condition.id}: {error}")
    return Prepared(query, truth)


def _perturb(
    sample: Sample, operation: Perturbation, mask: Mask | None, query: Query, rng: Generator
) -> tuple[Query, dict[str, Any]]:
    perturbed = operation(decode_image(sample.image), mask, rng)
    height, width = perturbed.image.shape[:2]
    encoded = perturbed.encoded if perturbed.encoded is not None else encode_png(perturbed.image)
    truth = truth_row(sample, query.condition_id, perturbed.mask, (width, height))
    truth["window"] = None if perturbed.window is None else list(perturbed.window)
    return dataclasses.replace(query, image=encoded, media_type=perturbed.media_type), truth


def prepare_all(
    samples: Sequence[Sample], condition: Condition, seed: int, prompt: str
) -> list[Prepared]:
    """Prepare several samples under one condition, in order; the unit of work of a process."""
    return [prepare(sample, condition, seed, prompt) for sample in samples]
