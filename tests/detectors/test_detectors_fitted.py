"""Detectors that are fitted: spectrum, noise_residual, probe; and UnivFD on a small CLIP."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from fakevlm_bench import registry
from fakevlm_bench.detectors import fitting
from fakevlm_bench.detectors.baselines import noise_residual, spectrum
from fakevlm_bench.encoders import fit_file
from fakevlm_bench.engine.fit import fit
from fakevlm_bench.errors import ConfigError, DataError, DetectorError, WeightsError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Label, Query

DATA = {"task": "made@1", "split": "train", "fingerprint": "abc"}


@pytest.fixture(autouse=True)
def clean_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A small CLIP with random weights, as a folder."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    folder = tmp_path_factory.mktemp("clip")
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    config = CLIPVisionConfig(
        **sizes, num_attention_heads=2, image_size=64, patch_size=16, projection_dim=24
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)
    return folder


def score(detector, samples):
    answers = detector.predict([Query(s.id, "clean", s.image) for s in samples])
    return np.array([answer.logit for answer in answers]), [a.heat_map for a in answers]


@pytest.mark.parametrize("name", ["spectrum", "noise_residual"])
def test_a_fit_learns_what_is_there_and_survives_its_file(name, pairs, tmp_path):
    detector = registry.load_detector(name, fit=str(tmp_path / "fit.json"))
    report, path = fit(detector, pairs, DATA)
    assert path == tmp_path / "fit.json"
    assert (report.n, report.groups, report.data) == (80, 40, DATA)
    assert report.low <= report.auroc <= report.high
    assert report.low > 0.75
    logits, maps = score(detector, pairs)
    again, maps_again = score(registry.load_detector(name, fit=str(path)), pairs)
    assert np.array_equal(logits, again)
    assert all(np.array_equal(a, b) for a, b in zip(maps, maps_again, strict=True))
    assert registry.load_detector(name, fit=str(path)).fingerprint()["fit"]


@pytest.mark.parametrize("name", ["spectrum", "noise_residual"])
def test_where_there_is_nothing_to_learn_cross_validation_says_so(name, pairs, tmp_path):
    """Twins are the same picture: only a leak between folds could tell them apart."""
    same = [dataclasses.replace(s, image=pairs[k // 2 * 2].image) for k, s in enumerate(pairs)]
    detector = registry.load_detector(name, fit=str(tmp_path / "fit.json"))
    report, _ = fit(detector, same, DATA)
    assert abs(report.auroc - 0.5) < 0.05


def test_the_heat_map_points_at_the_edited_quarter(pairs, tmp_path):
    detector = registry.load_detector("noise_residual", fit=str(tmp_path / "fit.json"))
    fit(detector, pairs[:60], DATA)
    edited = [s for s in pairs[60:] if s.mask is not None]
    _, maps = score(detector, edited)
    for heat in maps:
        assert heat.shape == (6, 6)  # one cell for each 16 pixels of 96
        assert heat[:2, :2].mean() > heat[4:, 4:].mean() + 50


def test_the_profile_is_the_mean_log_power_on_rings():
    """Against the full transform and rings written out one by one."""
    image = np.random.default_rng(0).integers(0, 256, (31, 24, 3), dtype=np.uint8)
    grey = image.astype(np.float64) @ [0.299, 0.587, 0.114]
    window = np.outer(np.hanning(33)[1:-1], np.hanning(26)[1:-1])
    transform = np.fft.fft2((grey - grey.mean()) * window, norm="ortho")
    power = np.log(np.abs(transform) ** 2 + 1e-3)
    radius = np.hypot(np.fft.fftfreq(31)[:, None], np.fft.fftfreq(24)[None])
    ring = np.minimum((radius / np.sqrt(0.5) * spectrum.BINS).astype(int), spectrum.BINS - 1)
    means = [power[ring == k].mean() if (ring == k).any() else np.nan for k in range(spectrum.BINS)]
    places = np.flatnonzero(~np.isnan(means))
    full = np.interp(np.arange(spectrum.BINS), places, np.array(means)[places])
    assert np.allclose(spectrum.features(image), full - full.mean(), atol=1e-4)


def test_block_statistics_are_those_of_the_block_alone():
    """A change outside a block and its filter's reach leaves the block's statistics alone."""
    image = np.random.default_rng(1).integers(0, 256, (128, 96, 3), dtype=np.uint8)
    other = image.copy()
    other[80:, :] = 7
    one, two = noise_residual.block_statistics(image), noise_residual.block_statistics(other)
    assert one.shape == two.shape == (8, 6, one.shape[-1])
    # block k covers pixels 16 k − 8 to 16 k + 24
    assert np.allclose(one[:3], two[:3])
    assert not np.allclose(one[5], two[5])


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (17, 16), (512, 8)])
@pytest.mark.parametrize("value", [0, 255])
def test_odd_images_have_finite_statistics(shape, value):
    image = np.full((*shape, 3), value, dtype=np.uint8)
    statistics = noise_residual.block_statistics(image)
    assert statistics.shape[:2] == (-(-shape[0] // 16), -(-shape[1] // 16))
    assert np.isfinite(statistics).all()
    assert np.isfinite(spectrum.features(image)).all()


def test_a_fit_that_is_not_there_or_not_its_own_is_one_clear_error(pairs, tmp_path):
    missing = registry.load_detector("spectrum", fit=str(tmp_path / "none.json"))
    with pytest.raises(DetectorError, match=r"'spectrum' is not fitted: .*none\.json is missing"):
        missing.predict([Query("x", "clean", pairs[0].image)])
    with pytest.raises(DetectorError, match="not fitted"):
        missing.fingerprint()
    (tmp_path / "junk.json").write_text("[1, 2]")
    with pytest.raises(DetectorError, match="is not a detector"):
        registry.load_detector("spectrum", fit=str(tmp_path / "junk.json")).fingerprint()
    other = {"detector": "noise_residual", "version": 1}
    (tmp_path / "other.json").write_text(json.dumps(other))
    with pytest.raises(DetectorError, match="fit of noise_residual version 1, not of spectrum"):
        registry.load_detector("spectrum", fit=str(tmp_path / "other.json")).fingerprint()


def test_data_that_cannot_be_fitted_on_is_refused(pairs, tmp_path):
    detector = registry.load_detector("spectrum", fit=str(tmp_path / "fit.json"))
    with pytest.raises(DataError, match="real and fake"):
        fit(detector, [s for s in pairs if s.label == Label.REAL], DATA)
    with pytest.raises(DataError, match="at least 5 photographs, not 2"):
        fit(detector, pairs[:4], DATA)
    with pytest.raises(ConfigError, match="'coin' cannot be fitted"):
        fit(registry.load_detector("coin"), pairs, DATA)


def test_samples_without_a_twin_are_left_out(pairs, tmp_path):
    lone = [dataclasses.replace(s, paired=False) for s in pairs[:20]]
    detector = registry.load_detector("spectrum", fit=str(tmp_path / "fit.json"))
    assert fit(detector, [*pairs[20:], *lone], DATA)[0].n == 60


def test_a_probe_is_fitted_on_any_encoder_and_bound_to_it(clip, pairs, tmp_path):
    from transformers import Dinov2Config, Dinov2Model

    detector = registry.load_detector("probe", encoder=str(clip))
    report, path = fit(detector, pairs, DATA)
    assert path.name == fit_file("probe", str(clip))
    assert report.n == 80
    logits, _ = score(detector, pairs)
    fresh = registry.load_detector("probe", encoder=str(clip))
    assert np.array_equal(score(fresh, pairs)[0], logits)
    image = decode_image(pairs[0].image)
    pixels = torch.from_numpy(image.transpose(2, 0, 1).copy())[None].float() / 255
    pixels.requires_grad_(True)
    logit = fresh.logits(pixels)
    assert float(logit.detach()) == pytest.approx(logits[0], abs=1e-3)
    logit.sum().backward()
    assert pixels.grad.abs().max() > 0

    other = tmp_path / "dinov2"
    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=56, patch_size=14
    )
    Dinov2Model(config).save_pretrained(other)
    with pytest.raises(WeightsError, match="was fitted on"):
        registry.load_detector("probe", encoder=str(other), fit=str(path)).logits(pixels)
    probe = registry.load_detector("probe", encoder=str(other), fit=str(tmp_path / "o.json"))
    fit(probe, pairs, DATA)
    assert np.isfinite(score(probe, pairs[:4])[0]).all()


def test_a_siglip_encoder_serves_with_its_own_statistics(pairs, tmp_path):
    from transformers import SiglipVisionConfig, SiglipVisionModel

    config = SiglipVisionConfig(
        hidden_size=24, intermediate_size=48, num_hidden_layers=1, num_attention_heads=2,
        image_size=32, patch_size=16,
    )  # fmt: skip
    SiglipVisionModel(config).save_pretrained(tmp_path / "siglip")
    own = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
    (tmp_path / "siglip" / "preprocessor_config.json").write_text(json.dumps(own))
    detector = registry.load_detector("probe", encoder=str(tmp_path / "siglip"))
    report, _ = fit(detector, pairs[:24], DATA)
    assert (report.n, report.groups) == (24, 12)
    assert detector.mean == (0.5, 0.5, 0.5)
    assert detector.fingerprint()["frame"] == "centre_crop:32"
    assert detector.network.linear.in_features == 24


def test_the_tower_of_a_vision_language_model_serves_as_an_encoder(pairs, tmp_path):
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaModel

    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1}
    vision = CLIPVisionConfig(**small, num_attention_heads=2, image_size=32, patch_size=16)
    text = LlamaConfig(**small, num_attention_heads=2, num_key_value_heads=2, vocab_size=64)
    folder = tmp_path / "llava"
    LlavaModel(LlavaConfig(vision_config=vision, text_config=text)).save_pretrained(folder)
    detector = registry.load_detector("probe", encoder=str(folder))
    report, _ = fit(detector, pairs[:24], DATA)
    assert report.n == 24
    assert detector.network.linear.in_features == 32


def test_univfd_is_a_linear_layer_on_the_projected_embedding(clip, pairs, tmp_path):
    from transformers import CLIPVisionModelWithProjection

    state = {"weight": torch.randn(1, 24), "bias": torch.randn(1)}
    torch.save(state, tmp_path / "fc.pth")
    settings = {"encoder": str(clip), "revision": None, "size": 64}
    detector = registry.load_detector("univfd", weights=str(tmp_path / "fc.pth"), **settings)
    got = detector.predict([Query("x", "clean", pairs[0].image)])[0].logit
    image = decode_image(pairs[0].image)[16:80, 16:80]
    mean = np.array([0.48145466, 0.4578275, 0.40821073])
    std = np.array([0.26862954, 0.26130258, 0.27577711])
    standard = ((image / 255 - mean) / std).transpose(2, 0, 1)[None]
    model = CLIPVisionModelWithProjection.from_pretrained(clip).eval()
    with torch.no_grad():
        embedding = model(pixel_values=torch.from_numpy(standard).float()).image_embeds
    expected = float(embedding @ state["weight"].T + state["bias"])
    assert got == pytest.approx(expected, abs=1e-4)
    torch.save({"weight": torch.randn(1, 768), "bias": torch.randn(1)}, tmp_path / "fc.pth")
    wrong = registry.load_detector("univfd", weights=str(tmp_path / "fc.pth"), **settings)
    with pytest.raises(WeightsError, match=r"shape \(1, 768\), not \(1, 24\)"):
        wrong.predict([Query("x", "clean", pairs[0].image)])


def test_a_folder_without_an_encoder_is_one_clear_error(tmp_path):
    (tmp_path / "empty").mkdir()
    probe = registry.load_detector("probe", encoder=str(tmp_path / "empty"))
    with pytest.raises(WeightsError, match=r"holds no config\.json"):
        probe.fingerprint()


@pytest.mark.parametrize("name", ["spectrum", "noise_residual"])
def test_the_shipped_fit_is_of_the_shipped_data(name):
    """Its report names the data that ships, and it beats chance on images it has not seen."""

    values = fitting.read(fitting.SHIPPED / f"{name}.json", name, 1)
    train, unseen = (registry.load_task("starter", split=name) for name in ("train", "validation"))
    assert values["report"]["data"]["fingerprint"] == train.dataset.fingerprint()
    assert values["report"]["data"]["task"] == train.key
    samples = [s for s in unseen.dataset if s.paired][:120]
    logits, _ = score(registry.load_detector(name), samples)
    fake = np.array([s.label for s in samples]) == 1
    above = (logits[fake][:, None] > logits[~fake][None]).mean()
    assert 0.55 < above < 0.95
    assert 0 < registry.load_detector(name, threshold="calibrated").threshold < 1
