"""`fakevlm-bench run`: a Hydra application."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

from fakevlm_bench.cli import words
from fakevlm_bench.cli.main import write
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import BenchError, ConfigError, unknown_name
from fakevlm_bench.registry import CONFIG_DIR_VARIABLE, malformed, names

if TYPE_CHECKING:
    from omegaconf import DictConfig

_log = logging.getLogger(__name__)

HELP = """\
usage: fakevlm-bench run [--dry-run] [-m] [--config-dir DIR] [GROUP=NAME] [KEY=VALUE] …

Measures one detector on one task under its conditions, or continues where that was stopped.

  fakevlm-bench run task=starter detector=spectrum conditions=default
  fakevlm-bench run -m task=starter detector=spectrum,coin     several, one after the other
  fakevlm-bench run experiment=starter_quick                   the default suite
  fakevlm-bench run detector=coin task.subset=quick limit=50   settings by their path

groups     task, detector, server, conditions, launcher, experiment, debug
           (fakevlm-bench list shows their entries)
settings   seed=0 limit=null runs=runs cache=auto max_failed=0.1 retry_failed=false
           launcher.workers=null  scoring.semantic=false  scoring.price_per_hour=null
           detector.KEY=…  task.KEY=…  conditions.ids=[clean,jpeg:3]

quoting    a value with spaces or signs stands in quotes, and so does the word for the shell:
           'task.path="/photos (2024)"'

  --dry-run         say how many detector calls it takes and about how long, and stop; a served
                    model is sent nothing, but for sample=20, which asks it about 20 images
  --config-dir DIR  a folder with config groups of your own (DIR/detector/mine.yaml)
  --cfg job         print the composed configuration
  --hydra-help      every option of Hydra
"""


def main(arguments: list[str], _: str) -> int:
    """Compose the configuration and carry out one run, or several with ``-m``.

    Raises:
        ConfigError: The configuration cannot be composed or instantiated.
    """
    if {"-h", "--help"} & set(arguments):
        write(HELP)
        return 0
    arguments = words.hydra_words(_flags_first(arguments), "run")
    _remember_config_dir(arguments)
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    from fakevlm_bench.cli.overrides import hide_listing
    from fakevlm_bench.config import register

    register()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # raise to us, who print one line
    sys.argv = ["fakevlm-bench run", *arguments]
    failures: list[Exception] = []

    def guarded(config: DictConfig) -> str | None:
        # Hydra prints a line of its own for whatever a job raises; and one run that cannot
        # be carried out must not keep a sweep's other runs from theirs.
        try:
            return job(config)
        except (BenchError, OSError) as error:
            failures.append(error)
            return None

    try:
        with warnings.catch_warnings():
            # Of whatever a sweep's callback raises Hydra makes a warning, and goes on.
            warnings.filterwarnings("error", message="Callback .* raised", category=UserWarning)
            folder = str(data_folder("conf"))
            program = hydra.main(version_base="1.3", config_path=folder, config_name="run")
            if _prints_config(arguments):
                with contextlib.redirect_stdout(io.StringIO()) as printed:
                    program(guarded)()
                sys.stdout.write(hide_listing(printed.getvalue()))
            else:
                program(guarded)()
    except UserWarning as error:
        raise error.__context__ or error from error
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error) from error
    except YAMLError as error:
        raise malformed(error) from error
    for told in dict.fromkeys(str(failure) for failure in failures[1:]):
        if told != str(failures[0]):
            _log.error("%s", told)
    if failures:
        raise failures[0]
    return 0


def _prints_config(arguments: list[str]) -> bool:
    """Say whether Hydra is asked to print a configuration, with whatever secrets are in it."""
    return any(word.partition("=")[0] in ("--cfg", "-c", "--info", "-i") for word in arguments)


def _flags_first(arguments: list[str]) -> list[str]:
    """Move ``-m`` and ``--config-dir`` before the settings, where Hydra wants them."""
    flags: list[str] = []
    rest: list[str] = []
    for word in arguments:
        takes_value = bool(flags) and flags[-1] in ("--config-dir", "-cd")
        is_flag = word in ("-m", "--multirun", "-cd") or word.startswith("--config-dir")
        (flags if takes_value or is_flag else rest).append(word)
    return flags + rest


def _remember_config_dir(arguments: list[str]) -> None:
    """Let conditions, which are looked up by id, be found in the user's folder too."""
    for i, word in enumerate(arguments):
        if word in ("--config-dir", "-cd") and i + 1 < len(arguments):
            os.environ[CONFIG_DIR_VARIABLE] = arguments[i + 1]
        elif word.startswith("--config-dir="):
            os.environ[CONFIG_DIR_VARIABLE] = word.partition("=")[2]


