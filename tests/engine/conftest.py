"""A detector that is new for every test."""

import pytest

from support.engine import Meter


@pytest.fixture
def meter() -> Meter:
    return Meter()
