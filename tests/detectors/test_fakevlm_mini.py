"""FakeVLM-Mini: a smoke training, its export in plain transformers, and its detector."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch

import bench
from bench.answers.interpret import Reading, interpret
from bench.detectors.fakevlm import SIDE, loop, train, vision
from bench.detectors.fakevlm.export import load
from bench.detectors.fakevlm.inference import Mini
from bench.detectors.fakevlm.local import ROWS, SHIPPED, FakeVLMLocal
from bench.detectors.fakevlm.model import GRID, PATCH, parameters
from bench.detectors.fakevlm.pool import LAYERS
from bench.detectors.fakevlm.settle import settle
from bench.detectors.fakevlm.synthesis import WEIGHTS, Pool
from bench.detectors.fakevlm.words import QUESTION, answer, box_text
from bench.errors import ConfigError, DataError
from bench.imaging import encode_png
from bench.types import Label, Query, Status
from bench.window import look


def scene(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 215, (8, 8, 3)).astype(np.uint8).repeat(32, 0).repeat(32, 1)
    return np.clip(coarse + rng.normal(0, 6, coarse.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def pool(tmp_path_factory) -> Path:
    """Four crops, as the builder's environment would leave them."""
    folder = tmp_path_factory.mktemp("pool")
    region = np.zeros((SIDE, SIDE), bool)
    region[64:160, 96:200] = True
    for number in range(4):
        real = scene(number)
        smooth = (real // 16) * 16
        edit = np.where(region[..., None], smooth, real).astype(np.uint8)
        about = {
            "photograph": f"scene-{number}",
            "subject": "wall",
            "edits": [{"family": "splice", "item": "apple"}],
        }
        np.savez(
            folder / f"scene-{number}-00.npz",
            real=real, layers=np.stack([smooth] * len(LAYERS)), blobs=region[None],
            edits=edit[None], edit_masks=region[None], faces=np.empty((0, SIDE, SIDE, 3), np.uint8),
            about=np.array(json.dumps(about)),
        )  # fmt: skip
    return folder


def settings(pool: Path, out: Path, **changes: object) -> Namespace:
    few = {
        "pool": pool, "out": out, "seed": 0, "workers": 0, "vision_steps": 6, "vision_rate": 2e-3,
        "pixels": 2, "text_steps": 4, "text_rate": 2e-3, "pairs": 2, "stop_after": None,
        "whole_steps": 3, "whole_rate": 1e-3, "continue_from": None,
    }  # fmt: skip
    return Namespace(**few | changes)


@pytest.fixture(scope="session")
def checkpoint(pool, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    options = settings(pool, out)
    train.train_whole(options, *train.train_text(options, train.train_vision(options)))
    return out / "model"


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

    loop.fit(line, batches, losses, steps=3, rate=0.1, out=Path(out), workers=0)
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
    first, again = (vision.Twins(pool, 0, 2, 3, 6)[4] for _ in range(2))
    assert torch.equal(first.pixels, again.pixels)
    assert torch.equal(first.coverage, again.coverage)
    other = vision.Twins(pool, 1, 2, 3, 6)[4]
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
        assert answer(pair, True, rng).startswith(" This is a fake image.")
        assert answer(pair, False, rng).startswith(" This is a real image.")


def test_boxes_lie_on_the_grid_and_are_read_back():
    mask = np.zeros((SIDE, SIDE), bool)
    mask[32:128, 64:192] = True
    assert box_text(mask) == "<box>250 125 750 500</box>"


def test_an_empty_pool_is_an_error_with_its_remedy(tmp_path):
    with pytest.raises(DataError, match=r"no training pool in .*make it with"):
        Pool(tmp_path)


def test_plain_transformers_loads_the_export_and_agrees(checkpoint):
    from PIL import Image as PillowImage
    from transformers import AutoProcessor, LlavaForConditionalGeneration

    model = LlavaForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor = AutoProcessor.from_pretrained(checkpoint)
    asked = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}]
    text = processor.apply_chat_template(asked, add_generation_prompt=True)
    mini = Mini(checkpoint, "cpu")
    for image in (scene(7), np.tile(scene(8), (2, 2, 1))[:288, :320]):
        inputs = processor(images=PillowImage.fromarray(image), text=text + " This is a",
                           return_tensors="pt")  # fmt: skip
        with torch.inference_mode():
            said = model(**inputs).logits[0, -1]
        ours = mini.answer(mini.prepare([image]), QUESTION, 0).logits[0]
        assert float(said[mini.fake] - said[mini.real]) == pytest.approx(float(ours), abs=1e-4)
        written = model.generate(**inputs, max_new_tokens=12, do_sample=False)
        rest = processor.decode(
            written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
        told = mini.answer(mini.prepare([image]), QUESTION, 12).texts[0]
        assert told == ("This is a" + rest).strip()


def test_the_export_names_its_keys_as_published_checkpoints_do(checkpoint):
    from safetensors import safe_open

    with safe_open(checkpoint / "model.safetensors", "pt") as file:
        keys = set(file.keys())
    assert "vision_tower.vision_model.embeddings.patch_embedding.weight" in keys
    assert "language_model.model.embed_tokens.weight" in keys
    assert "multi_modal_projector.linear_1.weight" in keys
    assert not any(key.startswith("model.") for key in keys)


def queries(count: int) -> list[Query]:
    return [Query(f"s{i}", "clean", encode_png(scene(i)), prompt=QUESTION) for i in range(count)]


def test_no_answer_depends_on_its_neighbours(checkpoint):
    detector = FakeVLMLocal(model=str(checkpoint), max_tokens=10, device="cpu")
    together = detector.predict(queries(ROWS + 3))
    for i in (0, 5, ROWS + 2):
        alone = detector.predict([queries(ROWS + 3)[i]])[0]
        assert alone.text == together[i].text
        assert alone.logit == pytest.approx(together[i].logit, abs=1e-5)
        np.testing.assert_array_equal(alone.heat_map, together[i].heat_map)


def test_an_undecodable_image_costs_itself_alone(checkpoint):
    detector = FakeVLMLocal(model=str(checkpoint), max_tokens=4, device="cpu")
    bad = Query("bad", "clean", b"no image", prompt=QUESTION)
    first, second, third = detector.predict([queries(1)[0], bad, queries(2)[1]])
    assert second.error is not None
    assert "not an image" in second.error
    assert first.heat_map.shape == third.heat_map.shape == (GRID, GRID)
    assert first.size == (SIDE, SIDE)


def test_scores_words_and_gradients_tell_one_story(checkpoint):
    detector = FakeVLMLocal(model=str(checkpoint), max_tokens=4, device="cpu")
    quiet = FakeVLMLocal(model=str(checkpoint), explain=False, device="cpu")
    asked = queries(3)
    loud, brief = detector.predict(asked), quiet.predict(asked)
    pixels = torch.stack([torch.from_numpy(scene(i)).permute(2, 0, 1) for i in range(3)]) / 255
    pixels.requires_grad_(True)
    odds = detector.mini.logits(pixels, QUESTION)
    for one, other, value in zip(loud, brief, odds, strict=True):
        assert other.text is None
        assert one.logit == pytest.approx(other.logit, abs=1e-5)
        assert one.logit == pytest.approx(float(value.detach()), abs=1e-4)
    odds.sum().backward()
    assert float(pixels.grad.abs().sum()) > 0


@pytest.mark.parametrize("size", [(288, 320), (250, 250), (96, 160)])
def test_a_picture_of_another_size_is_seen_through_its_window(checkpoint, size):
    image = np.tile(scene(2), (2, 2, 1))[: size[0], : size[1]]
    detector = FakeVLMLocal(model=str(checkpoint), max_tokens=4, device="cpu")
    given, inside = detector.predict(
        [
            Query("s", "clean", encode_png(one), prompt=QUESTION)
            for one in (image, look(image, SIDE))
        ]
    )
    assert given.logit == pytest.approx(inside.logit, abs=1e-5)
    assert given.size == size[::-1]
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None] / 255
    assert float(detector.mini.logits(pixels, QUESTION)) == pytest.approx(given.logit, abs=0.05)
    rows, columns = given.heat_map.shape
    if size == (288, 320):
        assert (rows, columns) == (GRID + 2, GRID + 4)
        np.testing.assert_array_equal(given.heat_map[1:-1, 2:-2], inside.heat_map)
        assert given.heat_map[[0, -1]].max() == given.heat_map[:, [0, 1, -2, -1]].max() == 0
    else:
        assert columns / rows == pytest.approx(size[1] / size[0], abs=0.07)


