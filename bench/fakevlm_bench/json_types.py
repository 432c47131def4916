"""Shapes of the JSON objects that a detector states of itself and that a run records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypeAlias, TypedDict

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
Fingerprint: TypeAlias = Mapping[str, JsonValue]
"""Everything that can change an answer, weights by digest; each detector has its own keys."""


class Card(TypedDict, total=False):
    """What the leaderboard says of a detector.

    Attributes:
        family: Such as ``vlm``, ``network`` or ``floor``.
        paper: Address.
        licence: Of the weights.
        parameters: Number of weights.
        training_data: In words.
    """

    family: str
    paper: str
    licence: str
    parameters: int
    training_data: str


class Thresholds(TypedDict):
    """The threshold in use, and beside it the published and the calibrated one.

    Attributes:
        setting: ``published``, ``calibrated`` or a number as text.
        used: P(fake) above which the verdict is FAKE.
        published: What the authors use.
        calibrated: None where there is no calibration.
        temperature: By which log-odds are divided to be calibrated probabilities.
        heat_map: Least 8-bit value that counts as fake.
        task: Of the calibration, such as ``starter@1``.
        n: Images of the calibration.
        data: Fingerprint of its data.
        same_images: True where it was chosen on the images that are measured.
    """

    setting: str
    used: float
    published: float
    calibrated: float | None
    temperature: NotRequired[float | None]
    heat_map: NotRequired[int | None]
    task: NotRequired[str | None]
    n: NotRequired[int | None]
    data: NotRequired[str | None]
    same_images: NotRequired[bool]


class ClientRecord(TypedDict):
    """What a client of a server did.

    Attributes:
        requests: Images that were asked about.
        attempts: Requests that were sent, repeated ones included.
        failed: Requests without an answer after the last attempt.
        faults: Failed attempts by kind.
        most_open: Most requests open at once.
        lowest_allowed: The least that the limit on open requests fell to.
    """

    requests: int
    attempts: int
    failed: int
    faults: dict[str, int]
    most_open: int
    lowest_allowed: float


class PeakMemory(TypedDict, total=False):
    """The most memory that a process tree held, in bytes, where it was measured."""

    peak_memory_bytes: int
    peak_device_memory_bytes: int


class ServerRecord(PeakMemory):
    """What is known of a server: ``vllm`` or ``endpoint``, vLLM's version, the log's path."""

    kind: str
    version: NotRequired[str]
    log: NotRequired[str]


class Telemetry(TypedDict, total=False):
    """What a served model took.

    Attributes:
        tokens_in: Prompt tokens of all answers.
        tokens_out: Generated tokens of all answers.
        price_per_million_tokens_in: In the currency of the user's choice.
        price_per_million_tokens_out: In the same.
        start_seconds: Until the server answered.
        client: Of the last client that was closed.
        server: Of the last server that was closed.
    """

    tokens_in: int
    tokens_out: int
    price_per_million_tokens_in: float
    price_per_million_tokens_out: float
    start_seconds: float
    client: ClientRecord
    server: ServerRecord