def explain(error: Exception) -> BenchError:
    """Say in one sentence what is wrong with a configuration, and what would be right."""
    missing = re.search(r"Could not find '(\w+)/([^']+)'", str(error))
    if missing:
        return unknown_name(missing[1], missing[2], names(missing[1]))
    told = [_first_sentence(one) for one in (error, error.__cause__) if one is not None]
    key = re.search(r"Could not override '([^']+)'", told[0])
    if key:
        return ConfigError(f"there is no setting '{key[1]}': fakevlm-bench run --cfg job shows all")
    return ConfigError(": ".join(dict.fromkeys(told)))


def _first_sentence(error: BaseException) -> str:
    """Give an error's first line, the next where that one only announces it, and the setting."""
    first, *more = [line.strip() for line in str(error).strip().split("\n")]
    told = f"{first} {more[0]}" if first.endswith(":") and more else first
    key = re.search(r"full_key: (\S+)", str(error))
    return f"{told} ({key[1]})" if key and key[1] not in told else told


def job(config: DictConfig) -> str | None:
    """Carry out one composed configuration, and give the run's folder."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.cli.show import one_line, print_result
    from fakevlm_bench.engine.estimate import estimate, sentence
    from fakevlm_bench.engine.run import execute, make_plan

    task, detector, conditions, options = ready(config)
    plan = make_plan(task, detector, conditions, options)
    for name, reason in plan.skipped.items():
        _log.info("left out %s: %s", name, reason)
    if config.sample < 0:
        raise ConfigError(f"sample={config.sample}: it must be 0 (sends nothing) or more")
    if config.dry_run:
        write(sentence(plan, estimate(plan, options, config.sample)))
        return None
    from fakevlm_bench.api import Run

    run = Run(execute(plan, options, bar).path)
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        write(one_line(run))
    else:
        print_result(run)
    failures = run.folder.failures()
    if failures:
        write(
            f"{len(failures)} of {plan.planned} queries failed; the last: {failures[-1]}; "
            "retry_failed=true asks again"
        )
    return str(run.path)


def _named_by_hand() -> bool:
    """Tell whether the user wrote conditions himself: ready-made lists alone leave any out."""
    said = {word.lstrip("+").partition("=")[0] for word in _said()}
    return "conditions.ids" in said and "conditions.skip_unsupported" not in said


def _said() -> list[str]:
    """List the user's settings; none before a sweep, when its duration is estimated."""
    from hydra.core.hydra_config import HydraConfig

    return list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else []


def _choices() -> dict[str, str]:
    """Return the names of the entries that were chosen, by group."""
    from hydra.core.hydra_config import HydraConfig

    if not HydraConfig.initialized():
        return {}
    chosen = HydraConfig.get().runtime.choices
    return {group: chosen[group] for group in ("task", "detector", "server") if chosen.get(group)}


def ready(config: DictConfig) -> tuple[Any, Any, Any, Any]:
    """Instantiate what a configuration names: task, detector, conditions, options.

    Raises:
        ConfigError: Something cannot be made.
    """
    from typing import cast

    from omegaconf import OmegaConf

    from fakevlm_bench.engine.run import Options
    from fakevlm_bench.registry import build, load_conditions

    values = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True))
    conditions = load_conditions(values["conditions"]["ids"])
    if "path" in values["task"]:
        values["task"]["path"] = words.at_home(values["task"]["path"])
    detector = build(values["detector"], "detector")
    task = build(values["task"], "task")
    options = Options(
        seed=values["seed"],
        limit=values["limit"],
        runs=words.at_home(values["runs"]),
        cache=None if words.switched_off(values["cache"]) else words.at_home(values["cache"]),
        max_failed=values["max_failed"],
        retry_failed=values["retry_failed"],
        workers=values["launcher"]["workers"],
        ahead=values["launcher"]["ahead"],
        skip_unsupported=values["conditions"]["skip_unsupported"] and not _named_by_hand(),
        scoring=values["scoring"],
        config={**values, "choices": _choices()},
        overrides=words.published(_said()),
    )
    return task, detector, conditions, options
