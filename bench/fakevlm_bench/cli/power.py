"""`fakevlm-bench power`: how many images it takes to tell two detectors apart."""

from __future__ import annotations

import argparse
import json

from fakevlm_bench.cli.main import write


def main(arguments: list[str], _: str) -> int:
    """Plan a study from one pilot run, or from two on the same samples."""
    parser = argparse.ArgumentParser(prog="fakevlm-bench power", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a pilot run's folder")
    parser.add_argument("other", metavar="RUN", nargs="?", help="the other detector's pilot")
    parser.add_argument(
        "--difference",
        type=float,
        help="to be told apart, in (0, 1] (default: what the two pilots show)",
    )
    parser.add_argument("--metric", default="balanced_accuracy", help="figure to compare")
    parser.add_argument("--condition", default="clean", help="condition to compare under")
    parser.add_argument(
        "--power", type=float, default=0.8, help="of detecting the difference (default: 0.8)"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    options = parser.parse_args(arguments)

    from fakevlm_bench.api import power

    found = power(
        [run for run in (options.run, options.other) if run],
        difference=options.difference,
        metric=options.metric,
        condition=options.condition,
        power=options.power,
    )
    if options.json:
        write(json.dumps(found, indent=1))
        return 0
    pilot = "two paired pilots" if options.other else "one pilot, the other taken as independent"
    write(
        f"{found['images']:,} images detect a difference of {abs(found['difference']):.4g} in "
        f"{found['metric']} with {options.power:.0%} power (two-sided, level 5 %)"
    )
    write(
        f"  from {pilot} of {found['pilot_images']:,} images, where the difference's standard "
        f"error is {found['standard_error']:.4g}"
    )
    return 0
