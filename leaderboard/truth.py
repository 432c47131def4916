"""Where the truth comes from: the task in this checkout, never a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TaskTruth:
    """What is known of a task under a list of conditions.

    Attributes:
        key: ``name@version``.
        fingerprint: The dataset's.
        frame: One row per sample × condition, columns of `bench.engine.schema.TRUTH`.
        about: Texts for the task's page: description, licence, citation, url, split.
        picture: Gives the encoded image of (sample id, condition id) as it was sent, or
            None where it cannot be made from the task alone.
    """

    key: str
    fingerprint: str
    frame: pd.DataFrame
    about: dict[str, str] = field(default_factory=dict)
    picture: Callable[[str, str], bytes | None] = lambda _sample, _condition: None

    @property
    def sample_ids(self) -> list[str]:
        """Sample ids in the task's order."""
        ids: list[str] = self.frame["sample_id"].drop_duplicates().tolist()
        return ids


TruthSource: TypeAlias = Callable[[str, tuple[str, ...], int], TaskTruth]
"""Gives the truth of (``name@version``, conditions, seed); raises `ConfigError` where unknown."""


def sample_ids_digest(ids: Iterable[str]) -> str:
    """Digest a set of sample ids, whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()
