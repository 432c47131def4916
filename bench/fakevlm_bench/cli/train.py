"""`fakevlm-bench train`: trains what the project ships."""

from __future__ import annotations

import argparse

MODELS = ("fakevlm_mini",)


def main(arguments: list[str], _: str) -> int:
    """Train the named model.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    parser = argparse.ArgumentParser(prog="fakevlm-bench train", description=__doc__)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="… --help says more")
    options = parser.parse_args(arguments)
    from fakevlm_bench.making.fakevlm_mini import train

    return train.main(options.arguments)
