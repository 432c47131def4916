"""What each code block needs to be run as it is printed, and what of it is replaced.

A key is ``document · section · place in it``. Whatever a test changes in a block stands here:
nothing is shortened, left out or replaced elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How a block is run.

    Attributes:
        needs: Fixtures of `support.places.Place` that put inputs into the empty folder.
        changes: What is replaced by what; every text must occur. Names in braces are places
            that a fixture made.
        file: The block is this file's content, and stays there for the section's later blocks.
        status: Greatest exit code of a command that is right.
    """

    needs: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    file: str = ""
    status: int = 0


DATA = ("/data", "{data}")
RUN = ("RUN", "{run}")
FEW = ("limit=50", "limit=8")

PLANS = {
    "README.md · Two commands · 1": Plan(("checkout",), (("make ", "make --dry-run "),)),
    "README.md · Measuring a detector · 1": Plan(
        ("venv", "folders", "fakeclue", "server"),
        (
            DATA,
            ("conditions=default", "conditions=default limit=8"),
            ("conditions=clean", "conditions=clean limit=8"),
            ("detector=npr", "detector=noise_residual"),  # npr's weights are not shipped
            ("server=vllm", "server=endpoint base_url={server}"),
        ),
    ),
    "README.md · Measuring a detector · 2": Plan(("runs",), (("RUN RUN", "{run} {other}"), RUN)),
    "README.md · From Python · 1": Plan(("answers",)),
    "CONTRIBUTING.md · Contributing · 1": Plan(
        ("checkout",), (("make ", "make --dry-run "), (".ci/run", "bash -n .ci/run"))
    ),
    "CONTRIBUTING.md · A detector · 1": Plan(file="mine/brightness.py"),
    "CONTRIBUTING.md · A detector · 2": Plan(file="my_conf/detector/brightness.yaml"),
    "CONTRIBUTING.md · A detector · 3": Plan(changes=(FEW,)),
    "CONTRIBUTING.md · A task · 1": Plan(file="my_conf/task/my_task.yaml"),
    "CONTRIBUTING.md · A task · 2": Plan(("table",), (DATA,), status=1),
    "CONTRIBUTING.md · A condition · 1": Plan(file="mine/greyscale.py"),
    "CONTRIBUTING.md · A condition · 2": Plan(file="my_conf/condition/greyscale.yaml"),
    "CONTRIBUTING.md · A condition · 3": Plan(changes=(FEW,)),
    "leaderboard/README.md · Submit · 1": Plan(
        ("card", "submission"),
        (
            ("task=starter ", "task=starter limit=8 "),
            ("detector=mine", "detector=coin"),
            ("RUN", "{whole}"),
            ("<task>@<version>/<slug>", "{submission}"),
        ),
    ),
    "leaderboard/README.md · Submit · 2": Plan(file="card.json"),
    "leaderboard/README.md · Build · 1": Plan(
        ("runs", "published"), (("build --run RUN", "build --run {run}"),)
    ),
    "leaderboard/README.md · Build · 2": Plan(
        ("submission",),
        (
            ("experiment=starter_full", "experiment=starter_quick detector=coin limit=8"),
            ("runs/starter@*/*", "{whole}"),
            ("submissions/starter@*", "submissions/starter-quick@*"),
            ("leaderboard/maintainers.json", "{checkout}/leaderboard/maintainers.json"),
            ("python docs/take_pictures.py", "test -d"),  # it drives a browser
        ),
    ),
    "leaderboard/README.md · A new metrics version · 1": Plan(("published",)),
    "docs/answers.md · How answers are read · 1": Plan(("texts",)),
    "docs/attacks.md · Attacks · 1": Plan(
        changes=(("detector=npr", "detector=fakevlm_mini limit=1"),)
    ),
    "docs/attacks.md · Who attacks, and with what · 1": Plan(file="my/condition/square_16.yaml"),
    "docs/data.md · Tables: `adapter: table` · 1": Plan(file="mine/task/faces.yaml"),
    "docs/attacks.md · Transfer · 1": Plan(
        changes=(
            ("--surrogates npr,tiny_ladeda", "--surrogates fakevlm_mini limit=2"),
            ("detector=…", "detector=coin limit=2"),
        )
    ),
    "docs/attacks.md · Transfer · 2": Plan(
        changes=(("detector=npr", "detector=fakevlm_mini limit=2"),)
    ),
    "docs/audit.md · The shortcut audit · 1": Plan(
        ("folders",),
        (("task=starter\n", "task=starter:quick\n"), DATA, ("limit=10000", "limit=60")),
        status=1,
    ),
    "docs/audit.md · The shortcut audit · 2": Plan(changes=(('"starter"', '"starter:quick"'),)),
    "docs/robustness.md · Robustness: conditions, figures, report · 1": Plan(
        ("runs",),
        (
            ("--dry-run detector=spectrum", "--dry-run detector=spectrum limit=8"),
            ("run detector=spectrum", "run detector=spectrum limit=2"),
            ("runs/starter@1.0.1/spectrum-0123456789abcdef", "{run}"),
        ),
    ),
    "docs/robustness.md · Figures · 1": Plan(
        ("runs",), (("OTHER_RUN", "{other}"), (" RUN", " {run}"))
    ),
    "docs/served_models.md · Served models · 1": Plan(
        ("fakeclue", "server"),
        (
            ("task=fakeclue", "task=fakeclue task.path={data}/FakeClue"),
            ("server=vllm server.python=/opt/vllm/bin/python", "server=endpoint base_url={server}"),
            ("base_url=http://gpu-box:8000/v1", "base_url={server} limit=8"),
            (
                "OPENAI_API_KEY=… fakevlm-bench run",
                "OPENAI_API_KEY=none fakevlm-bench run server=endpoint base_url={server} limit=8",
            ),
            (
                "detector=fakevlm_mini server=vllm server.python=…",
                "detector=fakevlm_mini server=endpoint base_url={server} limit=8",
            ),
        ),
    ),
    "docs/served_models.md · Served models · 2": Plan(),
    "docs/served_models.md · Regions · 1": Plan(("photos",)),
}

SHOWN = {
    "ARCHITECTURE.md · How data flow · 1": "a picture (mermaid)",
    "ARCHITECTURE.md · The layout · 1": "a tree of folders, not to be run",
    "ARCHITECTURE.md · The run's folder · 1": "a tree of folders, not to be run",
}
"""Blocks that nothing can run, and why."""
