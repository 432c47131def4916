"""Tasks as they are declared: one file for each under ``tasks/``, its card and how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakevlm_bench import signature
from fakevlm_bench.contract import described_dataset
from fakevlm_bench.errors import ConfigError, unknown_name
from fakevlm_bench.protocols import Dataset
from fakevlm_bench.types import Label, Task

ADAPTERS: Mapping[str, str] = {
    "fakeclue": "fakevlm_bench.datasets.fakeclue.FakeClueDataset",
    "folders": "fakevlm_bench.datasets.folders.FolderDataset",
    "starter": "fakevlm_bench.datasets.starter.starter",
    "table": "fakevlm_bench.datasets.table.TableDataset",
}
"""Ways of reading a data set, by the name that a declaration gives them."""

_CARD = ("title", "description", "paper", "licence", "citation", "url", "access")
_MEANINGS = {"fake": Label.FAKE, "real": Label.REAL}


def declare(
    adapter: str,
    name: str,
    version: str,
    prompt: str,
    card: Mapping[str, str],
    *,
    yes: str | None = None,
    metrics: Sequence[str] = (),
    **settings: Any,
) -> Task:
    """Make a task from its declaration.

    Args:
        adapter: One of `ADAPTERS`, or the dotted path of a data set's class.
        name: The task's; what is chosen of the data set (``quick``, ``train``) is added to it.
        version: Of data and protocol together: figures of two versions are not compared.
        prompt: What detectors are asked that are asked in words.
        card: Facts: ``title``, ``description``, ``paper``, ``licence``, ``citation``, ``url``,
            and ``access``, how the data are had.
        yes: What *yes* means as an answer to `prompt`, ``fake`` or ``real``; null leaves it to
            the prompt's own words.
        metrics: Further metrics, as `evaluate.load` knows them.
        settings: The adapter's own.

    Raises:
        ConfigError: The adapter, a setting, a fact of the card or a meaning of *yes* is unknown.
    """
    unknown = sorted(set(card) - set(_CARD))
    if unknown:
        raise unknown_name(f"fact of the card of task '{name}'", unknown[0], _CARD)
    if yes is not None and yes not in _MEANINGS:
        raise unknown_name("meaning of yes", yes, _MEANINGS)
    read = _adapter(adapter)
    signature.check(read, settings, f"task '{name}'")
    dataset: Dataset = read(**settings)
    variant = described_dataset(dataset).variant
    return Task(
        name=f"{name}:{variant}" if variant else name,
        version=version,
        dataset=dataset,
        prompt=prompt,
        yes=None if yes is None else _MEANINGS[yes],
        metrics=tuple(metrics),
        **{key: card.get(key, "") for key in _CARD},
    )


def _adapter(name: str) -> Any:
    """Import the class or function that reads a data set."""
    from hydra.utils import get_object

    if name not in ADAPTERS and "." not in name:
        raise unknown_name("adapter", name, ADAPTERS)
    try:
        return get_object(ADAPTERS.get(name, name))
    except Exception as error:  # whatever importing somebody's module raises
        raise ConfigError(f"adapter '{name}' cannot be imported: {error}") from error
