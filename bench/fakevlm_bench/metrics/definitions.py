"""What each figure means: formula, range, direction, reference."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, fields

from fakevlm_bench.errors import unknown_name

UP, DOWN, ZERO = "higher is better", "lower is better", "neither"


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric's definition.

    Attributes:
        name: As in a result.
        family: ``detection``, ``localization``, ``explanation``, ``robustness`` or ``efficiency``.
        formula: In words and symbols. P and N are the fake and the real images, TP the fakes
            called fake, TN the real images called real.
        range: Least and greatest value.
        direction: What a good value is.
        reference: Where the definition comes from.
        needs: What the detector or the task must provide.
        inputs: What the `evaluate` metric takes; empty where it describes a run.
    """

    name: str
    family: str
    formula: str
    range: str
    direction: str
    reference: str
    needs: str = ""
    inputs: str = ""

    @property
    def summary(self) -> str:
        """One line: family, formula, range and direction."""
        return f"{self.family}: {self.formula} ({self.range}, {self.direction})"

    def __str__(self) -> str:
        """Return the definition, one line for each field."""
        lines = {field.name: getattr(self, field.name) for field in fields(self)}
        return "\n".join(
            textwrap.fill(f"{key:<10} {value}", 100, subsequent_indent=" " * 11)
            for key, value in lines.items()
            if value
        )


def _detection(
    name: str, formula: str, reference: str, direction: str = UP, span: str = "0–1"
) -> Definition:
    return Definition(name, "detection", formula, span, direction, reference, "", "verdicts")


def _score(
    name: str, formula: str, reference: str, direction: str = UP, needs: str = ""
) -> Definition:
    needs = "score" + (f"; {needs}" if needs else "")
    return Definition(name, "detection", formula, "0–1", direction, reference, needs, "scores")


def _fitted(
    name: str,
    formula: str,
    reference: str,
    direction: str = DOWN,
    needs: str = "calibration on validation",
) -> Definition:
    return Definition(name, "detection", formula, "0–1", direction, reference, f"score; {needs}")


def _region(
    name: str, formula: str, reference: str, needs: str = "mask", direction: str = UP
) -> Definition:
    inputs = "heat maps" if needs == "heat map" else "masks"
    return Definition(name, "localization", formula, "0–1", direction, reference, needs, inputs)


def _text(
    name: str, formula: str, reference: str, span: str = "0–1", needs: str = ""
) -> Definition:
    needs = "explanation, references" + (f", {needs}" if needs else "")
    return Definition(name, "explanation", formula, span, UP, reference, needs, "texts")


def _lasting(
    name: str, formula: str, reference: str, direction: str = DOWN, span: str = "0–1"
) -> Definition:
    return Definition(name, "robustness", formula, span, direction, reference, "clean condition")


def _cost(name: str, formula: str, direction: str = DOWN) -> Definition:
    return Definition(name, "efficiency", formula, "0–∞", direction, "")


CONFUSION = "an answer that was not understood counts as wrong"
COST = "(c·π·FNR + (1−π)·FPR) / min(c·π, 1−π); 1 is the better of the two constant answers"
NIST = "Normalised detection cost, NIST Speaker Recognition Evaluation"

