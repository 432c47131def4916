"""A server that says odd things: the good answer is kept, the rest is a failure with its reason."""

import json
import math

import pytest

from fakevlm_bench.detectors import faults
from fakevlm_bench.detectors.address import parse
from fakevlm_bench.detectors.server import Endpoint, VllmServer
from fakevlm_bench.detectors.verdict_score import fake_probability
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.registry import load_detector
from fakevlm_bench.responses import admit
from support.fake_server import ANSWER, completion, listed, refuses, says, sends, serving
from support.vlm import ask, in_turn, model, queries


def body(**changes):
    whole = completion(ANSWER)
    whole["choices"][0] |= changes.pop("choice", {})
    return sends(json.dumps(whole | changes).encode())


@pytest.mark.parametrize(
    "logs",
    [None, 0.5, -1.2, "none", [], [1.0, 2.0], {}, {"content": None}, {"content": -0.3},
     {"content": [None]}, {"content": [0.1, "x"]}, {"content": [{"token": "fake"}]},
     {"content": [{"token": "fake", "top_logprobs": 3}]},
     {"tokens": ["fake"], "token_logprobs": [-0.1]}],
    ids=repr,
)  # fmt: skip
def test_log_probabilities_of_another_form_do_not_cost_the_answer(logs):
    (response,), _, _ = ask(in_turn(body(choice={"logprobs": logs})))
    assert (response.text, response.score, response.error) == (ANSWER, None, None)


@pytest.mark.parametrize(
    ("usage", "counted"),
    [({"prompt_tokens": "100", "completion_tokens": "12"}, (100, 12)),
     ({"prompt_tokens": -1, "completion_tokens": 12.0}, (None, 12)),
     ({"prompt_tokens": 1.5, "completion_tokens": None}, (None, None)),
     ({"prompt_tokens": [1], "completion_tokens": 1e300}, (None, None)),
     ("much", (None, None)), ([1, 2], (None, None)), (None, (None, None)), (3, (None, None))],
    ids=repr,
)  # fmt: skip
def test_usage_of_another_form_does_not_cost_the_answer(usage, counted):
    (response,), _, detector = ask(in_turn(body(usage=usage)))
    assert (response.text, response.error) == (ANSWER, None)
    assert (response.tokens_in, response.tokens_out) == counted
    assert detector.telemetry()["tokens_in"] == (counted[0] or 0)


@pytest.mark.parametrize("odd", [None, "x", math.nan, 5.0, [1], True])
def test_a_list_with_a_value_that_is_no_logarithm_gives_no_score(odd):
    top = listed("fake", fake=-0.1, real=-2.0)
    top["top_logprobs"].append({"token": "genuine", "logprob": odd})
    assert fake_probability([top]) is None


def test_a_probability_of_zero_is_one():
    assert fake_probability([listed("fake", fake=0.0, real=-math.inf)]) == 1.0
    assert fake_probability([listed("fake", fake=1e-7, real=-(10**400))]) == 1.0


@pytest.mark.parametrize(
    ("content", "text"),
    [([{"type": "text", "text": "fa"}, {"text": None}, "x", {"text": "ke"}], "fake"), (0, ""),
     ([], "")],
)  # fmt: skip
def test_content_in_parts(content, text):
    (response,), _, _ = ask(in_turn(body(choice={"message": {"content": content}})))
    assert (response.text, response.error) == (text, None)


@pytest.mark.parametrize("content", [{"verdict": "fake"}, 7, True])
def test_content_that_is_no_text_is_a_failure(content):
    (response,), _, _ = ask(in_turn(body(choice={"message": {"content": content}})))
    assert f"content is a {type(content).__name__}, no text" in response.error


def test_a_lone_surrogate_in_an_answer_is_replaced():
    raw = json.dumps(completion("fake")).replace('"fake"', '"fake \\ud800\\u0000"').encode()
    (response,), _, _ = ask(in_turn(sends(raw)))
    assert admit(response).text == "fake \ufffd\ufffd"


def test_a_body_that_is_nested_without_end_is_a_failure_of_its_image():
    deep = b'{"choices": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    (response,), server, _ = ask(in_turn(sends(deep)))
    assert "nested too deeply" in response.error
    assert len(server.asked) == 1


def test_a_body_without_end_is_a_failure_of_its_image(monkeypatch):
    monkeypatch.setattr("fakevlm_bench.detectors.client.LARGEST_BODY", 10_000)
    (response,), server, _ = ask(in_turn(says("fake " * 3000)))
    assert response.error == "the answer is larger than 10,000 bytes"
    assert len(server.asked) == 1


def test_a_body_that_is_packed_wrongly_is_a_failure_of_its_image():
    packed = {"Content-Encoding": "gzip"}
    (response,), _, _ = ask(in_turn(lambda handler: handler.reply(200, b"no gzip", packed)))
    assert "connection broken" in response.error


def test_an_error_behind_status_200_keeps_the_servers_words():
    words = "the upstream model refused: " + "because " * 35 + "of its quota"
    (response,), _, _ = ask(in_turn(sends(json.dumps({"error": {"message": words}}).encode())),
                            client={"retries": 0})  # fmt: skip
    assert response.error == f"the answer is no chat completion: {words}"
    assert len(words) > 300
    (response,), _, _ = ask(in_turn(sends(f"<html>{words}".encode())), client={"retries": 0})
    assert response.error == f"the answer is no JSON: <html>{words}"


