"""`fakevlm-bench data build starter`: build the starter set from packages again."""

from __future__ import annotations

import argparse
from pathlib import Path

from fakevlm_bench.cli.main import write

EPILOG = """\
needs:  pip install 'fakevlm-bench[starter-build]', and apt-get and dpkg-deb for the photographs
        in Debian packages, which are unpacked below --cache and not installed

With the pinned packages the three splits have the published bytes. About 25 minutes on one core.
"""


def main(arguments: list[str], _: str) -> int:
    """Build a data set of the project's own.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    parser = argparse.ArgumentParser(prog="fakevlm-bench data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="build")
    build = commands.add_parser("build", help="build a data set")
    sets = build.add_subparsers(dest="set", required=True, metavar="starter")
    starter = sets.add_parser(
        "starter",
        help="photographs, their twins, masks and explanations",
        description="Build the starter set, one split of it, or more training pairs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    starter.add_argument("--out", type=Path, required=True, help="folder for the Parquet files")
    starter.add_argument(
        "--cache", type=Path, help="downloaded packages (default: ~/.cache/fakevlm-bench/starter)"
    )
    starter.add_argument("--split", choices=("train", "validation", "test"), help="only this one")
    starter.add_argument(
        "--extra", type=int, default=0, metavar="N", help="make N more training pairs instead"
    )
    starter.add_argument("--seed", type=int, help="other crops and edits than the published ones")
    options = parser.parse_args(arguments)
    if options.extra < 0 or (options.extra and options.split not in (None, "train")):
        starter.error("--extra takes a positive number, and makes training pairs only")

    from fakevlm_bench.making.starter.build import DEFAULT_CACHE, make

    cache = options.cache or DEFAULT_CACHE
    for shard in make(options.out, cache, options.split, options.extra, options.seed):
        write(f"{shard.sha256}  {shard.path} ({shard.rows} images)")
    return 0
