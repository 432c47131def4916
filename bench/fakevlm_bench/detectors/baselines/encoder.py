"""Frozen vision encoders of transformers with a linear layer on their features: UnivFD.

Any encoder that `AutoModel` can load serves: CLIP, SigLIP, DINOv2, a
vision-language model's tower, from a folder or the hub.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench import encoders
from fakevlm_bench import weights as files
from fakevlm_bench.detectors.baselines.network import TorchDetector
from fakevlm_bench.errors import WeightsError

if TYPE_CHECKING:
    from torch import nn


class EncoderDetector(TorchDetector):
    """A frozen encoder and a linear layer with published weights.

    UnivFD (Ojha et al. 2023) is CLIP ViT-L/14 with 768 weights on the projected image
    embedding, which is not normalised.
    """

    def __init__(
        self,
        name: str,
        encoder: str,
        *,
        revision: str | None = None,
        frame: str = "centre_crop",
        size: int = 224,
        statistics: str = "clip",
        **settings: Any,
    ) -> None:
        """Configure; nothing is loaded before the first answer.

        Args:
            name: As in ``conf/detector/<name>.yaml``.
            encoder: Folder of a transformers model, or its name on the hub.
            revision: Commit on the hub.
            frame: As `TorchDetector` takes it.
            size: Side of the frame.
            statistics: ``imagenet`` or ``clip``.
            **settings: The other settings of `TorchDetector`.
        """
        super().__init__(name, encoder, frame=frame, size=size, statistics=statistics, **settings)
        self._encoder, self._revision = encoder, revision

    def _weights_digest(self) -> str:
        folder = encoders.encoder_folder(self._encoder, self._revision)
        return f"{encoders.encoder_digest(folder)}+{super()._weights_digest()}"

    def _build(self) -> nn.Module:
        from fakevlm_bench.detectors.baselines.tower import Tower, load_encoder

        if self._checkpoint is None:
            raise WeightsError(f"detector '{self.name}' names no checkpoint in its config")
        encoder, width = load_encoder(encoders.encoder_folder(self._encoder, self._revision))
        network = Tower(encoder, width)
        file = files.locate(self._checkpoint, self._weights)
        state = files.read_state(file, self._checkpoint.key)
        files.load_into(network.linear, state, Path(file))
        return network
