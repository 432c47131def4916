"""`fakevlm-bench verify`: recompute everything a run recorded."""

from __future__ import annotations

import argparse

from fakevlm_bench.cli.main import write


def main(arguments: list[str], _: str) -> int:
    """Print what differs; 0 where nothing does, 1 otherwise.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    parser = argparse.ArgumentParser(prog="fakevlm-bench verify", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run's folder")
    options = parser.parse_args(arguments)

    from fakevlm_bench.engine.run_folder import RunFolder
    from fakevlm_bench.engine.verify import verify

    run = RunFolder(options.run)
    differences = verify(run)
    for line in differences:
        write(line)
    if not differences:
        write(f"{run.path}: everything recomputes")
    return 1 if differences else 0
