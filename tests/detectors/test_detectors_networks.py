"""Published architectures: names, shapes and values against independent implementations."""

import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fakevlm_bench import registry
from fakevlm_bench.detectors.baselines import TorchDetector, frames, residuals
from fakevlm_bench.detectors.baselines.freqnet import FreqNet, _pass_high
from fakevlm_bench.detectors.baselines.resnet import DIMD, NPR, CNNSpot
from fakevlm_bench.errors import ConfigError, DetectorError, WeightsError
from fakevlm_bench.protocols import Detector, GradientDetector
from fakevlm_bench.types import Query
from fakevlm_bench.weights import Checkpoint

NETWORKS = {
    "ferretnet_s": 126_289,
    "tiny_ladeda": 1_297,
    "cnnspot": 23_510_081,  # torchvision's 25,557,032 less 1000 outputs plus one
    "dimd": 23_510_081,
    "npr": 1_437_761,  # ResNet-50's 215,808 + 1,219,584, a stem of 1,856 and 513
    "freqnet": None,
}


def resnet_names(depths, head):
    """The names that torchvision gave ResNets, from their structure."""
    bn = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    names = {"conv1.weight", *(f"bn1.{one}" for one in bn), f"{head}.weight", f"{head}.bias"}
    for stage, depth in enumerate(depths, 1):
        for block in range(depth):
            at = f"layer{stage}.{block}"
            names |= {f"{at}.conv{k}.weight" for k in (1, 2, 3)}
            names |= {f"{at}.bn{k}.{one}" for k in (1, 2, 3) for one in bn}
        at = f"layer{stage}.0.downsample"
        names |= {f"{at}.0.weight", *(f"{at}.1.{one}" for one in bn)}
    return names


@pytest.mark.parametrize(
    ("network", "depths", "head"),
    [(CNNSpot, (3, 4, 6, 3), "fc"), (DIMD, (3, 4, 6, 3), "fc"), (NPR, (3, 4), "fc1")],
)
def test_names_are_those_of_the_published_files(network, depths, head):
    assert set(network().state_dict()) == resnet_names(depths, head)


def test_freqnet_has_the_published_names_and_about_the_papers_size():
    own = FreqNet().state_dict()
    for number, (inputs, outputs) in enumerate([(3, 64), (64, 64), (256, 256), (256, 256)], 1):
        assert own[f"weight{number}"].shape == (outputs, inputs, 1, 1)
        assert own[f"bias{number}"].shape == (outputs,)
        assert own[f"realconv{number}.weight"].shape == (outputs, outputs, 1, 1)
        assert own[f"imagconv{number}.weight"].shape == (outputs, outputs, 1, 1)
    assert own["fc1.weight"].shape == (1, 512)
    weights = sum(p.numel() for p in FreqNet().parameters())
    assert 1.8e6 < weights < 1.95e6  # "1.9M" in the paper's table


