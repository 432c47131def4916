"""Where a served model answers: a vLLM that the suite starts and stops, or a running endpoint."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from fakevlm_bench.detectors.address import Address, header, key_from, parse
from fakevlm_bench.detectors.vllm_process import Running
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.secret import HIDDEN, Secret, hide
from fakevlm_bench.serving import check_variable, vllm_version

_log = logging.getLogger(__name__)

QUANTIZATIONS = {
    "fp8": ["--quantization", "fp8"],
    "awq": ["--quantization", "awq"],
    "int8": ["--quantization", "int8_per_channel_weight_only"],
}
"""``fp8`` and ``int8`` quantise while loading; ``awq`` needs a checkpoint of that kind."""


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

    def record(self) -> dict[str, Any]:
        """Give version, memory and log, as far as known."""
        ...

    def close(self) -> None:
        """Stop what was started."""
        ...


class Server(Protocol):
    """A way to have a model served."""

    def fingerprint(self) -> Mapping[str, Any]:
        """Give what can change an answer, without starting anything."""
        ...

    def connect(self, model: Model, given_up: Event) -> Connection:
        """Give the server's address once it answers.

        Args:
            model: What is to be served.
            given_up: Set where nobody waits any longer.

        Raises:
            DetectorError: It does not come up.
        """
        ...


@dataclass(frozen=True)
class Endpoint:
    """A server that runs already.

    Attributes:
        base_url: Such as ``http://127.0.0.1:8000/v1``.
        api_key_env: Environment variable with the key; null sends none.
        headers: Further headers; their values are secrets, and shown nowhere.
        address: As it is asked.
        sent: Headers as they are sent.
    """

    base_url: str
    api_key_env: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    address: Address = field(init=False, repr=False)
    sent: Mapping[str, Secret] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no address, no header or no name; keep secrets as such."""
        address = parse(str(self.base_url))
        sent = {str(name): header(str(name), value) for name, value in dict(self.headers).items()}
        shown = {"base_url": address.public, "headers": dict.fromkeys(sent, HIDDEN)}
        for name, value in {**shown, "address": address, "sent": sent}.items():
            object.__setattr__(self, name, value)
        if self.api_key_env:
            check_variable(self.api_key_env)

    def fingerprint(self) -> Mapping[str, Any]:
        """Give the address, since nothing else is known of who answers there."""
        return {"kind": "endpoint", "base_url": self.base_url}

    def connect(self, model: Model, given_up: Event) -> Connection:
        """Take the key out of the environment.

        Raises:
            DetectorError: The variable is not set, or holds what is no key.
        """
        headers = {name.lower(): value for name, value in self.sent.items()}
        if self.address.authorization is not None:
            headers.setdefault("authorization", self.address.authorization)
        if self.api_key_env:
            headers["authorization"] = key_from(self.api_key_env, self.base_url)
        return _Remote(self.address, headers)


@dataclass(frozen=True)
class _Remote:
    address: Address
    headers: Mapping[str, Secret]

    @property
    def base_url(self) -> str:
        return self.address.public

    def check(self) -> None:
        """Know nothing."""

    def record(self) -> dict[str, Any]:
        return {"kind": "endpoint"}

    def close(self) -> None:
        """Leave it running."""


@dataclass(frozen=True)
class VllmServer:
    """A vLLM that the suite starts on a free port and stops again.

    Attributes:
        python: Interpreter of the environment that has vLLM; null is the suite's own.
        dtype: As vLLM's ``--dtype``.
        quantization: null, or one of `QUANTIZATIONS`.
        max_model_len: Most tokens of question and answer; null is what the model says.
        arguments: Further arguments of vLLM.
        environment: Further environment variables; the run's record shows them, but for those
            named like secrets (``HF_TOKEN``).
        start_timeout: Seconds within which it has to come up.
        log_dir: Folder of the log files, which are kept.
    """

    python: str | None = None
    dtype: str = "auto"
    quantization: str | None = None
    max_model_len: int | None = None
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    start_timeout: float = 1200.0
    log_dir: str = "runs/server-logs"

    def __post_init__(self) -> None:
        """Refuse a quantisation that is not known, and a key where the log would show it."""
        words = [str(one).partition("=")[0] for one in self.arguments]
        if "--api-key" in words or "--hf-token" in words:
            hide(list(self.arguments))
            raise ConfigError(
                "server.arguments: the log would show the key: leave --api-key out (the server "
                "listens on this machine only), and set HF_TOKEN in the environment for the hub"
            )
        if self.quantization is not None and self.quantization not in QUANTIZATIONS:
            raise ConfigError(
                f"server.quantization={self.quantization}: it must be null, "
                f"{', '.join(QUANTIZATIONS)}; anything else goes into server.arguments"
            )

    @property
    def interpreter(self) -> str:
        """The interpreter that runs vLLM."""
        return self.python or sys.executable

    def fingerprint(self) -> Mapping[str, Any]:
        """Give version, precision, quantisation and arguments."""
        return {
            "kind": "vllm",
            "version": vllm_version(self.interpreter),
            "dtype": self.dtype,
            "quantization": self.quantization,
            "max_model_len": self.max_model_len,
            "arguments": list(self.arguments),
        }

    def command(self, model: Model, port: int) -> list[str]:
        """Give the command that serves a model."""
        length = ["--max-model-len", str(self.max_model_len)] if self.max_model_len else []
        revision = ["--revision", model.revision] if model.revision else []
        return [
            self.interpreter, "-m", "vllm.entrypoints.openai.api_server",
            "--model", model.name, "--served-model-name", model.name, *revision,
            "--host", "127.0.0.1", "--port", str(port), "--dtype", self.dtype,
            "--generation-config", "vllm", "--trust-request-chat-template",
            *QUANTIZATIONS.get(self.quantization or "", []),
            *model.arguments, *length, *(str(one) for one in self.arguments),
        ]  # fmt: skip

    def connect(self, model: Model, given_up: Event) -> Connection:
        """Start the server and wait until it is healthy.

        Raises:
            DetectorError: It ends or is not healthy in time; with its log's last lines.
        """
        if vllm_version(self.interpreter) is None:
            raise DetectorError(
                f"{self.interpreter} has no vLLM: name an interpreter that has it "
                "(server.python=/path/to/venv/bin/python), or use server=endpoint"
            )
        folder = Path(self.log_dir)
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", Path(model.name).name).strip("-")
        log = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}-{os.getpid()}.log"
        _log.info("starting vLLM for %s; its log is %s", model.name, log)
        running = Running(
            lambda port: self.command(model, port),
            {**os.environ, **self.environment},
            log,
            vllm_version(self.interpreter) or "",
        )
        try:
            running.wait_until_healthy(self.start_timeout, given_up)
        except BaseException:
            running.close()
            raise
        return running
