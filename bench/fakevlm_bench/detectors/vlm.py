"""Every vision-language model behind an OpenAI-compatible server, in one class."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from fakevlm_bench import weights
from fakevlm_bench.answers.forms import form_of
from fakevlm_bench.answers.regions import Coordinates
from fakevlm_bench.detectors.client import Client, Policy, Reply
from fakevlm_bench.detectors.completion import Completion
from fakevlm_bench.detectors.connection import Connection, Model, Server
from fakevlm_bench.detectors.prompting import Prompting, request_fields, samples
from fakevlm_bench.detectors.verdict_score import fake_probability
from fakevlm_bench.errors import BenchError, ConfigError, DetectorError
from fakevlm_bench.imaging import decode_image, encode_png, image_size, is_turned
from fakevlm_bench.json_types import Card, Fingerprint, JsonValue, Telemetry
from fakevlm_bench.secret import hide
from fakevlm_bench.types import Capabilities, Query, Response
from fakevlm_bench.window import crop_window

T = TypeVar("T", Prompting, Policy)

_PATH = "chat/completions"
HOPELESS = {
    401: "check its key", 403: "check its key", 404: "check model and base_url",
    **dict.fromkeys((301, 302, 303, 307, 308), "set base_url to the address that it names"),
    407: "check the proxy's user and password",
}  # fmt: skip
"""By the status that refuses every request alike: what to do about it."""


class VisionLanguageModel:
    """A model that is asked in words, through a server, many questions at a time.

    The engine hands over one query at a time from as many threads as it takes to keep
    `Policy.limit` requests open; each answer is recorded by itself, so that none is lost
    when another fails or the server dies.
    """

    threshold = 0.5
    batch_size = 1
    served = True

    def __init__(
        self,
        name: str,
        model: str,
        server: Any,
        *,
        default_server: Any = None,
        revision: str | None = None,
        prompting: Mapping[str, object] | None = None,
        max_tokens: int | None = 512,
        temperature: float | None = 0.0,
        top_logprobs: int = 20,
        request: Mapping[str, JsonValue] | None = None,
        serving: Sequence[str] = (),
        localises: bool = False,
        coordinates: str = "auto",
        answers: str = "free",
        window: int | None = None,
        upright: bool = False,
        client: Mapping[str, object] | None = None,
        prices: Mapping[str, float] | None = None,
        card: Card | None = None,
    ) -> None:
        """Configure; nothing is started or asked before the first answer.

        Args:
            name: As in ``conf/detector/<name>.yaml``.
            model: Name on the hub, folder, or name that the endpoint knows.
            server: `fakevlm_bench.detectors.server.VllmServer` or `Endpoint`.
            default_server: Asked where the user chose none.
            revision: Commit on the hub.
            prompting: Settings of `fakevlm_bench.detectors.prompting.Prompting`.
            max_tokens: Most tokens of an answer; null leaves it to the server.
            temperature: 0 for the likeliest answer; anything else, and null, which leaves it to
                the server, is taken for sampling: the seed then belongs to the request.
            top_logprobs: Tokens listed beside each token, for the score; 0 asks for none.
            request: Further fields of every request; a ``seed`` there stands in place of the
                query's.
            serving: Arguments of vLLM that belong to this model.
            localises: The answers name regions.
            coordinates: Unit of boxes in JSON (`fakevlm_bench.answers.regions.Coordinates`).
            answers: The published form of its answers (`fakevlm_bench.answers.forms`).
            window: Side in pixels of the central window that is sent in place of a picture of
                another size (`fakevlm_bench.window`); null sends pictures as they are.
            upright: Pictures whose file says that they lie on a side or upside down are sent
                turned upright, as PNG; otherwise that is left to the server, and many ignore it.
            client: Settings of `fakevlm_bench.detectors.client.Policy`.
            prices: Such as ``price_per_million_tokens_in`` (`fakevlm_bench.metrics.efficiency`).
            card: What the leaderboard says of it.

        Raises:
            ConfigError: A setting that does not exist, or no server.
        """
        if not hasattr(server, "connect"):
            server = default_server
        if server is None:
            raise ConfigError(
                f"detector '{name}' needs a server: set server=vllm (server.python=…, an "
                "interpreter that has vLLM) or server=endpoint server.base_url=http://…/v1"
            )
        self.name = name
        self.card: Card = {**card} if card else {}
        self._upright = upright
        self._server: Server = server
        self._model = Model(model, revision, tuple(str(one) for one in serving))
        self._prompting = _configured(Prompting, prompting, f"detector '{name}': prompting")
        self._policy = _configured(Policy, client, f"detector '{name}': client")
        self._localises, self.coordinates = localises, Coordinates(coordinates).value
        self.window, self.answers = window, form_of(answers).value
        self._top_logprobs, self._prices = top_logprobs, dict(prices or {})
        settings = request_fields(model, max_tokens, temperature, top_logprobs)
        self._settings = {**settings, **(request or {})}
        self._stochastic = samples(self._settings)
        self._lock, self._given_up = threading.Lock(), threading.Event()
        self._connection: Connection | None = None
        self._client: Client | None = None
        self._telemetry: Telemetry = {}
        self._usage = {"tokens_in": 0, "tokens_out": 0}

    @property
    def question(self) -> str | None:
        """The question it is asked in place of the task's, if any."""
        return self._prompting.prompt

    @property
    def parallel_batches(self) -> int:
        """Batches that the engine keeps going: enough that slow answers hold no other back."""
        return 4 * self._policy.limit

    @property
    def capabilities(self) -> Capabilities:
        """Words; a score where log-probabilities are asked for; a mask where it names regions."""
        return Capabilities(score=self._top_logprobs > 1, mask=self._localises, explanation=True)

    def fingerprint(self) -> Fingerprint:
        """Return model, server, prompting and request; the digest of weights that lie here."""
        return {
            "name": self.name,
            "version": 1,
            "model": Path(self._model.name).name if self._is_local else self._model.name,
            "revision": self._model.revision,
            "weights": weights.folder_digest(Path(self._model.name)) if self._is_local else None,
            "serving": list(self._model.arguments),
            "window": self.window,
            "server": dict(self._server.fingerprint()),
            "prompting": self._prompting.fingerprint(),
            "request": hide({k: v for k, v in self._settings.items() if k != "model"}),
            "stochastic": self._stochastic,
            **({"upright": True} if self._upright else {}),
        }

    @property
    def _is_local(self) -> bool:
        return Path(self._model.name).is_dir()

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer each query, all at once; one that fails carries its reason.

        Raises:
            DetectorError: The server does not come up, is gone, or refuses everybody.
        """
        client = self._connected()
        pending = [self._send(client, query) for query in queries]
        return [self._receive(client, one) for one in pending]

    def cancel(self) -> None:
        """Abandon what is open or starting; `predict` raises in the threads that wait for it.

        Until `close`, that is.
        """
        self._given_up.set()
        client = self._client
        if client is not None:
            client.cancel("the run was stopped")

    def close(self) -> None:
        """Close the connections and stop the server; the next `predict` starts anew."""
        with self._lock:
            client, connection = self._client, self._connection
            self._client = self._connection = None
            if client is not None:
                client.close()
                self._telemetry["client"] = client.record()
            if connection is not None:
                self._telemetry["server"] = connection.record()
                connection.close()
            self._given_up.clear()

    def telemetry(self) -> Telemetry:
        """Return tokens, prices, what the client did and what the server took."""
        usage: Any = {**self._usage, **self._prices}
        return {**usage, **self._telemetry}

    def _connected(self) -> Client:
        """Start or find the server, once."""
        with self._lock:
            if self._given_up.is_set():
                raise DetectorError("the run was stopped")
            if self._client is None:
                started = time.monotonic()
                connection = self._connection or self._server.connect(self._model, self._given_up)
                self._connection = connection
                self._telemetry["start_seconds"] = round(time.monotonic() - started, 1)
                self._client = Client(
                    connection.address,
                    self._policy,
                    headers=connection.headers,
                    check=connection.check,
                )
            return self._client

    def _send(self, client: Client, query: Query) -> Future[Reply] | Response:
        seed = {"seed": query.seed % 2**63} if self._stochastic else {}  # servers take 63 bits
        settings = seed | self._settings
        try:
            return client.ask(_PATH, self._prompting.body(self._framed(query), settings))
        except DetectorError:
            raise
        except BenchError as error:
            return Response(error=str(error))

    def _framed(self, query: Query) -> Query:
        """Put the window, or the upright picture, in the picture's place where it differs."""
        side = self.window
        if side is not None and image_size(query.image) != (side, side):
            picture = crop_window(decode_image(query.image), side)
        elif self._upright and is_turned(query.image):
            picture = decode_image(query.image)
        else:
            return query
        return replace(query, image=encode_png(picture), media_type="image/png")

    def _receive(self, client: Client, pending: Future[Reply] | Response) -> Response:
        if isinstance(pending, Response):
            return pending
        reply = pending.result()
        if reply.unreachable or reply.status in HOPELESS:
            reason = self._hopeless(reply)
            client.cancel(reason)
            raise DetectorError(reason)
        if reply.completion is None:
            return Response(error=reply.error)
        return self._read(reply.completion, reply.latency)

    def _hopeless(self, reply: Reply) -> str:
        """Say why no request can be answered."""
        where = self._connection.base_url if self._connection else "the server"
        otherwise = "finished answers are kept, and the same command continues"
        advice = HOPELESS.get(reply.status, otherwise)
        return f"{where} cannot answer for '{self._model.name}': {reply.error}; {advice}"

    def _read(self, completion: Completion, latency: float) -> Response:
        if completion.text is None:
            return Response(error=f"the answer's content is a {completion.kind}, no text")
        counts = (completion.tokens_in, completion.tokens_out)
        with self._lock:
            for name, number in zip(self._usage, counts, strict=True):
                self._usage[name] += number or 0
        opening = self._prompting.opening
        first = [{"token": opening}] if opening else []
        tokens = completion.tokens
        return Response(
            text=opening + completion.text,
            score=fake_probability([*first, *tokens]) if tokens else None,
            tokens_in=completion.tokens_in,
            tokens_out=completion.tokens_out,
            latency=latency,
        )


def _configured(kind: type[T], settings: Mapping[str, object] | None, where: str) -> T:
    """Make a settings object; a key that it does not have is an error."""
    values: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in (settings or {}).items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"{where}: {error}") from error
