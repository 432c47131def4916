"""Randomness comes from the sample, never from the order of work."""

from __future__ import annotations

import hashlib

import numpy as np


def derive_seed(seed: int, sample_id: str, condition_id: str) -> int:
    """Derive the 64-bit seed of one sample under one condition.

    The parts are length-prefixed, so that no two different triples meet.
    """
    parts = (str(seed), sample_id, condition_id)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator(seed: int, sample_id: str, condition_id: str) -> np.random.Generator:
    """Give the generator that a perturbation of this sample draws from."""
    return np.random.default_rng(derive_seed(seed, sample_id, condition_id))
