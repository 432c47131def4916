"""A set of adversarial images, crafted from a task apart from any run."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakevlm_bench.attack_record import AttackRecord
from fakevlm_bench.attacks.card import card
from fakevlm_bench.attacks.storage import AdversarialSet, Crafted
from fakevlm_bench.engine.attack_step import Attacker, refuse
from fakevlm_bench.engine.contract import check_condition, check_dataset, check_detector
from fakevlm_bench.engine.plan import chosen_ids
from fakevlm_bench.engine.prepare import Prepared
from fakevlm_bench.errors import ConfigError, DataError, RunError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.protocols import Attack, Detector
from fakevlm_bench.seeding import derive_seed
from fakevlm_bench.types import Attacked, Condition, Sample, Target, Task

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Counts:
    """Images that were crafted now, that were there before, and that failed."""

    crafted: int = 0
    present: int = 0
    failed: int = 0


def craft_set(
    task: Task,
    condition: Condition,
    detector: Detector,
    folder: str | Path,
    *,
    seed: int = 0,
    limit: int | None = None,
    tell: Callable[[int], Any] = lambda _: None,
) -> Counts:
    """Attack a task's samples and store the images; what the folder holds is not made again.

    Args:
        task: Whose samples are attacked.
        condition: An attack, without its image store where it has one.
        detector: The attacked one; not asked by a transfer attack.
        folder: Gets Parquet parts and a card.
        seed: Of everything random.
        limit: Only so many samples, as in a run.
        tell: Told of every batch's size.

    Raises:
        ConfigError: The condition is not an attack, the detector does not support it, or the
            folder holds another attack's images.
        RunError: Every image failed.
    """
    attack = condition.operation
    if not isinstance(attack, Attack):
        raise ConfigError(f"'{condition.id}' is a perturbation, not an attack")
    check_detector(detector)
    check_dataset(task.dataset)
    check_condition(condition)
    for reason in refuse([condition], detector).values():
        raise ConfigError(reason)
    crafting = _Crafting(task.name, condition, attack, Attacker(detector, seed, task.prompt), seed)
    stored = AdversarialSet(folder)
    stored.add((), crafting.about, "")
    ids = set(chosen_ids(task.dataset, limit, seed))
    stream = (sample for sample in task.dataset if sample.id in ids)
    while batch := list(itertools.islice(stream, max(1, detector.batch_size))):
        crafting.add(stored, batch)
        tell(len(batch))
    counts = crafting.counts
    if counts.failed and not counts.crafted + counts.present:
        raise RunError(f"every image failed; the last: {crafting.last_error}")
    return counts


class _Crafting:
    """Attacks batches, stores what was not stored before, and counts."""

    def __init__(
        self, task: str, condition: Condition, attack: Attack, attacker: Attacker, seed: int
    ) -> None:
        self.about = dict(attack.fingerprint())
        self.counts = Counts()
        self.last_error = ""
        self._task, self._condition, self._attacker, self._seed = task, condition, attacker, seed

    def add(self, stored: AdversarialSet, batch: Sequence[Sample]) -> None:
        """Attack the samples of a batch whose images are not stored yet."""
        condition = self._condition
        missing = [one for one in batch if not _is_there(stored, one, condition, self._seed)]
        prepared = self._attacker.craft(condition, missing) if missing else []
        pairs = list(zip(missing, prepared, strict=True))
        sound = [_crafted(sample, one) for sample, one in pairs if one.error is None]
        stored.add(sound, self.about, card(self.about, self._task))
        for sample, one in pairs:
            if one.error is not None:
                self.last_error = f"sample '{sample.id}': {one.error}"
                _log.warning("%s", self.last_error)
        self.counts = Counts(
            self.counts.crafted + len(sound),
            self.counts.present + len(batch) - len(missing),
            self.counts.failed + len(pairs) - len(sound),
        )


def _is_there(stored: AdversarialSet, sample: Sample, condition: Condition, seed: int) -> bool:
    try:
        image = decode_image(sample.image)
    except DataError:
        return False
    target = Target(sample.id, image, sample.label, derive_seed(seed, sample.id, condition.id))
    return stored.find(target, target.seed) is not None


def _crafted(sample: Sample, one: Prepared) -> Crafted:
    if one.attack is None:
        raise TypeError(f"sample '{sample.id}' was not attacked")
    record = AttackRecord.from_json(one.attack)
    attacked = Attacked(
        image=decode_image(one.query.image),
        norm=record.norm,
        queries=record.queries,
        flags=record.flags,
    )
    target = Target(sample.id, decode_image(sample.image), sample.label, one.query.seed)
    return Crafted(target, attacked, sample)
