"""The root configuration of a run, as Hydra sees it.

Detectors, tasks and servers are free-form (`_target_` and its parameters), so
that anybody's class fits; everything else is typed here, and an unknown key or a
wrong type is an error.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import MISSING, DictConfig, OmegaConf

from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import BenchError
from fakevlm_bench.registry import config_dirs, find, load_detector, names


@dataclass(frozen=True)
class ConditionsConfig:
    """A named list of conditions.

    Attributes:
        ids: Such as ``[clean, jpeg:3, "pgd_linf:2/255"]``.
        description: Where the list comes from.
        skip_unsupported: Leave out, by name and with the reason, what a detector cannot
            stand (a gradient attack on an API), instead of refusing to run. Where `ids` are
            given on the command line it counts only if it is given there too.
    """

    ids: list[str] = field(default_factory=lambda: ["clean"])
    description: str = ""
    skip_unsupported: bool = False


@dataclass(frozen=True)
class LauncherConfig:
    """How the work is spread over this machine.

    Attributes:
        workers: Processes that prepare images; 0 prepares in the main process,
            null takes one per core.
        ahead: Batches prepared ahead of the detector.
    """

    workers: int | None = None
    ahead: int = 4


@dataclass(frozen=True)
class ScoringConfig:
    """How figures are computed; changes no response, so a finished run is scored again.

    Attributes:
        semantic: Sentence-embedding cosine and BERTScore as well (extra ``semantic``).
        encoder: Their model, a folder or a name; empty is the extra's own.
        resamples: Bootstrap resamples per figure.
        level: Confidence level of the intervals, in (0, 1).
        metrics: Further metrics, as `evaluate.load` knows them (``folder#configuration``),
            beside the task's own.
        price_per_hour: Of the machine, for the cost of 1,000 images.
    """

    semantic: bool = False
    encoder: str = ""
    resamples: int = 1000
    level: float = 0.95
    metrics: list[str] = field(default_factory=list)
    price_per_hour: float | None = None


@dataclass(frozen=True)
class RunConfig:
    """One run: one detector on one task under its conditions.

    Attributes:
        runs: Folder under which runs are kept.
        cache: Request cache (SQLite file); null keeps none; ``auto`` is the user's cache folder.
        seed: Seed of everything random; part of the run's identity.
        limit: Only the first `limit` samples; part of the run's identity.
        max_failed: Share of planned queries that may fail, in all attempts together.
        retry_failed: Ask again for what failed in an earlier attempt.
        dry_run: Say how many detector calls it takes and about how long, and stop.
        sample: In a dry run, images that a served detector is asked about; 0 sends nothing.
    """

    defaults: list[Any] = field(default_factory=list)
    task: Any = MISSING
    detector: Any = MISSING
    server: Any = MISSING
    conditions: ConditionsConfig = field(default_factory=ConditionsConfig)
    launcher: LauncherConfig = field(default_factory=LauncherConfig)
    scoring: ScoringConfig = field(default_factory=ScoringConfig)
    runs: str = "runs"
    cache: str | None = "auto"
    seed: int = 0
    limit: int | None = None
    max_failed: float = 0.1
    retry_failed: bool = False
    dry_run: bool = False
    sample: int = 0


class OwnFolders(SearchPathPlugin):
    """Lets Hydra search the user's own folders first, as `registry.find` does."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Put the folders before the project's."""
        for folder in reversed(config_dirs()[:-1]):
            path = f"file://{folder.expanduser().absolute()}"
            search_path.prepend(provider="fakevlm-bench", path=path)


def register() -> None:
    """Make the schemas known to Hydra, under names that the files' defaults use.

    Files may also say ``${detectors_here:}``, which lists `detectors_here`.
    """
    OmegaConf.register_new_resolver(
        "detectors_here", lambda: ",".join(detectors_here()), replace=True
    )
    Plugins.instance().register(OwnFolders)
    store = ConfigStore.instance()
    store.store(name="run_schema", node=_mergeable(RunConfig))
    store.store(group="conditions", name="schema", node=_mergeable(ConditionsConfig))
    for path in data_folder("tasks").glob("*.yaml"):
        store.store(group="task", name=path.stem, node=OmegaConf.load(path))
    store.store(group="launcher", name="schema", node=_mergeable(LauncherConfig))


def detectors_here() -> list[str]:
    """List the detectors that answer here and now, offline: nothing to fetch, no server."""
    import yaml

    from fakevlm_bench.availability import availability
    from fakevlm_bench.serving import own_server

    offline = []
    for name in names("detector"):
        values = yaml.safe_load(find("detector", name).read_text("utf-8"))
        if own_server(values) is not None or availability(values) is not None:
            continue
        with contextlib.suppress(BenchError):  # it wants a server, or something to be given
            load_detector(name)
            offline.append(name)
    return offline


def _mergeable(schema: type) -> DictConfig:
    """Lift the read-only flag that frozen classes carry, for as long as Hydra merges files in."""
    node: DictConfig = OmegaConf.structured(schema)
    for each in (node, *(node[key] for key in node if OmegaConf.is_config(node._get_node(key)))):
        if isinstance(each, DictConfig):
            OmegaConf.set_readonly(each, value=None)
    return node
