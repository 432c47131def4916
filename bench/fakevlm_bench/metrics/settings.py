"""The settings of scoring; all of them are written into the result."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from fakevlm_bench.errors import ConfigError

USES = (("moderation", 1.0, 0.1), ("identity", 20.0, 0.01), ("court", 0.1, 0.5))
"""Uses of a detector: name, cost of calling a fake real where a false alarm costs 1, and
the share of fakes among the images seen. Conventions of this suite, to be replaced by the
user's own."""


def threads() -> int:
    """Return how many threads figures may take: ``OMP_NUM_THREADS``, or one for each core."""
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return int(limit) if limit.isdigit() and int(limit) else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """How figures are computed.

    Attributes:
        resamples: Bootstrap resamples per figure; 0 for figures without intervals.
        level: Confidence level of every interval, in (0, 1).
        seed: Of the resamples and of the shuffled references.
        minimum: A figure from fewer samples than this, of each class it needs, is absent.
        published: P(fake) above which the verdict is FAKE, as the detector's authors state it.
        threshold: P(fake) above which the verdict is FAKE, calibrated on validation.
        heat_threshold: Heat-map value in [0, 255], calibrated on validation, from which
            on a pixel counts as fake.
        temperature: Divides the log-odds of the scores, fitted on validation.
        costs: Uses whose expected cost is reported, as in `USES`.
        metrics: Further metrics, as `evaluate.load` knows them, computed on the whole.
        semantic: Compute sentence-embedding cosine and BERTScore (extra ``semantic``).
        encoder: Their model, a folder or a name; the extra's own by default.
    """

    resamples: int = 1000
    level: float = 0.95
    seed: int = 0
    minimum: int = 10
    published: float | None = None
    threshold: float | None = None
    heat_threshold: int | None = None
    temperature: float | None = None
    costs: tuple[tuple[str, float, float], ...] = USES
    metrics: tuple[str, ...] = ()
    semantic: bool = False
    encoder: str = ""

    def __post_init__(self) -> None:
        """Refuse what no figure could be computed with."""
        if not 0 < self.level < 1:
            raise ConfigError(f"level={self.level} is not within (0, 1): 0.95 is usual")
        for name, least, usual in (("resamples", 0, 1000), ("seed", 0, 0), ("minimum", 1, 10)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ConfigError(
                    f"{name}={value} is no whole number from {least} on: {usual} is usual"
                )
        for name in ("published", "threshold"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ConfigError(f"{name}={value} is no finite number: 0.5 is usual")
        if self.temperature is not None and not 0 < self.temperature < math.inf:
            raise ConfigError(f"temperature={self.temperature} is not above 0: 1 changes nothing")
        if self.heat_threshold is not None and not 0 <= self.heat_threshold <= 256:
            raise ConfigError(f"heat_threshold={self.heat_threshold} is not within [0, 256]")
        for use, cost, prevalence in self.costs:
            if not (0 < cost < math.inf and 0 < prevalence < 1):
                raise ConfigError(
                    f"costs of '{use}': the cost {cost} must be above 0, the share of fakes "
                    f"{prevalence} within (0, 1)"
                )