_TEMPERED = (
    "scores whose log-odds are divided by the temperature with the least log loss on validation"
)
_ALL = (
    _detection("balanced_accuracy", f"(TP/P + TN/N) / 2; {CONFUSION}", "Brodersen et al. 2010"),
    _detection("accuracy", f"(TP + TN) / (P + N); {CONFUSION}", ""),
    _detection("recall_fake", f"TP / P; {CONFUSION}", ""),
    _detection("recall_real", f"TN / N; {CONFUSION}", ""),
    _detection("f1_fake", "2TP / (2TP + N − TN + P − TP)", "van Rijsbergen 1979"),
    _detection("f1_real", "2TN / (2TN + P − TP + N − TN)", "van Rijsbergen 1979"),
    _detection("f1_macro", "(F1 of fake + F1 of real) / 2", "Opitz & Burst 2019"),
    _detection("fakevlm_compat_accuracy",
               "accuracy, an answer that was not understood counting one half, the expectation "
               "of a coin", "FakeVLM, arXiv 2503.14905, official evaluation"),
    _detection("fakevlm_compat_f1",
               "F1 of class REAL, of the expected counts under the same coin",
               "FakeVLM, arXiv 2503.14905, official evaluation"),
    _detection("expected_cost_moderation", f"{COST}; c = 1, π = 0.1", NIST, DOWN, "0–∞"),
    _detection("expected_cost_identity", f"{COST}; c = 20, π = 0.01", NIST, DOWN, "0–∞"),
    _detection("expected_cost_court", f"{COST}; c = 0.1, π = 0.5", NIST, DOWN, "0–∞"),
    _score("auroc", "P(score of a fake > score of a real image) + half the ties",
           "Hanley & McNeil 1982"),
    _score("average_precision", "Σ (R_i − R_{i−1}) P_i over distinct scores, not interpolated",
           "scikit-learn average_precision_score"),
    _score("eer", "error rate where FPR = FNR, on the line between neighbouring points of the ROC",
           "ISO/IEC 19795-1", DOWN),
    _score("tpr_at_1_fpr", "highest TPR with FPR ≤ 0.01", "Carlini et al. 2022, §III",
           needs="1,000 real images"),
    _score("tpr_at_5_fpr", "highest TPR with FPR ≤ 0.05", "Carlini et al. 2022, §III",
           needs="200 real images"),
    _score("fpr_at_95_tpr", "lowest FPR with TPR ≥ 0.95", "Hendrycks & Gimpel 2017", DOWN),
    _score("balanced_accuracy_at_half", "balanced accuracy of the verdict score > 0.5", ""),
    _fitted("balanced_accuracy_at_published", "balanced accuracy of the verdict score > threshold, "
            "as the detector's authors state it", "", UP, "published threshold"),
    _fitted("balanced_accuracy_at_calibrated", "balanced accuracy of the verdict score > "
            "threshold, as it was best on validation", "", UP),
    _score("brier", "mean of (score − truth)²; a missing score is the most wrong one",
           "Brier 1950", DOWN),
    _score("ece", "Σ_b |Σ_{i∈b} (score_i − truth_i)| / n over 15 bins of equal mass",
           "Naeini et al. 2015; Nixon et al. 2019", DOWN),
    _fitted("brier_tempered", f"Brier score of {_TEMPERED}", "Guo et al. 2017"),
    _fitted("ece_tempered", f"ECE of {_TEMPERED}", "Guo et al. 2017"),
    Definition("balanced_average_precision", "detection", "average precision of a part of the "
               "fakes against the real images, both classes weighing the same", "0–1", UP, "",
               "score"),
    Definition("twin_ranking", "detection", "share of fakes that score higher than their own real "
               "twin, a tie counting one half", "0–1", UP, "", "score, twins", "twins"),
    Definition("macro_balanced_accuracy", "detection", "mean over generators of the balanced "
               "accuracy of its fakes against the real images", "0–1", UP,
               "Wang et al. 2020 (CNNSpot), mean over generators"),
    Definition("macro_auroc", "detection", "mean over generators of the AUROC of its fakes "
               "against the real images", "0–1", UP, "", "score"),
    Definition("macro_balanced_average_precision", "detection", "mean over generators of the "
               "average precision with both classes weighing the same", "0–1", UP,
               "Wang et al. 2020 (CNNSpot), mAP", "score"),
    _region("foreground_iou", "mean over fake images with a true region of |A∩B| / |A∪B|; no mask "
            "is 0; heat maps are cut at the one threshold that was best on validation, or at 0.5 "
            "where none was calibrated", "Jaccard 1912"),
    _region("ciou", "Σ|A∩B| / Σ|A∪B| over the same images", "Lai et al. 2024 (LISA)"),
    _region("pixel_f1", "mean of 2|A∩B| / (|A| + |B|); heat maps are cut at 0.5",
            "Dice 1945; as IMDLBenCo"),
    _region("box_iou", "IoU of the tightest boxes around both regions", "Everingham et al. 2010"),
    _region("false_localization_rate", "share of real images with any pixel marked", "",
            direction=DOWN),
    _region("predicted_area_real", "mean share of a real image that is marked", "",
            direction=DOWN),
    _region("pixel_auc", "mean over images of the AUROC of pixels, ties one half",
            "Hanley & McNeil 1982", "heat map"),
    _region("pixel_ap", "mean over images of the average precision of pixels", "", "heat map"),
    _region("pointing_game", "share of images whose highest pixel lies in the true region; of "
            "tied ones the share that does", "Zhang et al. 2018, without tolerance", "heat map"),
    _region("oracle_pixel_f1", "pixel F1 at the threshold that is best for each image, which "
            "nobody knows", "", "heat map"),
    _region("foreground_iou_at_half", "foreground IoU of heat maps cut at 0.5", "", "heat map"),
    _text("corpus_bleu", "100·BP·exp(mean of log p_1…p_4), missing orders smoothed",
          "Papineni et al. 2002; sacrebleu, Post 2018", "0–100"),
    *(_text(f"bleu_{n}", f"BP·exp(mean of log p_1…p_{n}) over the corpus, not smoothed",
            "Papineni et al. 2002") for n in (1, 2, 3, 4)),
    *(_text(f"rouge_{n}", f"mean F1 of {what}, stemmed", "Lin 2004; rouge_score")
      for n, what in (("1", "words"), ("2", "pairs of words"),
                      ("l", "the longest common subsequence"),
                      ("lsum", "the longest common subsequences line by line"))),
    _text("meteor", "(1 − 0.5 (chunks/m)³)·P·R / (0.9 P + 0.1 R) over words matched by form, stem "
          "or synonym", "Lavie & Agarwal 2007; nltk", needs="WordNet"),
    _text("cider_d", "10·mean over n = 1…4 and references of the clipped tf-idf cosine of "
          "n-grams, times exp(−Δlength²/72)", "Vedantam et al. 2015; pycocoevalcap", "0–10"),
    _text("css", "cosine of the two sentences' embeddings, best reference",
          "Reimers & Gurevych 2019", "−1–1", "extra 'semantic'"),
    _text("bertscore_f1", "F1 of greedy token matching by cosine, last layer, without idf",
          "Zhang et al. 2020", "−1–1", "extra 'semantic'"),
    Definition("grounded_agreement", "explanation", "mean of (share of the true region inside the "
               "region that the words name − share of the image that they name)", "−1–1", UP,
               "", "explanation, true regions", "grounding"),
    Definition("consistency", "explanation", "share of explanations that take a side whose side "
               "is the verdict's", "0–1", UP, "", "explanation", "stances"),
    _lasting("balanced_accuracy_drop", "clean balanced accuracy − the condition's", "",
             span="−1–1"),
    _lasting("flip_rate", "share of samples whose answer differs from the clean one", ""),
    _lasting("success_fake_to_real", "share of fakes, right when clean, that are wrong now",
             "attack success rate"),
    _lasting("success_real_to_fake", "share of real images, right when clean, that are wrong now",
             "attack success rate"),
    _lasting("mask_drift", "mean of 1 − IoU of the clean region, brought into the frame that was "
             "sent, and this one", "Jaccard 1912"),
    _lasting("explanation_drift", "mean of 1 − ROUGE-L of this explanation by the clean one",
             "Lin 2004"),
    _lasting("verdict_fell", "share of samples, right when clean, that are wrong now", ""),
    _lasting("explanation_fell", "share of samples whose explanation argued for the truth when "
             "clean, and does not now", ""),
    _lasting("localization_fell", "share of fakes with IoU ≥ 0.5 when clean and below it now",
             "threshold of Everingham et al. 2010"),
    _lasting("all_fell", "share of samples of which verdict, explanation and localisation all "
             "stood when clean, and none does now", ""),
    _lasting("area", "area under balanced accuracy over severity or distance, from clean on, "
             "divided by its width", "", UP),
    _lasting("worst_case", "balanced accuracy where a sample is right only if it is right under "
             "every condition", "", UP),
    _lasting("distance", "mean distance of adversarial images after rounding, in the attack's "
             "norm, pixels in [0, 1]", "", ZERO, "0–∞"),
    _lasting("queries", "mean detector evaluations that an attack spent on an image", "", UP,
             "0–∞"),
    _lasting("mce", "mean over corruptions of Σ_s error / Σ_s error of the baseline, s = 1…5; "
             "error is 1 − balanced accuracy", "Hendrycks & Dietterich 2019", DOWN, "0–∞"),
    _lasting("relative_mce", "the same with each one's clean error taken off",
             "Hendrycks & Dietterich 2019", DOWN, "−∞–∞"),
    *(_cost(f"latency_p{p}", f"{p}th percentile of seconds from sending to answer")
      for p in (50, 95, 99)),
    _cost("tokens_in", "mean prompt tokens of an answer", ZERO),
    _cost("tokens_out", "mean generated tokens of an answer", ZERO),
    _cost("images_per_second",
          "images asked afresh (neither cached nor failed) / seconds of asking", UP),
    _cost("peak_memory_bytes", "greatest memory held while asking"),
    _cost("parameters", "weights of the detector", ZERO),
    _cost("cost_per_1000_images", "price of the hours and of the tokens of 1,000 images"),
)  # fmt: skip


DEFINITIONS = {definition.name: definition for definition in _ALL}


def find(name: str) -> Definition:
    """Return a metric's definition.

    Raises:
        ConfigError: There is no such metric; the nearest names are in the message.
    """
    if name not in DEFINITIONS:
        raise unknown_name("metric", name, DEFINITIONS)
    return DEFINITIONS[name]
