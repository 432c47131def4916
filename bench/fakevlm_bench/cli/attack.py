"""`fakevlm-bench attack`: craft adversarial images once, as a data set for any detector."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from fakevlm_bench.cli.main import write
from fakevlm_bench.errors import ConfigError

EPILOG = """\
  fakevlm-bench attack transfer_linf:32/255 --task starter:quick --out adversarial/transfer
  fakevlm-bench attack transfer_linf:8/255 --surrogates tiny_ladeda,ferretnet_s --out …
  fakevlm-bench attack pgd_linf:2/255 --detector npr --out adversarial/pgd-npr
  fakevlm-bench attack pgd_linf:2/255 --detector npr --task folders task.path=photos --out …

The folder then serves every detector:
  fakevlm-bench run task=starter task.subset=quick detector=… \\
    conditions.ids=[clean,'replay:adversarial/transfer']
"""


def main(arguments: list[str], _: str) -> int:
    """Craft the images of one attack on a task, or continue where that was stopped.

    Raises:
        ConfigError: The attack needs a detector and none is named, or cannot be made.
    """
    parser = argparse.ArgumentParser(
        prog="fakevlm-bench attack",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("attack", metavar="ATTACK", help="a condition, such as pgd_linf:8/255")
    parser.add_argument(
        "settings", nargs="*", metavar="KEY=VALUE", help="of the task, such as task.path=FOLDER"
    )
    parser.add_argument("--task", help="such as starter:quick (default: starter)")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--detector", help="whom to attack; a transfer attack asks nobody")
    parser.add_argument("--surrogates", metavar="A,B", help="of a transfer attack")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, help="only so many samples")
    options = parser.parse_intermixed_args(arguments)

    from fakevlm_bench.cli.common import task_from_words
    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.contract import described_attack
    from fakevlm_bench.engine.adversarial_set import craft_set
    from fakevlm_bench.engine.run import chosen_ids
    from fakevlm_bench.protocols import Attack
    from fakevlm_bench.registry import load_condition, load_detector

    condition = load_condition(options.attack)
    if not isinstance(condition.operation, Attack):
        raise ConfigError(f"'{options.attack}' is no attack: fakevlm-bench run puts it before all")
    if "surrogates" in condition.spec:
        condition = _with_surrogates(options, condition)
    elif options.surrogates:
        raise ConfigError(f"'{options.attack}' takes no surrogates: transfer_linf does")
    transfers = described_attack(condition.operation).kind == "transfer"
    if not (options.detector or transfers):
        raise ConfigError(f"'{options.attack}' attacks a detector: name it with --detector")
    detector = load_detector(options.detector or "always_fake")
    named = any(word.startswith("task=") for word in options.settings)
    name = options.task or (None if named else "starter")
    task = task_from_words(name, options.settings)
    total = len(chosen_ids(task.dataset, options.limit, options.seed))
    with bar(total, 0) as tell:
        counts = craft_set(
            task, condition, detector, options.out,
            seed=options.seed, limit=options.limit, tell=tell,
        )  # fmt: skip
    write(
        f"{options.out}: {counts.crafted} images crafted, {counts.present} were there, "
        f"{counts.failed} failed; conditions.ids=[clean,'replay:{options.out}'] puts them "
        "before any detector"
    )
    return 0


def _with_surrogates(options: argparse.Namespace, condition: Any) -> Any:
    """Build a transfer attack anew with the named surrogates, and no store beside the folder."""
    from fakevlm_bench.registry import build

    spec = {**condition.spec, "store": None}
    if options.surrogates:
        spec["surrogates"] = options.surrogates.split(",")
    return replace(condition, operation=build(spec, f"condition '{condition.id}'"), spec=spec)
