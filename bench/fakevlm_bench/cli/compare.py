"""`fakevlm-bench compare`: which runs differ, and by how much, beyond chance."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.cli.main import write

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("text", "csv", "json")


def main(arguments: list[str], _: str) -> int:
    """Print paired differences with intervals, tests and tie groups.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    parser = argparse.ArgumentParser(prog="fakevlm-bench compare", description=__doc__)
    parser.add_argument("runs", metavar="RUN", nargs="+", help="folders of two or more runs")
    parser.add_argument("--metric", default="balanced_accuracy", help="figure to compare")
    parser.add_argument("--condition", default="clean", help="condition to compare under")
    parser.add_argument(
        "--intersection",
        action="store_true",
        help="compare on the shared samples where sets or task versions differ",
    )
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--matrix", type=Path, metavar="HTML", help="draw who beats whom")
    options = parser.parse_args(arguments)

    from fakevlm_bench.api import compare

    comparison = compare(
        options.runs,
        options.metric,
        condition=options.condition,
        intersection=options.intersection,
    )
    write(_shown(comparison, options.format))
    if options.matrix:
        from fakevlm_bench.report.render import comparison_matrix

        options.matrix.write_text(comparison_matrix(comparison).to_html(), encoding="utf-8")
        write(f"\nmatrix: {options.matrix}")
    return 0


def _shown(comparison: pd.DataFrame, form: str) -> str:
    if form == "csv":
        return comparison.to_csv(index=False).rstrip()
    if form == "json":
        pairs = json.loads(comparison.to_json(orient="records", double_precision=15))
        return json.dumps({**comparison.attrs, "pairs": pairs}, indent=1, ensure_ascii=False)
    from fakevlm_bench.report.render import comparison_text

    return comparison_text(comparison)
