"""FakeVLM-Mini: its export in plain transformers, and its detector."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

import fakevlm_bench as fb
from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.dialogue import QUESTION
from fakevlm_bench.detectors.fakevlm.inference import Mini
from fakevlm_bench.detectors.fakevlm.local import ROWS, SHIPPED, FakeVLMLocal
from fakevlm_bench.detectors.fakevlm.model import GRID, parameters
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.making.fakevlm_mini.verdict_offset import centre_verdict
from fakevlm_bench.types import Label, Query, Status
from fakevlm_bench.window import crop_window
from support.tiny_training import squares


def test_plain_transformers_loads_the_export_and_agrees(checkpoint):
    from PIL import Image as PillowImage
    from transformers import AutoProcessor, LlavaForConditionalGeneration

    model = LlavaForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor = AutoProcessor.from_pretrained(checkpoint)
    asked = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}]
    text = processor.apply_chat_template(asked, add_generation_prompt=True)
    mini = Mini(checkpoint, "cpu")
    for image in (squares(7), np.tile(squares(8), (2, 2, 1))[:288, :320]):
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
    return [Query(f"s{i}", "clean", encode_png(squares(i)), prompt=QUESTION) for i in range(count)]


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
    pixels = torch.stack([torch.from_numpy(squares(i)).permute(2, 0, 1) for i in range(3)]) / 255
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
    image = np.tile(squares(2), (2, 2, 1))[: size[0], : size[1]]
    detector = FakeVLMLocal(model=str(checkpoint), max_tokens=4, device="cpu")
    given, inside = detector.predict(
        [
            Query("s", "clean", encode_png(one), prompt=QUESTION)
            for one in (image, crop_window(image, SIDE))
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


def test_the_verdict_is_centred_by_a_constant(checkpoint, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(checkpoint, folder)
    images, fake = [squares(i) for i in range(40)], np.arange(40) % 3 == 0
    others = [squares(i) for i in range(40, 60)]

    def odds_of_others() -> np.ndarray:
        mini = Mini(folder, "cpu")
        return mini.answer(mini.prepare(others), QUESTION, 0).logits.numpy()

    before = odds_of_others()
    odds = centre_verdict(folder, images, fake)
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
    with pytest.raises(
        ConfigError,
        match=r"holds no model\.safetensors: set model to a folder",
    ):
        FakeVLMLocal(model=str(tmp_path))
    with pytest.raises(ConfigError, match="has no setting 'tokens'"):
        fb.load_detector("fakevlm_mini", tokens=3)


def test_the_shipped_model_is_small_and_says_what_it_is():
    files = [path for path in SHIPPED.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40e6
    card = (SHIPPED / "README.md").read_text()
    assert "FakeVLM-Mini" in card
    assert "not the published" in card.replace("\n", " ")
    assert parameters(Mini(SHIPPED, "cpu").model) == 5_529_792


def test_the_shipped_model_answers_in_its_form():
    task = fb.load_task("starter")
    samples = [sample for _, sample in zip(range(32), task.dataset, strict=False)]
    detector = fb.load_detector("fakevlm_mini", server="local")
    asked = [Query(s.id, "clean", s.image, s.media_type, task.prompt) for s in samples]
    responses = detector.predict(asked)
    read = [
        interpret(q.sample_id, "clean", r, ParseSettings())
        for q, r in zip(asked, responses, strict=True)
    ]
    assert all(one.status is Status.OK for one in read)
    assert sum(one.dropped_boxes for one in read) == 0
    for response, one in zip(responses, read, strict=True):
        assert (one.verdict is Label.FAKE) == (response.logit > 0)
        assert len(one.explanation.split()) > 5
