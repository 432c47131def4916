"""P(fake) from the log-probabilities of the verdict token."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.detectors.server import Endpoint
from fakevlm_bench.detectors.verdict_score import fake_probability, meaning
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.types import Query
from support.fake_server import listed, says, serving
from support.vlm import Pictures, run


def plain(*words):
    return [{"token": word, "logprob": -0.01, "top_logprobs": []} for word in words]


def logs(**shares):
    return {word.replace("_", " "): math.log(share) for word, share in shares.items()}


VERDICT = listed(" fake", **logs(_fake=0.7, _real=0.2, _photo=0.05, _the=0.05))


@pytest.mark.parametrize(
    "before",
    [
        ("This", " is", " a"), (" This", " is", " a"), (),
        ("The", " image", " is"), ("It", "'s"), ("The", " photo", " looks"),
        ("This", " is", " likely", " a"), ("Answer", ":"), ("**", "Verdict", ":**"),
        ("{", '"', "verdict", '":', ' "'), ("```json\n", '{"verdict": "'),
        ("Is this real or fake?", " This", " is", " a"),
        ("The sky is fine. ", "The image", " appears", " to", " be"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_the_verdict_token_is_found_behind_an_opening(before):
    assert fake_probability([*plain(*before), VERDICT]) == pytest.approx(0.7 / 0.9)


def test_tokens_of_one_meaning_are_summed():
    fakes = {"fake": 0.4, "Fake": 0.1, "synth": 0.1, "AI": 0.1}
    shares = {**fakes, "real": 0.2, "auth": 0.05, "x": 0.05}
    token = listed("fake", **logs(**shares))
    assert fake_probability([*plain("This is a "), token]) == pytest.approx(0.7 / 0.95)


def test_negation_turns_it_round():
    token = listed(" real", **logs(_real=0.8, _fake=0.1, _the=0.1))
    assert fake_probability([*plain("This is", " not", " a"), token]) == pytest.approx(8 / 9)
    assert fake_probability([*plain("This is", " a"), token]) == pytest.approx(1 / 9)


def test_what_is_not_listed_is_bounded_by_the_least_likely_listed():
    token = listed(" fake", **logs(_fake=0.9, _photo=0.09, _the=0.001))
    assert fake_probability([*plain("This is a"), token]) == pytest.approx(0.9 / 0.901)


@pytest.mark.parametrize(
    "tokens",
    [
        None, [], plain("I", " cannot", " say"),
        [*plain("This is a"), {"token": " fake", "logprob": -0.1, "top_logprobs": []}],
        [*plain("This is a"), {"token": " fake", "logprob": -0.1}],
        [*plain("A woman in "), VERDICT],  # "A woman in fake …" is no verdict
        [*plain("This is a"), listed(" real", **logs(_real=0.5, _fake=0.5)), *plain("istic view")],
    ],
    ids=["none", "empty", "no-verdict", "none-listed", "no-list", "elsewhere", "realistic"],
)  # fmt: skip
def test_no_verdict_token_gives_no_score(tokens):
    assert fake_probability(tokens) is None


@pytest.mark.parametrize(
    ("token", "fake"),
    [(" fake", True), ("Fake", True), ("fa", True), ("▁fake", True), ("synth", True), ("AI", True),
     (" real", False), ("gen", None), ("man", None),
     (" photo", None), ("deep", None), ("auth", False), ("genu", False), ("r", None), ("the", None),
     ("", None), ("realistic", None), ("unaltered", False)],
)  # fmt: skip
def test_a_tokens_meaning(token, fake):
    assert meaning(token) is fake


def test_a_server_without_log_probabilities_gives_no_score_and_the_figure_says_why(tmp_path):
    with serving(lambda *_: says("This is a fake image.")) as server:
        detector = VisionLanguageModel("tested", "m", Endpoint(server.url))
        finished = run(detector, 24, tmp_path)
    auroc = finished.result["detection"]["auroc"]
    assert auroc == {"absent": "the detector gives no score", "n": 24}
    assert finished.result["detection"]["accuracy"]["value"] == 0.5


def test_scores_reach_the_figures(tmp_path):
    def act(_, asked):
        real = asked.image in reals
        token = logs(_real=0.8, _fake=0.2) if real else logs(_real=0.3, _fake=0.7)
        word = " real" if real else " fake"
        return says(f"This is a{word} image.", [*plain("This is a"), listed(word, **token)])

    reals = {one.image for one in Pictures(24) if one.label == 0}
    with serving(act) as server:
        detector = VisionLanguageModel("tested", "m", Endpoint(server.url))
        assert detector.capabilities.score
        finished = run(detector, 24, tmp_path)
    assert finished.result["detection"]["auroc"]["value"] == 1.0
    assert finished.result["detection"]["accuracy"]["value"] == 1.0


def test_without_top_log_probabilities_none_are_asked_for():
    with serving(lambda *_: says()) as server:
        detector = VisionLanguageModel("tested", "m", Endpoint(server.url), top_logprobs=0)
        assert not detector.capabilities.score
        detector.predict([Query("s", "clean", b"\x89PNG", "image/png", "?")])
        detector.close()
    assert "logprobs" not in server.asked[0].body


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["This", " is", " a", " not", " fake", " real", '{"verdict": "']),
             max_size=8),
    st.dictionaries(st.sampled_from([" fake", " real", "AI", "x", "y"]), st.floats(-60, 0),
                    max_size=5),
)  # fmt: skip
def test_a_score_is_a_probability_or_nothing(words, top):
    tokens = [listed(word, **top) for word in words]
    score = fake_probability(tokens)
    assert score is None or 0 <= score <= 1
