"""The client against a real server that misbehaves."""

import email.utils
import time

import numpy as np
import pytest

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.detectors.faults import _retry_after
from fakevlm_bench.detectors.server import Endpoint
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.types import Query, Status
from support.fake_server import (
    ANSWER,
    cuts_off,
    hangs_up,
    listed,
    refuses,
    says,
    sends,
    serving,
    stays_silent,
)
from support.vlm import PNG, ask, in_turn, model, queries


def test_a_request_carries_the_files_own_bytes_and_the_question():
    (response,), server, _ = ask(in_turn(says()))
    assert response.text == ANSWER
    assert (response.tokens_in, response.tokens_out) == (100, 12)
    assert response.latency > 0
    asked = server.asked[0]
    assert asked.image == PNG + b"\0"
    assert asked.words == "real or fake?"
    body = asked.body
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("some/model", 0.0, 512)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)
    assert "chat_template" not in body
    assert "seed" not in body


def test_the_window_goes_in_the_place_of_a_picture_of_another_size():
    rng = np.random.default_rng(0)
    large, fitting = (
        encode_png(rng.integers(0, 256, (side, side, 3)).astype(np.uint8)) for side in (320, 256)
    )
    with serving(in_turn(says())) as server:
        detector = model(server.url, window=256, client={"limit": 1})
        detector.predict([Query("l", "clean", large), Query("f", "clean", fitting)])
        detector.close()
    sent = sorted((asked.image for asked in server.asked), key=lambda png: png == fitting)
    np.testing.assert_array_equal(decode_image(sent[0]), decode_image(large)[32:288, 32:288])
    assert sent[1] == fitting
    assert detector.fingerprint()["window"] == 256


def test_a_turned_picture_is_sent_upright_where_that_is_asked_for():
    import io

    from PIL import Image

    stored = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    turned = {}
    for orientation in (1, 6):
        exif = Image.Exif()
        exif[0x0112] = orientation
        buffer = io.BytesIO()
        Image.fromarray(stored).save(buffer, format="PNG", exif=exif)
        turned[orientation] = buffer.getvalue()
    for upright in (False, True):
        with serving(in_turn(says())) as server:
            detector = model(server.url, upright=upright, client={"limit": 1})
            detector.predict([Query(str(k), "clean", file) for k, file in turned.items()])
            detector.close()
        sent = [asked.image for asked in server.asked]
        assert turned[1] in sent  # it lies upright: the file's own bytes
        assert (turned[6] in sent) is not upright
        if upright:
            (png,) = (image for image in sent if image != turned[1])
            assert Image.open(io.BytesIO(png)).getexif().get(0x0112) is None
            np.testing.assert_array_equal(decode_image(png), np.rot90(stored, -1))
        assert detector.fingerprint().get("upright", False) is upright
    assert "upright" not in model("http://localhost:1/v1").fingerprint()


def test_a_file_that_the_server_cannot_read_goes_as_png_with_the_same_pixels():
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), (10, 200, 30)).save(buffer, format="TIFF")
    with serving(in_turn(says())) as server:
        detector = model(server.url)
        detector.predict([Query("s", "clean", buffer.getvalue(), "", "?")])
        detector.close()
    sent = server.asked[0].image
    assert sent == encode_png(decode_image(buffer.getvalue()))


def test_context_and_instructions_stand_around_the_question():
    with serving(in_turn(says())) as server:
        prompting = {"instructions": "Answer as JSON.", "system": "You inspect images."}
        detector = model(server.url, prompting=prompting)
        detector.predict([Query("s", "clean", PNG, "image/png", "fake?", context="Caption: cat")])
        detector.close()
    messages = server.asked[0].body["messages"]
    assert messages[0] == {"role": "system", "content": "You inspect images."}
    assert server.asked[0].words == "Caption: cat\nfake?\nAnswer as JSON."


def test_a_raw_string_goes_through_a_template_that_adds_nothing():
    jinja2 = pytest.importorskip("jinja2")
    _, server, detector = ask(in_turn(says()), prompting={"mode": "raw"})
    body = server.asked[0].body
    content = [{"type": "image"}, {"type": "text", "text": "real or fake?"}]
    template = jinja2.Template(body["chat_template"])
    rendered = template.render(
        messages=[{"role": "user", "content": content}], add_generation_prompt=True
    )
    assert rendered == "<image>real or fake?"
    assert body["add_special_tokens"] is True
    assert detector.fingerprint()["prompting"]["raw"]["through"].startswith("chat endpoint")


