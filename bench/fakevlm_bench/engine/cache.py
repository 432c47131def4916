"""The request cache: what was answered once is not asked again, in whatever run.

A SQLite file in WAL mode, shared by runs and processes. The key is the SHA-256 of all
that was sent and of the detector's fingerprint; only answers without an error are kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fakevlm_bench.errors import RunError
from fakevlm_bench.files import NOWHERE, cache_folder
from fakevlm_bench.types import Query, Response

_SCHEMA = "CREATE TABLE IF NOT EXISTS responses (key TEXT PRIMARY KEY, response BLOB) WITHOUT ROWID"
_MOST_VARIABLES = 500


def default_path() -> Path:
    """Return the cache's place in the user's cache folder."""
    return cache_folder() / "requests.sqlite"


def fingerprint_digest(fingerprint: Mapping[str, Any]) -> str:
    """Digest a fingerprint: SHA-256 of its JSON with sorted keys."""
    text = json.dumps(fingerprint, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def request_key(query: Query, sent_sha256: str, detector: str, *, stochastic: bool) -> str:
    """Return the key of a request.

    Args:
        query: What is sent; its seed counts only where `stochastic`.
        sent_sha256: Digest of the image's bytes.
        detector: Digest of the detector's fingerprint.
        stochastic: The detector's answer depends on the query's seed.
    """
    seed = query.seed if stochastic else None
    parts = [detector, sent_sha256, query.media_type, query.prompt, query.context, seed]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Cache:
    """A store of responses by key; callers in several threads take turns.

    Raises:
        RunError: The file cannot be opened or written, or is no cache.
    """

    def __init__(self, path: Path) -> None:
        """Open the cache, making the file where it is not there."""
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=60, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> RunError:
        reason = str(error)
        if self._path.is_relative_to(NOWHERE):
            reason = "there is no home folder: set HOME or XDG_CACHE_HOME"
        return RunError(f"request cache {self._path}: {reason}; set cache=null to do without")

    def get(self, keys: Sequence[str]) -> dict[str, Response]:
        """Return the responses that are known, by key; an unreadable one carries an error."""
        responses: dict[str, Response] = {}
        try:
            for start in range(0, len(keys), _MOST_VARIABLES):
                some = keys[start : start + _MOST_VARIABLES]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, response FROM responses WHERE key IN ({marks})"
                for key, blob in self._connection.execute(query, some):
                    responses[key] = _load(blob)
        except sqlite3.Error as error:
            raise self._error(error) from error
        return responses

    def forget(self, keys: Sequence[str]) -> None:
        """Drop entries, so that they are asked for and kept anew."""
        try:
            if keys:
                rows = [(key,) for key in keys]
                self._connection.executemany("DELETE FROM responses WHERE key = ?", rows)
        except sqlite3.Error as error:
            raise self._error(error) from error

    def put(self, items: Iterable[tuple[str, Response]]) -> None:
        """Keep responses that carry no error."""
        rows = [(key, _dump(response)) for key, response in items if response.error is None]
        if not rows:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR IGNORE INTO responses VALUES (?, ?)", rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _dump(response: Response) -> bytes:
    values = {
        item.name: getattr(response, item.name)
        for item in dataclasses.fields(Response)
        if item.name != "heat_map" and getattr(response, item.name) not in (None, ())
    }
    heat_map = response.heat_map
    if heat_map is not None:
        values["heat_map_shape"] = heat_map.shape
    head = json.dumps(values).encode()
    return head + (b"\n" + heat_map.tobytes() if heat_map is not None else b"")


def _load(blob: Any) -> Response:
    """Read an entry; one that another version or an accident left is a response with an error."""
    try:
        head, _, body = bytes(blob).partition(b"\n")
        values = json.loads(head)
        if shape := values.pop("heat_map_shape", None):
            values["heat_map"] = np.frombuffer(body, dtype=np.uint8).reshape(shape)
        if "boxes" in values:
            values["boxes"] = tuple(tuple(box) for box in values["boxes"])
        if "size" in values:
            values["size"] = tuple(values["size"])
        return Response(**values)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return Response(error=f"the cache's entry cannot be read: {error}")
