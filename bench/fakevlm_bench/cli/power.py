"""`fakevlm-bench power`: how many images it takes to tell two detectors apart."""

from __future__ import annotations

import json

from fakevlm_bench.cli.common import command_parser
from fakevlm_bench.cli.main import write


def main(arguments: list[str], command: str) -> int:
    """Plan a study from one pilot run, or from two on the same samples.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.
    """
    parser = command_parser(command, __doc__)
    parser.add_argument("run", metavar="RUN", help="a pilot run's folder")
    parser.add_argument("other", metavar="RUN", nargs="?", help="the other detector's pilot")
    parser.add_argument(
        "--difference",
        type=float,
        help="to detect, in (0, 1] (default: what the two pilots show)",
    )
    parser.add_argument("--metric", default="balanced_accuracy", help="figure to compare")
    parser.add_argument("--condition", default="clean", help="condition to compare under")
    parser.add_argument(
        "--power",
        "--chance",
        type=float,
        default=0.8,
        help="probability of detecting the difference, in (0.05, 1) (default: 0.8)",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    options = parser.parse_args(arguments)

    from fakevlm_bench.api import power

    plan = power(
        [run for run in (options.run, options.other) if run],
        difference=options.difference,
        metric=options.metric,
        condition=options.condition,
        power=options.power,
    )
    if options.json:
        write(json.dumps(plan, indent=1))
        return 0
    pilot = "two paired pilots" if options.other else "one pilot, the other taken as independent"
    write(
        f"{plan['images']:,} images detect a difference of {abs(plan['difference']):.4g} in "
        f"{plan['metric']} with {100 * options.power:.3g} % power (two-sided, level 5 %)"
    )
    write(
        f"  from {pilot} of {plan['pilot_images']:,} images, where the difference's standard "
        f"error is {plan['standard_error']:.4g}"
    )
    return 0
