"""A small detector that explains: verdict, heat map and words, all differentiable."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Capabilities, Label, Response, Target
from support.small_network import NetworkDetector, draw_image

WORDS = {
    Label.REAL: "This is a real image. The light is consistent.",
    Label.FAKE: "This is a fake image. The texture is unnatural.",
}


class TwoHeads(nn.Module):
    """One head for the patches, whose mean is the verdict, and one for the words."""

    def __init__(self, width=12):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 5, stride=2, padding=2),
            nn.LeakyReLU(0.1),
            nn.Conv2d(width, width, 3, stride=2, padding=1),
            nn.LeakyReLU(0.1),
        )
        self.patches = nn.Conv2d(width, 1, 1)
        self.words = nn.Linear(width, 1)

    def forward(self, pixels):
        features = self.body((pixels - 0.5) * 4)
        patches = self.patches(features)[:, 0] * 4
        return patches.mean((1, 2)) * 2, patches, self.words(features.mean((2, 3)))[:, 0] * 4


class Explainer(NetworkDetector):
    name = "explainer"
    capabilities = Capabilities(score=True, gradients=True, mask=True, explanation=True)

    def logits(self, pixels):
        return self.network(pixels)[0]

    def patch_logits(self, pixels):
        return self.network(pixels)[1]

    def explanation_loss(self, pixels, texts):
        said = self.network(pixels)[2]
        signs = torch.tensor([1.0 if "fake" in text else -1.0 for text in texts])
        return functional.softplus(-signs * said)

    def predict(self, queries):
        self.calls += len(queries)
        return [self._answer(decode_image(query.image)) for query in queries]

    def _answer(self, image):
        pixels = torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255
        with torch.no_grad():
            logit, patches, said = self.network(pixels)
        heat = (patches[0].sigmoid() * 255).round().to(torch.uint8).numpy()
        clue = WORDS[Label(int(said[0] > 0))].split(". ")[1]
        verdict = WORDS[Label(int(logit[0] > 0))].split(". ")[0]
        return Response(text=f"{verdict}. {clue}", logit=float(logit[0]), heat_map=heat)


def regional_targets(rng, count, size=32):
    """Real images, and fakes whose upper left quarter or whole has the grid."""
    made = []
    for index in range(count):
        label = Label(index % 2)
        image = draw_image(rng, label, size)
        mask = None
        if label is Label.FAKE:
            mask = torch.zeros(size, size, dtype=torch.bool).numpy()
            mask[: size // 2] = True
            image = image.copy()
            image[size // 2 :] = draw_image(rng, Label.REAL, size)[size // 2 :]
        made.append(Target(f"e{index}", image, label, seed=2000 + index, mask=mask))
    return made


def train_explainer(rng):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = TwoHeads()
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
        targets = regional_targets(rng, 192)
        pixels = torch.stack(
            [torch.from_numpy(t.image.copy()).permute(2, 0, 1).float() / 255 for t in targets]
        )
        labels = torch.tensor([float(t.label) for t in targets])
        masks = torch.zeros(len(targets), 8, 8)
        masks[labels == 1, :4] = 1
        for _ in range(25):
            for rows in torch.randperm(len(targets)).split(32):
                logit, patches, said = net(pixels[rows])
                entropy = nn.functional.binary_cross_entropy_with_logits
                loss = entropy(logit, labels[rows]) + entropy(said, labels[rows])
                loss = loss + entropy(patches, masks[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return net.eval().requires_grad_(False)
