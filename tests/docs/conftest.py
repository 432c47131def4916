"""What the documents' commands find in the folder they are run in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fake_server import says, serving
from support.places import Place, Shared, environment, noise
from support.preloaded import serving_commands


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    root = tmp_path_factory.mktemp("documents")
    for k, label in enumerate(("0_real", "1_fake")):
        (root / "pictures" / label).mkdir(parents=True)
        for i in range(12):
            noise(2 * i + k).save(root / "pictures" / label / f"{i}.png")
    with (
        serving(lambda *_: says()) as server,
        serving_commands(root / "programs", environment(root)) as programs,
    ):
        yield Shared(root, root / "pictures", server.url, programs)


@pytest.fixture
def place(tmp_path: Path, shared: Shared) -> Place:
    return Place(tmp_path, shared)
