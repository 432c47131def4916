"""`--help` answers at once: nothing heavy is imported before it is needed."""

from __future__ import annotations

import importlib.util
import json

import pytest

from fakevlm_bench.cli.main import COMMANDS

HEAVY = (
    "torch", "transformers", "datasets", "pandas", "plotly", "pyarrow", "numpy", "scipy",
    "sklearn", "cv2", "PIL", "hydra", "omegaconf", "evaluate", "sacrebleu", "httpx",
)  # fmt: skip
ASKED = """
import contextlib, io, json, sys
from fakevlm_bench.cli.main import main
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(json.dumps([said.getvalue(), sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)], ids="-".join
)
def test_help_imports_nothing_heavy(words, python):
    done = python(f"import sys; sys.argv[1:] = {words!r}\n{ASKED}")
    assert done.returncode == 0, done.stderr
    said, modules = json.loads(done.stdout)
    assert said.strip()
    assert set(HEAVY) & set(modules) == set()


def test_every_heavy_name_is_installed():
    assert [name for name in HEAVY if importlib.util.find_spec(name) is None] == []


def test_help_names_every_command(cli):
    assert cli("--help") == 0
    for name in COMMANDS:
        assert f"\n  {name} " in cli.out


def test_importing_the_package_is_light(python):
    done = python("import fakevlm_bench, json, sys; print(json.dumps(sorted(sys.modules)))")
    assert set(HEAVY) & set(json.loads(done.stdout)) == set()


def test_an_unknown_command_is_answered(cli):
    assert cli("rnu") == 2
    assert "rnu" in cli.err
    assert "run" in cli.err
