"""Every code block of the documents works as it is printed, in an empty folder."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.blocks import Block, blocks, documents
from support.places import Place
from support.plans import PLANS, SHOWN, Plan

BLOCKS = blocks()
SHELL = ("sh", "bash", "console")
SECONDS = 300


def test_every_block_is_run_or_listed_with_a_reason():
    keys = [block.key for block in BLOCKS]
    assert len(documents()) >= 8
    assert len(keys) == len(set(keys))
    assert sorted(set(keys)) == sorted({*PLANS, *SHOWN}), "no block unlisted, no entry stale"
    assert not set(PLANS) & set(SHOWN)
    assert len(SHOWN) == 3, "blocks that nothing runs"
    assert all(SHOWN.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.key not in SHOWN], ids=lambda b: b.key
)
def test_a_block_works_as_it_is_printed(block, place):
    plan = PLANS[block.key]
    for need in plan.needs:
        place.put(need)
    place.put("nothing")
    for earlier in BLOCKS:
        same = (earlier.document, earlier.section) == (block.document, block.section)
        if same and earlier.number < block.number and (file := PLANS[earlier.key].file):
            write(place.folder / file, earlier.text)
    text = changed(block, plan, place)
    if plan.file:
        write(place.folder / plan.file, text)
        check_file(plan.file, text, place)
    elif block.language in SHELL:
        run_shell(text, block.language, plan, place)
    elif block.language == "python":
        write(place.folder / "script.py", text)
        run([sys.executable, "script.py"], place)
    else:
        pytest.fail(f"nothing runs a block in '{block.language}': {block.key}")


def changed(block: Block, plan: Plan, place: Place) -> str:
    text = block.text
    for old, new in plan.changes:
        assert old in text, f"{block.key}: '{old}' is replaced and not there: the entry is stale"
        text = text.replace(old, new.format(**place.names))
    return text


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def check_file(name: str, text: str, place: Place) -> None:
    """Hold a file to what reads it: Python runs, an entry is found, JSON is JSON."""
    if name.endswith(".json"):
        json.loads(text)
    elif name.endswith(".py"):
        run([sys.executable, name], place)
    else:
        values = yaml.safe_load(text)
        assert values["_target_"].count(".") >= 2
        *_, folder, group, file = Path(name).parts
        command = f"fakevlm-bench list {group}s --json --config-dir {folder}"
        listed = json.loads(run(["bash", "-c", command], place))
        assert Path(file).stem in listed[f"{group}s"]


def run_shell(text: str, language: str, plan: Plan, place: Place) -> None:
    if language == "console":
        text = "".join(line[2:] for line in text.splitlines(True) if line.startswith("$ "))
    tolerant = f"set -E; trap 'code=$?; [ $code -le {plan.status} ] || exit $code' ERR\n"
    run(["bash", "-uc", tolerant + text], place, plan.status)


def run(command: list[str], place: Place, most: int = 0) -> str:
    """Run a command in the block's folder; whatever it started ends with it."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = subprocess.Popen(
        command, cwd=place.folder, env=place.environment(), start_new_session=True, **pipes
    )
    try:
        out, err = started.communicate(timeout=SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
    told = f"{command[-1]}\n{out[-1500:]}\n{err[-3000:]}"
    assert started.returncode <= most, told
    assert "Traceback" not in err, told
    return out