@pytest.mark.parametrize("name", NETWORKS)
def test_a_state_dict_made_here_is_loaded_through_the_config(name, tmp_path):
    config = registry.config("detector", name)
    module, _, kind = config["network"].rpartition(".")
    torch.manual_seed(0)
    made = getattr(__import__(module, fromlist=[kind]), kind)()
    count = sum(parameter.numel() for parameter in made.parameters())
    assert NETWORKS[name] in (None, count)
    key = config["checkpoint"].get("key")
    file = tmp_path / "made.pth"
    torch.save({key: made.state_dict()} if key else made.state_dict(), file)
    detector = registry.load_detector(name, weights=str(file))
    assert isinstance(detector, Detector)
    assert isinstance(detector, GradientDetector)
    pixels = torch.rand(1, 3, 64, 64)
    framed = frames.FRAMES[config["frame"]](pixels * 255, config.get("size", 0))
    mean, std = detector.mean, detector.std
    with torch.inference_mode():
        expected = made.eval()(
            (framed / 255 - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
        )[0]
    assert torch.allclose(detector.logits(pixels), expected, atol=1e-4)
    broken = dict(made.state_dict())
    broken.pop(next(iter(broken)))
    torch.save({key: broken} if key else broken, file)
    with pytest.raises(WeightsError, match="lacks"):
        registry.load_detector(name, weights=str(file)).logits(pixels)


def torchvision_name(name):
    """Rename a parameter of transformers' ResNet."""
    for theirs, ours in (
        ("embedder.embedder.convolution", "conv1"),
        ("embedder.embedder.normalization", "bn1"),
        ("shortcut.convolution", "downsample.0"),
        ("shortcut.normalization", "downsample.1"),
    ):
        name = name.replace(theirs, ours)
    parts = name.split(".")
    if parts[0] != "encoder":
        return name
    block = [f"layer{int(parts[2]) + 1}", parts[4]]
    if parts[5] != "layer":
        return ".".join([*block, *parts[5:]])
    kind = "conv" if parts[7] == "convolution" else "bn"
    return ".".join([*block, f"{kind}{int(parts[6]) + 1}", *parts[8:]])


def test_resnet_50_agrees_with_the_implementation_in_transformers():
    from transformers import ResNetConfig, ResNetModel

    torch.manual_seed(1)
    theirs = ResNetModel(ResNetConfig()).eval()
    ours = CNNSpot().eval()
    state = {torchvision_name(name): value for name, value in theirs.state_dict().items()}
    missing, unexpected = ours.load_state_dict(state, strict=False)
    assert not unexpected
    assert set(missing) == {"fc.weight", "fc.bias"}
    pixels = torch.randn(2, 3, 97, 64)
    with torch.no_grad():
        pooled = theirs(pixels).pooler_output.flatten(1)
        logits, positions = ours(pixels)
        expected = ours.fc(pooled)[:, 0]
    assert torch.allclose(logits, expected, atol=1e-4)
    assert torch.allclose(positions.mean(dim=(1, 2)), logits, atol=1e-4)


def test_dimd_keeps_four_times_the_positions_per_side():
    pixels = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert CNNSpot().eval()(pixels)[1].shape == (1, 2, 2)
        assert DIMD().eval()(pixels)[1].shape == (1, 8, 8)


@given(st.integers(3, 12), st.integers(3, 12), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_median_residual_is_that_of_sorted_patches(height, width, seed):
    x = torch.randn(1, 2, height, width, generator=torch.Generator().manual_seed(seed))
    patches = torch.nn.functional.unfold(x, 3, padding=1).view(1, 2, 9, height, width).clone()
    patches[:, :, 4] = 0
    assert torch.equal(residuals.median_dependency(x), x - patches.median(dim=2).values)


@given(st.integers(2, 11), st.integers(2, 11))
@settings(max_examples=30, deadline=None)
def test_npr_is_nearest_neighbour_half_and_back(height, width):
    x = torch.rand(1, 3, height, width)
    even = x[..., : height // 2 * 2, : width // 2 * 2]
    half = torch.nn.functional.interpolate(even, scale_factor=0.5, mode="nearest")
    back = torch.nn.functional.interpolate(half, scale_factor=2.0, mode="nearest")
    assert torch.equal(residuals.neighbouring_pixels(x), even - back)


def test_the_high_pass_removes_exactly_the_middle_half_of_the_spectrum():
    """Against the discrete Fourier transform written out as a matrix."""
    x = torch.randn(1, 1, 8, 12, dtype=torch.float64)

    def keep(size):
        frequency = np.fft.fftfreq(size, 1 / size)
        return (frequency >= -(size // 4)) & (frequency < size // 4)

    rows, columns = np.fft.fft(np.eye(8)), np.fft.fft(np.eye(12))
    spectrum = rows @ x[0, 0].numpy() @ columns.T
    spectrum[np.outer(keep(8), keep(12))] = 0
    back = (np.conj(rows) @ spectrum @ np.conj(columns).T / 96).real
    expected = np.maximum(back, 0)
    assert np.allclose(_pass_high(x, (-2, -1))[0, 0].numpy(), expected, atol=1e-9)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(2, 64), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_squash_is_pillows_bit_by_bit(width, height, size, seed):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    picture = Image.fromarray(image)
    bilinear = Image.Resampling.BILINEAR
    # Pillow before 13 always resamples rows first; two calls fix the order for any version
    tall = height - size > max(0, 2 * (width - size))
    between = (width, size) if tall else (size, height)
    expected = np.asarray(picture.resize(between, bilinear).resize((size, size), bilinear))
    tensor = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    assert np.array_equal(frames.squash(tensor, size)[0].permute(1, 2, 0).numpy(), expected)
    floats = frames.squash(tensor.float(), size)
    assert np.array_equal(floats[0].permute(1, 2, 0).numpy(), expected)


@pytest.mark.parametrize(("height", "width"), [(300, 280), (257, 255), (100, 300), (31, 17)])
def test_the_centre_crop_is_that_of_the_published_code(height, width):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    down, across = max(0, 256 - height), max(0, 256 - width)
    pad = ((down // 2, (down + 1) // 2), (across // 2, (across + 1) // 2), (0, 0))
    padded = Image.fromarray(np.pad(image, pad))
    left, top = round((padded.width - 256) / 2), round((padded.height - 256) / 2)
    expected = np.asarray(padded.crop((left, top, left + 256, top + 256)))
    tensor = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    assert np.array_equal(frames.centre_crop(tensor, 256)[0].permute(1, 2, 0).numpy(), expected)


@pytest.fixture
def tiny(tmp_path):
    from fakevlm_bench.detectors.baselines.ladeda import TinyLaDeDa

    torch.manual_seed(3)
    torch.save(TinyLaDeDa().state_dict(), tmp_path / "tiny.pth")

    def make(**settings):
        return TorchDetector(
            "tiny_ladeda",
            "fakevlm_bench.detectors.baselines.ladeda.TinyLaDeDa",
            checkpoint=Checkpoint("tiny.pth", "MIT", commercial=True),
            weights=str(tmp_path / "tiny.pth"),
            **settings,
        )

    return make


def test_an_answer_depends_on_its_image_alone(tiny, as_query):
    detector = tiny(heat_map=True, frame="centre_crop", size=64)
    rng = np.random.default_rng(0)
    sizes = [(40, 70), (64, 64), (90, 80)] * 4
    images = [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]
    queries = [as_query(image, str(k)) for k, image in enumerate(images)]
    together = detector.predict(queries)
    alone = [detector.predict([query])[0] for query in reversed(queries)][::-1]
    for one, other, image in zip(together, alone, images, strict=True):
        assert one.logit == other.logit
        assert np.array_equal(one.heat_map, other.heat_map)
        assert one.size == (image.shape[1], image.shape[0])
        # the map is of the whole image, not of the crop
        assert one.heat_map.shape[0] == pytest.approx(image.shape[0] / 2, abs=3)


def test_transparent_pixels_are_decoded_as_configured(tiny):
    """On white by default; the colours beneath where the authors' code takes them."""
    pixels = np.random.default_rng(5).integers(0, 256, (40, 40, 4), dtype=np.uint8)
    file, plain = io.BytesIO(), io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    Image.fromarray(pixels[..., :3]).save(plain, format="PNG")
    queries = [Query(name, "clean", one.getvalue()) for name, one in (("a", file), ("b", plain))]
    beneath, expected = tiny(frame="native", drop_alpha=True).predict(queries)
    assert beneath.logit == expected.logit
    white, expected = tiny(frame="native").predict(queries)
    assert white.logit != expected.logit


@pytest.mark.parametrize("frame", ["native", "centre_crop", "squash"])
def test_logits_and_predictions_are_one_preprocessing(tiny, as_query, frame):
    detector = tiny(frame=frame, size=32, threshold=0.7)
    image = np.random.default_rng(1).integers(0, 256, (50, 44, 3), dtype=np.uint8)
    pixels = torch.from_numpy(image.transpose(2, 0, 1).copy())[None].float() / 255
    pixels.requires_grad_(True)
    logit = detector.logits(pixels)
    raw = detector.predict([as_query(image)])[0].logit
    assert float(logit.detach()[0]) == pytest.approx(raw - np.log(0.7 / 0.3), abs=1e-4)
    logit.sum().backward()
    assert torch.isfinite(pixels.grad).all()
    assert pixels.grad.abs().max() > 0


def test_the_gradient_is_that_of_finite_differences(tiny):
    detector = tiny(frame="native")
    detector.network.double()
    pixels = torch.rand(1, 3, 12, 12, dtype=torch.float64, requires_grad=True)

    def run(values):
        logits, _ = detector.network(
            (values - torch.tensor(detector.mean).double().view(3, 1, 1))
            / torch.tensor(detector.std).double().view(3, 1, 1)
        )
        return logits

    assert torch.autograd.gradcheck(run, (pixels,), eps=1e-7, atol=1e-4, rtol=1e-3, fast_mode=True)


def test_images_too_small_or_too_large_are_refused_in_one_line(tiny, as_query):
    image = np.zeros((20, 4, 3), dtype=np.uint8)
    with pytest.raises(DetectorError, match="4×20 pixels is too small for 'tiny_ladeda'"):
        tiny(frame="native").predict([as_query(image)])
    image = np.zeros((40, 50, 3), dtype=np.uint8)
    with pytest.raises(DetectorError, match="50×40 pixels is over the limit of 1000"):
        tiny(frame="native", max_pixels=1000).predict([as_query(image)])


def test_settings_that_do_not_exist_are_one_line_errors(tiny):
    with pytest.raises(ConfigError, match="unknown frame 'center_crop': did you mean centre_crop"):
        tiny(frame="center_crop")
    with pytest.raises(ConfigError, match="unknown statistics 'clipp'"):
        tiny(statistics="clipp")
    with pytest.raises(ConfigError, match="neither 'published', 'calibrated' nor a number"):
        tiny(threshold="best")
    with pytest.raises(ConfigError, match=r"1\.5 is not in \[0, 1\]"):
        tiny(threshold=1.5)
    wrong = TorchDetector("x", "no.such.Network", checkpoint=Checkpoint("f", "MIT"))
    with pytest.raises(ConfigError, match=r"network 'no.such.Network' cannot be imported"):
        wrong.logits(torch.rand(1, 3, 16, 16))


def test_the_fingerprint_changes_with_everything_that_changes_an_answer(tiny, tmp_path):
    first = tiny().fingerprint()
    assert tiny().fingerprint() == first
    for changed in (
        {"frame": "squash"},
        {"drop_alpha": True},
        {"statistics": "clip"},
        {"heat_map": True},
        {"threshold": 0.6},
        {"size": 128},
    ):
        assert tiny(**changed).fingerprint() != first
    torch.save(
        torch.load(tmp_path / "tiny.pth", weights_only=True) | {"x": torch.ones(1)},
        tmp_path / "tiny.pth",
    )
    assert tiny().fingerprint() != first
