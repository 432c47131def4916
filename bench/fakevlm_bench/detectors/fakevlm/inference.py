"""FakeVLM-Mini's forward passes: to an answer, to log-odds, to a loss of given words.

The image tokens are computed once, for the artifact head and for the decoder alike;
what the decoder is given is what `LlavaForConditionalGeneration` itself would compose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.checkpoint import load
from fakevlm_bench.detectors.fakevlm.dialogue import END, IMAGE, OPENING, prompt, verdict_tokens
from fakevlm_bench.detectors.fakevlm.model import GRID, MEAN, STD, joined_features
from fakevlm_bench.types import Image
from fakevlm_bench.window import central_window, crop_window


@dataclass(frozen=True, slots=True)
class MiniAnswers:
    """Answers to a batch of images.

    Attributes:
        texts: Whole answers; empty strings where none were asked for.
        logits: (N,), log-odds of the verdict's word.
        patches: (N, h, w), P(fake) of each patch.
        tokens_in: Of the prompt, the image's included.
        tokens_out: Of each answer, the end's included.
    """

    texts: list[str]
    logits: Tensor
    patches: Tensor
    tokens_in: int
    tokens_out: list[int]


class Mini:
    """The loaded model, artifact head and tokenizer."""

    def __init__(self, folder: Path, device: str | None = None) -> None:
        """Load them onto a device; null takes a GPU where there is one."""
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        model, head, self.tokenizer = load(folder)
        self.model, self.head = model.to(self.device), head.to(self.device)
        for module in (self.model, self.head):
            module.requires_grad_(False)
        self.real, self.fake = verdict_tokens(self.tokenizer)
        self.end = self._ids(END)[0].item()

    def prepare(self, images: Sequence[Image]) -> Tensor:
        """Make normalised pixels (N, 3, `SIDE`, `SIDE`) of each image's central window."""
        windows = np.stack([crop_window(image, SIDE) for image in images])
        values = torch.from_numpy(windows).to(self.device).permute(0, 3, 1, 2)
        return self._normalised(values.float() / 255)

    @torch.inference_mode()
    def answer(self, pixels: Tensor, question: str, max_tokens: int) -> MiniAnswers:
        """Answer a batch, greedily.

        Args:
            pixels: From `prepare`.
            question: Asked of all.
            max_tokens: Most tokens of an answer; 0 asks for the verdict's score alone.
        """
        joined = self._joined(pixels)
        prompted = self._prompted(joined, question)
        opened = self._opened(prompted)
        patches = self.head(joined[:, 1:]).sigmoid().view(-1, GRID, GRID)
        if max_tokens == 0:
            odds = self.verdict_odds(self._decoded(opened)[:, -1])
            return MiniAnswers(
                [""] * len(pixels), odds, patches, prompted.shape[1], [0] * len(pixels)
            )
        written = self.model.generate(
            inputs_embeds=opened,
            attention_mask=torch.ones(opened.shape[:2], dtype=torch.long, device=self.device),
            max_new_tokens=max_tokens,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
        texts = self.tokenizer.batch_decode(written.sequences, skip_special_tokens=True)
        ended = (written.sequences == self.end).long().cumsum(1) > 0
        counts = ((~ended).sum(1) + 1).clamp_max(written.sequences.shape[1])
        opening = len(self._ids(OPENING))
        return MiniAnswers(
            [(OPENING + text).strip() for text in texts],
            self._odds(written.logits[0]),
            patches,
            prompted.shape[1],
            [int(count) + opening for count in counts],
        )

    def logits(self, pixels: Tensor, question: str) -> Tensor:
        """Compute the verdict's log-odds, differentiably.

        Args:
            pixels: (N, 3, H, W) in [0, 1].
            question: Asked of all.

        Returns:
            (N,), > 0 where the verdict is fake.
        """
        return self.verdict_odds(self.verdict_states(self._sized(pixels), question))

    def verdict_states(self, pixels: Tensor, question: str = "") -> Tensor:
        """Compute the decoder's state before the verdict's word.

        Args:
            pixels: From `prepare`.
            question: Asked of all; empty for the published one.

        Returns:
            (N, width).
        """
        prompted = self._prompted(self._joined(pixels), question)
        return self._decoded(self._opened(prompted))[:, -1]

    def verdict_odds(self, states: Tensor) -> Tensor:
        """Compute the verdict's log-odds (N,) from the states before it."""
        return self._odds(self.model.lm_head(states))

    def patch_logits(self, pixels: Tensor) -> Tensor:
        """Compute the artifact head's log-odds (N, h, w), differentiably."""
        logits: Tensor = self.head(self._joined(self._sized(pixels))[:, 1:])
        return logits.view(-1, GRID, GRID)

    def explanation_loss(self, pixels: Tensor, texts: Sequence[str], question: str) -> Tensor:
        """Compute the mean negative log-likelihood of answers, differentiably.

        Args:
            pixels: (N, 3, H, W) in [0, 1].
            texts: One whole answer for each image.
            question: Asked of all.

        Returns:
            (N,), in nats per token.
        """
        prompted = self._prompted(self._joined(self._sized(pixels)), question)
        ids = [self._ids(" " + text.strip() + END) for text in texts]
        answers = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=-100)
        words = self.model.get_input_embeddings()(answers.clamp_min(0))
        inputs = torch.cat([prompted, words[:, :-1]], dim=1)
        states = self._decoded(inputs)[:, -answers.shape[1] :]
        spelt = F.cross_entropy(
            self.model.lm_head(states).transpose(1, 2), answers, reduction="none"
        )
        return spelt.sum(1) / (answers >= 0).sum(1)

    def _sized(self, pixels: Tensor) -> Tensor:
        """Cut images' central windows out, differentiably; enlarged nearly as Pillow does."""
        size = (pixels.shape[-1], pixels.shape[-2])
        left, top, right, bottom = central_window(size, SIDE)
        pixels = pixels.to(self.device)[..., top:bottom, left:right]
        if right - left != SIDE:
            pixels = F.interpolate(
                pixels, (SIDE, SIDE), mode="bicubic", align_corners=False, antialias=True
            ).clamp(0, 1)
        return self._normalised(pixels)

    def _normalised(self, pixels: Tensor) -> Tensor:
        mean, std = (torch.tensor(v, device=self.device).view(1, 3, 1, 1) for v in (MEAN, STD))
        return (pixels - mean) / std

    def _joined(self, pixels: Tensor) -> Tensor:
        return joined_features(self.model, pixels)

    def _prompted(self, joined: Tensor, question: str) -> Tensor:
        """Compose the prompt's embeddings (N, T, width) around the image's tokens."""
        before, after = prompt(question).split(IMAGE)
        count = len(joined)
        parts = [
            self._embedded(before, count),
            self.model.model.multi_modal_projector(joined),
            self._embedded(after, count),
        ]
        return torch.cat(parts, dim=1)

    def _opened(self, prompted: Tensor) -> Tensor:
        """Put the answer's opening behind a prompt's embeddings."""
        return torch.cat([prompted, self._embedded(OPENING, len(prompted))], dim=1)

    def _odds(self, logits: Tensor) -> Tensor:
        """Compute the log-odds of fake (N,) from logits (N, vocabulary) of the verdict's word."""
        return logits[:, self.fake].float() - logits[:, self.real].float()

    def _embedded(self, text: str, count: int) -> Tensor:
        embedded: Tensor = self.model.get_input_embeddings()(self._ids(text))
        return embedded.expand(count, -1, -1)

    def _decoded(self, inputs: Tensor) -> Tensor:
        states: Tensor = self.model.model.language_model(
            inputs_embeds=inputs, use_cache=False
        ).last_hidden_state
        return states

    def _ids(self, text: str) -> Tensor:
        return torch.tensor(self.tokenizer(text)["input_ids"], device=self.device)
