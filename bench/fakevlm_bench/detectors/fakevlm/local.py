"""FakeVLM-Mini in this process: verdict, heat map and explanation, with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench import weights as files
from fakevlm_bench.answers.forms import form_of
from fakevlm_bench.detectors import calibration
from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.errors import BenchError, ConfigError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.json_types import Card, JsonValue
from fakevlm_bench.types import Capabilities, Image, Query, Response
from fakevlm_bench.window import central_window

if TYPE_CHECKING:
    from torch import Tensor

    from fakevlm_bench.detectors.fakevlm.inference import MiniAnswers

SHIPPED = Path(__file__).parent / "mini"
ROWS = 16
"""Images that go through the model at once; always so many, so that no answer depends on how
queries are batched."""


class FakeVLMLocal(calibration.Calibrated):
    """A checkpoint of FakeVLM-Mini's architecture, run with transformers."""

    version = 4
    window = SIDE
    batch_size = 4 * ROWS

    def __init__(
        self,
        *,
        name: str = "fakevlm_mini",
        model: str | None = None,
        explain: bool = True,
        heat_map: bool = True,
        prompt: str | None = None,
        max_tokens: int = 120,
        threshold: float | str = "published",
        calibrated_on: str = "starter",
        device: str | None = None,
        answers: str = "fakevlm",
        card: Card | None = None,
    ) -> None:
        """Configure; nothing is loaded before the first answer.

        Args:
            name: As in ``conf/detector/<name>.yaml``.
            model: Folder that `fakevlm_bench.making.fakevlm_mini.export.export` wrote; null is the
                one that ships.
            explain: Also write the explanation; otherwise the verdict comes from its score.
            heat_map: Also return the artifact head's map.
            prompt: Asked in place of the task's question.
            max_tokens: Most tokens of an answer.
            threshold: ``published`` (the likelier word), ``calibrated``, or a number; words,
                where there are any, have the last say.
            calibrated_on: Task whose validation split a calibrated threshold comes from.
            device: Torch device; null takes a GPU where there is one.
            answers: The published form of its answers (`fakevlm_bench.answers.forms`).
            card: What the leaderboard says of it.

        Raises:
            ConfigError: The folder is not there.
        """
        self.card: Card = {**card} if card else {}
        self.name, self._folder = name, Path(model) if model else SHIPPED
        if not (self._folder / "model.safetensors").is_file():
            raise ConfigError(
                f"detector '{name}': {self._folder} holds no model.safetensors: "
                "set model to a folder that fakevlm-bench train fakevlm_mini wrote"
            )
        self.answers = form_of(answers).value
        self._explain, self._heat_map = explain, heat_map
        self._prompt, self._max_tokens, self._device_name = prompt, max_tokens, device
        self._threshold = calibration.Threshold(name, threshold, calibrated_on)

    @property
    def question(self) -> str | None:
        """The question it is asked in place of the task's, if any."""
        return self._prompt

    @property
    def capabilities(self) -> Capabilities:
        """A score, a heat map, gradients, and words where it explains."""
        return Capabilities(
            score=True, mask=self._heat_map, explanation=self._explain, gradients=True
        )

    def _identity(self) -> dict[str, JsonValue]:
        """Return the digest of the checkpoint, and the prompting."""
        return {
            "name": self.name,
            "version": self.version,
            "weights": files.folder_digest(self._folder),
            "prompt": self._prompt,
            "explain": self._explain,
            "heat_map": self._heat_map,
            "max_tokens": self._max_tokens,
        }

    @cached_property
    def mini(self) -> Any:
        """The loaded model, a `fakevlm_bench.detectors.fakevlm.inference.Mini`."""
        from fakevlm_bench.detectors.fakevlm.inference import Mini

        return Mini(self._folder, self._device_name)

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer each query; an image that cannot be decoded carries its reason."""
        responses: dict[int, Response] = {}
        images: dict[int, Image] = {}
        for i, query in enumerate(queries):
            try:
                images[i] = decode_image(query.image)
            except BenchError as error:
                responses[i] = Response(error=str(error))
        by_question: dict[str, list[int]] = {}
        for i in images:
            by_question.setdefault(self._question(queries[i]), []).append(i)
        for question, rows in by_question.items():
            for start in range(0, len(rows), ROWS):
                some = rows[start : start + ROWS]
                answers = self._answers(question, [images[i] for i in some])
                responses.update(zip(some, answers, strict=True))
        return [responses[i] for i in range(len(queries))]

    def _question(self, query: Query) -> str:
        prompt = query.prompt if self._prompt is None else self._prompt
        return "\n".join(part for part in (query.context, prompt) if part)

    def _answers(self, question: str, images: list[Image]) -> list[Response]:
        """Answer up to `ROWS` images, filled up with copies of the last one."""
        filled = [*images, *[images[-1]] * (ROWS - len(images))]
        answers: MiniAnswers = self.mini.answer(
            self.mini.prepare(filled), question, self._max_tokens if self._explain else 0
        )
        return [
            Response(
                text=answers.texts[i] if self._explain else None,
                logit=float(answers.logits[i]),
                heat_map=_image_map(answers.patches[i], image) if self._heat_map else None,
                size=(image.shape[1], image.shape[0]),
                tokens_in=answers.tokens_in,
                tokens_out=answers.tokens_out[i],
            )
            for i, image in enumerate(images)
        ]

    def logits(self, pixels: Tensor) -> Tensor:
        """Compute log-odds of fake less those of the threshold, so that > 0 means FAKE.

        The question is the configured one, or the published one.

        Args:
            pixels: float32 (N, 3, H, W) in [0, 1], at the images' own size.

        Returns:
            (N,), differentiable with respect to `pixels`.
        """
        from fakevlm_bench.detectors.baselines.network import log_odds

        odds: Tensor = self.mini.logits(pixels, self._prompt or "")
        return odds - log_odds(self.threshold)

    def patch_logits(self, pixels: Tensor) -> Tensor:
        """Compute the log-odds of fake of each patch, > 0 where the heat map says fake.

        Args:
            pixels: As in `logits`.

        Returns:
            (N, h, w), stretched over the whole image, differentiable; -20 where the model
            does not look.
        """
        odds: Tensor = self.mini.patch_logits(pixels)
        cut = self.thresholds()["heat_map"]
        odds = odds - _odds_of_level(cut) if cut is not None else odds
        return _framed(odds, (pixels.shape[-1], pixels.shape[-2]), -20.0)

    def explanation_loss(self, pixels: Tensor, texts: Sequence[str]) -> Tensor:
        """Compute the mean negative log-likelihood per token of given answers, in nats.

        Args:
            pixels: As in `logits`.
            texts: One whole answer for each image.

        Returns:
            (N,), >= 0, differentiable with respect to `pixels`.
        """
        loss: Tensor = self.mini.explanation_loss(pixels, texts, self._prompt or "")
        return loss


def _image_map(probabilities: Tensor, image: Image) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turn probabilities (h, w) of the window into an 8-bit map of the image, 0 around it."""
    framed = _framed(probabilities, (image.shape[1], image.shape[0]), 0.0)
    return np.asarray((framed * 255).round(), dtype=np.uint8)


def _framed(values: Tensor, size: tuple[int, int], beyond: float) -> Tensor:
    """Lay a window's patches (…, n, n) in a grid over the whole image, rounded to patches."""
    import torch

    count = values.shape[-1]
    left, top, right, _ = central_window(size, SIDE)
    patch = (right - left) / count
    columns, rows = (max(count, round(extent / patch)) for extent in size)
    column, row = (min(round(left / patch), columns - count), min(round(top / patch), rows - count))
    framed = torch.full((*values.shape[:-2], rows, columns), beyond, device=values.device)
    framed[..., row : row + count, column : column + count] = values
    return framed


def _odds_of_level(level: int) -> float:
    """Compute the log-odds of an 8-bit heat-map value; 0 and 255 count as 1 and 254."""
    from fakevlm_bench.detectors.baselines.network import log_odds

    return log_odds(min(max(level, 1), 254) / 255)