def test_long_words_are_cut_and_it_shows():
    (response,), _, _ = ask(in_turn(refuses(400, "x" * 9000)))
    assert response.error == f"400: {'x' * faults.LONGEST_REASON}…"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_names_its_target_and_stops_the_run(status):
    with pytest.raises(DetectorError) as caught:
        ask(in_turn(refuses(status, Location="https://other.test/v2?key=targetsecret")), count=3)
    assert f"{status}: redirected to https://other.test/v2?key=***" in str(caught.value)
    assert "targetsecret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "asked", "shown"),
    [
        ("/v1", "/v1/chat/completions", "/v1"),
        ("/v1///", "/v1/chat/completions", "/v1"),
        ("", "/chat/completions", ""),
        ("/o/d?api-version=2024-06-01", "/o/d/chat/completions?api-version=2024-06-01",
         "/o/d?api-version=2024-06-01"),
        ("/o/d/?api-version=1&api-key=querysecret",
         "/o/d/chat/completions?api-version=1&api-key=querysecret",
         "/o/d?api-version=1&api-key=***"),
    ],
)  # fmt: skip
def test_a_query_stays_behind_the_path(given, asked, shown):
    with serving(in_turn(says())) as server:
        root = server.url.removesuffix("/v1")
        end = Endpoint(f"{root}{given}")
        detector = VisionLanguageModel("tested", "m", end)
        assert detector.predict(queries(1))[0].text == ANSWER
        detector.close()
    assert server.asked[0].path == asked
    assert end.fingerprint() == {"kind": "endpoint", "base_url": f"{root}{shown}"}


def test_a_user_in_an_address_is_sent_as_a_header_and_shown_nowhere(no_leak):
    with serving(in_turn(says())) as server:
        end = Endpoint(server.url.replace("http://", "http://me:pass%2Fword9@"))
        detector = VisionLanguageModel("tested", "m", end)
        detector.predict(queries(1))
        detector.close()
    assert server.asked[0].headers["authorization"] == "Basic bWU6cGFzcy93b3JkOQ=="
    assert detector.fingerprint()["server"]["base_url"] == server.url
    no_leak("pass/word9", repr((end, end.fingerprint(), detector.telemetry())))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("localhost:8000/v1", "is not an address: set server.base_url=http"),
        ("ftp://x/v1", "is not an address"),
        ("http://", "is not an address"),
        ("", "is not an address"),
        ("http://x:99999/v1", "is not an address: Port out of range"),
        ("http://x:0/v1", "port 0"),
        ("http://x:port/v1", "is not an address"),
        ("http://[::1/v1", "is not an address"),
        ("http://:80/v1", "has no host"),
        ("http://x/v1#part", "has a fragment"),
        ("http://x/v 1", "contains blanks"),
        ("http://x/v1\n", "contains blanks"),
    ],
)
def test_an_address_that_cannot_work_is_refused_before_anything(address, told):
    with pytest.raises(ConfigError, match=told):
        Endpoint(address)


def test_an_address_without_secrets_is_shown_as_it_is():
    for plain in ("http://127.0.0.1:8000/v1", "https://API.example/V1", "http://[::1]:8/v1"):
        assert parse(plain).public == plain


@pytest.mark.parametrize(
    "proxy",
    ["http://127.0.0.1:99999", "foo://x:1", "http://", "http://127.0.0.1:0", "http://[::1",
     "http://me:proxysecret@127.0.0.1:9"],
)  # fmt: skip
def test_a_proxy_that_cannot_work_stops_the_run(monkeypatch, proxy, no_leak):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY",
                 "NO_PROXY"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    detector = model("http://somewhere.test/v1", client={"retries": 0})
    with pytest.raises(DetectorError, match=r"cannot be asked: the proxy|no connection") as caught:
        detector.predict(queries(3))
    no_leak("proxysecret", str(caught.value))
    detector.close()


@pytest.mark.parametrize(
    ("settings", "stochastic"),
    [
        ({}, False),
        ({"temperature": 0}, False),
        ({"temperature": 0.0, "request": {"stop": ["x"], "chat_template_kwargs": {}}}, False),
        ({"request": {"temperature": 0}}, False),
        ({"temperature": None, "request": {"temperature": 0}}, False),
        ({"temperature": None}, True),
        ({"temperature": 0.7}, True),
        ({"request": {"temperature": 0.7}}, True),
        ({"request": {"temperature": None}}, True),
        ({"request": {"top_p": 0.9}}, True),
        ({"request": {"do_sample": True}}, True),
        ({"request": {"options": {"temperature": 1}}}, True),
    ],
    ids=repr,
)
def test_only_an_explicit_zero_is_no_sampling(settings, stochastic):
    _, server, detector = ask(in_turn(says()), **settings)
    assert detector.fingerprint()["stochastic"] is stochastic
    assert ("seed" in server.asked[0].body) is stochastic


def test_a_seed_of_the_users_stays_and_every_seed_fits_into_63_bits():
    from dataclasses import replace

    _, server, _ = ask(in_turn(says()), temperature=None, request={"seed": 5})
    assert server.asked[0].body["seed"] == 5
    with serving(in_turn(says())) as server:
        detector = model(server.url, temperature=1.0)
        detector.predict([replace(queries(1)[0], seed=2**64 - 1)])
        detector.close()
    assert server.asked[0].body["seed"] == 2**63 - 1


@pytest.mark.parametrize("name", ["openai_api", "qwen3_vl", "qwen2_5_vl", "internvl3", "llava_1_5",
                                  "fakevlm"])  # fmt: skip
def test_the_shipped_models_do_not_sample(name):
    server = {"kind": "endpoint", "base_url": "http://x/v1"}
    assert load_detector(name, server=server).fingerprint()["stochastic"] is False


def test_a_key_that_the_log_would_show_is_refused(no_leak):
    for words in (["--api-key", "argumentsecret"], ["--api-key=argumentsecret"]):
        with pytest.raises(ConfigError, match="the log would show the key") as caught:
            VllmServer(arguments=words)
        no_leak("argumentsecret", str(caught.value))
