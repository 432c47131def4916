"""A small trained network, and images on which it is right, for every test of attacks."""

from __future__ import annotations

import pytest
import torch

from support.small_network import NetworkDetector, is_right, make_targets, train_network


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Such small networks are faster on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def network(_one_thread):
    return train_network()


@pytest.fixture
def detector(network):
    return NetworkDetector(network)


@pytest.fixture
def targets(detector):
    """Forty images that the network gets right."""
    made = make_targets(48, seed=7)
    return [t for t in made if is_right(detector, t.image, t.label)][:40]
