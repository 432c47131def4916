"""FakeVLM-Mini's training: twins, stages, several processes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.checkpoint import load
from fakevlm_bench.detectors.fakevlm.inference import Mini
from fakevlm_bench.detectors.fakevlm.model import PATCH, joined_features
from fakevlm_bench.errors import DataError
from fakevlm_bench.making.fakevlm_mini import train, training_loop, vision
from fakevlm_bench.making.fakevlm_mini.answer_texts import answer, box_text, typical
from fakevlm_bench.making.fakevlm_mini.synthesis import WEIGHTS, Pool
from fakevlm_bench.making.fakevlm_mini.trainee import ATTENTION
from fakevlm_bench.making.starter.explanations import references
from fakevlm_bench.metrics.rouge import rouge
from support.tiny_training import settings


def test_training_continues_where_it_was_stopped(pool, tmp_path):
    whole = train.train_vision(settings(pool, tmp_path / "whole"))
    train.train_vision(settings(pool, tmp_path / "parts", stop_after=2))
    parts = train.train_vision(settings(pool, tmp_path / "parts"))
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], value, msg=name)
    steps = [json.loads(line)["step"] for line in
             (tmp_path / "parts/vision/losses.jsonl").read_text().splitlines()]  # fmt: skip
    assert steps == list(range(6))


def fit_a_line(rank: int, ranks: int, out: str) -> None:
    """Fit a line to items 0 to 5, in one process or as one of several."""
    if ranks > 1:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{out}/meeting", rank=rank, world_size=ranks
        )
    torch.manual_seed(0)
    line = torch.nn.ModuleDict({"a": torch.nn.ModuleDict({"layers": torch.nn.Linear(1, 1)})})
    x = torch.arange(6.0)[:, None]
    batches = list(x) if ranks > 1 else list(x.view(3, 2, 1))

    def losses(batch: torch.Tensor, _: int) -> dict[str, torch.Tensor]:
        return {"error": (line["a"]["layers"](batch) - 2 * batch - 1).square().mean()}

    training_loop.train_steps(line, batches, losses, steps=3, rate=0.1, out=Path(out), workers=0)
    if ranks > 1:
        torch.distributed.destroy_process_group()


def test_two_processes_take_the_steps_of_one_with_twice_the_batch(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    fit_a_line(0, 1, str(tmp_path / "one"))
    torch.multiprocessing.spawn(fit_a_line, (2, str(tmp_path / "two")), nprocs=2)
    one, two = (torch.load(tmp_path / name / "state.pt")["average"] for name in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value)


def test_an_exported_model_goes_on_with_the_last_stage(pool, checkpoint, tmp_path):
    options = settings(pool, tmp_path, continue_from=checkpoint, whole_steps=1)
    train.train_whole(options, *load(checkpoint))
    assert not (tmp_path / "vision").exists()
    before, after = (Mini(folder, "cpu") for folder in (checkpoint, tmp_path / "model"))
    tower = "model.vision_tower.encoder.layers.0.mlp.fc1.weight"
    assert not torch.equal(before.model.state_dict()[tower], after.model.state_dict()[tower])


def test_patches_count_less_where_the_edit_left_them_as_they_were():
    pixels = torch.zeros(2, 3, 2 * PATCH, 2 * PATCH, dtype=torch.uint8)
    pixels[1, :, :PATCH, :PATCH] = 30
    covered = torch.ones(1, 4)

    def loss(wrong: int) -> float:
        patches = torch.tensor([[-5.0] * 4, [5.0] * 4])
        patches[1, wrong] = -5.0
        return float(vision.patch_losses(patches, covered, pixels)["patch"])

    assert loss(0) > 3 * loss(3)


def test_the_same_step_gives_the_same_twins(pool):
    first, again = (vision.Twins(pool, 0, 2, 3)[4] for _ in range(2))
    assert torch.equal(first.pixels, again.pixels)
    assert torch.equal(first.coverage, again.coverage)
    other = vision.Twins(pool, 1, 2, 3)[4]
    assert not torch.equal(first.pixels, other.pixels)


def test_twins_differ_inside_the_mask_and_hardly_outside(pool):
    rng = np.random.default_rng(0)
    for _ in range(20):
        pair = Pool(pool).pair(0, SIDE, 1.0, rng, ("region_superres", "splice"))
        change = np.abs(pair.real.astype(int) - pair.fake).mean(2)
        assert change[pair.mask].mean() > 5 * change[~pair.mask].mean()


def test_every_family_has_its_answer_in_words(pool):
    rng = np.random.default_rng(0)
    for family in set(WEIGHTS) - {"resampled", "generated_face"}:
        pair = Pool(pool).pair(1, SIDE, 1.0, rng, (family,))
        assert answer(pair, True).startswith(" This is a fake image.")
        assert answer(pair, False).startswith(" This is a real image.")


def test_the_typical_explanation_agrees_better_than_others_whatever_is_shown():
    rng = np.random.default_rng(1)
    for family, where in (("whole_style", ""), ("splice", "upper left")):
        said = typical(family, bool(where)).format(subject="scene", item="thing", place=where)
        images = [references(family, "tower", where, "dog", rng) for _ in range(300)]
        others = [references(family, "scene", where, "thing", rng)[0] for _ in images]
        ours, theirs = (
            rouge(texts, images, kinds=("rouge_l",))["rouge_l"].mean()
            for texts in ([said] * len(images), others)
        )
        assert ours > theirs


def test_the_trainings_attention_is_transformers_own(checkpoint):
    model = load(checkpoint)[0]
    pixels = torch.randn(2, 3, SIDE, SIDE)
    inputs = torch.randn(2, 20, model.config.text_config.hidden_size)

    def outputs(attention: str) -> list[torch.Tensor]:
        model.set_attn_implementation(attention)
        with torch.no_grad():
            said = model.model.language_model(inputs_embeds=inputs).last_hidden_state
            return [joined_features(model, pixels), said]

    for ours, theirs in zip(outputs(ATTENTION), outputs("eager"), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_boxes_lie_on_the_grid_and_are_read_back():
    mask = np.zeros((SIDE, SIDE), bool)
    mask[32:128, 64:192] = True
    assert box_text(mask) == "<box>250 125 750 500</box>"


def test_an_empty_pool_is_an_error_with_its_remedy(tmp_path):
    with pytest.raises(DataError, match=r"no training pool in .*make it with"):
        Pool(tmp_path)
