"""A run's manifest: what was run, with what, and when; written as ``manifest.json``.

Reading keeps keys that this version does not know, so that writing loses nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Self, TypeVar

from fakevlm_bench.answers.interpret import ParseSettings
from fakevlm_bench.datasets.notes import Note
from fakevlm_bench.engine.cache import fingerprint_digest
from fakevlm_bench.engine.environment import GitState, Machine
from fakevlm_bench.engine.schema import RUN_VERSION
from fakevlm_bench.errors import RunError
from fakevlm_bench.protocols import JsonObject

FILE = "manifest.json"
_T = TypeVar("_T")


class _Record:
    """A dataclass that is one JSON object; its field ``more`` holds keys that it does not know."""

    optional: ClassVar[tuple[str, ...]] = ()
    """Fields that are left out of the JSON where they are None."""

    @classmethod
    def from_json(cls, value: Any, where: str = FILE) -> Self:
        """Read a JSON object.

        Args:
            value: The object.
            where: Place in the file, for errors.

        Raises:
            RunError: It is not an object, or lacks a key.
        """
        return _read(cls, value, where)

    def to_json(self) -> dict[str, Any]:
        """Return the object, fields in their order."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        more = values.pop("more", {})
        return {
            name: _plain(value)
            for name, value in values.items()
            if value is not None or name not in self.optional
        } | dict(more)


def _plain(value: Any) -> Any:
    if isinstance(value, _Record | ParseSettings):
        return value.to_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _read(kind: type[_T], value: Any, where: str) -> _T:
    """Make a dataclass from a JSON object; a key without a field goes to ``more``."""
    if not isinstance(value, Mapping):
        raise RunError(f"{where} is not a JSON object")
    own = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    for name, one in own.items():
        required = one.default is MISSING and one.default_factory is MISSING
        if required and name not in value:
            raise RunError(f"{where} lacks '{name}'")
    arguments = {name: value[name] for name in own if name in value}
    if "more" in own:
        arguments["more"] = {name: one for name, one in value.items() if name not in own}
    return kind(**arguments)


@dataclass(frozen=True)
class Identity(_Record):
    """What a run's id is the digest of.

    Attributes:
        task: Its key, ``name@version``.
        prompt: The task's question.
        dataset: Fingerprint of the samples.
        detector: The detector's fingerprint.
        conditions: By id, the configuration, and an attack's fingerprint.
        seed: Of everything random.
        limit: Number of samples, None for all.
    """

    task: str
    prompt: str
    dataset: str
    detector: JsonObject
    conditions: Mapping[str, JsonObject]
    seed: int
    limit: int | None
    more: JsonObject = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """Digest of the identity, 16 hexadecimal digits."""
        return fingerprint_digest(self.to_json())[:16]


@dataclass(frozen=True)
class TaskRecord(_Record):
    """What is recorded of the task."""

    key: str
    fingerprint: str
    prompt: str = ""
    description: str = ""
    url: str = ""
    licence: str = ""
    citation: str = ""
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class DetectorRecord(_Record):
    """What is recorded of the detector."""

    name: str
    fingerprint: JsonObject
    card: JsonObject = field(default_factory=dict)
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class SamplesRecord(_Record):
    """How many samples, and the digest of their ids, one a line."""

    count: int
    ids_sha256: str
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Times(_Record):
    """When a run started and finished (ISO 8601, UTC), and the seconds between."""

    optional: ClassVar = ("finished", "seconds")

    started: str
    finished: str | None = None
    seconds: float | None = None
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest(_Record):
    """Everything that is recorded of a run beside its responses.

    Attributes:
        id: The run's.
        planned: Number of queries.
        reading: How responses are read.
        thresholds: The detector's, as `protocols.Calibratable` returns them.
        prices: ``price_per_hour``, where it is known.
        scoring: Arguments of `metrics.Settings`.
        config: The resolved configuration, secrets hidden.
        overrides: Settings that the user wrote, fit to be published.
        packages: Versions, by name.
        resources: Time, memory, and the detector's telemetry.
        files: SHA-256 of each part, by its path in the run's folder.
        notes: What was said of the data; None before the run has finished.
    """

    optional: ClassVar = ("resources", "files", "notes")

    run_version: int
    id: str
    identity: Identity
    task: TaskRecord
    detector: DetectorRecord
    samples: SamplesRecord
    planned: int
    reading: ParseSettings
    scoring: JsonObject
    times: Times
    finished: bool
    skipped_conditions: Mapping[str, str] = field(default_factory=dict)
    thresholds: JsonObject = field(default_factory=dict)
    prices: JsonObject = field(default_factory=dict)
    config: JsonObject = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    git: GitState = field(default_factory=GitState)
    machine: Machine = field(default_factory=Machine)
    resources: JsonObject | None = None
    files: Mapping[str, str] | None = None
    notes: tuple[Note, ...] | None = None
    more: JsonObject = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Any, where: str = FILE) -> Self:
        """Read ``manifest.json``.

        Args:
            value: The JSON object.
            where: Path of the file, for errors.

        Raises:
            RunError: A newer version wrote it, or it lacks something.
        """
        version = value.get("run_version") if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and (not isinstance(version, int) or version > RUN_VERSION):
            raise RunError(
                f"{where} was written in layout {version}, and this version reads up to "
                f"{RUN_VERSION}: update fakevlm-bench"
            )
        manifest = _read(cls, value, where)
        kinds = {
            "identity": Identity, "task": TaskRecord, "detector": DetectorRecord,
            "samples": SamplesRecord, "times": Times, "reading": ParseSettings, "git": GitState,
            "machine": Machine,
        }  # fmt: skip
        parts: dict[str, object] = {
            name: _read(kind, value[name], f"{where}: {name}")
            for name, kind in kinds.items()
            if value.get(name) is not None
        }
        if value.get("notes") is not None:
            parts["notes"] = tuple(_read(Note, one, f"{where}: notes") for one in value["notes"])
        parts["overrides"] = tuple(value.get("overrides") or ())
        return dataclasses.replace(manifest, **parts)  # type: ignore[arg-type]
