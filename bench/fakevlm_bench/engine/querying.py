"""Asking the detector: through the cache, and so that one bad image costs one image."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.contract import described
from fakevlm_bench.engine.cache import Cache, fingerprint_digest, request_key
from fakevlm_bench.engine.prepare import Prepared
from fakevlm_bench.errors import DetectorError
from fakevlm_bench.protocols import Detector
from fakevlm_bench.responses import RIGHT, admit
from fakevlm_bench.types import Query, Response

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """A prepared query with its response."""

    prepared: Prepared
    response: Response
    key: str
    sent_sha256: str
    cached: bool


class Asker:
    """Asks one detector; `ask` may be called from several threads."""

    def __init__(self, detector: Detector, cache: Cache | None) -> None:
        """Take the detector, and the cache to look into first."""
        self._detector = detector
        self._cache = cache
        self._lock = threading.Lock()
        self._contract = described(detector)
        self._digest = fingerprint_digest(detector.fingerprint())
        self._stochastic = self._contract.stochastic
        self.batch_size = detector.batch_size
        self.parallel = self._contract.parallel_batches

    def cancel(self) -> None:
        """Let a detector that waits for others give up what it waits for."""
        self._contract.cancel()

    def ask(self, batch: Sequence[Prepared]) -> list[Answered]:
        """Answer a batch, in order.

        Raises:
            DetectorError: The detector cannot answer at all.
        """
        digests = [hashlib.sha256(one.query.image).hexdigest() for one in batch]
        keys = [
            request_key(one.query, digest, self._digest, stochastic=self._stochastic)
            for one, digest in zip(batch, digests, strict=True)
        ]
        cached = self._known(keys)
        responses = {
            i: admit(Response(error=one.error)) if one.error is not None else cached.get(keys[i])
            for i, one in enumerate(batch)
        }
        missing = [i for i, response in responses.items() if response is None]
        fresh = self._predict([batch[i].query for i in missing]) if missing else []
        self._keep([(keys[i], response) for i, response in zip(missing, fresh, strict=True)])
        responses.update(zip(missing, fresh, strict=True))
        fresh_ones = set(missing)
        return [
            Answered(
                one,
                responses[i] or Response(),
                keys[i],
                digests[i],
                cached=keys[i] in cached and i not in fresh_ones,
            )
            for i, one in enumerate(batch)
        ]

    def _known(self, keys: Sequence[str]) -> dict[str, Response]:
        """Look into the cache; what can no longer be recorded is forgotten and asked again."""
        if self._cache is None:
            return {}
        with self._lock:
            responses = {key: admit(response) for key, response in self._cache.get(keys).items()}
            self._cache.forget([key for key, one in responses.items() if one.error is not None])
        return {key: one for key, one in responses.items() if one.error is None}

    def _keep(self, items: Sequence[tuple[str, Response]]) -> None:
        if self._cache is not None:
            with self._lock:
                self._cache.put(items)

    def _predict(self, queries: list[Query]) -> list[Response]:
        started = time.perf_counter()
        try:
            responses: Any = self._detector.predict(queries)
            if not isinstance(responses, str | bytes | Mapping | Response):
                responses = list(responses) if isinstance(responses, Iterable) else responses
        except DetectorError:
            raise
        except Exception as error:  # anybody's code: whatever it raises costs one image
            if len(queries) > 1:
                return [response for query in queries for response in self._predict([query])]
            _log.debug("sample %s failed", queries[0].sample_id, exc_info=True)
            return [admit(Response(error=f"{type(error).__name__}: {error}"))]
        if not isinstance(responses, list):
            kind = type(responses).__name__
            raise DetectorError(f"detector '{self._detector.name}' gave a {kind}: {RIGHT}")
        if len(responses) != len(queries):
            raise DetectorError(
                f"detector '{self._detector.name}' gave {len(responses)} responses "
                f"to {len(queries)} queries: it must give one each, in order"
            )
        each = (time.perf_counter() - started) / len(queries)
        return [admit(response, each) for response in responses]
