"""Signs of false robustness: an attack that failed for a reason other than the detector's strength.

Some concern one image and stand in `Attacked.flags`; others need several attacks of one run
and come from `review` (after Athalye et al., ICML 2018, arXiv 1802.00420, section 3.1, and the
checks of AutoAttack, arXiv 2003.01690).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from fakevlm_bench.types import Fingerprint

RANDOMISED = "randomised_detector"
"""The same image was answered in two ways."""
ZERO_GRADIENT = "zero_gradient"
"""The loss has no slope at a candidate: it is saturated, or a step has no derivative."""
NO_PROGRESS = "loss_did_not_rise"
"""No candidate was worse for the detector than the clean image."""
UNCONFIRMED = "break_not_confirmed"
"""The attack saw a wrong verdict, and the detector gave a right one on the stored file."""
QUERY_BEATS_GRADIENT = "query_beats_gradient"
"""A query attack broke an image that gradient attacks could not."""
VICTIM_KNOWN = "victim_is_surrogate"
"""The attacked detector is one of the surrogates: what transfers there is no black box's."""

_MEANING = {
    RANDOMISED: "the detector answers the same image in more than one way",
    ZERO_GRADIENT: "the gradient is zero: it is masked, or lost to rounding",
    NO_PROGRESS: "the attack never raised its loss",
}
_NOTED = {
    UNCONFIRMED: "the attack saw a wrong verdict that the detector did not repeat on the file: it "
    "is randomised, or its gradient path is not the path that its answers take",
    VICTIM_KNOWN: "the detector is one of the surrogates: this is no black-box figure",
    QUERY_BEATS_GRADIENT: "queries broke what gradients did not: the gradients mislead",
}


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What one attack did in a run.

    Attributes:
        condition_id: Such as ``pgd_linf:8/255``.
        fingerprint: The attack's own; its ``kind``, ``norm`` and ``epsilon`` are read.
        broken: For each image that was right when clean: whether it is wrong now.
        flags: `Attacked.flags` of each image.
    """

    condition_id: str
    fingerprint: Fingerprint
    broken: Mapping[str, bool]
    flags: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason not to believe a robustness figure.

    Attributes:
        name: Stable, for records.
        condition_id: The attack whose figure is in doubt.
        images: How many images show it.
        sentence: For people.
    """

    name: str
    condition_id: str
    images: int
    sentence: str


def review(results: Sequence[AttackResult]) -> list[Flag]:
    """Find the signs of false robustness in a run's attacks, in the order of `results`."""
    order = {result.condition_id: index for index, result in enumerate(results)}
    flags = [flag for result in results for flag in (*_survived(result), *_noted(result))]
    for weak, strong in permutations(results, 2):
        flags.extend(_compare(weak, strong))
    return sorted(flags, key=lambda flag: order[flag.condition_id])


def from_records(
    condition_id: str,
    fingerprint: Fingerprint,
    records: Mapping[str, Mapping[str, Any]],
    broken: Mapping[str, bool],
) -> AttackResult:
    """Build one attack's results from a run's records.

    Args:
        condition_id: Such as ``pgd_linf:8/255``.
        fingerprint: The attack's, or what a record holds of it under ``attack``.
        records: By sample id, as the engine writes them (column ``attack``).
        broken: For each image that was right when clean: whether it is wrong now.
    """
    on_verdict = fingerprint.get("aim") != "heat_map"
    flags = {}
    for image, record in records.items():
        denied = on_verdict and bool(record.get("broken")) and not broken.get(image, True)
        flags[image] = (*record.get("flags", ()), *((UNCONFIRMED,) if denied else ()))
    return AttackResult(condition_id, fingerprint, dict(broken), flags)


def _noted(result: AttackResult) -> Iterator[Flag]:
    """Count what puts a figure in doubt whether or not the image was broken."""
    for name, meaning in _NOTED.items():
        count = sum(name in result.flags.get(image, ()) for image in result.broken)
        if count:
            yield Flag(name, result.condition_id, count, f"on {_images(count)}, {meaning}")


def _survived(result: AttackResult) -> Iterator[Flag]:
    """Count the flags of images that the attack failed to break."""
    survivors = [image for image, broken in result.broken.items() if not broken]
    for name, meaning in _MEANING.items():
        count = sum(name in result.flags.get(image, ()) for image in survivors)
        if count:
            yield Flag(
                name,
                result.condition_id,
                count,
                f"{result.condition_id} failed on {_images(count)} where {meaning}",
            )


def _compare(weak: AttackResult, strong: AttackResult) -> Iterator[Flag]:
    """Flag `strong` where `weak`, which should do less, broke more or other images."""
    a, b = weak.fingerprint, strong.fingerprint
    if not a or not b or b["kind"] != "gradient" or a["norm"] != b["norm"]:
        return
    both = weak.broken.keys() & strong.broken.keys()
    only_weak = sum(weak.broken[image] and not strong.broken[image] for image in both)
    only_strong = sum(strong.broken[image] and not weak.broken[image] for image in both)
    pair = f"{weak.condition_id} broke {only_weak} images that {strong.condition_id} did not"
    within = a["epsilon"] <= b["epsilon"]
    if within and a["kind"] == "query" and only_weak:
        yield Flag(QUERY_BEATS_GRADIENT, strong.condition_id, only_weak, pair)
    if within and a["kind"] == "transfer" and only_weak:
        yield Flag("transfer_beats_gradient", strong.condition_id, only_weak, pair)
    if a["kind"] != "gradient" or only_weak <= only_strong:
        return
    if a["epsilon"] == b["epsilon"] and a.get("steps") == 1 and b.get("steps", 0) > 1:
        yield Flag("one_step_beats_many", strong.condition_id, only_weak - only_strong, pair)
    if a["epsilon"] < b["epsilon"] and a.get("name") == b.get("name"):
        yield Flag("more_distance_breaks_fewer", strong.condition_id, only_weak - only_strong, pair)


def _images(count: int) -> str:
    return f"{count} image" if count == 1 else f"{count} images"
