"""Transfer: crafted once with surrogates, kept losslessly, replayed on any detector."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from fakevlm_bench.attacks.replay import Replay
from fakevlm_bench.attacks.storage import AdversarialSet, pixel_digest
from fakevlm_bench.attacks.surrogates import load_surrogates
from fakevlm_bench.attacks.transfer import Transfer
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.errors import BenchError, ConfigError, DataError, WeightsError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Capabilities, Label
from support.small_network import Network, NetworkDetector, count_broken, make_targets


class Counting(NetworkDetector):
    """A surrogate of another name that counts its backward passes' images."""

    name = "surrogate"
    seen = 0

    def logits(self, pixels):
        self.seen += len(pixels)
        return super().logits(pixels)


class Api(NetworkDetector):
    """Somebody's server: answers, and gives nothing else."""

    name = "api"
    capabilities = Capabilities()

    def logits(self, pixels):
        raise AssertionError("a transfer attack must not ask its victim")

    predict = logits


@pytest.fixture
def surrogate(network):
    return Counting(network)


@pytest.fixture
def api(network):
    return Api(network)


def test_images_are_crafted_once_and_are_the_same_afterwards(surrogate, api, targets, tmp_path):
    attack = Transfer("8/255", surrogates=[surrogate], store=str(tmp_path / "s"))
    first = attack.craft(api, targets[:6])
    assert surrogate.seen == 6 * attack.steps
    again = Transfer("8/255", surrogates=[surrogate], store=str(tmp_path / "s"))
    second = again.craft(api, targets[:8])
    assert surrogate.seen == 8 * attack.steps
    for a, b in zip(first, second, strict=False):
        np.testing.assert_array_equal(a.image, b.image)
        assert a.norm == b.norm <= 8 / 255 + 1e-9
    assert [one.queries for one in second] == [0] * 8


def test_they_fool_the_surrogate_and_say_that_it_was_one(surrogate, targets):
    done = Transfer("16/255", surrogates=[surrogate], store=None).craft(surrogate, targets)
    broken = count_broken(surrogate, [one.image for one in done], targets)
    assert broken > 0.6 * len(targets)
    assert {flag for one in done for flag in one.flags} == {"victim_is_surrogate"}


def test_two_surrogates_pull_equally(network, surrogate, targets, api):
    """One that is a thousand times as sure does not drown the other."""

    class Loud(NetworkDetector):
        name = "loud"

        def logits(self, pixels):
            return super().logits(pixels.flip(1)) * 1000

    both = Transfer("8/255", surrogates=[surrogate, Loud(network)], diversity=0, store=None)
    alone = Transfer("8/255", surrogates=[Loud(network)], diversity=0, store=None)
    mixed, loud = (attack.craft(api, targets) for attack in (both, alone))
    images = [[one.image for one in done] for done in (mixed, loud)]
    assert count_broken(surrogate, images[0], targets) > count_broken(surrogate, images[1], targets)


def test_order_and_batches_do_not_matter(surrogate, api, targets):
    attack = Transfer("8/255", surrogates=[surrogate], store=None)
    whole = attack.craft(api, targets[:5])
    alone = [attack.craft(api, [one])[0] for one in targets[4::-1]][::-1]
    for a, b in zip(whole, alone, strict=True):
        np.testing.assert_array_equal(a.image, b.image)


@pytest.mark.parametrize("fault", ["nan", "dies"])
def test_a_dead_surrogate_costs_its_image_only(fault, network, api, targets, tmp_path):
    poison = torch.from_numpy(targets[1].image).permute(2, 0, 1).float() / 255

    class Dying(NetworkDetector):
        name = "dying"

        def logits(self, pixels):
            bad = (pixels - poison).abs().amax((1, 2, 3)) < 40 / 255
            if fault == "dies" and bool(bad.any()):
                raise RuntimeError("out of memory")
            return super().logits(pixels) * torch.where(bad, torch.nan, 1.0)

    attack = Transfer("8/255", surrogates=[Dying(network)], diversity=0, store=str(tmp_path))
    done = attack.craft(api, targets[:4])
    assert [one.error is None for one in done] == [True, False, True, True]
    assert "surrogate 'dying'" in done[1].error
    assert pq.read_table(AdversarialSet(tmp_path).files[0]).num_rows == 3


def test_surrogates_are_checked_before_anything_is_made(api):
    with pytest.raises(ConfigError, match="'coin' gives no gradients"):
        Transfer("8/255", surrogates=["coin"]).fingerprint()
    with pytest.raises(BenchError, match="unknown detector 'nrp'"):
        load_surrogates(["nrp"], "transfer_linf")
    with pytest.raises(ConfigError, match="weights on this machine"):
        load_surrogates([], "transfer_linf")


