"""Every member that is read of a detector, an attack or a dataset, with its default.

Whoever writes one need not inherit anything and may leave out what is optional
(`fakevlm_bench.protocols`). The rest of the package reads members through `described`,
`described_attack` and `described_dataset` alone, so that each default is written once.
`fakevlm_bench.engine.contract` checks members before a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, cast

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.protocols import (
    Attack,
    Dataset,
    Detector,
    JsonObject,
    NoteLike,
)


@dataclass(frozen=True)
class Member:
    """One optional member of a contract.

    Attributes:
        default: What holds where it is not there; None for methods.
        types: What it may be; none for a method.
        words: What it has to be, for a message.
    """

    default: Any = None
    types: tuple[type, ...] = ()
    words: str = "a method"

    def fits(self, value: Any) -> bool:
        """Whether a value may stand for this member."""
        if not self.types:
            return callable(value)
        return isinstance(value, self.types) and (bool in self.types or not isinstance(value, bool))


_TEXT = Member("", (str,), "a string")

DETECTOR: Mapping[str, Member] = {
    "close": Member(),
    "cancel": Member(),
    "telemetry": Member(),
    "thresholds": Member(),
    "logits": Member(),
    "patch_logits": Member(),
    "explanation_loss": Member(),
    "calibrated_on": Member(None, (str, type(None)), "a task's name"),
    "parallel_batches": Member(1, (int,), "a whole number above 0"),
    "served": Member(default=False, types=(bool,), words="True or False"),
    "card": Member({}, (Mapping,), "a dict"),
    "coordinates": Member("auto", (str,), "a unit of coordinates, such as 'auto'"),
    "window": Member(None, (int, type(None)), "a number of pixels or None"),
    "answers": Member("free", (str,), "a form of answers, such as 'free'"),
    "question": Member(None, (str, type(None)), "a string or None"),
}
"""Optional members of a detector."""
ATTACK: Mapping[str, Member] = {
    "kind": _TEXT,
    "methods": Member((), (tuple, list), "a tuple of method names"),
}
"""Optional members of an attack."""
DATASET: Mapping[str, Member] = {
    "notes": Member(),
    "split": Member("all", (str,), "a string"),
    "variant": _TEXT,
    "path": Member("", (str, PathLike, type(None)), "a path"),
}
"""Optional members of a dataset."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Detector": ("name", "capabilities", "batch_size", "threshold", "fingerprint", "predict"),
    "Attack": ("requires", "fingerprint", "craft"),
    "Dataset": ("fingerprint", "ids", "__iter__"),
}
"""Members that each protocol asks for."""


class DescribedDetector:
    """A detector with all its members; each is read when it is asked for."""

    def __init__(self, detector: Detector) -> None:
        """Take the detector, which is not asked anything yet."""
        self._detector = detector

    def _value(self, name: str) -> Any:
        return getattr(self._detector, name, DETECTOR[name].default)

    @property
    def card(self) -> JsonObject:
        """Facts for the leaderboard; empty by default."""
        return dict(self._value("card") or {})

    @property
    def coordinates(self) -> str:
        """Unit of the boxes in its texts; ``auto`` by default."""
        return str(self._value("coordinates"))

    @property
    def window(self) -> int | None:
        """Side in pixels of the square that it sees of an image; None, the default, is all."""
        return cast("int | None", self._value("window"))

    @property
    def answers(self) -> str:
        """Published form of its texts; ``free`` by default."""
        return str(self._value("answers"))

    @property
    def question(self) -> str | None:
        """The question that it is asked in place of the task's; None by default."""
        return cast("str | None", self._value("question"))

    @property
    def parallel_batches(self) -> int:
        """Batches that it answers at once, at least 1, the default."""
        return int(self._value("parallel_batches"))

    @property
    def served(self) -> bool:
        """Whether a question costs money or a server's start; False by default."""
        return bool(self._value("served"))

    @property
    def calibrated_on(self) -> str | None:
        """Name of the calibration that it looks for; None by default."""
        return cast("str | None", self._value("calibrated_on"))

    @property
    def stochastic(self) -> bool:
        """Whether its answers depend on a query's seed, as its fingerprint says."""
        return bool(self._detector.fingerprint().get("stochastic", False))

    @property
    def takes_calibration(self) -> bool:
        """Whether it has thresholds that can be calibrated."""
        return self.has("thresholds")

    def has(self, method: str) -> bool:
        """Whether it has a method, such as ``logits``."""
        return callable(getattr(self._detector, method, None))

    def close(self) -> None:
        """Let it give back what it holds; nothing by default."""
        self._call("close")

    def cancel(self) -> None:
        """Let it give up what it waits for; nothing by default."""
        self._call("cancel")

    def telemetry(self) -> JsonObject:
        """Return what it counted, as JSON values; nothing by default.

        Raises:
            ConfigError: It returns something else.
        """
        return self._mapping("telemetry") or {}

    def thresholds(self) -> JsonObject:
        """Return the threshold in use, the published and the calibrated one.

        Raises:
            ConfigError: It returns something else.
        """
        stated = self._mapping("thresholds")
        if stated is not None:
            return stated
        used = self._detector.threshold
        return {"setting": "published", "used": used, "published": used, "calibrated": None}

    def _call(self, name: str) -> Any:
        method = self._value(name)
        return None if method is None else method()

    def _mapping(self, name: str) -> JsonObject | None:
        if not self.has(name):
            return None
        value = self._call(name)
        if not isinstance(value, Mapping):
            raise ConfigError(
                f"{type(self._detector).__name__}.{name}() returned a {type(value).__name__}: "
                "it must return a dict"
            )
        return dict(value)


@dataclass(frozen=True)
class DescribedAttack:
    """An attack's optional members.

    Attributes:
        kind: ``gradient``, ``query``, ``joint`` or ``transfer``; empty where it does not say.
        methods: Of the detector, beside ``logits``, that it differentiates.
    """

    kind: str
    methods: tuple[str, ...]


@dataclass(frozen=True)
class DescribedDataset:
    """A dataset's optional members.

    Attributes:
        split: Such as ``test``; ``all`` where it has none.
        variant: What is chosen of it, for the task's name; empty where nothing is.
        path: Folder of its files; empty where there is none.
        notes: Returns what it leaves out.
    """

    split: str
    variant: str
    path: str
    notes: Callable[[], list[NoteLike]]


def described(detector: Detector) -> DescribedDetector:
    """Return a detector's optional members, defaults filled in."""
    return DescribedDetector(detector)


def described_attack(attack: Attack) -> DescribedAttack:
    """Return an attack's optional members, defaults filled in."""
    kind, methods = (getattr(attack, name, ATTACK[name].default) for name in ("kind", "methods"))
    return DescribedAttack(str(kind), tuple(methods))


def described_dataset(dataset: Dataset) -> DescribedDataset:
    """Return a dataset's optional members, defaults filled in."""
    split, variant, path = (
        str(getattr(dataset, name, None) or DATASET[name].default)
        for name in ("split", "variant", "path")
    )
    notes: Callable[[], Sequence[NoteLike]] = getattr(dataset, "notes", None) or list
    return DescribedDataset(split, variant, path, lambda: list(notes()))
