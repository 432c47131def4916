"""Figures and results: their JSON, their text, the one walk over them."""

import json

import pytest

from fakevlm_bench.metrics import Settings, compute
from fakevlm_bench.report.render import FORMATS, render
from fakevlm_bench.result import Figure, Result, absent, plain

FORMS = [
    ({"value": 0.9117, "low": 0.8969, "high": 0.9256, "n": 40}, "0.912 [0.897, 0.926]"),
    ({"value": 1.0, "low": None, "high": None, "n": 40, "no_interval": "few"}, "1.000 [–]"),
    ({"value": 0.5, "low": None, "high": None, "n": 40}, "0.500"),
    ({"value": 1234567}, "1,234,567"),
    ({"value": 31.5, "n": 3, "unscored": 2}, "31.500"),
    ({"absent": "no scores", "n": 0, "baseline": "coin"}, "–"),
    ({"value": {"agree": 0.5, "notes": "x"}, "n": 7}, "–"),
]


@pytest.mark.parametrize(("document", "text"), FORMS)
def test_a_figure_is_its_json_and_has_one_text(document, text):
    figure = Figure.from_json(document)
    assert list(figure.to_json().items()) == list(document.items()), "the order of keys too"
    assert figure == document
    assert figure.text == str(figure) == text
    assert figure.is_absent == ("absent" in document)


def test_what_is_no_figure_is_refused():
    with pytest.raises(ValueError, match="'value'"):
        Figure.from_json({"low": 0.1})


@pytest.fixture(scope="module")
def result():
    """One of everything; two parts are called as the keys of a figure are."""
    part = {"n": {"fake": 3}, "detection": {"auroc": {"value": 0.5, "n": 3}}}
    return Result.from_json(
        {
            "task": "t@1",
            "conditions": {
                "clean": {
                    "coverage": {"planned": 4, "ok": 3, "share": 0.75},
                    "detection": {"auroc": {"value": 0.7, "n": 4}},
                    "by": {"category": {"value": part, "absent": part}},
                },
                "pgd:8/255": {"coverage": {"planned": 4, "share": 0.5}, "detection": {}},
            },
            "robustness": {
                "conditions": {"pgd:8/255": {"flip_rate": {"value": 0.1}}},
                "worst_case": {"accuracy": {"value": 0.2}},
                "flags": [{"condition_id": "pgd:8/255", "name": "zero_gradient"}],
            },
            "added": {"mine": {"value": {"agree": 0.25, "notes": "x"}, "n": 7}},
        }
    )


def test_every_figure_has_one_name(result):
    assert [one.name for one in result.figures(coverage=True)] == [
        "clean/coverage",
        "clean/detection/auroc",
        "pgd:8/255/coverage",
        "pgd:8/255/robustness/flip_rate",
        "robustness/worst_case/accuracy",
        "added/mine/agree",
    ]
    parts = {one.name for one in result.figures(parts=True)} - {o.name for o in result.figures()}
    assert parts == {f"clean/by/category/{name}/detection/auroc" for name in ("value", "absent")}


def test_the_clean_condition_needs_no_naming(result):
    assert result["detection"]["auroc"]["value"] == result.detection["auroc"].value == 0.7
    assert result["conditions"]["clean"]["detection"] == result["detection"]
    assert result.figure("detection", "eer").absent == "not measured"
    assert result.coverage("pgd:8/255") == {"value": 0.5, "n": 4}
    assert result.flags == {"pgd:8/255": ["zero_gradient"]}
    assert "detection" not in result.to_json()


def test_a_result_on_disk_comes_back(make_run):
    document = compute(make_run(60), Settings(resamples=5)).to_json()
    assert Result.from_json(json.loads(json.dumps(document))).to_json() == document


def test_without_resamples_there_are_figures_and_no_intervals(make_run):
    result = compute(make_run(80), Settings(resamples=0, minimum=5))
    figures = [one.figure for one in result.figures(parts=True)]
    assert sum(not figure.is_absent for figure in figures) > 50
    assert not any(figure.has_interval for figure in figures)
    assert result.intervals == "no intervals: scored without resamples (scoring.resamples=0)"
    for form in FORMATS:
        assert "resamples=0" in render(result, form).replace("\\_", "_") or form == "csv"


def test_absent_and_plain_figures_say_their_samples():
    assert absent("why") == {"absent": "why", "n": 0}
    assert absent("why", None) == {"absent": "why"}
    assert plain(2.5) == {"value": 2.5}
