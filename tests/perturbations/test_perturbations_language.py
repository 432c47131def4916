import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.perturbations.language import Context, Overlay, PromptOrder
from fakevlm_bench.registry import config, load_condition
from fakevlm_bench.types import Query

RNG = np.random.default_rng(0)


def ask(prompt, context=""):
    return Query("sample", "prompt_order", b"bytes", "image/png", prompt, context)


@pytest.mark.parametrize("name", ["overlay_real", "overlay_fake", "instruction_real"])
def test_writing_grows_with_severity_and_leaves_the_rest_alone(name):
    grey = np.full((400, 500, 3), 128, np.uint8)
    sums = []
    for severity in range(1, 6):
        done = load_condition(f"{name}:{severity}").operation(grey, None, RNG).image
        change = np.abs(done.astype(int) - 128).sum(axis=2)
        assert 0 < (change > 0).mean() < 0.6
        sums.append(change.sum())
    assert sums == sorted(sums)


@pytest.mark.parametrize(
    ("claim", "control"),
    [
        ("overlay_real", "overlay_real_control"),
        ("overlay_fake", "overlay_fake_control"),
        ("instruction_real", "instruction_control"),
        ("instruction_fake", "instruction_control"),
    ],
)
def test_a_control_is_as_long_as_its_claim_and_says_neither(claim, control):
    text, neutral = config("condition", claim)["text"], config("condition", control)["text"]
    assert len(text) == len(neutral)
    assert not re.search("real|fake|photo|generat|authentic|synthetic|image", neutral, re.I)


def test_places_differ():
    grey = np.full((300, 300, 3), 128, np.uint8)
    centres = set()
    for severity in "12345":
        done = Overlay(severity, "real photo")(grey, None, RNG).image
        rows, columns = np.nonzero((done != 128).any(axis=2))
        centres.add((round(rows.mean() / 75), round(columns.mean() / 75)))
    assert len(centres) == 5


def test_long_writing_fits_even_a_small_image():
    black = np.zeros((48, 48, 3), np.uint8)
    done = Overlay("5", "word " * 30)(black, None, RNG).image
    assert done.shape == black.shape
    assert done[0].max() == 0 or done.max() > 0


def test_nothing_to_write_is_refused():
    with pytest.raises(ConfigError, match="has no text"):
        Overlay("1", " ")


@pytest.mark.parametrize(
    ("prompt", "swapped"),
    [
        ("Does the image looks real/fake?", "Does the image looks fake/real?"),
        ("Real or FAKE?", "Fake or REAL?"),
        ("real, not fake; unrealistic", "fake, not real; unrealistic"),
    ],
)
def test_words_change_places(prompt, swapped):
    query = ask(prompt)
    assert PromptOrder("swapped").alter(query, RNG).prompt == swapped
    assert query.prompt == prompt


@given(st.text(alphabet="abc RrealfkFAKE/?", max_size=30))
def test_swapping_twice_changes_nothing(words):
    prompt = f"{words} real or fake"
    once = PromptOrder("swapped").alter(ask(prompt), RNG).prompt
    assert len(once) == len(prompt)
    twice = PromptOrder("swapped").alter(ask(once), RNG).prompt
    assert twice.lower() == prompt.lower()


def test_a_prompt_without_the_words_is_an_error_that_names_it():
    with pytest.raises(ConfigError, match=r"prompt_order.*'Is it real\?'.*both real and fake"):
        PromptOrder("swapped").alter(ask("Is it real?"), RNG)


def test_detectors_that_are_not_asked_get_what_they_got():
    assert PromptOrder("swapped").alter(ask(""), RNG) == ask("")


@pytest.mark.parametrize("name", ["caption", "metadata"])
def test_context_makes_its_claim_beside_the_image(name):
    lines = set()
    for claim in ("real", "fake", "neutral"):
        query = load_condition(f"{name}:{claim}").operation.alter(ask("?"), RNG)
        assert query.image == b"bytes"
        assert query.prompt == "?"
        lines.add(query.context)
    assert len(lines) == 3
    assert max(map(len, lines)) - min(map(len, lines)) <= 6


def test_context_is_added_to_what_is_there():
    claim = Context("fake", real="r", fake="f", neutral="n")
    assert claim.alter(ask("?", "before"), RNG).context == "before\nf"
