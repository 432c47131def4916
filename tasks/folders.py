"""Anybody's folders of real and fake images."""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.datasets.folders import FolderDataset
from fakevlm_bench.types import Task


def folders(
    path: str,
    real: str | Sequence[str] = "0_real",
    fake: str | Sequence[str] = "1_fake",
    name: str = "folders",
    group: str | None = None,
) -> Task:
    """Declare a task over ``**/0_real`` and ``**/1_fake`` below `path`."""
    return Task(
        name=name,
        version="1",
        dataset=FolderDataset(path, real=real, fake=fake, group=group),
        prompt="Does the image looks real/fake?",
        licence="as the images' owner states",
        citation="",
        description=f"Images below {path}, labelled by their folder.",
    )
