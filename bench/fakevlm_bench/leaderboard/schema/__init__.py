"""What a submission's files look like."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING

from fakevlm_bench.result import Document

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 1


@functools.cache
def submission_schema() -> Document:
    """Read the JSON Schema (2020-12) of ``submission.json``."""
    text = resources.files(__name__).joinpath("submission.schema.json").read_text("utf-8")
    schema: Document = json.loads(text)
    return schema


@functools.cache
def predictions_schema() -> pa.Schema:
    """Return the columns of ``predictions.parquet``: a run's, but for what the texts say again."""
    from fakevlm_bench.engine.schema import PREDICTIONS

    names = ("sample_id", "condition_id", "status", "verdict", "score", "mask", "heat_map",
             "heat_map_width", "heat_map_height", "dropped_boxes")  # fmt: skip
    return _subset(PREDICTIONS, names)


@functools.cache
def responses_schema() -> pa.Schema:
    """Return the columns of ``responses.parquet``: the answers, and what they cost."""
    from fakevlm_bench.engine.schema import RESPONSES

    names = ("sample_id", "condition_id", "text", "tokens_in", "tokens_out", "latency",
             "cached", "attack")  # fmt: skip
    return _subset(RESPONSES, names)


def _subset(schema: pa.Schema, names: tuple[str, ...]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([schema.field(name) for name in names])
