"""From the words of the command line to a job: task, detector, conditions and options.

Every subcommand that takes ``GROUP=NAME`` and ``KEY=VALUE`` goes this way.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from fakevlm_bench.cli import words as spelling
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import BenchError, ConfigError, unknown_name
from fakevlm_bench.registry import names

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from fakevlm_bench.engine.plan import Options
    from fakevlm_bench.protocols import Detector
    from fakevlm_bench.types import Condition, Task

ENTRY = re.compile(r"[+~]{0,2}([\w/]+)[.=@]")
"""The group or setting that a word begins with."""


@dataclass(frozen=True)
class Job:
    """What a configuration names, instantiated."""

    task: Task
    detector: Detector
    conditions: list[Condition]
    options: Options


def compose(words: Sequence[str]) -> DictConfig:
    """Compose the configuration of a run.

    Args:
        words: As `words.hydra_words` returns them.

    Raises:
        ConfigError: It cannot be composed.
    """
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        return _composed(words)
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error, words) from error


def _composed(words: Sequence[str]) -> DictConfig:
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    from fakevlm_bench.config import register

    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        return hydra_compose("run", overrides=list(words))


def compose_job(
    settings: Sequence[str],
    command: str,
    *,
    split: str | None = None,
    fixed: Sequence[str] = (),
    changes: Mapping[str, object] | None = None,
) -> Job:
    """Make the task, the detector and the options that words name.

    Args:
        settings: As the user wrote them.
        command: The subcommand, for messages.
        split: Taken of tasks that have splits, unless ``task.split=…`` says another.
        fixed: Words that the command adds itself, such as ``conditions=clean``.
        changes: Settings of the detector to replace, where it has them.

    Raises:
        ConfigError: The task or the detector is not named, or something cannot be made.
    """
    from omegaconf import open_dict

    words = [*spelling.hydra_words(settings, command), *fixed]
    for group in ("detector", "task"):
        _require(group, words)
    config = compose(words)
    with open_dict(config):
        if split and "split" in config.task and not any(w.startswith("task.split=") for w in words):
            config.task.split = split
        for key, value in (changes or {}).items():
            if key in config.detector:
                config.detector[key] = value
    return instantiate(config)


def compose_task(settings: Sequence[str], command: str) -> Task:
    """Make the task that words name.

    Args:
        settings: As the user wrote them: ``task=starter:quick``, ``task.path=FOLDER``.
        command: The subcommand, for messages.

    Raises:
        ConfigError: No task is named, a word sets something else, or it cannot be made.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    allow(settings, ("task", "categories"), command)
    words = spelling.hydra_words(settings, command)
    _require("task", words)
    config = compose(words)
    try:
        values = OmegaConf.to_container(config.task, resolve=True)
    except OmegaConfBaseException as error:
        raise explain(error, words) from error
    return _task(cast("dict[str, Any]", values))


def allow(settings: Sequence[str], entries: Sequence[str], command: str) -> None:
    """Refuse settings that would change nothing.

    Args:
        settings: As the user wrote them.
        entries: Groups and settings that the command uses.
        command: The subcommand.

    Raises:
        ConfigError: One of them is about something else.
    """
    for word in settings:
        match = ENTRY.match(word)
        if match and match[1] not in entries:
            uses = ", ".join(f"{entry}=…" for entry in entries)
            raise ConfigError(f"'{word}' has no effect: {command} takes {uses} and their settings")


def _require(group: str, words: Sequence[str]) -> None:
    if not any(word.startswith(f"{group}=") for word in words):
        raise ConfigError(f"no {group}: add {group}=NAME (fakevlm-bench list {group}s)")


def _task(values: dict[str, Any]) -> Task:
    from fakevlm_bench.registry import build

    if "path" in values:
        values["path"] = spelling.at_home(values["path"])
    return cast("Task", build(values, "task"))


