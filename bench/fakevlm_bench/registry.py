"""Finding things by name: every YAML file under a config group is an entry.

There is no list to edit. A user's own folder (argument `config_dir`, or the
environment variable ``FAKEVLM_BENCH_CONFIG_DIR``) is searched before the project's.
A name may carry a level after its first colon: ``jpeg:3``, ``starter:quick``.
"""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fakevlm_bench import identity
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import ConfigError, UnknownLevel, unknown_name

if TYPE_CHECKING:
    from fakevlm_bench.protocols import Detector, JsonObject
    from fakevlm_bench.types import Condition, Task

CONFIG_DIR_VARIABLE = "FAKEVLM_BENCH_CONFIG_DIR"
_LEVEL_KEYS = {"condition": "level", "task": "subset"}


_own_dirs: list[Path] = []
"""Folders that a command was given; names are also looked up deep inside of attacks."""


@contextlib.contextmanager
def searching(config_dir: str | Path | None) -> Iterator[None]:
    """Search a folder first for as long as the context lasts, in all threads of this process.

    Raises:
        ConfigError: There is no such folder.
    """
    if config_dir is None:
        yield
        return
    folder = Path(config_dir).expanduser()
    if not str(config_dir) or not folder.is_dir():
        raise ConfigError(f"--config-dir: there is no folder '{config_dir}'")
    _own_dirs.insert(0, folder)
    try:
        yield
    finally:
        _own_dirs.remove(folder)


def config_dirs(config_dir: str | Path | None = None) -> list[Path]:
    """Return the folders that hold config groups, the user's own first."""
    own = [config_dir, *_own_dirs, os.environ.get(CONFIG_DIR_VARIABLE)]
    return [*dict.fromkeys(Path(folder) for folder in own if folder), data_folder("conf")]


def names(group: str, config_dir: str | Path | None = None) -> list[str]:
    """List the entries of a config group, sorted."""
    files = (file for folder in _folders(group, config_dir) for file in folder.glob("*.yaml"))
    return sorted({file.stem for file in files})


def _folders(group: str, config_dir: str | Path | None) -> list[Path]:
    """List the folders that hold a group's files; the project's tasks have one of their own."""
    *own, project = config_dirs(config_dir)
    shipped = data_folder("tasks") if group == "task" else project / group
    return [*(folder / group for folder in own), shipped]


def find(group: str, name: str, config_dir: str | Path | None = None) -> Path:
    """Return the file of an entry.

    Raises:
        ConfigError: No such entry; the message names the nearest.
    """
    for folder in _folders(group, config_dir):
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path
    raise unknown_name(group, name, names(group, config_dir))


def malformed(error: Exception) -> ConfigError:
    """Build the error for a file that is no YAML, with its place."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    place = f"{mark.name}, line {mark.line + 1}: " if mark else ""
    return ConfigError(f"{place}not valid YAML: {problem or _first_line(error)}")


def config(
    group: str,
    name: str,
    overrides: Mapping[str, Any] | None = None,
    config_dir: str | Path | None = None,
) -> dict[str, Any]:
    """Read one entry as plain values, with its level and `overrides` applied.

    Raises:
        ConfigError: No such entry (the message names the nearest), a level where the
            entry takes none, or a key in `overrides` that it does not have.
    """
    from omegaconf import OmegaConf
    from yaml import YAMLError

    stem, colon, level = name.partition(":")
    path = find(group, stem, config_dir)
    try:
        loaded = OmegaConf.load(path)
    except YAMLError as error:
        raise malformed(error) from error
    values = cast("dict[str, Any]", OmegaConf.to_container(loaded, resolve=False))
    values.pop("defaults", None)
    changes = dict(overrides or {})
    if colon:
        changes[_LEVEL_KEYS.get(group, "level")] = level
    for key in changes:
        if key not in values:
            raise _no_setting(f"{group} '{stem}'", key, sorted(set(values) - {"_target_"}))
    return values | changes


def _no_setting(owner: str, key: str, settings: Sequence[str]) -> ConfigError:
    near = difflib.get_close_matches(key, settings, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(settings) or 'none'}"
    return ConfigError(f"{owner} has no setting '{key}': {hint}")


def build(values: Mapping[str, Any], where: str) -> Any:
    """Instantiate a config with `_target_`, turning failures into one clear line.

    Raises:
        ConfigError: The target cannot be found, or refuses its parameters.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from fakevlm_bench.errors import BenchError

    if "_target_" not in values:
        raise ConfigError(f"{where} names no class: its configuration needs a '_target_'")
    try:
        node = OmegaConf.create(identity.current(values))
        _check(cast("dict[str, Any]", OmegaConf.to_container(node, resolve=True)), where)
        return instantiate(node)
    except InstantiationException as error:
        cause = error.__cause__
        if isinstance(cause, BenchError):
            raise cause from error
        raise ConfigError(f"{where} cannot be built: {cause or _first_line(error)}") from error
    except OmegaConfBaseException as error:
        raise ConfigError(f"{where} cannot be built: {_first_line(error)}") from error