def test_the_verdict_is_settled_by_a_constant(checkpoint, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(checkpoint, folder)
    images, fake = [scene(i) for i in range(40)], np.arange(40) % 3 == 0
    others = [scene(i) for i in range(40, 60)]

    def odds_of_others() -> np.ndarray:
        mini = Mini(folder, "cpu")
        return mini.answer(mini.prepare(others), QUESTION, 0).logits.numpy()

    before = odds_of_others()
    odds = settle(folder, images, fake)
    moved = odds_of_others() - before
    assert np.mean(moved) == pytest.approx(-odds, abs=0.02 + 0.02 * abs(odds))
    assert np.std(moved) <= 0.02 + 0.05 * abs(odds)


def test_maps_and_explanations_can_be_differentiated(checkpoint):
    detector = FakeVLMLocal(model=str(checkpoint), device="cpu")
    pixels = torch.rand(2, 3, 300, 280, requires_grad=True)
    patches = detector.patch_logits(pixels)
    assert patches.shape == (2, GRID + 3, GRID + 2)
    texts = ["This is a fake image. A patch is waxy.", "This is a real image."]
    losses = detector.explanation_loss(pixels, texts)
    assert losses.shape == (2,)
    assert (losses > 0).all()
    (patches.mean() + losses.sum()).backward()
    assert torch.isfinite(pixels.grad).all()
    assert float(pixels.grad.abs().sum()) > 0


def test_a_missing_checkpoint_and_unknown_settings_are_one_line(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no model\.safetensors; fakevlm-bench train"):
        FakeVLMLocal(model=str(tmp_path))
    with pytest.raises(ConfigError, match="has no setting 'tokens'"):
        bench.load_detector("fakevlm_mini", tokens=3)


def test_the_shipped_model_is_small_and_says_what_it_is():
    files = [path for path in SHIPPED.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40e6
    card = (SHIPPED / "README.md").read_text()
    assert "FakeVLM-Mini" in card
    assert "not the published" in card.replace("\n", " ")
    assert parameters(Mini(SHIPPED, "cpu").model) < 5e6


def test_the_shipped_model_answers_in_its_form():
    task = bench.load_task("starter")
    samples = [sample for _, sample in zip(range(32), task.dataset, strict=False)]
    detector = bench.load_detector("fakevlm_mini", server="local")
    asked = [Query(s.id, "clean", s.image, s.media_type, task.prompt) for s in samples]
    responses = detector.predict(asked)
    read = [
        interpret(q.sample_id, "clean", r, Reading()) for q, r in zip(asked, responses, strict=True)
    ]
    assert all(one.status is Status.OK for one in read)
    assert sum(one.dropped_boxes for one in read) == 0
    for response, one in zip(responses, read, strict=True):
        assert (one.verdict is Label.FAKE) == (response.logit > 0)
        assert len(one.explanation.split()) > 5
