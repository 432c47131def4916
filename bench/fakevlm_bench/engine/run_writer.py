"""Writing responses, truth and adversarial images as they come."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

import pyarrow as pa

from fakevlm_bench.engine.querying import Answered
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.schema import IMAGES, RESPONSES, TRUTH

ROWS_PER_PART = 1024
SECONDS_PER_PART = 5.0


def response_row(answered: Answered) -> dict[str, Any]:
    """Return the row of `RESPONSES` for one answer."""
    query, response = answered.prepared.query, answered.response
    truth, heat_map = answered.prepared.truth, response.heat_map
    return {
        "sample_id": query.sample_id,
        "condition_id": query.condition_id,
        "key": answered.key,
        "sent_sha256": answered.sent_sha256,
        "text": response.text,
        "score": response.score,
        "logit": response.logit,
        "heat_map": heat_map.tobytes() if heat_map is not None else None,
        "heat_map_width": heat_map.shape[1] if heat_map is not None else None,
        "heat_map_height": heat_map.shape[0] if heat_map is not None else None,
        "boxes": [list(box) for box in response.boxes],
        "width": response.size[0] if response.size else truth["width"],
        "height": response.size[1] if response.size else truth["height"],
        "tokens_in": response.tokens_in,
        "tokens_out": response.tokens_out,
        "latency": response.latency,
        "cached": answered.cached,
        "error": response.error,
        "attack": answered.prepared.attack,
    }


def _image_row(answered: Answered) -> dict[str, Any]:
    query = answered.prepared.query
    return {
        "sample_id": query.sample_id,
        "condition_id": query.condition_id,
        "image": query.image,
        "attack": answered.prepared.attack,
    }


class Recorder:
    """Buffers answers and writes a part now and then, and whatever is left at the end."""

    def __init__(self, folder: RunFolder) -> None:
        """Record into a run's folder, which the caller has locked."""
        self._folder = folder
        self._buffer: list[Answered] = []
        self._written = time.monotonic()
        self.asked = 0
        """Answers that came from the detector now: neither failed nor from the cache."""
        self.failed = 0
        self.last_error = ""

    def __enter__(self) -> Recorder:
        """Start the clock."""
        self._written = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left, also when something went wrong."""
        self._write()

    def add(self, answers: list[Answered]) -> None:
        """Take answers; write them when there are many, or some have waited long."""
        for answered in answers:
            if answered.response.error is not None:
                self.failed += 1
                self.last_error = answered.response.error
            elif not answered.cached:
                self.asked += 1
        self._buffer.extend(answers)
        waited = time.monotonic() - self._written
        if len(self._buffer) >= ROWS_PER_PART or waited >= SECONDS_PER_PART:
            self._write()

    def _write(self) -> None:
        if self._buffer:
            answers = self._buffer
            tables = {"truth": pa.Table.from_pylist([a.prepared.truth for a in answers], TRUTH)}
            if crafted := [_image_row(a) for a in answers if a.prepared.attack is not None]:
                tables["images"] = pa.Table.from_pylist(crafted, IMAGES)
            rows = [response_row(answered) for answered in answers]
            tables["responses"] = pa.Table.from_pylist(rows, RESPONSES)
            self._folder.append(tables)
            self._buffer = []
        self._written = time.monotonic()
