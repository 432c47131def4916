"""`fakevlm-bench run`: a Hydra application."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fakevlm_bench.cli import words as spelling
from fakevlm_bench.cli.compose import explain, instantiate
from fakevlm_bench.cli.main import write
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import BenchError, ConfigError
from fakevlm_bench.registry import malformed

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

quoting    put a value with spaces or signs in quotes, and the word in quotes for the shell:
           'task.path="/photos (2024)"'

  --dry-run         say how many detector calls it takes and about how long, and stop; nothing is
                    sent to a served model, unless sample=20 asks it about 20 images
  --config-dir DIR  a folder with config groups of your own (DIR/detector/mine.yaml), searched first
  --debug           show tracebacks and debug messages
  --cfg job         print the composed configuration
  --hydra-help      every option of Hydra
"""


def main(arguments: list[str], command: str) -> int:
    """Compose the configuration and execute one run, or several with ``-m``.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Raises:
        ConfigError: The configuration cannot be composed or instantiated.
    """
    if {"-h", "--help"} & set(arguments):
        write(HELP)
        return 0
    words = spelling.hydra_words(_flags_first(arguments), command)
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    failures: list[Exception] = []

    def guarded(config: DictConfig) -> str | None:
        # Hydra prints a line of its own for whatever a job raises; and one run that cannot
        # be executed must not keep a sweep's other runs from theirs.
        try:
            return job(config)
        except (BenchError, OSError) as error:
            failures.append(error)
            return None

    try:
        _call_hydra(words, guarded)
    except UserWarning as error:
        raise error.__context__ or error from error
    except (HydraException, OmegaConfBaseException) as error:
        raise explain(error, words) from error
    except YAMLError as error:
        raise malformed(error) from error
    for reason in dict.fromkeys(str(failure) for failure in failures[1:]):
        if reason != str(failures[0]):
            _log.error("%s", reason)
    if failures:
        raise failures[0]
    return 0


def _call_hydra(words: Sequence[str], task: Callable[[DictConfig], str | None]) -> None:
    """Let Hydra compose the configuration, or a sweep's, and call a function with each."""
    import hydra

    from fakevlm_bench.cli.overrides import hide_listing
    from fakevlm_bench.config import register

    register()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # raise to us, who print one line
    sys.argv = ["fakevlm-bench run", *words]
    program = hydra.main(
        version_base="1.3", config_path=str(data_folder("conf")), config_name="run"
    )(task)
    with warnings.catch_warnings():
        # Of whatever a sweep's callback raises Hydra makes a warning, and goes on.
        warnings.filterwarnings("error", message="Callback .* raised", category=UserWarning)
        if not _prints_config(words):
            program()
            return
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            program()
        sys.stdout.write(hide_listing(printed.getvalue()))


def _prints_config(words: Sequence[str]) -> bool:
    """Whether Hydra is asked to print a configuration, with whatever secrets are in it."""
    return any(word.partition("=")[0] in ("--cfg", "-c", "--info", "-i") for word in words)


def _flags_first(arguments: Sequence[str]) -> list[str]:
    """Move ``-m`` before the settings, where Hydra wants it."""
    flags = [word for word in arguments if word in spelling.MANY]
    return flags + [word for word in arguments if word not in spelling.MANY]


def job(config: DictConfig) -> str | None:
    """Execute one composed configuration.

    Returns:
        The run's folder; None for a dry run.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.cli.show import one_line, print_result
    from fakevlm_bench.engine.estimate import estimate, sentence
    from fakevlm_bench.engine.run import execute, make_plan

    this = instantiate(config)
    plan = make_plan(this.task, this.detector, this.conditions, this.options)
    for name, reason in plan.skipped.items():
        _log.info("left out %s: %s", name, reason)
    if config.sample < 0:
        raise ConfigError(f"sample={config.sample}: it must be 0 (sends nothing) or more")
    if config.dry_run:
        write(sentence(plan, estimate(plan, this.options, config.sample)))
        return None
    run = Run(execute(plan, this.options, bar).path)
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
