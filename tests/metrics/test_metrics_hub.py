from pathlib import Path

import evaluate
import numpy as np
import pytest
import sacrebleu
from sklearn import metrics as sk

import fakevlm_bench as fb
from fakevlm_bench import rle
from fakevlm_bench.metrics import Settings, compute
from fakevlm_bench.metrics.definitions import DEFINITIONS
from fakevlm_bench.metrics.hub.hub import INPUTS

HUB = str(Path(fb.__file__).parent / "metrics" / "hub")


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """Any attempt to reach the hub fails."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


def load(name):
    return evaluate.load(HUB, name)


MASKS = [rle.encode(np.eye(8, dtype=bool)), rle.encode(np.tri(8, dtype=bool))]
SAMPLES = {
    "verdicts": ([1, 0, 1, -1], [1, 0, 0, 0]),
    "scores": ([0.9, 0.1, 0.4, 0.8], [1, 0, 0, 1]),
    "twins": ([0.9, 0.5], [0.1, 0.5]),
    "masks": ([MASKS[0], MASKS[1], MASKS[0]], [MASKS[1], MASKS[1], ""]),
    "heat maps": ([[[0, 255], [9, 90]]], [MASKS[1]]),
    "texts": (["the cat sat on the mat"], [["a cat sat on the mat", "the dog ran"]]),
    "grounding": (["blur in the upper left"], [MASKS[0]]),
    "stances": (["unnatural skin"], [1]),
}
APART = {"css", "bertscore_f1", "meteor", "tpr_at_1_fpr", "tpr_at_5_fpr"}
NAMES = [d.name for d in DEFINITIONS.values() if d.inputs in INPUTS and d.name not in APART]


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_loads_and_computes_offline(name):
    predictions, references = SAMPLES[DEFINITIONS[name].inputs]
    found = load(name).compute(predictions=predictions, references=references)
    assert np.isfinite(found[name])


def test_values_are_those_of_independent_code():
    said, truth = SAMPLES["verdicts"]
    assert load("accuracy").compute(predictions=said, references=truth)["accuracy"] == 0.5
    scores, labels = SAMPLES["scores"]
    found = load("auroc").compute(predictions=scores, references=labels)
    assert found["auroc"] == sk.roc_auc_score(labels, scores)
    texts, references = SAMPLES["texts"]
    found = load("corpus_bleu").compute(predictions=texts, references=references)
    judged = sacrebleu.corpus_bleu(texts, [[r] for r in references[0]]).score
    assert found["corpus_bleu"] == pytest.approx(judged, abs=1e-9)


def test_metrics_combine():
    both = evaluate.combine([load("auroc"), load("brier")])
    scores, labels = SAMPLES["scores"]
    assert set(both.compute(predictions=scores, references=labels)) == {"auroc", "brier"}


def test_one_class_only_is_an_error_and_no_number():
    with pytest.raises(Exception, match="auroc cannot be computed: 0 fake images"):
        load("auroc").compute(predictions=[0.1, 0.9], references=[0, 0])


def test_figures_of_runs_are_no_metrics_of_samples():
    with pytest.raises(Exception, match="describes a run"):
        load("mce")


OWN = """
import datasets
import evaluate


class Own(evaluate.Metric):
    def _info(self):
        value = datasets.Value("int32")
        return evaluate.MetricInfo(
            description="", citation="",
            features=datasets.Features({"predictions": value, "references": value}),
        )

    def _compute(self, predictions, references):
        return {"agree": sum(p == r for p, r in zip(predictions, references))}
"""


def test_a_users_own_metric_is_computed_on_the_whole(tmp_path, make_run):
    path = tmp_path / "own_agreement" / "own_agreement.py"
    path.parent.mkdir()
    path.write_text(OWN)
    frame = make_run(60, ("clean",))
    names = (str(path.parent), f"{HUB}#auroc", str(tmp_path / "nowhere"))
    found = compute(frame, Settings(resamples=5, minimum=1, metrics=names))["added"]
    understood = frame["status"] == "ok"
    hits = int((understood & (frame["verdict"] == frame["label"])).sum())
    assert found[names[0]]["value"]["agree"] == hits
    assert "value" in found[names[1]]
    assert "absent" in found[names[2]]


@pytest.mark.extras
def test_likeness_names_its_encoder_and_agrees_with_plain_loops():
    from fakevlm_bench.metrics.semantic import Encoder, likeness

    encoder = Encoder()
    texts = ["A cat sits on the mat.", "A feline rests on a rug.", "Stocks fell by 3 percent."]
    found = likeness([texts[0], texts[0], ""], [[texts[1]], [texts[2]], [texts[1]]], encoder)
    assert found["css"][0] > found["css"][1]
    assert found["css"][2] == found["bertscore_f1"][2] == 0
    words = {text: tokens for text, tokens, _ in encoder.encode(texts)}
    a, b = words[texts[0]], words[texts[1]]
    precision = np.mean([max(float(x @ y) for y in b) for x in a])
    recall = np.mean([max(float(x @ y) for x in a) for y in b])
    assert found["bertscore_f1"][0] == pytest.approx(2 * precision * recall / (precision + recall))
    assert likeness([texts[0]], [[texts[0]]], encoder)["css"][0] == pytest.approx(1)
    assert encoder.name == "all-MiniLM-L6-v2"
