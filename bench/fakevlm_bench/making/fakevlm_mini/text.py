"""Second and third stage of the training: the answer.

In the second the projector and the decoder learn on what the tower sees, and the tower stays
as the first stage left it; in the third all of it goes on together, and the patches are
judged as before. The word after the opening is the verdict; it weighs more than other words,
and twins are ranked by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.data import Dataset

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.dialogue import END, IMAGE, prompt
from fakevlm_bench.detectors.fakevlm.model import GRID, ArtifactHead, joined_features
from fakevlm_bench.making.fakevlm_mini.answer_texts import QUESTIONS, answer
from fakevlm_bench.making.fakevlm_mini.synthesis import RESAMPLED, WEIGHTS, Pair, Pool
from fakevlm_bench.making.fakevlm_mini.vision import coverage, normalise, patch_losses
from fakevlm_bench.seeding import derive_seed

FAMILIES = tuple(name for name in WEIGHTS if name != RESAMPLED)
IMAGE_TOKENS = GRID * GRID + 1
OPENING_TOKENS = 3
"""Length of the answers' common opening; the verdict follows."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Twins with what is to be said of them.

    Attributes:
        pixels: ``uint8`` (2 B, 3, 256, 256), the reals first.
        before: (b,), the prompt's tokens before the image.
        after: (a,), the prompt's tokens after it.
        answers: (2 B, L), filled up with -100.
        coverage: (B, N), share of each patch of the fake that was edited.
    """

    pixels: Tensor
    before: Tensor
    after: Tensor
    answers: Tensor
    coverage: Tensor


class Answers(Dataset[Answered]):
    """Batches by number, as `fakevlm_bench.making.fakevlm_mini.vision.Twins`.

    Args:
        folder: The pool.
        tokenizer: As `fakevlm_bench.making.fakevlm_mini.answer_texts.train_tokenizer` makes it.
        seed: Of everything random.
        pairs: In a batch.
    """

    def __init__(self, folder: Path, tokenizer: Any, seed: int, pairs: int) -> None:
        """List the pool."""
        self.pool, self.tokenizer = Pool(folder), tokenizer
        self.seed, self.pairs = seed, pairs

    def __getitem__(self, number: int) -> Answered:
        """Make one batch."""
        rng = np.random.default_rng(derive_seed(self.seed, str(number), "answers"))
        pairs: list[Pair] = []
        while len(pairs) < self.pairs:
            pair = self.pool.pair(int(rng.integers(len(self.pool))), SIDE, 0.9, rng, FAMILIES)
            if pair.mask.any():  # a part of a crop can lie beside the edit
                pairs.append(pair)
        texts = [answer(pair, fake) + END for fake in (False, True) for pair in pairs]
        question = QUESTIONS[0] if rng.random() < 0.5 else str(rng.choice(QUESTIONS[1:]))
        before, after = (self._ids(part) for part in prompt(question).split(IMAGE))
        answers = nn.utils.rnn.pad_sequence([self._ids(text) for text in texts], True, -100)
        stacked = np.stack([pair.real for pair in pairs] + [pair.fake for pair in pairs])
        pixels = torch.from_numpy(stacked).permute(0, 3, 1, 2)
        covered = torch.stack([coverage(pair.mask) for pair in pairs])
        return Answered(pixels, before, after, answers, covered)

    def _ids(self, text: str) -> Tensor:
        """Return a text's tokens, (n,)."""
        return torch.tensor(self.tokenizer(text)["input_ids"])


@torch.no_grad()
def start_projector(model: Any, head: ArtifactHead, pixels: Tensor) -> None:
    """Let the projector begin with what the artifact head has learned to look at.

    Both are two layers with a GELU between; the head's normalisation is folded into the
    first at its mean strength over a batch, and its output is one of the projector's.

    Args:
        model: The whole model, its tower trained.
        head: Of the same features.
        pixels: ``uint8`` (B, 3, 256, 256), to measure the strength by.
    """
    joined = joined_features(model, normalise(pixels))
    spread = joined.std(dim=-1).mean()
    scaled = head.hidden.weight * head.norm.weight / spread
    projector, width = model.model.multi_modal_projector, len(scaled)
    projector.linear_1.weight[:width] = scaled - scaled.mean(dim=1, keepdim=True)
    projector.linear_1.bias[:width] = head.hidden.bias + head.hidden.weight @ head.norm.bias
    projector.linear_2.weight[0, :width] = head.output.weight[0] / 2


def freeze(model: Any) -> None:
    """Let only the projector and the decoder train."""
    model.requires_grad_(True)
    model.model.vision_tower.requires_grad_(False)


class Whole(nn.Module):
    """The model and its artifact head, to train both."""

    def __init__(self, model: Any, head: ArtifactHead) -> None:
        """Join them; all of it trains."""
        super().__init__()
        self.llava, self.artifact = model, head
        self.requires_grad_(True)


def losses(whole: Whole, batch: Answered, verdicts: tuple[int, int]) -> dict[str, Tensor]:
    """Compute the losses of a batch in the third stage, by name.

    Args:
        whole: Model and artifact head.
        batch: Twins with answers.
        verdicts: The tokens of the verdicts real and fake.
    """
    joined = tower_features(whole.llava, batch)
    with torch.autocast("cpu", torch.bfloat16):
        odds = whole.artifact(joined[:, 1:]).float()
    patches = patch_losses(odds, batch.coverage, batch.pixels)
    return patches | answer_losses(whole.llava, joined, batch, verdicts)


def tower_features(model: Any, batch: Answered) -> Tensor:
    """Run the tower, without gradients where it is frozen.

    Args:
        model: The whole model.
        batch: Twins with answers.

    Returns:
        (2 B, 1 + N, width).
    """
    with torch.autocast("cpu", torch.bfloat16):
        return joined_features(model, normalise(batch.pixels))


def answer_losses(
    model: Any, joined: Tensor, batch: Answered, verdicts: tuple[int, int]
) -> dict[str, Tensor]:
    """Compute the losses of what is said, by name.

    Args:
        model: The whole model.
        joined: What its tower sees.
        batch: Twins with answers.
        verdicts: The tokens of the verdicts real and fake.
    """
    count = len(batch.pixels)
    with torch.autocast("cpu", torch.bfloat16):
        image = model.model.multi_modal_projector(joined)
        embed = model.get_input_embeddings()
        before, after = (embed(part).expand(count, -1, -1) for part in (batch.before, batch.after))
        words = embed(batch.answers.clamp_min(0))
        inputs = torch.cat([before, image, after, words[:, :-1]], dim=1)
        states = model.model.language_model(inputs_embeds=inputs, use_cache=False).last_hidden_state
        logits = model.lm_head(states[:, -words.shape[1] :]).float()
    word = logits[:, OPENING_TOKENS]
    margin = word[:, verdicts[1]] - word[:, verdicts[0]]
    truth = torch.cat([torch.zeros(count // 2), torch.ones(count // 2)])
    return {
        "words": F.cross_entropy(logits.transpose(1, 2), batch.answers),
        "verdict": F.binary_cross_entropy_with_logits(margin, truth),
        "verdict_twins": 0.5 * F.softplus(margin[: count // 2] - margin[count // 2 :]).mean(),
    }
