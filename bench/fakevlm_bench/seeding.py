"""Randomness comes from the sample, never from the order of work."""

from __future__ import annotations

import hashlib

import numpy as np


def derive_seed(seed: int, sample_id: str, condition_id: str) -> int:
    """Derive the 64-bit seed of one sample under one condition.

    The parts are length-prefixed, so that different triples never give the same text.

    Args:
        seed: The run's.
        sample_id: As in `Sample.id`.
        condition_id: Such as ``jpeg:3``.

    Returns:
        The first eight bytes of the SHA-256, as an unsigned integer.
    """
    parts = (str(seed), sample_id, condition_id)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator(seed: int, sample_id: str, condition_id: str) -> np.random.Generator:
    """Return the generator that a perturbation of this sample draws from.

    Args:
        seed: The run's.
        sample_id: As in `Sample.id`.
        condition_id: Such as ``jpeg:3``.
    """
    return np.random.default_rng(derive_seed(seed, sample_id, condition_id))
