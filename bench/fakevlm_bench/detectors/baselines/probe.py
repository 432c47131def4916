"""`probe`: any vision encoder with a linear head fitted on a train split."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench import encoders
from fakevlm_bench import weights as files
from fakevlm_bench.detectors import fitting
from fakevlm_bench.detectors.baselines import logistic
from fakevlm_bench.detectors.baselines.network import TorchDetector
from fakevlm_bench.detectors.fitting import FitReport, OutOfFold
from fakevlm_bench.errors import WeightsError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.json_types import JsonValue
from fakevlm_bench.types import Sample

if TYPE_CHECKING:
    from torch import Tensor, nn

    from fakevlm_bench.detectors.baselines.tower import Tower


class Probe(TorchDetector):
    """A frozen encoder and a logistic regression on its features."""

    def __init__(
        self,
        encoder: str,
        *,
        name: str = "probe",
        revision: str | None = None,
        fit: str | None = None,
        frame: str = "centre_crop",
        size: int | None = None,
        **settings: Any,
    ) -> None:
        """Configure; nothing is loaded before the first answer.

        Args:
            encoder: Folder of a transformers model, or its name on the hub.
            name: As in ``conf/detector/<name>.yaml``.
            revision: Commit on the hub.
            fit: File of a fitted head; null takes the one that the last fit left.
            frame: ``centre_crop`` keeps the pixels as they are, ``squash`` shows the whole image.
            size: Side of the frame; null takes the encoder's own.
            **settings: The other settings of `TorchDetector`, without `statistics`: the
                encoder's own are taken.
        """
        super().__init__(name, encoder, frame=frame, size=size or 0, **settings)
        self._encoder, self._revision, self._own_size = encoder, revision, size is None
        self._fit = fit
        self._head: logistic.Logistic | None = None

    @property
    def fit_path(self) -> Path:
        """Where the head is written: the setting, else where weights are looked for."""
        if self._fit:
            return Path(self._fit)
        file = encoders.fit_file(self.name, self._encoder)
        return files.find(file) or files.places(file)[-1]

    @cached_property
    def folder(self) -> Path:
        """The encoder's files."""
        return encoders.encoder_folder(self._encoder, self._revision)

    @cached_property
    def head(self) -> logistic.Logistic:
        """The fitted head.

        Raises:
            DetectorError: There is none.
            WeightsError: It was fitted on another encoder, or through another frame.
        """
        values = fitting.read(self.fit_path, self.name, self.version)
        if values["encoder"] != self._view():
            raise WeightsError(
                f"{self.fit_path} was fitted on {values['encoder']}, not on {self._view()}"
            )
        return logistic.Logistic.from_json(values["models"]["image"])

    def _view(self) -> dict[str, JsonValue]:
        """Return what the features depend on."""
        self._adopt()
        return {
            "digest": encoders.encoder_digest(self.folder),
            "frame": f"{self._frame}:{self._size}",
            "mean": list(self.mean),
            "std": list(self.std),
        }

    def _adopt(self) -> None:
        """Take size and statistics from the encoder's own files, where it has them."""
        config = _read(self.folder / "config.json")
        config = config.get("vision_config", config)
        image = _read(self.folder / "preprocessor_config.json")
        image = image.get("image_processor", image)
        if self._own_size:
            self._size = int(config.get("image_size", 224))
        self.mean = tuple(image.get("image_mean", self.mean))
        self.std = tuple(image.get("image_std", self.std))

    def _identity(self) -> dict[str, JsonValue]:
        self._adopt()
        return super()._identity()

    def _to_frame(self, values: Tensor) -> Tensor:
        _ = self.network  # which knows the side of the frame
        return super()._to_frame(values)

    def _weights_digest(self) -> str:
        return f"{encoders.encoder_digest(self.folder)}+{files.digest(self.fit_path)}"

    def _build(self) -> nn.Module:
        network: Tower = self._tower()
        _set(network.linear, self.head)
        return network

    def _tower(self) -> Tower:
        from fakevlm_bench.detectors.baselines.tower import Tower, load_encoder

        self._adopt()
        return Tower(*load_encoder(self.folder))

    def fit(self, samples: Iterable[Sample]) -> OutOfFold:
        """Fit the head on the encoder's features, cross-validated by photograph."""
        tower = self._tower().eval().to(self.device)
        tower.requires_grad_(False)
        self.network = tower
        rows = list(self._each(lambda sample: self._look(tower, sample), samples))
        matrix = np.stack([row for row, _, _ in rows])
        labels = np.array([label for _, label, _ in rows])
        groups = [group for _, _, group in rows]
        fitting.check(labels, groups)
        penalty, logits = logistic.choose_penalty(matrix, labels, groups)
        self._head = logistic.fit(matrix, labels, logistic.balance(labels), penalty)
        _set(tower.linear, self._head)
        return OutOfFold(logits, labels, groups, penalty)

    def _look(self, tower: Tower, sample: Sample) -> tuple[logistic.Floats, int, str]:
        import torch

        from fakevlm_bench.detectors.baselines.network import to_tensor

        with torch.inference_mode():
            framed = self._to_frame(to_tensor(decode_image(sample.image)).to(self.device))
            features = tower.features(self._standardise(framed))
        return features[0].double().cpu().numpy(), int(sample.label), sample.group

    def save(self, path: Path, report: FitReport) -> None:
        """Write the head, as the setting `fit` takes it.

        Args:
            path: The file.
            report: Of the fit.

        Raises:
            ValueError: There is no fit yet.
        """
        if self._head is None:
            raise ValueError("there is no fit to save: call fit first")
        models = {"image": self._head.to_json()}
        fitting.write(path, self.name, self.version, report, encoder=self._view(), models=models)
        self._fit = str(path)


def _set(linear: Any, head: logistic.Logistic) -> None:
    """Put a head on standardised features into a linear layer on plain ones."""
    import torch

    weight = head.weight / head.scale
    bias = head.bias - float((head.mean * weight).sum())
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weight)[None])
        linear.bias.fill_(bias)


def _read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
