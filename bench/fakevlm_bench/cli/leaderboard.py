"""`fakevlm-bench submit` and `fakevlm-bench leaderboard`: hand over to the leaderboard."""

from __future__ import annotations


def main(arguments: list[str], command: str) -> int:
    """Carry out ``submit …``, or ``leaderboard validate|build|changed …``.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.
    """
    from fakevlm_bench.leaderboard.cli import main as leaderboard

    return leaderboard([command, *arguments] if command == "submit" else arguments)