def test_prompting_is_in_the_fingerprint():
    chat, raw = (model("http://x/v1", prompting={"mode": mode}) for mode in ("chat", "raw"))
    assert chat.fingerprint() != raw.fingerprint()
    assert chat.fingerprint()["prompting"]["mode"] == "chat"


def test_an_opening_is_continued():
    top = listed(" fake", **{" fake": -0.1, " real": -2.4})
    responses, server, _ = ask(
        in_turn(says(" fake image.", [top])), prompting={"opening": "This is a"}
    )
    body = server.asked[0].body
    assert body["continue_final_message"] is True
    assert body["add_generation_prompt"] is False
    assert body["messages"][-1]["role"] == "assistant"
    assert responses[0].text == "This is a fake image."
    assert responses[0].score == pytest.approx(0.9089, abs=1e-3)


@pytest.mark.parametrize(
    "fault",
    [refuses(500), refuses(503), refuses(429), refuses(408), cuts_off, hangs_up,
     sends(b'{"choices": [{"message"'), sends(b"[]"), sends(b'{"choices": []}'),
     sends(b'{"choices": [{"message": null}]}'), sends(b"\xff\xfe garbage")],
    ids=["500", "503", "429", "408", "cut-off", "hang-up", "half-json", "list", "no-choice",
         "no-message", "bytes"],
)  # fmt: skip
def test_what_may_pass_is_tried_again(fault):
    (response,), server, detector = ask(in_turn(fault, fault, says()))
    assert response.text == ANSWER
    assert len(server.asked) == 3
    client = detector.telemetry()["client"]
    assert (client["requests"], client["attempts"], client["failed"]) == (1, 3, 0)
    assert sum(client["faults"].values()) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(refuses(500, "engine died"), "500: engine died"), (cuts_off, "connection broken"),
     (sends(b"<html>"), "no JSON"), (sends(b"{}"), "no chat completion")],
    ids=["500", "cut-off", "no-json", "no-completion"],
)  # fmt: skip
def test_trying_again_has_a_bound_and_the_reason_stays(fault, reason):
    (response,), server, detector = ask(in_turn(fault))
    assert len(server.asked) == 4
    assert reason in response.error
    assert "4 attempts" in response.error
    assert response.text is None
    assert detector.telemetry()["client"]["failed"] == 1


@pytest.mark.parametrize("status", [400, 405, 409, 413, 415, 422])
def test_other_4xx_are_never_tried_again(status):
    (response,), server, _ = ask(in_turn(refuses(status, "prompt is too long")))
    assert len(server.asked) == 1
    assert response.error == f"{status}: prompt is too long"


def test_silence_ends_in_a_time_out():
    (response,), server, _ = ask(in_turn(stays_silent), client={"timeout": 0.2, "retries": 1})
    assert len(server.asked) == 2
    assert "no answer within 0.2 s" in response.error


@pytest.mark.parametrize("text", ["", None])
def test_an_empty_answer_is_an_answer_that_is_not_understood(text):
    (response,), server, _ = ask(in_turn(says(text)))
    assert len(server.asked) == 1
    assert response.error is None
    assert interpret("s", "clean", response, ParseSettings()).status is Status.UNPARSED


def test_one_failure_loses_no_other_answer():
    def act(_, asked):
        return refuses(400, "bad image") if asked.image.endswith(b"\7") else says()

    responses, _, _ = ask(act, count=20)
    assert [i for i, one in enumerate(responses) if one.error] == [7]
    assert all(one.text == ANSWER for i, one in enumerate(responses) if i != 7)


def test_answers_keep_their_order():
    def act(_, asked):
        number = asked.image[-1]
        return says(f"answer {number}", after=0.05 * (number % 3))

    responses, _, _ = ask(act, count=12)
    assert [one.text for one in responses] == [f"answer {i}" for i in range(12)]


