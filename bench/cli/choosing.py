"""Commands that take a detector and a task in the words of `fakevlm-bench run`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bench.cli.run import explain, ready, spelled_out
from bench.errors import ConfigError
from bench.registry import CONFIG_DIR_VARIABLE

if TYPE_CHECKING:
    from bench.engine.run import Options
    from bench.protocols import Detector
    from bench.types import Task


def parser(command: str, description: str | None) -> argparse.ArgumentParser:
    """Build the parser of a command that takes Hydra's words and a file to write."""
    made = argparse.ArgumentParser(prog=f"fakevlm-bench {command}", description=description)
    made.add_argument(
        "settings",
        nargs="+",
        metavar="KEY=VALUE",
        help="detector=NAME task=NAME, and their settings such as detector.encoder=FOLDER",
    )
    made.add_argument("--out", type=Path, metavar="FILE", help="where to write it")
    made.add_argument("--config-dir", metavar="DIR", help="a folder with config groups of your own")
    return made


def choose(
    options: argparse.Namespace, split: str, changes: dict[str, Any] | None = None
) -> tuple[Task, Detector, Options]:
    """Make the task and the detector that were chosen.

    Args:
        options: Parsed by `parser`.
        split: Taken of tasks that have splits, unless ``task.split=…`` says another.
        changes: Settings of the detector to replace, where it has them.

    Raises:
        ConfigError: One of them is not named, or cannot be made.
    """
    from hydra import compose, initialize_config_module
    from hydra.errors import HydraException
    from omegaconf import open_dict
    from omegaconf.errors import OmegaConfBaseException

    from bench.config import register

    words = list(options.settings)
    for group in ("detector", "task"):
        if not any(word.startswith(f"{group}=") for word in words):
            raise ConfigError(f"which {group}? say {group}=NAME (fakevlm-bench list {group}s)")
    if options.config_dir:
        os.environ[CONFIG_DIR_VARIABLE] = options.config_dir
        words.append(f"hydra.searchpath=[file://{Path(options.config_dir).absolute()}]")
    register()
    try:
        with initialize_config_module("conf", version_base="1.3"):
            config = compose("run", overrides=words)
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error) from error
    with open_dict(config):
        if "split" in config.task and not any(word.startswith("task.split=") for word in words):
            config.task.split = split
        for key, value in (changes or {}).items():
            if key in config.detector:
                config.detector[key] = value
    task, detector, _, how = ready(config)
    return task, detector, how


def task_from_words(
    name: str | None, words: Sequence[str] = (), config_dir: str | Path | None = None
) -> Task:
    """Make the task of a command that takes ``--task NAME`` and settings of that task.

    Args:
        name: Of the task, with its subset (``starter:quick``); None where `words` name it.
        words: As for ``run``: ``task.path=FOLDER``, ``categories=[animal]``.
        config_dir: A folder with config groups of one's own.

    Raises:
        ConfigError: No task is named, a word sets something else, or it cannot be made.
    """
    from hydra import compose, initialize_config_module
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from bench.config import register
    from bench.registry import build

    chosen = [f"task={name}", *words] if name else list(words)
    spelled = [two for word in chosen for two in spelled_out(word)]
    for word in spelled:
        if not re.match(r"[+~]{0,2}task[.=]", word):
            raise ConfigError(f"'{word}': only settings of the task, such as task.path=FOLDER")
    if not any(word.startswith("task=") for word in spelled):
        raise ConfigError("which task? say --task NAME (fakevlm-bench list tasks)")
    if config_dir:
        os.environ[CONFIG_DIR_VARIABLE] = str(config_dir)
        spelled.append(f"hydra.searchpath=[file://{Path(config_dir).absolute()}]")
    register()
    try:
        with initialize_config_module("conf", version_base="1.3"):
            config = compose("run", overrides=spelled)
        values = cast("dict[str, Any]", OmegaConf.to_container(config.task, resolve=True))
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error) from error
    return cast("Task", build(values, "task"))
