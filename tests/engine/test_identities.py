"""Identities from before the code moved: run ids, fingerprints, calibrations, cache keys.

``identities.json`` was written by version 0.1.0. What depends on weights that are not here is
left out, by name.
"""

import hashlib
import json
from pathlib import Path

import pytest

from fakevlm_bench import identity, registry
from fakevlm_bench.detectors import calibration
from fakevlm_bench.engine.cache import fingerprint_digest, request_key
from fakevlm_bench.engine.run import Options, make_plan
from fakevlm_bench.errors import BenchError, ConfigError
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Query

BEFORE = json.loads(Path(__file__).with_name("identities.json").read_text())
SERVER = {"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1"}
OF_SURROGATES = ("transfer_linf", "ensemble_linf")
"""Attacks whose fingerprint holds those of the detectors that are here."""


def detector(name):
    """Make a detector, served where it must be; skip where its weights are not here."""
    for settings in ({}, {"server": SERVER}, {"server": SERVER, "model": "m"}):
        try:
            made = registry.load_detector(name, **settings)
            made.fingerprint()
        except BenchError:
            continue
        return made
    pytest.skip(f"the weights of {name} are not here")


@pytest.mark.parametrize("name", BEFORE["conditions"])
def test_a_conditions_identity_stays(name):
    condition = registry.load_condition(name)
    spec = dict(condition.spec)
    if isinstance(condition.operation, Attack) and name not in OF_SURROGATES:
        spec["attack"] = dict(condition.operation.fingerprint())
    assert fingerprint_digest(spec) == BEFORE["conditions"][name]


@pytest.mark.parametrize("name", BEFORE["detectors"])
def test_a_detectors_fingerprint_and_its_cached_answers_stay(name):
    digest = fingerprint_digest(dict(detector(name).fingerprint()))
    assert digest == BEFORE["detectors"][name]
    query = Query("s", "clean", b"x", "image/png", "p", "c", 7)
    key = request_key(query, hashlib.sha256(b"x").hexdigest(), digest, stochastic=False)
    assert key == BEFORE["requests"][name]


@pytest.mark.parametrize("name", BEFORE["calibrations"])
def test_a_shipped_calibration_is_found(name):
    loaded = calibration.load(name, "starter", detector(name)._identity())
    assert loaded is not None
    assert loaded.threshold == BEFORE["calibrations"][name]


@pytest.mark.parametrize("run", BEFORE["runs"])
def test_a_runs_id_stays(run):
    task, name, conditions = run.split(" ")
    plan = make_plan(
        registry.load_task(task),
        detector(name),
        registry.load_conditions(registry.condition_list(conditions)),
        Options(skip_unsupported=True),
    )
    assert plan.run_id == BEFORE["runs"][run]


@pytest.mark.parametrize("task", BEFORE["tasks"])
def test_a_tasks_fingerprint_stays(task):
    assert registry.load_task(task).dataset.fingerprint() == BEFORE["tasks"][task]


def named(values):
    """List the paths of classes in a configuration."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from named(value)
        elif key in ("_target_", "network"):
            yield value


@pytest.mark.parametrize("group", ["condition", "detector"])
def test_every_class_of_an_entry_has_a_stable_name(group):
    for name in registry.names(group):
        for path in named(registry.config(group, name)):
            stable = identity.stable_name(path)
            assert stable != path, f"{group} {name}: {path} has no stable name"
            assert identity.current_path(stable) == path


def test_a_name_of_an_earlier_version_is_looked_up_and_never_imported(tmp_path, monkeypatch):
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    coin = registry.build({"_target_": "bench.detectors.floors.Coin", "seed": 0}, "detector")
    assert coin.name == "coin"
    with pytest.raises(ConfigError, match="was a class of an earlier version"):
        registry.build({"_target_": "bench.detectors.gone.Gone"}, "detector")
