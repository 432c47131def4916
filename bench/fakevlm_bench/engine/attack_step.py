"""Making adversarial images inside a run: quantised, encoded losslessly, and only then sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from fakevlm_bench.attack_record import AttackRecord
from fakevlm_bench.attacks.compatibility import incompatibility
from fakevlm_bench.engine.prepare import Prepared, prepare, true_mask
from fakevlm_bench.errors import DataError, DetectorError
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.protocols import Attack, Detector, JsonObject
from fakevlm_bench.types import Attacked, Condition, Sample, Target


def refuse(conditions: Sequence[Condition], detector: Detector) -> dict[str, str]:
    """Return the reason, by condition id, for each attack that the detector does not support.

    Args:
        conditions: Whatever is asked for.
        detector: The victim.
    """
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

        Args:
            condition: An attack.
            samples: To be attacked.

        Raises:
            DetectorError: The attack returned another number of images.
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
            raise TypeError(f"{condition.id} is not an attack")
        if targets:
            crafted = attack.craft(self._detector, list(targets.values()))
            if len(crafted) != len(targets):
                raise DetectorError(
                    f"attack '{condition.id}' returned {len(crafted)} images for {len(targets)}: "
                    "it must return one for each, in order"
                )
            fingerprint = attack.fingerprint()
            for i, attacked in zip(targets, crafted, strict=True):
                prepared[i] = _sent(prepared[i], attacked, fingerprint)
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


def _sent(prepared: Prepared, attacked: Attacked, fingerprint: JsonObject) -> Prepared:
    """Put the quantised image in the query, and what the attack says of it in the record."""
    query = dataclasses.replace(
        prepared.query, image=encode_png(attacked.image), media_type="image/png"
    )
    record = AttackRecord.of(fingerprint, attacked).to_json()
    return dataclasses.replace(prepared, query=query, error=attacked.error, attack=record)
