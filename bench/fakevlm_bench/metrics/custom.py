"""Metrics of the user's own, from the hub or a folder, computed on the whole."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench.result import Figure, absent

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)


def added(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, Figure]:
    """Compute `evaluate` metrics on the rows of one condition.

    A metric of words gets explanations and references, one of whole numbers verdicts
    and labels (1 fake; an answer that was not understood counts as the wrong verdict), one of
    other numbers scores and labels.

    Args:
        frame: Joined rows.
        names: As `evaluate.load` knows them; ``folder#configuration`` names a configuration.
    """
    return {name: _compute(frame, name) for name in names}


def _compute(frame: pd.DataFrame, name: str) -> Figure:
    import evaluate

    path, _, configuration = name.partition("#")
    try:
        metric = evaluate.load(path, configuration or None)
        predictions, references = _inputs(frame, _dtype(metric.features))
        values = metric.compute(predictions=predictions, references=references)
    except Exception as error:  # a stranger's code may fail in any way
        logger.warning("metric '%s' cannot be computed: %s", name, error)
        return absent(f"{type(error).__name__}: {error}".splitlines()[0], len(frame))
    several = {key: _plain(value) for key, value in values.items()}
    return Figure(several=several, n=len(frame))


def _dtype(features: Any) -> str:
    first = features[0] if isinstance(features, list) else features
    return str(getattr(first["predictions"], "dtype", "string"))


def _inputs(frame: pd.DataFrame, dtype: str) -> tuple[list[Any], list[Any]]:
    labels = frame["label"].astype(int)
    if dtype == "string":
        from fakevlm_bench.metrics.explanation import strip

        references = strip(frame["references"].tolist())
        rows = [k for k, texts in enumerate(references) if texts]
        answers = frame["explanation"].fillna("").tolist()
        return [answers[k] for k in rows], [references[k] for k in rows]
    if dtype.startswith("float"):
        return frame["score"].astype(float).tolist(), labels.tolist()
    understood = (frame["status"] == "ok") & frame["verdict"].notna()
    verdicts = np.where(understood, frame["verdict"].fillna(0).astype(int), 1 - labels)
    return verdicts.tolist(), labels.tolist()


def _plain(value: Any) -> Any:
    """Make a metric's value plain JSON; what is not finite becomes None."""
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
