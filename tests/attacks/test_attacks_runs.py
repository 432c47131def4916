"""Attacks inside runs: what is stored, recorded, refused and flagged; and from the command line."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from fakevlm_bench import registry
from fakevlm_bench.api import evaluate
from fakevlm_bench.cli.main import main
from fakevlm_bench.engine.adversarial_set import craft_set
from fakevlm_bench.engine.estimate import estimate, sentence
from fakevlm_bench.engine.run import Options, make_plan
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Condition, Label, Sample, Task
from support.small_explainer import Explainer, regional_targets, train_explainer
from support.small_network import NetworkDetector, make_targets

OPTIONS = Options(cache=None, workers=0)
ATTACKS = sorted(
    name
    for name in registry.names("condition")
    if registry.config("condition", name)["_target_"].startswith("fakevlm_bench.attacks.")
)


class Listed:
    def __init__(self, samples):
        self.samples = samples

    def fingerprint(self):
        return hashlib.sha256(b"".join(s.image for s in self.samples)).hexdigest()

    def ids(self):
        return [sample.id for sample in self.samples]

    def __iter__(self):
        return iter(self.samples)


def task_of(targets):
    samples = [
        Sample(
            id=t.sample_id, image=encode_png(t.image), media_type="image/png", label=t.label,
            group=t.sample_id, mask=None if t.mask is None else encode_png(t.mask),
        )
        for t in targets
    ]  # fmt: skip
    return Task("listed", "1", Listed(samples), "real or fake?", licence="none", citation="")


@pytest.fixture(scope="module")
def task():
    return task_of(make_targets(48, seed=7))


def images_of(run):
    tables = [pq.read_table(part).to_pylist() for part in run.folder.parts("images")]
    return [row for table in tables for row in table]


def test_every_attack_has_its_config():
    wanted = {f"{a}_{n}" for a in ("fgsm", "pgd", "apgd_ce", "apgd_margin") for n in ("linf", "l2")}
    wanted |= {"cw_l2", "ensemble_linf", "square_linf", "nes_linf", "spsa_linf"}
    wanted |= {"hopskipjump_linf", "hopskipjump_l2", "transfer_linf", "replay"}
    assert wanted | {"joint_explanation", "joint_heat_map"} == set(ATTACKS)


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "replay"])
def test_every_config_makes_an_attack_that_calls_itself_so(name):
    attack = registry.load_condition(name).operation
    assert isinstance(attack, Attack)
    assert attack.name == name
    assert json.dumps({k: v for k, v in vars(attack).items() if not k.startswith("_")})


def test_what_is_stored_is_what_was_sent_and_measured(task, detector, tmp_path):
    run = evaluate(task, detector, ["pgd_linf:2/255", "pgd_l2:0.5"], tmp_path, options=OPTIONS)
    originals = {sample.id: decode_image(sample.image) for sample in task.dataset}
    rows = images_of(run)
    assert len(rows) == 2 * 48
    sent = {
        (row["sample_id"], row["condition_id"]): row["sent_sha256"]
        for table in run.folder.read("responses")
        for row in table.to_pylist()
    }
    for row in rows:
        assert row["image"].startswith(b"\x89PNG")
        key = (row["sample_id"], row["condition_id"])
        assert sent[key] == hashlib.sha256(row["image"]).hexdigest()
        record = json.loads(row["attack"])
        original = originals[row["sample_id"]].astype(float)
        change = (decode_image(row["image"]) - original) / 255
        linf = record["attack"]["norm"] == "linf"
        size = np.abs(change).max() if linf else np.linalg.norm(change)
        assert record["norm"] == pytest.approx(size)
        assert size <= record["attack"]["epsilon"] * (1 + 1e-6)
    for condition in ("pgd_linf:2/255", "pgd_l2:0.5"):
        found = run.result["robustness"]["conditions"][condition]
        for side in ("fake_to_real", "real_to_fake"):
            assert 0 < found[f"success_{side}"]["value"] <= 1
        assert run.result["conditions"][condition]["coverage"]["ok"] == 48


def test_success_over_queries_is_in_the_result(task, detector, tmp_path):
    short = registry.load_condition("square_linf:40")
    short.operation.epsilon = 24 / 255
    run = evaluate(task, detector, [short], tmp_path, options=OPTIONS)
    attack = run.result["robustness"]["conditions"]["square_linf:40"]["attack"]
    for side in ("fake_to_real", "real_to_fake"):
        curve = attack["success_over_queries"][side]
        rates = [point["success"] for point in curve]
        assert rates == sorted(rates)
        assert curve[-1]["queries"] <= 40
        figure = run.result["robustness"]["conditions"]["square_linf:40"][f"success_{side}"]
        assert rates[-1] == pytest.approx(figure["value"])


def test_a_flag_reaches_the_result_and_what_is_printed(task, network, tmp_path):
    class Other(NetworkDetector):
        """Its gradients belong to another function than its answers."""

        name = "other"

        def predict(self, queries):
            return [type(one)(logit=one.logit + 50) for one in super().predict(queries)]

    run = evaluate(task, Other(network), ["pgd_linf:8/255"], tmp_path, options=OPTIONS)
    flags = {flag["name"] for flag in run.result["robustness"]["flags"]}
    assert "break_not_confirmed" in flags
    from fakevlm_bench.report.render import render

    for form in ("text", "csv", "markdown", "latex", "html", "json"):
        assert "not_confirmed" in render(run.folder.result(), form).replace("\\_", "_"), form


def test_a_gradient_attack_on_an_api_is_refused_before_anything_runs(task, network, tmp_path):
    from fakevlm_bench.detectors.floors import Coin

    coin = Coin()
    with pytest.raises(ConfigError, match="gives no gradients") as caught:
        evaluate(task, coin, ["pgd_linf:2/255"], tmp_path, options=OPTIONS)
    assert "square_linf" in str(caught.value)
    assert not list(tmp_path.iterdir())
    skipping = Options(cache=None, workers=0, skip_unsupported=True)
    plan = make_plan(task, coin, registry.load_conditions(["pgd_linf:2/255"]), skipping)
    assert "pgd_linf:2/255" in plan.skipped


def test_an_attacks_settings_are_part_of_a_runs_identity(task, detector):
    ids = {
        make_plan(task, detector, registry.load_conditions([one]), OPTIONS).run_id
        for one in ("pgd_linf:2/255", "pgd_linf:4/255", "fgsm_linf:2/255")
    }
    assert len(ids) == 3
    condition = registry.load_condition("pgd_linf:2/255")
    condition.operation.steps = 99
    changed = make_plan(task, detector, [Condition("clean"), condition], OPTIONS).run_id
    assert changed not in ids


def test_an_estimate_counts_evaluations_inside_attacks(task, detector, tmp_path):
    options = Options(cache=None, workers=0, runs=tmp_path)
    plan = make_plan(task, detector, registry.load_conditions(["square_linf:30"]), options)
    found = estimate(plan, options)
    assert found.calls == 2 * 48
    assert 2 * 48 <= found.inside <= 30 * 48
    assert f"and about {found.inside:,} evaluations inside attacks" in sentence(plan, found)


def test_what_fell_under_joint_attacks(tmp_path):
    explainer = Explainer(train_explainer(np.random.default_rng(5)))
    task = task_of(regional_targets(np.random.default_rng(8), 40))
    conditions = ["joint_explanation:12/255", "joint_heat_map:16/255"]
    run = evaluate(task, explainer, conditions, tmp_path, options=OPTIONS)
    found = run.result["robustness"]["conditions"]
    words, heat = (found[name] for name in conditions)
    assert words["verdict_fell"]["value"] > 0.8
    assert words["explanation_fell"]["value"] > 0.8
    assert heat["verdict_fell"]["value"] < 0.1
    assert heat["localization_fell"]["value"] > 0.5
    assert words["all_fell"]["n"] > 0


def test_a_set_is_crafted_continued_and_replayed(task, detector, network, tmp_path):
    condition = registry.load_condition("fgsm_linf:4/255")
    folder = tmp_path / "set"
    first = craft_set(task, condition, detector, folder, limit=10)
    assert (first.crafted, first.present, first.failed) == (10, 0, 0)
    second = craft_set(task, condition, detector, folder)
    assert (second.crafted, second.present) == (38, 10)
    assert (folder / "README.md").read_text().count("fgsm_linf") > 1
    run = evaluate(task, detector, [f"replay:{folder}"], tmp_path / "runs", options=OPTIONS)
    replayed = {row["sample_id"]: row["image"] for row in images_of(run)}
    direct = evaluate(task, detector, ["fgsm_linf:4/255"], tmp_path / "runs", options=OPTIONS)
    for row in images_of(direct):
        one, two = decode_image(row["image"]), decode_image(replayed[row["sample_id"]])
        np.testing.assert_array_equal(one, two)
    success = [
        run_.result["robustness"]["conditions"][name]["success_fake_to_real"]["value"]
        for run_, name in ((run, f"replay:{folder}"), (direct, "fgsm_linf:4/255"))
    ]
    assert success[0] == success[1] > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["jpeg:3"], "'jpeg:3' is a perturbation, not an attack: pass it to run"),
        (["pgd_linf:2/255"], "add detector=NAME"),
        (["pgd_linf:2/255", "--detector", "coin"], "gives no gradients"),
        (["pgd_linf:2", "--detector", "coin"], "2/255"),
        (["pgd_lin:2/255", "--detector", "coin"], "did you mean pgd_linf"),
        (["transfer_linf:8/255", "--surrogates", "coin"], "gives no gradients"),
        (["square_linf:9", "--detector", "coin", "--surrogates", "npr"], "takes no surrogates"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, says, tmp_path, capsys):
    command = ["attack", *arguments, "--task", "starter:quick", "--out", str(tmp_path / "o")]
    assert main(command) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_the_command_crafts_by_queries(tmp_path, capsys):
    command = ["attack", "square_linf:4", "--detector", "spectrum", "--task", "starter:quick"]
    assert main([*command, "--limit", "3", "--out", str(tmp_path / "o")]) == 0
    assert "3 images crafted" in capsys.readouterr().out
    rows = pq.read_table(next((tmp_path / "o").glob("*.parquet"))).to_pylist()
    assert {row["label"] for row in rows} <= {int(label) for label in Label}
    assert all(row["references"] for row in rows)
