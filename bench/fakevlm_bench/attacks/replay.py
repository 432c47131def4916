"""Replay: adversarial images from an earlier attack, shown to any detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from fakevlm_bench.attacks.batching import failed
from fakevlm_bench.attacks.storage import AdversarialSet
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Target


class Replay:
    """The images of a folder that ``fakevlm-bench attack`` wrote."""

    kind = "transfer"
    requires = Capabilities()

    def __init__(self, level: str, *, name: str = "replay") -> None:
        """Open the folder.

        Args:
            level: The folder.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: There are no adversarial images in it.
        """
        self.name = name
        self._set = AdversarialSet(level)
        attack = self._set.attack()
        if attack is None:
            raise ConfigError(
                f"{name}: no adversarial images in '{level}' (test-*.parquet); create them with "
                "fakevlm-bench attack transfer_linf:32/255 task=… --out FOLDER"
            )
        self._attack = attack

    @cached_property
    def _digest(self) -> str:
        return self._set.digest()

    def fingerprint(self) -> Fingerprint:
        """Return the digest of the images, and what they record of their attack."""
        return {
            "kind": self.kind,
            "version": 1,
            "name": self.name,
            "images": self._digest,
            "made_by": self._attack.get("name"),
            "norm": self._attack.get("norm"),
            "epsilon": self._attack.get("epsilon"),
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Look each target up.

        Args:
            detector: Not used.
            targets: Found by sample id and pixels.

        Returns:
            One per target, in order; one that is not in the folder carries its error.
        """
        _ = detector
        return [self._find(target) for target in targets]

    def _find(self, target: Target) -> Attacked:
        attacked = self._set.find(target)
        if attacked is None:
            return failed(
                target,
                f"{self._set.folder} holds no image made from sample '{target.sample_id}' as it "
                "is here: the folder belongs to another task, version or split",
            )
        return replace(attacked, queries=0)
