"""FakeVLM-Mini as a detector, wherever it runs: in this process, or behind a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.local import SHIPPED, FakeVLMLocal
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.json_types import Card
from fakevlm_bench.protocols import Detector

CONTEXT = 512
"""Tokens of question, image and answer that a server makes room for."""
SERVING = ("--max-model-len", str(CONTEXT), "--model-impl", "transformers")
"""vLLM's own LLaVA takes the features of one layer only; its Transformers backend takes all."""
LOCAL_ONLY = ("explain", "heat_map", "threshold", "calibrated_on", "device")


def fakevlm_mini(
    *,
    server: Any = None,
    model: str | None = None,
    prompt: str | None = None,
    max_tokens: int = 120,
    answers: str = "fakevlm",
    card: Card | None = None,
    client: Mapping[str, object] | None = None,
    **local: Any,
) -> Detector:
    """Make the detector.

    Args:
        server: From ``conf/server``; ``local`` runs in this process and alone gives the
            heat map and gradients, the others localise by the boxes in the words.
        model: Folder of the checkpoint, or the name that a running endpoint serves it under;
            null is the one that ships.
        prompt: Asked in place of the task's question.
        max_tokens: Most tokens of an answer.
        answers: The published form of its answers (`fakevlm_bench.answers.forms`).
        card: What the leaderboard says of it.
        client: Settings of `fakevlm_bench.detectors.client.Policy`, for a server.
        **local: Further settings of `FakeVLMLocal`; a server has no use for them.

    Raises:
        ConfigError: A setting that does not exist.
    """
    unknown = sorted(set(local) - set(LOCAL_ONLY))
    if unknown:
        raise ConfigError(
            f"detector 'fakevlm_mini' has no setting '{unknown[0]}': it has model, prompt, "
            f"max_tokens, client, {', '.join(LOCAL_ONLY)}"
        )
    if hasattr(server, "connect"):
        from fakevlm_bench.detectors.vlm import VisionLanguageModel

        return VisionLanguageModel(
            "fakevlm_mini", model or str(SHIPPED), server,
            prompting={"prompt": prompt}, max_tokens=max_tokens, localises=True, answers=answers,
            serving=SERVING, window=SIDE, client=client, card=card,
        )  # fmt: skip
    return FakeVLMLocal(
        model=model, prompt=prompt, max_tokens=max_tokens, answers=answers, card=card, **local
    )
