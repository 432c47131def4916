"""Commands that take a detector and a task in the words of `fakevlm-bench run`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fakevlm_bench.cli.run import explain, ready
from fakevlm_bench.cli.words import at_home, check_options, hydra_words
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.registry import CONFIG_DIR_VARIABLE

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from fakevlm_bench.engine.run import Options
    from fakevlm_bench.protocols import Detector
    from fakevlm_bench.types import Task


OPTIONS = ("-h", "--help", "--out", "--config-dir", "--json")
"""Of the commands that take a task in the words of ``run``."""


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


def parse(made: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    """Parse a command's arguments; ``--limit 5`` is answered with ``limit=5``.

    Raises:
        ConfigError: There is no such option.
    """
    check_options(arguments, OPTIONS)
    return made.parse_args(arguments)


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
    from omegaconf import open_dict

    words = hydra_words(options.settings, "this command")
    for group in ("detector", "task"):
        if not any(word.startswith(f"{group}=") for word in words):
            raise ConfigError(f"which {group}? say {group}=NAME (fakevlm-bench list {group}s)")
    config = _composed(words, options.config_dir)
    with open_dict(config):
        if "split" in config.task and not any(word.startswith("task.split=") for word in words):
            config.task.split = split
        for key, value in (changes or {}).items():
            if key in config.detector:
                config.detector[key] = value
    task, detector, _, how = ready(config)
    return task, detector, how


def _composed(words: list[str], config_dir: str | Path | None) -> DictConfig:
    """Compose the configuration of a run.

    Raises:
        ConfigError: It cannot be composed.
    """
    from hydra import compose, initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from fakevlm_bench.config import register

    if config_dir:
        os.environ[CONFIG_DIR_VARIABLE] = str(config_dir)
        words = [*words, f"hydra.searchpath=[file://{Path(config_dir).absolute()}]"]
    register()
    try:
        with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
            return compose("run", overrides=words)
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error) from error


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
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from fakevlm_bench.registry import build

    chosen = [f"task={name}", *words] if name else list(words)
    spelled = hydra_words(chosen, "this command")
    for word in spelled:
        if not re.match(r"[+~]{0,2}task[.=]", word):
            raise ConfigError(f"'{word}': only settings of the task, such as task.path=FOLDER")
    if not any(word.startswith("task=") for word in spelled):
        raise ConfigError("which task? say --task NAME (fakevlm-bench list tasks)")
    config = _composed(spelled, config_dir)
    try:
        values = cast("dict[str, Any]", OmegaConf.to_container(config.task, resolve=True))
    except OmegaConfBaseException as error:
        raise explain(error) from error
    if "path" in values:
        values["path"] = at_home(values["path"])
    return cast("Task", build(values, "task"))
