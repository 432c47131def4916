"""What detectors answer is made recordable at one door, or is a failure with its reason."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import fakevlm_bench as fb
from fakevlm_bench.engine.cache import Cache
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import ConfigError, DetectorError, RunError
from fakevlm_bench.responses import MAX_COUNT, MAX_REASON, MAX_TEXT, admit
from fakevlm_bench.types import Query, Response
from support.engine import Meter, samples_of, task_of

SURROGATE = "\ud800"


@pytest.mark.parametrize(
    ("said", "score"),
    [
        (Response(score=0.25), 0.25),
        (0.25, 0.25),
        (1, 1.0),
        (np.float32(0.25), 0.25),
        (np.float16(0.25), 0.25),
        (np.int64(1), 1.0),
        (np.array(0.25), 0.25),
        (np.array([[0.25]]), 0.25),
        (torch.tensor(0.25, requires_grad=True), 0.25),
        (torch.tensor([0.25]), 0.25),
        (Response(score=np.float32(0.25)), 0.25),
        (Response(score=np.array([0.25])), 0.25),
        (Response(score=torch.tensor(0.25)), 0.25),
        (Response(score=1), 1.0),
        (Response(score=1.0000001), 1.0),
        (Response(score=-1e-9), 0.0),
    ],
    ids=repr,
)
def test_a_score_may_be_of_any_kind_of_number(said: Any, score: float) -> None:
    admitted = admit(said, 0.5)
    assert admitted.error is None
    assert type(admitted.score) is float
    assert admitted.score == score
    assert admitted.latency == 0.5


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Response(score=math.nan), "score is nan"),
        (Response(score=np.float32("inf")), "score is inf"),
        (Response(score=10**400), "score is inf"),
        (Response(score=1.1), "score 1.1 is not in [0, 1]"),
        (Response(logit=-math.inf), "logit is -inf"),
        (Response(score="0.5"), "score is a str, not one number"),
        (Response(score=np.zeros(2)), "score is a ndarray of shape (2,), not one number"),
        (Response(score=torch.zeros(2, 2)), "score is a Tensor of shape (2, 2), not one number"),
        (Response(score=1j), "score is a complex"),
        (1.5, "score 1.5 is not in [0, 1]"),
        (None, "it is a NoneType; predict must return one fakevlm_bench.types.Response"),
        ({"score": 0.5}, "it is a dict; predict must return"),
        (np.zeros(3), "it is a ndarray of shape (3,); predict must return"),
        (Response(text=b"fake"), "text is a bytes"),
        (Response(text="x" * (MAX_TEXT + 1)), "100,001 characters, at most 100,000 are kept"),
        (Response(heat_map=np.full((2, 2), 2.0)), "goes from 2 to 2: it must be uint8, or floats"),
        (Response(heat_map=np.array([[0.5, math.nan]])), "it must be uint8, or floats in [0, 1]"),
        (Response(heat_map=np.full((2, 2), 300)), "goes from 300 to 300"),
        (Response(heat_map=np.zeros(4)), "of shape (4,): it must be (h, w)"),
        (Response(heat_map=np.zeros((0, 4))), "it must be (h, w)"),
        (Response(heat_map=np.array([["a"]])), "it must be of numbers"),
        (Response(boxes=((0, 0, 1, math.inf),)), "box is inf"),
        (Response(boxes=((0, 0, 1),)), "a box has 3 numbers"),
        (Response(boxes=((0, 0, 1, "x"),)), "box is a str"),
        (Response(boxes="0 0 1 1"), "boxes is a str, not a list"),
        (Response(size=(0, 5)), "it must be (width, height)"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_cannot_be_kept_is_a_failure_with_its_reason(said: Any, reason: str) -> None:
    admitted = admit(said, 0.5)
    assert admitted.error is not None
    assert reason in admitted.error
    assert admitted == Response(error=admitted.error)


def test_text_is_cleaned() -> None:
    said = "fa\x00ke\x1b[31m \ud83d\ude00 lone \udc00, tab\there\r\nnext\rlast\u2028"
    text = admit(Response(text=said)).text
    assert text == "fa\ufffdke\ufffd[31m \U0001f600 lone \ufffd, tab\there\nnext\nlast\u2028"
    text.encode()
    assert admit("This is a fake image.").text == "This is a fake image."


def test_an_error_is_cleaned_and_cut_and_carries_nothing_else() -> None:
    admitted = admit(Response(score=0.5, error=f"{SURROGATE}\0" + "x" * 5000))
    assert admitted.score is None
    assert len(admitted.error or "") == MAX_REASON
    assert admit(Response(error="")).error == "it gave no reason"


@pytest.mark.parametrize(
    ("counted", "kept"),
    [(7, 7), (7.0, 7), ("7", 7), (np.int32(7), 7), (-1, None), (1.5, None), ("many", None),
     (math.nan, None), (True, None), ([7], None), (MAX_COUNT + 1, None), (None, None)],
)  # fmt: skip
def test_a_count_that_is_none_does_not_cost_the_answer(counted: Any, kept: int | None) -> None:
    admitted = admit(Response(text="fake", tokens_in=counted, latency=math.nan), 2.0)
    assert (admitted.text, admitted.tokens_in, admitted.latency) == ("fake", kept, 2.0)


@pytest.mark.parametrize(
    "given",
    [
        np.array([[0.0, 0.5], [1.0, 0.2]]),
        np.array([[0.0, 0.5], [1.0, 0.2]], dtype=np.float16),
        torch.tensor([[[0.0, 0.5], [1.0, 0.2]]], requires_grad=True),
        [[0.0, 0.5], [1.0, 0.2]],
        np.array([[0, 128], [255, 51]], dtype=np.int64),
        np.array([[0, 128], [255, 51]], dtype=np.uint8),
    ],
    ids=["float64", "float16", "tensor", "list", "int64", "uint8"],
)
def test_a_heat_map_may_be_of_any_kind(given: Any) -> None:
    heat_map = admit(Response(heat_map=given)).heat_map
    assert heat_map is not None
    assert heat_map.dtype == np.uint8
    np.testing.assert_array_equal(heat_map, [[0, 128], [255, 51]])


def test_a_heat_map_of_truth_values_is_scaled() -> None:
    heat_map = admit(Response(heat_map=np.eye(2, dtype=np.bool_))).heat_map
    np.testing.assert_array_equal(heat_map, [[255, 0], [0, 255]])


@dataclass
class Says(Meter):
    """Answers what it is told to, whatever that is."""

    said: Any = None

    def predict(self, queries: Sequence[Query]) -> list[Any]:
        self.asked += [query.sample_id for query in queries]
        return [self.said for _ in queries]


@dataclass
class Whole(Meter):
    """Answers a whole batch with one object."""

    kind: str = "numpy"

    def predict(self, queries: Sequence[Query]) -> Any:
        scores = np.linspace(0.1, 0.9, len(queries))
        kinds = {
            "numpy": scores, "column": scores[:, None], "torch": torch.tensor(scores),
            "generator": (Response(score=one) for one in scores), "none": None, "text": "fake",
            "dict": {"scores": scores},
        }  # fmt: skip
        return kinds[self.kind]


def run(tmp_path: Path, detector: Any, count: int = 8, **options: Any) -> fb.Run:
    settings = Options(**{"cache": None, "workers": 0, **options})
    return fb.evaluate(task_of(samples_of(count)), detector, run_dir=tmp_path, options=settings)


@pytest.mark.parametrize(
    "said", [np.float32(0.75), torch.tensor(0.75), 0.75, Response(score=np.float64(0.75))], ids=repr
)
def test_a_run_takes_scores_of_any_kind(tmp_path: Path, said: Any) -> None:
    rows = run(tmp_path, Says(said=said)).predictions
    assert list(rows["score"]) == [0.75] * 8


@pytest.mark.parametrize("kind", ["numpy", "column", "torch", "generator"])
def test_a_run_takes_a_batch_of_scores(tmp_path: Path, kind: str) -> None:
    rows = run(tmp_path, Whole(kind=kind)).predictions
    np.testing.assert_allclose(rows["score"], np.linspace(0.1, 0.9, 8))


@pytest.mark.parametrize(
    ("kind", "named"), [("none", "NoneType"), ("text", "str"), ("dict", "dict")]
)
def test_what_is_no_list_of_answers_is_one_line(tmp_path: Path, kind: str, named: str) -> None:
    with pytest.raises(DetectorError, match=f"'meter' gave a {named}: predict must return one"):
        run(tmp_path, Whole(kind=kind))


@pytest.mark.parametrize("said", [f"fake {SURROGATE}", "fake \0", Response(text=SURROGATE)])
def test_no_answer_makes_a_run_unfinishable(tmp_path: Path, said: Any) -> None:
    cache = tmp_path / "cache.sqlite"
    finished = run(tmp_path / "a", Says(said=said), cache=cache)
    assert finished.manifest.finished
    again = Says(said=said)
    run(tmp_path / "b", again, cache=cache)
    assert again.asked == []


def test_an_old_cache_entry_that_cannot_be_recorded_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    run(tmp_path / "a", Meter(), cache=path)
    bad = [
        b'{"text": "fake", "score": NaN}', b'{"score": 7}', b"no JSON", b'{"unknown": 1}', b"[1]",
        b'{"heat_map_shape": [9, 9]}\nxx', b"\xff\xfe", b"[" * 100_000,
    ]  # fmt: skip
    with sqlite3.connect(path) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM responses")]
        for key, blob in zip(keys, bad, strict=True):
            connection.execute("UPDATE responses SET response = ? WHERE key = ?", (blob, key))
    asked = Meter()
    finished = run(tmp_path / "b", asked, cache=path)
    assert len(asked.asked) == 8
    assert finished.result["coverage"]["ok"] == 8
    healed = Meter()
    run(tmp_path / "c", healed, cache=path)
    assert healed.asked == [], "the new answers took the old entries' place"


def test_a_surrogate_in_an_old_cache_entry_is_cleaned(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    cache.put([("k", Response(text=f"fake{SURROGATE}"))])
    assert admit(cache.get(["k"])["k"]).text == "fake\ufffd"
    cache.close()


class NoFingerprint:
    name, capabilities, batch_size, threshold = "bare", None, 4, 0.5

    def predict(self, queries: Sequence[Query]) -> list[float]:
        return [0.5 for _ in queries]


@dataclass
class Odd(Meter):
    fingerprint_of: Any = None

    def fingerprint(self) -> Mapping[str, Any]:
        return self.fingerprint_of  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("detector", "told"),
    [
        (NoFingerprint(), "NoFingerprint is not a detector: it lacks fingerprint"),
        (object(), "lacks name, capabilities, batch_size, threshold, fingerprint, predict"),
        (Meter(batch_size=0), "batch_size is 0: it must be a whole number above 0"),
        (Meter(threshold=3), "threshold is 3: it must be a number from 0 to 1"),
        (Odd(fingerprint_of=None), "returned a NoneType: it must return a dict"),
        (Odd(fingerprint_of={"gain": np.float32(1)}), "holds a value that JSON cannot store"),
        (Odd(fingerprint_of={"gain": math.nan}), "holds a value that JSON cannot store"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_detector_is_one_line(tmp_path: Path, detector: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        run(tmp_path, detector)
    assert not list(tmp_path.iterdir())


def dead(count: int) -> Meter:
    return Meter(batch_size=1, broken=frozenset(f"s{i:05d}" for i in range(count)))


def test_failures_of_all_attempts_count_together(tmp_path: Path) -> None:
    for _ in range(8):
        with pytest.raises(RunError, match=r"max_failed=0.1 allows.*retry_failed=true"):
            run(tmp_path, dead(40), count=40)
    (folder,) = tmp_path.glob("*/meter-*")
    failures = fb.Run(folder).folder.failures()
    assert len(failures) == 5, "the fifth of forty is one too many, and nothing is asked after it"
    assert not (folder / "result.json").exists()
    with pytest.raises(RunError, match=r"max_failed=0.1 allows"):
        run(tmp_path, dead(40), count=40, retry_failed=True)
    finished = run(tmp_path, Meter(), count=40, retry_failed=True)
    assert finished.result["coverage"]["ok"] == 40
    assert run(tmp_path, Meter(), count=40).path == finished.path


def test_a_finished_run_with_too_many_failures_says_so_each_time(tmp_path: Path) -> None:
    assert run(tmp_path, dead(10), count=20, max_failed=0.5).result["coverage"]["failed"] == 10
    assert run(tmp_path, dead(10), count=20, max_failed=0.5).manifest.finished
    for _ in range(2):
        with pytest.raises(RunError, match=r"10 of 20 queries failed, more than max_failed=0.1"):
            run(tmp_path, Meter(), count=20)


@pytest.mark.parametrize(
    ("setting", "told"),
    [({"workers": -1}, "launcher.workers=-1"), ({"ahead": -1}, "launcher.ahead=-1"),
     ({"max_failed": 1.5}, "from 0 to 1"), ({"max_failed": math.nan}, "from 0 to 1")],
)  # fmt: skip
def test_options_are_held_to_their_ranges(setting: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Options(**setting)
