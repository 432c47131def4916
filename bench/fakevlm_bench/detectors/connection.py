"""What a served model needs: a server, and a connection to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from fakevlm_bench.detectors.address import Address
from fakevlm_bench.json_types import Fingerprint, ServerRecord
from fakevlm_bench.secret import Secret


@dataclass(frozen=True)
class Model:
    """What is to be served.

    Attributes:
        name: Name on the hub, or a folder.
        revision: Commit on the hub.
        arguments: Further arguments of vLLM that belong to the model.
    """

    name: str
    revision: str | None = None
    arguments: Sequence[str] = ()


class Connection(Protocol):
    """A server that answers."""

    @property
    def address(self) -> Address:
        """Address of the interface."""
        ...

    @property
    def base_url(self) -> str:
        """The same without credentials, for messages."""
        ...

    @property
    def headers(self) -> Mapping[str, Secret]:
        """Sent with every request."""
        ...

    def check(self) -> None:
        """Raise `DetectorError` where the server is known to be gone."""
        ...

    def record(self) -> ServerRecord:
        """Return version, memory and log, as far as known."""
        ...

    def close(self) -> None:
        """Stop what was started."""
        ...


class Server(Protocol):
    """A way to have a model served."""

    def fingerprint(self) -> Fingerprint:
        """Return what can change an answer, without starting anything."""
        ...

    def connect(self, model: Model, given_up: Event) -> Connection:
        """Start or find the server, and return it once it answers.

        Args:
            model: What is to be served.
            given_up: Set where nobody waits any longer.

        Raises:
            DetectorError: It does not come up.
        """
        ...
