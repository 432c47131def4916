"""Making adversarial images inside a run: quantised, encoded losslessly, and only then sent."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fakevlm_bench.attacks.compatibility import incompatibility
from fakevlm_bench.engine.prepare import Prepared, prepare, true_mask
from fakevlm_bench.errors import DataError
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.protocols import Attack, Detector
from fakevlm_bench.types import Attacked, Condition, Sample, Target

TOLD = ("name", "kind", "norm", "epsilon", "steps", "budget", "aim")
"""Of an attack's fingerprint: what `fakevlm_bench.attacks.review` and the figures ask of it."""


def refuse(conditions: Sequence[Condition], detector: Detector) -> dict[str, str]:
    """Give the reason, by condition id, for each attack that the detector cannot stand."""
    reasons = {
        condition.id: incompatibility(condition.operation, detector)
        for condition in conditions
        if isinstance(condition.operation, Attack)
    }
    return {name: reason for name, reason in reasons.items() if reason is not None}


class Attacker:
    """Attacks batches of samples with one detector as the victim."""

    def __init__(self, detector: Detector, seed: int, prompt: str) -> None:
        """Take the victim, the run's seed and the task's prompt."""
        self._detector = detector
        self._seed = seed
        self._prompt = prompt

    def craft(self, condition: Condition, samples: Sequence[Sample]) -> list[Prepared]:
        """Attack samples; one that cannot be attacked carries its error.

        Raises:
            DataError: A sample's mask does not belong to its image.
        """
        clean = Condition(id=condition.id)
        prepared = [prepare(sample, clean, self._seed, self._prompt) for sample in samples]
        targets: dict[int, Target] = {}
        for i, (one, sample) in enumerate(zip(prepared, samples, strict=True)):
            try:
                if one.error is None:
                    targets[i] = self._target(one, sample)
            except DataError as error:
                prepared[i] = dataclasses.replace(one, error=str(error))
        attack = condition.operation
        if not isinstance(attack, Attack):
            raise TypeError(f"{condition.id} is no attack")
        if targets:
            crafted = attack.craft(self._detector, list(targets.values()))
            fingerprint = attack.fingerprint()
            told = {name: fingerprint[name] for name in TOLD if name in fingerprint}
            for i, attacked in zip(targets, crafted, strict=True):
                prepared[i] = _sent(prepared[i], attacked, told)
        return prepared

    def _target(self, prepared: Prepared, sample: Sample) -> Target:
        size = (prepared.truth["width"], prepared.truth["height"])
        image = decode_image(sample.image)
        mask = np.ones(image.shape[:2], np.bool_) if sample.whole else true_mask(sample, size)
        return Target(
            sample_id=sample.id,
            image=image,
            label=sample.label,
            seed=prepared.query.seed,
            mask=mask,
            prompt=self._prompt,
        )


def _sent(prepared: Prepared, attacked: Attacked, told: dict[str, Any]) -> Prepared:
    """Put the quantised image in the query, and what the attack says of it in the record."""
    record = {
        "attack": told,
        "norm": attacked.norm,
        "queries": attacked.queries,
        "broken": attacked.broken,
        "flags": list(attacked.flags),
        "trace": [one if math.isfinite(one) else None for one in attacked.trace],
    }
    query = dataclasses.replace(
        prepared.query, image=encode_png(attacked.image), media_type="image/png"
    )
    return dataclasses.replace(
        prepared, query=query, error=attacked.error, attack=json.dumps(record)
    )