def test_retry_after_is_honoured_by_every_request():
    responses, server, _ = ask(in_turn(refuses(429, Retry_After="1"), says()), count=3,
                               client={"limit": 1})  # fmt: skip
    assert all(one.text == ANSWER for one in responses)
    waited = [one.at - server.asked[0].at for one in server.asked[1:]]
    assert min(waited) >= 0.95


def test_retry_after_may_be_a_date():
    assert _retry_after("7") == 7.0
    date = email.utils.format_datetime(email.utils.localtime())
    assert _retry_after(date) <= 1.0
    assert _retry_after("soon") is None
    assert _retry_after(None) is None


def test_retry_after_has_a_bound():
    started = time.monotonic()
    (response,), _, _ = ask(
        in_turn(refuses(429, Retry_After="3600"), says()), client={"longest_wait": 0.2}
    )
    assert response.text == ANSWER
    assert time.monotonic() - started < 30


def test_never_more_requests_are_open_than_the_limit_and_as_many_as_it():
    responses, server, detector = ask(lambda *_: says(after=0.05), count=40, client={"limit": 6})
    assert len(responses) == 40
    assert server.most_open == 6
    assert detector.telemetry()["client"]["most_open"] == 6


def test_concurrency_falls_when_the_server_is_too_busy_and_rises_again():
    with serving(lambda *_: says(after=0.01)) as server:
        busy = iter(range(8))
        server.act = lambda *_: refuses(429) if next(busy, None) is not None else says(after=0.01)
        detector = model(server.url, client={"limit": 8, "retries": 8})
        assert all(one.text for one in detector.predict(queries(8)))
        client = detector._client
        fell = client.limiter.lowest
        assert fell <= 4
        detector.predict(queries(60))
        assert fell < client.limiter.allowed <= 8
        detector.close()
    assert detector.telemetry()["client"]["lowest_allowed"] == pytest.approx(fell, abs=0.1)


@pytest.mark.parametrize(("status", "hint"), [(401, "key"), (403, "key"), (404, "model")])
def test_what_refuses_everybody_stops_at_once(status, hint):
    with pytest.raises(DetectorError, match=hint):
        ask(in_turn(refuses(status)), count=10)


def test_nobody_listening_is_said_with_the_address():
    detector = model("http://127.0.0.1:9/v1", client={"retries": 1})
    with pytest.raises(DetectorError, match=r"127\.0\.0\.1:9.*no connection"):
        detector.predict(queries(3))
    detector.close()


def test_a_key_comes_from_the_environment_and_goes_nowhere_else(monkeypatch, no_leak):
    with serving(in_turn(says())) as server:
        end = Endpoint(server.url, api_key_env="TESTED_KEY")
        detector = VisionLanguageModel("tested", "m", end)
        with pytest.raises(DetectorError, match="TESTED_KEY"):
            detector.predict(queries(1))
        monkeypatch.setenv("TESTED_KEY", "very-secret")
        detector.predict(queries(1))
        detector.close()
    assert server.asked[0].headers["authorization"] == "Bearer very-secret"
    no_leak("very-secret", repr((end, detector.fingerprint(), detector.telemetry())))


def test_cancel_frees_whoever_waits():
    with serving(in_turn(stays_silent)) as server:
        detector = model(server.url)

        def act(*_):
            detector.cancel()
            return stays_silent

        server.act = act
        started = time.monotonic()
        with pytest.raises(DetectorError, match="stopped"):
            detector.predict(queries(8))
        assert len(server.asked) <= 4
        assert time.monotonic() - started < 60
        detector.close()


def test_a_closed_model_answers_again():
    with serving(in_turn(says())) as server:
        detector = model(server.url)
        for _ in range(2):
            assert detector.predict(queries(1))[0].text == ANSWER
            detector.close()
    assert detector.telemetry()["tokens_out"] == 24


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="limit=0"):
        model("http://x/v1", client={"limit": 0})
    with pytest.raises(ConfigError, match="retires"):
        model("http://x/v1", client={"retires": 1})
    with pytest.raises(ConfigError, match="did you mean"):
        model("http://x/v1", prompting={"mode": "rau"})
    with pytest.raises(ConfigError, match="not an address"):
        Endpoint("localhost:8000")
    with pytest.raises(ConfigError, match="server=vllm"):
        VisionLanguageModel("tested", "m", {"kind": "local"})