def _check(values: Mapping[str, Any], where: str) -> None:
    """Check the settings of a config, and of every config with a `_target_` inside it."""
    from hydra.utils import get_object

    from fakevlm_bench import signature

    for name, value in values.items():
        if isinstance(value, Mapping) and "_target_" in value:
            _check(value, f"{where}, {name}")
    try:
        target = get_object(values["_target_"])
    except Exception:  # whatever an import raises, instantiating says it better
        return
    signature.check(target, values, where)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]


def load_detector(
    name: str,
    /,
    *,
    server: str | Mapping[str, Any] | None = None,
    config_dir: str | Path | None = None,
    **settings: Any,
) -> Detector:
    """Make the detector of ``conf/detector/<name>.yaml``.

    Args:
        name: Entry's name.
        server: Name of a server, or its settings with the name as ``kind``, for detectors
            that are served: ``{"kind": "endpoint", "base_url": "http://…/v1"}``.
        config_dir: A folder with config groups of one's own.
        **settings: Replace settings of the entry.

    Raises:
        ConfigError: No such detector, or no such setting.
    """
    from omegaconf import OmegaConf

    values = config("detector", name, settings, config_dir)
    chosen_server = {"kind": server} if isinstance(server, str) else dict(server or {})
    chosen_server = config("server", chosen_server.pop("kind", "local"), chosen_server, config_dir)
    root = OmegaConf.create({"server": chosen_server, "detector": values})
    resolved = cast("dict[str, Any]", OmegaConf.to_container(root, resolve=True))
    return cast("Detector", build(resolved["detector"], f"detector '{name}'"))


def load_task(name: str, /, *, config_dir: str | Path | None = None, **settings: Any) -> Task:
    """Make the task of ``tasks/<name>.yaml``; ``starter:quick`` is a subset.

    Raises:
        ConfigError: No such task, or no such setting.
    """
    return cast("Task", build(config("task", name, settings, config_dir), f"task '{name}'"))


def recorded_task(
    key: str, recorded_config: JsonObject, config_dir: str | Path | None = None
) -> Task:
    """Make a run's task again, as it is declared on this machine.

    The record gives the declaration's name and its settings; it never says what is made.

    Args:
        key: The task's, as the manifest says (``starter@1``).
        recorded_config: The manifest's ``config``.
        config_dir: A folder with config groups of one's own.

    Raises:
        ConfigError: No such task is declared here, or it has no such setting.
    """
    recorded = dict(recorded_config.get("task") or {})
    former = identity.FORMER_TASKS.get(str(recorded.get("_target_")))
    choice = (recorded_config.get("choices") or {}).get("task")
    name = choice or former or key.rpartition("@")[0]
    if not recorded:
        return load_task(name, config_dir=config_dir)
    declared = config("task", name.partition(":")[0], None, config_dir)
    settings = {k: v for k, v in recorded.items() if k in declared and k not in _DECLARED}
    for setting, value in settings.items():
        if not _is_plain(value):
            raise ConfigError(f"the recorded setting task.{setting} is not a plain value")
    return load_task(name.partition(":")[0], config_dir=config_dir, **settings)


def _is_plain(value: Any) -> bool:
    """Whether a recorded value is data alone: no mapping, no interpolation."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, str):
        return "${" not in value
    return value is None or isinstance(value, bool | int | float)


_DECLARED = ("_target_", "adapter", "version", "card")
"""What only a declaration says of a task."""


def load_condition(condition_id: str, *, config_dir: str | Path | None = None) -> Condition:
    """Make the condition of an id such as ``clean``, ``jpeg:3`` or ``pgd_linf:8/255``.

    Raises:
        ConfigError: No such condition, or a level that it does not have.
    """
    from fakevlm_bench.types import Condition

    if condition_id == "clean":
        return Condition(id="clean")
    values = config("condition", condition_id, None, config_dir)
    try:
        operation = build(values, f"condition '{condition_id}'")
    except UnknownLevel as error:  # which knows its class, and not the name that the user wrote
        name = condition_id.partition(":")[0]
        raise UnknownLevel(name, error.level, error.allowed) from error
    return Condition(id=condition_id, operation=operation, spec=identity.stable(values))


def load_conditions(ids: Sequence[str], *, config_dir: str | Path | None = None) -> list[Condition]:
    """Make several conditions; ``clean`` is always among them, and first.

    Raises:
        ConfigError: An id is unknown, or given twice.
    """
    ordered = ["clean", *(one for one in ids if one != "clean")]
    twice = sorted({one for one in ordered if ordered.count(one) > 1})
    if twice:
        raise ConfigError(f"condition appears twice: {', '.join(twice)}")
    return [load_condition(one, config_dir=config_dir) for one in ordered]


def condition_list(name: str, config_dir: str | Path | None = None) -> list[str]:
    """Return the ids of ``conf/conditions/<name>.yaml``."""
    return list(config("conditions", name, None, config_dir)["ids"])
