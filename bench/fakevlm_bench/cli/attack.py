"""`fakevlm-bench attack`: craft adversarial images once, as a data set for any detector."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fakevlm_bench.cli.common import add_aliases, add_settings, command_parser, settings_of
from fakevlm_bench.cli.compose import allow, compose_job
from fakevlm_bench.cli.main import write
from fakevlm_bench.cli.words import about
from fakevlm_bench.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from fakevlm_bench.types import Condition

EXAMPLES = """\
  fakevlm-bench attack transfer_linf:32/255 task=starter:quick --out adversarial/transfer
  fakevlm-bench attack transfer_linf:8/255 --surrogates tiny_ladeda,ferretnet_s --out …
  fakevlm-bench attack pgd_linf:2/255 detector=npr --out adversarial/pgd-npr
  fakevlm-bench attack pgd_linf:2/255 detector=npr task=folders task.path=photos --out …

The folder then serves every detector:
  fakevlm-bench run task=starter:quick detector=… \\
    conditions.ids=[clean,'replay:adversarial/transfer']
"""
USES = ("task", "categories", "detector", "server", "base_url", "seed", "limit")
"""Settings that change what is crafted."""


def main(arguments: list[str], command: str) -> int:
    """Craft the images of one attack on a task, or continue where that was stopped.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Raises:
        ConfigError: The attack needs a detector and none is named, or cannot be built.
    """
    options = _parser(command).parse_intermixed_args(arguments)
    settings = settings_of(options)
    allow(settings, USES, command)

    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.engine.adversarial_set import craft_set
    from fakevlm_bench.engine.plan import chosen_ids

    condition, asks = _attack(options.attack, options.surrogates)
    if not about(settings, "detector"):
        if asks:
            raise ConfigError(f"'{options.attack}' attacks a detector: add detector=NAME")
        settings.append("detector=always_fake")
    if not any(word.startswith("task=") for word in settings):
        settings.append("task=starter")
    job = compose_job(settings, command, fixed=["conditions=clean"])
    seed, limit = job.options.seed, job.options.limit
    total = len(chosen_ids(job.task.dataset, limit, seed))
    with bar(total, 0) as tell:
        counts = craft_set(
            job.task, condition, job.detector, options.out, seed=seed, limit=limit, tell=tell
        )
    write(
        f"{options.out}: {counts.crafted} images crafted, {counts.present} were there, "
        f"{counts.failed} failed; conditions.ids=[clean,'replay:{options.out}'] sends them "
        "to any detector"
    )
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    parser = command_parser(command, __doc__, EXAMPLES)
    parser.add_argument("attack", metavar="ATTACK", help="a condition, such as pgd_linf:8/255")
    add_settings(
        parser, "task=NAME (default: starter), detector=NAME (a transfer attack asks none), "
        "their settings, seed=N, limit=N"
    )  # fmt: skip
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--surrogates", metavar="A,B", help="of a transfer attack")
    add_aliases(parser, "task", "detector", "seed", "limit")
    return parser


def _attack(name: str, surrogates: str | None) -> tuple[Condition, bool]:
    """Load an attack, a transfer attack with its surrogates and without an image store.

    Returns:
        The condition, and whether it asks the detector that it attacks.

    Raises:
        ConfigError: It is not an attack, or takes no surrogates.
    """
    from fakevlm_bench.contract import described_attack
    from fakevlm_bench.protocols import Attack
    from fakevlm_bench.registry import build, load_condition

    condition = load_condition(name)
    operation = condition.operation
    if not isinstance(operation, Attack):
        raise ConfigError(f"'{name}' is a perturbation, not an attack: pass it to run")
    asks = described_attack(operation).kind != "transfer"
    if "surrogates" in condition.spec:
        spec = {**condition.spec, "store": None}
        if surrogates:
            spec["surrogates"] = surrogates.split(",")
        operation = build(spec, f"condition '{condition.id}'")
        return replace(condition, operation=operation, spec=spec), asks
    if surrogates:
        raise ConfigError(f"'{name}' takes no surrogates: transfer_linf does")
    return condition, asks
