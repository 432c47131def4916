"""What scoring may be told; all of it is written into the result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What errors cost in one use, and how many of its images are fake.

    Attributes:
        missed: Cost of calling a fake image real, where a false alarm costs 1.
        prevalence: Share of fake images among those that are seen, in (0, 1).
    """

    missed: float
    prevalence: float


USES = {
    "moderation": Cost(missed=1.0, prevalence=0.1),
    "identity": Cost(missed=20.0, prevalence=0.01),
    "court": Cost(missed=0.1, prevalence=0.5),
}
"""Stated cost ratios and prevalences; conventions of this suite, to be replaced by the user's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How figures are computed.

    Attributes:
        resamples: Bootstrap resamples per figure.
        level: Confidence level of every interval, in (0, 1).
        seed: Of the resamples and of the shuffled references.
        minimum: A figure from fewer samples than this, of each class it needs, is absent.
        threshold: P(fake) above which the verdict is FAKE, calibrated on validation.
        heat_threshold: Heat-map value in [0, 255], calibrated on validation, from which
            on a pixel counts as fake.
        temperature: Divides the log-odds of the scores, fitted on validation.
        costs: Uses whose expected cost is reported.
        metrics: Further metrics, as `evaluate.load` knows them, computed on the whole.
        semantic: Compute sentence-embedding cosine and BERTScore (extra ``semantic``).
        encoder: Their model, a folder or a name; the extra's own by default.
    """

    resamples: int = 1000
    level: float = 0.95
    seed: int = 0
    minimum: int = 10
    threshold: float | None = None
    heat_threshold: int | None = None
    temperature: float | None = None
    costs: tuple[tuple[str, Cost], ...] = tuple(USES.items())
    metrics: tuple[str, ...] = ()
    semantic: bool = False
    encoder: str = ""