def test_a_named_surrogate_without_weights_is_said_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("FAKEVLM_BENCH_WEIGHTS", raising=False)
    monkeypatch.setattr("httpx.stream", lambda *_, **__: pytest.fail("it must not be downloaded"))
    with pytest.raises(WeightsError, match=r"transfer_linf: surrogate 'npr' is not here: NPR\.pth"):
        Transfer("8/255", surrogates=["npr"]).fingerprint()


def test_the_surrogates_weights_are_in_the_fingerprint(network):
    class Other(Counting):
        def fingerprint(self):
            return {"name": self.name, "weights": "other"}

    one, two = (
        Transfer("8/255", surrogates=[kind(network)], store=None).fingerprint()
        for kind in (Counting, Other)
    )
    assert one != two


def test_the_stored_set_is_lossless_and_a_data_set(surrogate, api, targets, tmp_path):
    attack = Transfer("8/255", surrogates=[surrogate], store=str(tmp_path))
    done = attack.craft(api, targets[:5])
    samples = list(TableDataset(path=tmp_path))
    assert [sample.id for sample in samples] == [target.sample_id for target in targets[:5]]
    for sample, target, one in zip(samples, targets[:5], done, strict=True):
        assert sample.media_type == "image/png"
        assert sample.label is target.label
        np.testing.assert_array_equal(decode_image(sample.image), one.image)
    rows = pq.read_table(AdversarialSet(tmp_path).files[0]).to_pylist()
    assert [row["norm"] for row in rows] == [one.norm for one in done]
    assert rows[0]["original_sha256"] == pixel_digest(targets[0].image)
    card = (tmp_path / "README.md").read_text()
    assert card.startswith("---\n")
    for said in ("8/255", "`surrogate`", "replay:", "licence"):
        assert said in card


def test_replay_puts_the_same_images_before_another_detector(surrogate, api, targets, tmp_path):
    made = Transfer("8/255", surrogates=[surrogate], store=str(tmp_path)).craft(api, targets[:4])
    replay = Replay(str(tmp_path))
    (stranger,) = make_targets(1, seed=321)
    found = replay.craft(api, [*targets[3::-1], stranger])
    for a, b in zip(made[::-1], found, strict=False):
        np.testing.assert_array_equal(a.image, b.image)
        assert a.norm == b.norm
    assert "another task, version or split" in found[-1].error
    told = replay.fingerprint()
    assert (told["kind"], told["norm"], told["epsilon"]) == ("transfer", "linf", 8 / 255)


def test_a_folder_without_images_or_of_another_attack_is_refused(surrogate, api, targets, tmp_path):
    with pytest.raises(ConfigError, match="no adversarial images"):
        Replay(str(tmp_path / "nothing"))
    Transfer("8/255", surrogates=[surrogate], store=str(tmp_path)).craft(api, targets[:2])
    other = Transfer("4/255", surrogates=[surrogate], store=str(tmp_path))
    with pytest.raises(ConfigError, match="another attack"):
        other.store.add((), other.fingerprint(), "")
    for name in ("0", "z"):  # before and behind the part that can be read
        bad = tmp_path / f"test-{name}.parquet"
        bad.write_bytes(b"PAR1")
        with pytest.raises(DataError, match=f"{bad.name} cannot be read"):
            Replay(str(tmp_path))
        bad.unlink()


def test_diversity_keeps_the_shape_and_is_sometimes_nothing(surrogate):
    attack = Transfer("8/255", surrogates=[surrogate], store=None)
    rng = np.random.default_rng(0)
    pixels = torch.rand(1, 3, 20, 31)
    varied = [attack._vary(pixels, rng) for _ in range(60)]
    assert all(one.shape == pixels.shape for one in varied)
    same = sum(bool((one == pixels).all()) for one in varied)
    assert 15 < same < 45


def test_momentum_and_step_are_those_of_the_paper(targets, api):
    """On a linear detector every step has the gradient's sign, so the corner is reached."""

    class Linear(NetworkDetector):
        name = "linear"

        def logits(self, pixels):
            return (pixels * self.network).sum((1, 2, 3))

    weights = torch.from_numpy(np.random.default_rng(3).normal(size=(3, 32, 32))).float()
    attack = Transfer("10/255", surrogates=[Linear(weights)], diversity=0, store=None)
    target = next(t for t in targets if t.label is Label.FAKE)
    (done,) = attack.craft(api, [target])
    moved = -10 * weights.sign().permute(1, 2, 0).numpy()
    wanted = np.clip(target.image + moved, 0, 255).astype(np.uint8)
    np.testing.assert_array_equal(done.image, wanted)


def test_a_random_network_is_no_good_surrogate(targets, network, api):
    """What transfers has learnt from its surrogate: a random one breaks fewer."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        blank = NetworkDetector(Network(width=4).eval().requires_grad_(False))
    judge = NetworkDetector(network)
    broken = [
        count_broken(judge, [one.image for one in attack.craft(api, targets)], targets)
        for attack in (
            Transfer("8/255", surrogates=[blank], store=None),
            Transfer("8/255", surrogates=[judge], store=None),
        )
    ]
    assert broken[0] < broken[1]
