"""The project's wheel, and an environment that it is installed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.wheels import Environment, build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is published: built from the source distribution beside it."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A new environment with the wheel, outside of the checkout."""
    environment = Environment.make(tmp_path_factory.mktemp("elsewhere") / "venv")
    environment.install(wheel)
    return environment