def instantiate(config: DictConfig) -> Job:
    """Make what a configuration names.

    Raises:
        ConfigError: Something cannot be made.
    """
    from omegaconf import OmegaConf

    from fakevlm_bench.engine.plan import Options
    from fakevlm_bench.registry import build, load_conditions

    values = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True))
    conditions = load_conditions(values["conditions"]["ids"])
    detector = cast("Detector", build(values["detector"], "detector"))
    task = _task(values["task"])
    cache = values["cache"]
    options = Options(
        seed=values["seed"],
        limit=values["limit"],
        runs=spelling.at_home(values["runs"]),
        cache=None if spelling.switched_off(cache) else spelling.at_home(cache),
        max_failed=values["max_failed"],
        retry_failed=values["retry_failed"],
        workers=values["launcher"]["workers"],
        ahead=values["launcher"]["ahead"],
        skip_unsupported=values["conditions"]["skip_unsupported"] and not _listed_by_hand(),
        scoring=values["scoring"],
        config={**values, "choices": _choices()},
        overrides=spelling.published(_overrides()),
    )
    return Job(task, detector, conditions, options)


def _listed_by_hand() -> bool:
    """Whether the user wrote conditions himself: only ready-made lists leave any out."""
    keys = {word.lstrip("+").partition("=")[0] for word in _overrides()}
    return "conditions.ids" in keys and "conditions.skip_unsupported" not in keys


def _overrides() -> list[str]:
    """List the user's settings; none before a sweep, when its duration is estimated."""
    from hydra.core.hydra_config import HydraConfig

    return list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else []


def _choices() -> dict[str, str]:
    """Return the names of the entries that were chosen, by group."""
    from hydra.core.hydra_config import HydraConfig

    if not HydraConfig.initialized():
        return {}
    choices = HydraConfig.get().runtime.choices
    return {group: choices[group] for group in ("task", "detector", "server") if choices.get(group)}


def explain(error: Exception, words: Sequence[str] = ()) -> BenchError:
    """Say in one sentence what is wrong with a configuration, and what would be right.

    Args:
        error: Of Hydra or OmegaConf.
        words: Those that were composed, to find the setting that was meant.
    """
    entry = re.search(r"Could not find '(\w+)/([^']+)'", str(error))
    if entry:
        return unknown_name(entry[1], entry[2], names(entry[1]))
    sentences = [_first_sentence(one) for one in (error, error.__cause__) if one is not None]
    key = re.search(r"Could not override '([^'@]+)", sentences[0])
    if key:
        return _unknown_setting(key[1], words)
    return ConfigError(": ".join(dict.fromkeys(sentences)))


def _first_sentence(error: BaseException) -> str:
    """Return an error's first line, the next where that one only announces it, and the setting."""
    first, *more = [line.strip() for line in str(error).strip().split("\n")]
    sentence = f"{first} {more[0]}" if first.endswith(":") and more else first
    key = re.search(r"full_key: (\S+)", str(error))
    return f"{sentence} ({key[1]})" if key and key[1] not in sentence else sentence


def _unknown_setting(key: str, words: Sequence[str]) -> ConfigError:
    """Build the error for a setting that is not there, naming the nearest beside it."""
    parent, _, name = key.rpartition(".")
    paths = (path.rpartition(".") for path in _settings(key, words))
    beside = {last: f"{before}{dot}{last}" for before, dot, last in paths if before == parent}
    near = difflib.get_close_matches(name, beside, n=1, cutoff=0.6)
    if near:
        return ConfigError(f"unknown setting '{key}'; did you mean '{beside[near[0]]}'?")
    settings = ", ".join(sorted(set(beside) - {"_target_"}))
    hint = f"{parent} has {settings}" if parent and settings else "run --cfg job shows all settings"
    return ConfigError(f"unknown setting '{key}'; {hint}")


def _settings(key: str, words: Sequence[str]) -> list[str]:
    """List the settings that there are without the word that sets an unknown one."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    others = [
        word.split(",")[0]  # the first of a sweep
        for word in words
        if "=" in word and not word.startswith(("-", f"{key}=", f"+{key}="))
    ]
    choices = [word for word in others if "." not in word.partition("=")[0]]
    for attempt in (others, choices, []):
        try:
            return list(_paths(_composed(attempt)))
        except (HydraException, OmegaConfBaseException):
            continue
    return []


def _paths(config: Any, prefix: str = "") -> Iterator[str]:
    """Walk over the paths of a configuration's settings."""
    from omegaconf import DictConfig, OmegaConf

    for key in config:
        path = f"{prefix}{key}"
        yield path
        if not OmegaConf.is_missing(config, key) and not OmegaConf.is_interpolation(config, key):
            value = config[key]
            if isinstance(value, DictConfig) and not value._is_none():
                yield from _paths(value, f"{path}.")
