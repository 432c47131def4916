"""Every vision-language model behind an OpenAI-compatible server, in one class."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from fakevlm_bench import weights
from fakevlm_bench.answers.forms import form_of
from fakevlm_bench.answers.regions import Coordinates
from fakevlm_bench.detectors.client import Client, Policy, Reply
from fakevlm_bench.detectors.prompting import Prompting, samples
from fakevlm_bench.detectors.server import Connection, Model, Server
from fakevlm_bench.detectors.verdict_score import fake_probability
from fakevlm_bench.errors import BenchError, ConfigError, DetectorError
from fakevlm_bench.imaging import decode_image, encode_png, image_size, is_turned
from fakevlm_bench.responses import count
from fakevlm_bench.secret import hide
from fakevlm_bench.types import Capabilities, Query, Response
from fakevlm_bench.window import crop_window

_log = logging.getLogger(__name__)

_PATH = "chat/completions"
HOPELESS = {
    401: "check its key", 403: "check its key", 404: "check model and base_url",
    **dict.fromkeys((301, 302, 303, 307, 308), "give the address that it names as base_url"),
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
        prompting: Mapping[str, Any] | None = None,
        max_tokens: int | None = 512,
        temperature: float | None = 0.0,
        top_logprobs: int = 20,
        request: Mapping[str, Any] | None = None,
        serving: Sequence[str] = (),
        localises: bool = False,
        coordinates: str = "auto",
        answers: str = "free",
        window: int | None = None,
        upright: bool = False,
        client: Mapping[str, Any] | None = None,
        prices: Mapping[str, float] | None = None,
        card: Mapping[str, Any] | None = None,
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
                f"detector '{name}' is served: give server=vllm (server.python=…, an interpreter "
                "that has vLLM) or server=endpoint server.base_url=http://…/v1"
            )
        self.name, self.card = name, dict(card or {})
        self._upright = upright
        self._server: Server = server
        self._model = Model(model, revision, tuple(str(one) for one in serving))
        self._prompting: Prompting = _made(Prompting, prompting, f"detector '{name}': prompting")
        self._policy: Policy = _made(Policy, client, f"detector '{name}': client")
        self._localises, self.coordinates = localises, Coordinates(coordinates).value
        self.window, self.answers = window, form_of(answers).value
        self._top_logprobs, self._prices = top_logprobs, dict(prices or {})
        logprobs = {"logprobs": True, "top_logprobs": top_logprobs} if top_logprobs else {}
        settings = {"model": model, "max_tokens": max_tokens, "temperature": temperature}
        set_ones = {key: value for key, value in settings.items() if value is not None}
        self._settings = {**set_ones, **logprobs, **(request or {})}
        self._stochastic = samples(self._settings)
        self._lock, self._given_up = threading.Lock(), threading.Event()
        self._connection: Connection | None = None
        self._client: Client | None = None
        self._telemetry: dict[str, Any] = {}
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

    def fingerprint(self) -> Mapping[str, Any]:
        """Give model, server, prompting and request; the digest of weights that lie here."""
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
        asked = [self._send(client, query) for query in queries]
        return [self._receive(client, one) for one in asked]

    def cancel(self) -> None:
        """Give up what is open or starting; `predict` raises in the threads that wait for it.

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
                self._telemetry["client"] = _counts(client)
            if connection is not None:
                self._telemetry["server"] = connection.record()
                connection.close()
            self._given_up.clear()

    def telemetry(self) -> dict[str, Any]:
        """Give tokens, prices, what the client did and what the server took."""
        return {**self._usage, **self._prices, **self._telemetry}

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
            return client.ask(_PATH, self._prompting.body(self._seen(query), settings))
        except DetectorError:
            raise
        except BenchError as error:
            return Response(error=str(error))

    def _seen(self, query: Query) -> Query:
        """Put the window, or the upright picture, in the picture's place where it differs."""
        side = self.window
        if side is not None and image_size(query.image) != (side, side):
            seen = crop_window(decode_image(query.image), side)
        elif self._upright and is_turned(query.image):
            seen = decode_image(query.image)
        else:
            return query
        return replace(query, image=encode_png(seen), media_type="image/png")

    def _receive(self, client: Client, asked: Future[Reply] | Response) -> Response:
        if isinstance(asked, Response):
            return asked
        reply = asked.result()
        if reply.unreachable or reply.status in HOPELESS:
            reason = self._hopeless(reply)
            client.cancel(reason)
            raise DetectorError(reason)
        if reply.body is None:
            return Response(error=reply.error)
        return self._read(reply.body, reply.latency)

    def _hopeless(self, reply: Reply) -> str:
        """Say why no request can be answered."""
        where = self._connection.base_url if self._connection else "the server"
        otherwise = "what was done is kept, the same command continues"
        advice = HOPELESS.get(reply.status, otherwise)
        return f"{where} cannot answer for '{self._model.name}': {reply.error}; {advice}"

    def _read(self, body: Mapping[str, Any], latency: float) -> Response:
        choice = body["choices"][0]
        message, usage = choice["message"], body.get("usage")
        said = message.get("content") or message.get("refusal") or ""
        if not isinstance(said, str | list):
            return Response(error=f"the answer's content is a {type(said).__name__}, no text")
        logs = choice.get("logprobs")
        tokens = logs.get("content") if isinstance(logs, Mapping) else None
        usage = usage if isinstance(usage, Mapping) else {}
        counted = (count(usage.get("prompt_tokens")), count(usage.get("completion_tokens")))
        with self._lock:
            for name, number in zip(self._usage, counted, strict=True):
                self._usage[name] += number or 0
        opening = self._prompting.opening
        first = [{"token": opening}] if opening else []
        listed = tokens if isinstance(tokens, list) else []
        return Response(
            text=opening + _plain(said),
            score=fake_probability([*first, *listed]) if listed else None,
            tokens_in=counted[0],
            tokens_out=counted[1],
            latency=latency,
        )


def _made(kind: type, settings: Mapping[str, Any] | None, where: str) -> Any:
    """Make a settings object; a key that it does not have is an error."""
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in (settings or {}).items()}
    try:
        return kind(**given)
    except TypeError as error:
        raise ConfigError(f"{where}: {error}") from error


def _plain(said: Any) -> str:
    """Give an answer's text, also where it comes in parts."""
    if isinstance(said, list):
        texts = (part.get("text") for part in said if isinstance(part, Mapping))
        return "".join(text for text in texts if isinstance(text, str))
    return str(said)


def _counts(client: Client) -> dict[str, Any]:
    counts, limiter = client.counts, client.limiter
    return {
        "requests": counts.requests,
        "attempts": counts.attempts,
        "failed": counts.failed,
        "faults": dict(counts.faults),
        "most_open": limiter.peak,
        "lowest_allowed": round(limiter.lowest, 1),
    }
