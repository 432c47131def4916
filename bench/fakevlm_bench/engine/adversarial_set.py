"""Crafting a set of adversarial images from a task, apart from any run."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakevlm_bench.attacks.card import card
from fakevlm_bench.attacks.storage import AdversarialSet, Crafted
from fakevlm_bench.engine.attack_step import Attacker, refuse
from fakevlm_bench.engine.contract import check
from fakevlm_bench.engine.prepare import Prepared
from fakevlm_bench.engine.run import chosen_ids
from fakevlm_bench.errors import ConfigError, DataError, RunError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.protocols import Attack, Detector
from fakevlm_bench.seeding import derive_seed
from fakevlm_bench.types import Attacked, Condition, Sample, Target, Task

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What came of it: images crafted now, found from before, and failed."""

    crafted: int
    found: int
    failed: int


def craft_set(
    task: Task,
    condition: Condition,
    detector: Detector,
    folder: str | Path,
    *,
    seed: int = 0,
    limit: int | None = None,
    tell: Callable[[int], Any] = lambda _: None,
) -> Done:
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
        ConfigError: The condition is no attack, the detector cannot stand it, or the folder
            holds another attack's images.
        RunError: Every image failed.
    """
    attack = condition.operation
    if not isinstance(attack, Attack):
        raise ConfigError(f"'{condition.id}' is no attack: it changes images without a detector")
    check(detector)
    for reason in refuse([condition], detector).values():
        raise ConfigError(reason)
    found = AdversarialSet(folder)
    about = dict(attack.fingerprint())
    found.add((), about, "")
    attacker = Attacker(detector, seed, task.prompt)
    ids = set(chosen_ids(task.dataset, limit, seed))
    stream = (sample for sample in task.dataset if sample.id in ids)
    counts, last = [0, 0, 0], ""
    while batch := list(itertools.islice(stream, max(1, detector.batch_size))):
        missing = [one for one in batch if not _is_there(found, one, condition, seed)]
        prepared = attacker.craft(condition, missing) if missing else []
        pairs = list(zip(missing, prepared, strict=True))
        sound = [_crafted(sample, one) for sample, one in pairs if one.error is None]
        found.add(sound, about, card(about, task.name))
        for sample, one in pairs:
            if one.error is not None:
                last = f"sample '{sample.id}': {one.error}"
                _log.warning("%s", last)
        counts[0] += len(sound)
        counts[1] += len(batch) - len(missing)
        counts[2] += len(pairs) - len(sound)
        tell(len(batch))
    if counts[2] and not counts[0] + counts[1]:
        raise RunError(f"every image failed; the last: {last}")
    return Done(*counts)


def _is_there(found: AdversarialSet, sample: Sample, condition: Condition, seed: int) -> bool:
    try:
        image = decode_image(sample.image)
    except DataError:
        return False
    target = Target(sample.id, image, sample.label, derive_seed(seed, sample.id, condition.id))
    return found.find(target, target.seed) is not None


def _crafted(sample: Sample, one: Prepared) -> Crafted:
    record = json.loads(one.attack or "{}")
    attacked = Attacked(
        image=decode_image(one.query.image),
        norm=record["norm"],
        queries=record["queries"],
        flags=tuple(record["flags"]),
    )
    target = Target(sample.id, decode_image(sample.image), sample.label, one.query.seed)
    return Crafted(target, attacked, sample)
