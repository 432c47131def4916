"""The contracts: everything that ships keeps them, and whatever does not is one clear line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fakevlm_bench import registry
from fakevlm_bench.contract import described, described_attack, described_dataset
from fakevlm_bench.engine.contract import check_condition, check_dataset, check_detector
from fakevlm_bench.engine.plan import Options, make_plan
from fakevlm_bench.errors import BenchError, ConfigError
from fakevlm_bench.protocols import Attack, Dataset, Detector
from fakevlm_bench.types import Condition, Perturbed
from support.engine import Meter, samples_of, task_of

SERVER = {"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for encoders on this machine only: each is retried for a minute otherwise."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def shipped_detector(name: str) -> Detector:
    for settings in ({}, {"server": SERVER}, {"server": SERVER, "model": "m"}):
        try:
            detector = registry.load_detector(name, **settings)
            detector.fingerprint()
        except BenchError:
            continue
        return detector
    pytest.skip(f"the weights of {name} are not here")


@pytest.mark.parametrize("name", registry.names("detector"))
def test_a_shipped_detector_keeps_its_contract(name: str) -> None:
    detector = shipped_detector(name)
    check_detector(detector)
    contract = described(detector)
    assert contract.parallel_batches >= 1
    assert {"setting", "used", "published", "calibrated"} <= set(contract.thresholds())
    assert isinstance(contract.telemetry(), dict)


@pytest.mark.parametrize("name", registry.names("condition"))
def test_a_shipped_condition_keeps_its_contract(name: str) -> None:
    try:
        condition = registry.load_condition(name)
        check_condition(condition)
    except BenchError as error:
        if "is not" in str(error) or "lacks" in str(error):
            raise
        pytest.skip(f"{name} needs something that is not here: {error}")
    if isinstance(condition.operation, Attack):
        kinds = {"gradient", "query", "joint", "transfer"}
        assert described_attack(condition.operation).kind in kinds


@pytest.mark.parametrize("name", registry.names("task"))
def test_a_shipped_tasks_data_set_keeps_its_contract(name: str, tmp_path: Any) -> None:
    (tmp_path / "0_real").mkdir()
    takes_path = "path" in registry.config("task", name)
    settings = {"path": str(tmp_path)} if takes_path and name != "starter" else {}
    try:
        dataset = registry.load_task(name, **settings).dataset
    except BenchError as error:
        pytest.skip(f"{name} needs something that is not here: {error}")
    check_dataset(dataset)
    assert isinstance(dataset, Dataset)
    assert isinstance(described_dataset(dataset).split, str)


def test_the_defaults_of_a_detector_that_says_nothing() -> None:
    contract = described(Meter())
    assert (contract.parallel_batches, contract.served, contract.stochastic) == (1, False, False)
    assert (contract.answers, contract.coordinates) == ("free", "auto")
    assert (contract.question, contract.window, contract.calibrated_on) == (None, None, None)
    assert (contract.card, contract.telemetry()) == ({}, {})
    assert contract.thresholds() == {
        "setting": "published", "used": 0.5, "published": 0.5, "calibrated": None,
    }  # fmt: skip
    assert contract.close() is None
    assert contract.cancel() is None
    assert not contract.takes_calibration


def having(**members: Any) -> Callable[[], Any]:
    """Make a detector with members beside or in place of its own."""
    return type("Odd", (Meter,), members)


@pytest.mark.parametrize(
    ("members", "line"),
    [
        ({"telemetri": lambda _: {}}, "Odd.telemetri is never read; did you mean 'telemetry'?"),
        ({"parallel_batch": 4}, "Odd.parallel_batch is never read; did you mean 'parallel_batche"),
        ({"calibratd_on": "starter"}, "did you mean 'calibrated_on'?"),
        ({"thresholdss": lambda _: {}}, "did you mean 'thresholds'?"),
        ({"parallel_batches": "4"}, "Odd.parallel_batches is '4': it must be a whole number above"),
        ({"parallel_batches": 0}, "Odd.parallel_batches is 0: it must be a whole number above 0"),
        ({"served": "yes"}, "Odd.served is 'yes': it must be True or False"),
        ({"card": ["a"]}, r"Odd.card is \['a'\]: it must be a dict"),
        ({"window": 3.5}, "Odd.window is 3.5: it must be a number of pixels or None"),
        ({"close": True}, "Odd.close is True: it must be a method"),
        ({"question": 3}, "Odd.question is 3: it must be a string or None"),
        ({"capabilities": {"score": True}}, "Odd.capabilities is .*: it must be a types.Capabilit"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_optional_member_is_one_line(members: dict[str, Any], line: str) -> None:
    with pytest.raises(ConfigError, match=line) as caught:
        make_plan(task_of(samples_of(2)), having(**members)(), [Condition("clean")], Options())
    assert "\n" not in str(caught.value)


def test_a_misspelt_required_member_names_the_right_one() -> None:
    class Misspelt:
        name, capabilities, batch_size, threshhold = "m", None, 4, 0.5

        def fingerprint(self) -> dict[str, Any]:
            return {}

        def predict(self, queries: Any) -> list[float]:
            return [0.5 for _ in queries]

    with pytest.raises(
        ConfigError, match=r"it lacks threshold .*'threshhold' should be 'threshold'"
    ):
        check_detector(Misspelt())


def test_members_of_ones_own_are_left_alone() -> None:
    check_detector(having(answer=lambda *_: None, closed=False, cards=3, window_size=7)())


@pytest.mark.parametrize("name", ["telemetry", "thresholds"])
def test_a_wrong_return_is_one_line(name: str) -> None:
    contract = described(having(**{name: lambda _: 3})())
    with pytest.raises(ConfigError, match=rf"Odd.{name}\(\) returned a int: it must return a dict"):
        getattr(contract, name)()


class Blackout:
    """A perturbation that returns whatever it is told to."""

    def __call__(self, image: Any, mask: Any, rng: Any) -> Perturbed:
        return Perturbed(np.zeros_like(image), mask)


class Assault:
    kind, methods = "query", ()
    requires = Meter.capabilities

    def fingerprint(self) -> dict[str, Any]:
        return {"name": "assault"}

    def craft(self, detector: Any, targets: Any) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (3, "condition 'odd': int is neither a perturbation .* nor an attack"),
        (type("Slip", (), {"altr": lambda *_: 0})(), "'altr' should be 'alter'"),
        (type("Kind", (Assault,), {"kind": 3})(), "Kind.kind is 3: it must be a string"),
        (type("Ways", (Assault,), {"methods": "logits"})(), "Ways.methods is 'logits': it must be"),
        (type("Print", (Assault,), {"fingerprint": lambda _: [1]})(), r"\(\) returned a"),
        (type("Half", (), {"craft": Assault.craft, "fingerprint": Assault.fingerprint})(), "nei"),
    ],
    ids=["number", "misspelt", "kind", "methods", "fingerprint", "half"],
)  # fmt: skip
def test_a_wrong_operation_is_one_line(operation: Any, line: str) -> None:
    conditions = [Condition("clean"), Condition("odd", operation)]
    with pytest.raises(ConfigError, match=line):
        make_plan(task_of(samples_of(2)), Meter(), conditions, Options())
    check_condition(Condition("right", Blackout()))
    check_condition(Condition("right", Assault()))


@pytest.mark.parametrize(
    ("members", "line"),
    [
        ({"note": lambda _: []}, "Odd.note is never read; did you mean 'notes'?"),
        ({"split": 3}, "Odd.split is 3: it must be a string"),
        ({"varient": "x"}, "did you mean 'variant'?"),
        ({"ids": None, "__iter__": None}, "lacks"),
    ],
    ids=["misspelt", "split", "variant", "missing"],
)
def test_a_wrong_data_set_is_one_line(members: dict[str, Any], line: str) -> None:
    task = task_of(samples_of(2))
    if line == "lacks":
        dataset = object()
    else:
        dataset = type("Odd", (type(task.dataset),), members)(task.dataset.samples)
    with pytest.raises(ConfigError, match=line):
        make_plan(replace(task, dataset=dataset), Meter(), [Condition("clean")], Options())
