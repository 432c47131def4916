"""The suite's metrics as `evaluate` metrics, each a configuration of this module.

``evaluate.load("<folder of bench>/metrics/hub", "auroc")`` needs no network. What
predictions and references are depends on the metric's `Definition.inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import datasets
import evaluate
import numpy as np

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import definitions, detection, explanation, grounding, localization
from fakevlm_bench.metrics.regions import parse
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Figure, Resamples, mean_figure

Value = datasets.Value
CODE = "run-length code of a mask (fakevlm_bench.rle), empty where there is none"
INPUTS: dict[str, tuple[str, Any, str, Any]] = {
    "verdicts": ("1 fake, 0 real, -1 not understood", Value("int32"), "labels", Value("int32")),
    "scores": ("P(fake), NaN where missing", Value("float64"), "labels", Value("int32")),
    "twins": ("P(fake) of fakes", Value("float64"), "P(fake) of twins", Value("float64")),
    "masks": (CODE, Value("string"), CODE + ": a real image", Value("string")),
    "heat maps": (
        "rows of values 0 to 255", datasets.Sequence(datasets.Sequence(Value("uint8"))),
        CODE, Value("string"),
    ),
    "texts": ("explanations", Value("string"), "references", datasets.Sequence(Value("string"))),
    "grounding": ("explanations", Value("string"), CODE, Value("string")),
    "stances": ("explanations", Value("string"), "verdicts, 1 fake, 0 real", Value("int32")),
}  # fmt: skip


class SuiteMetric(evaluate.Metric):  # type: ignore[misc]
    """One of the suite's metrics, named by ``config_name``."""

    def _info(self) -> evaluate.MetricInfo:
        definition = definitions.find(self.config_name)
        if definition.inputs not in INPUTS:
            raise DataError(f"'{self.config_name}' describes a run, not predictions of samples")
        predictions, feature, references, reference = INPUTS[definition.inputs]
        features = [datasets.Features({"predictions": feature, "references": reference})]
        if definition.inputs == "texts":
            plain = {"predictions": feature, "references": Value("string")}
            features.append(datasets.Features(plain))
        return evaluate.MetricInfo(
            description=f"{definition.name}: {definition.formula}",
            citation=definition.reference,
            inputs_description=f"predictions: {predictions}; references: {references}",
            features=features if len(features) > 1 else features[0],
        )

    def _compute(
        self, predictions: Sequence[Any], references: Sequence[Any]
    ) -> dict[str, float | None]:
        """Compute the metric's value.

        Raises:
            DataError: It is undefined on this input; the reason is in the message.
        """
        name = str(self.config_name)
        inputs = definitions.find(name).inputs
        resamples = Resamples([0] * len(references), list(map(str, range(len(references)))), 0)
        figure = COMPUTE[inputs](name, predictions, references, resamples)
        if figure.is_absent:
            raise DataError(f"{name} cannot be computed: {figure.absent}")
        return {name: figure.value}


SETTINGS = Settings(minimum=1, resamples=0)


def _verdicts(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    fake, verdict = np.array(truth) == 1, np.array(answers)
    understood = verdict >= 0
    nothing = np.full(len(fake), np.nan)
    twin = np.full(len(fake), -1)
    scored = detection.Answers(fake, understood & (verdict == fake), understood, nothing, twin)
    return detection.verdict_figures(scored, part, SETTINGS)[name]


def _scores(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    fake, score = np.array(truth) == 1, np.array(answers, dtype=np.float64)
    every = np.ones(len(fake), dtype=np.bool_)
    twin = np.full(len(fake), -1)
    scored = detection.Answers(fake, (score > 0.5) == fake, every, score, twin)
    return detection.score_figures(scored, part, SETTINGS)[name]


def _twins(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    n = len(answers)
    fake = np.arange(2 * n) < n
    score = np.array([*answers, *truth], dtype=np.float64)
    twin = np.where(fake, np.arange(2 * n) + n, -1)
    scored = detection.Answers(fake, fake, fake, score, twin)
    both = Resamples([0] * (2 * n), [str(k % max(n, 1)) for k in range(2 * n)], 0)
    return detection.twin_ranking(scored, both, SETTINGS)


def _regions(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    import pandas as pd

    rows = [_region_row(answer, true) for answer, true in zip(answers, truth, strict=True)]
    measures = localization.measure(pd.DataFrame(rows))
    return localization.figures(measures, part, SETTINGS)[name]


def _region_row(answer: Any, truth: str) -> dict[str, object]:
    """Lay out a mask's code or a heat map as a row of a joined frame."""
    heat = None if isinstance(answer, str) else np.array(answer, dtype=np.uint8)
    code = answer if isinstance(answer, str) and answer else None
    either = truth or code
    frame = parse(either) if either else None
    height, width = (1, 1) if heat is None else heat.shape
    return {
        "label": int(bool(truth)),
        "whole": False,
        "true_mask": truth or None,
        "true_boxes": None,
        "mask": code,
        "heat_map": None if heat is None else heat.tobytes(),
        "heat_map_height": None if heat is None else heat.shape[0],
        "heat_map_width": None if heat is None else heat.shape[1],
        "width": frame.width if frame else width,
        "height": frame.height if frame else height,
    }


def _texts(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    references = [[texts] if isinstance(texts, str) else list(texts) for texts in truth]
    empty = [k for k, texts in enumerate(references) if not texts]
    if empty:
        raise DataError(f"prediction {empty[0]} has no reference")
    settings = Settings(minimum=1, resamples=0, semantic=name in {"css", "bertscore_f1"})
    return explanation.Scorer(settings).figures(list(answers), references, part).figure(name)


def _grounding(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    pairs = zip(answers, truth, strict=True)
    values = [grounding.agreement(text, parse(code)) or 0.0 for text, code in pairs]
    return mean_figure(np.array(values), part)


def _stances(name: str, answers: Sequence[Any], truth: Sequence[Any], part: Resamples) -> Figure:
    sides = [grounding.stance(text) for text in answers]
    took = np.array([side is not None for side in sides])
    agrees = np.array([side == verdict for side, verdict in zip(sides, truth, strict=True)])
    return mean_figure(agrees[took].astype(np.float64), part.subset(took))


COMPUTE: dict[str, Callable[[str, Sequence[Any], Sequence[Any], Resamples], Figure]] = {
    "verdicts": _verdicts,
    "scores": _scores,
    "twins": _twins,
    "masks": _regions,
    "heat maps": _regions,
    "texts": _texts,
    "grounding": _grounding,
    "stances": _stances,
}
