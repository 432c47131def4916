"""What an import of FakeVLM-Mini's inference loads, and who may import the training."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import fakevlm_bench

PACKAGE = Path(fakevlm_bench.__file__).parent
SCRIPT = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps([name for name in sys.modules if name.split(".")[0] == "fakevlm_bench"]))
"""


def loaded_by(module: str) -> set[str]:
    command = [sys.executable, "-c", SCRIPT, module]
    return set(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


@pytest.mark.parametrize("module", ["inference", "local"])
def test_the_inference_loads_no_training_metrics_or_data_sets(module):
    loaded = loaded_by(f"fakevlm_bench.detectors.fakevlm.{module}")
    parts = {name.split(".")[1] for name in loaded if "." in name}
    assert f"fakevlm_bench.detectors.fakevlm.{module}" in loaded
    assert not parts & {"making", "metrics", "datasets", "engine", "attacks", "perturbations"}
    assert len(loaded) <= 30


def imports_of(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return plain | froms


def test_only_the_commands_that_make_things_import_the_builders():
    importers = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if any(name.startswith("fakevlm_bench.making") for name in imports_of(file))
        and "making" not in file.relative_to(PACKAGE).parts
    }
    assert importers == {"cli/data.py", "cli/train.py"}


def test_detectors_import_no_data_sets_metrics_or_attacks():
    apart = tuple(
        f"fakevlm_bench.{name}."
        for name in ("datasets", "metrics", "attacks", "perturbations", "engine", "making")
    )
    edges = {
        f"{file.relative_to(PACKAGE)} → {name}"
        for file in (PACKAGE / "detectors").rglob("*.py")
        for name in imports_of(file)
        if f"{name}.".startswith(apart)
    }
    assert not edges
