"""Where weights come from, and whether they are what they should be.

A detector's config names its `Checkpoint`; the file is looked for in this order:
the path in the config, the folder that the environment variable
``FAKEVLM_BENCH_WEIGHTS`` names, the user's cache, the network. Nothing heavy is
imported here, so that listing detectors stays cheap.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.errors import ConfigError, WeightsError
from fakevlm_bench.files import cache_folder, replacing, sha256_file, sha256_listing

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS_VARIABLE = "FAKEVLM_BENCH_WEIGHTS"
"""Environment variable that names a folder of weights."""

_CHECKPOINT = ("*.json", "*.safetensors", "*.jinja", "*.model", "*.bin")
USES = ("research", "commercial")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """A published weights file.

    Attributes:
        file: Name under which it is looked for and cached.
        licence: As its authors state it.
        commercial: True where the licence allows commercial use.
        url: Where it is downloaded from; null where it has to be fetched by hand.
        sha256: Its digest; null where its authors' file was never at hand to digest it.
        key: Entry of the file's dictionary that holds the state dict; null where the
            file is the state dict itself.
        note: How to get the file by hand.
    """

    file: str
    licence: str
    commercial: bool = False
    url: str | None = None
    sha256: str | None = None
    key: str | None = None
    note: str = ""


def places(file: str) -> list[Path]:
    """List the paths at which a file of this name is looked for, in order."""
    folder = os.environ.get(WEIGHTS_VARIABLE)
    return [*([Path(folder) / file] if folder else []), cache_folder() / "weights" / file]


def find(file: str, path: str | Path | None = None) -> Path | None:
    """Look a file up without the network.

    Args:
        file: Name to look for.
        path: Path from the config; no other place counts then.

    Raises:
        WeightsError: There is no file at `path`.
    """
    if path is not None:
        if not Path(path).is_file():
            raise WeightsError(f"weights '{path}' do not exist (setting 'weights')")
        return Path(path)
    return next((place for place in places(file) if place.is_file()), None)


def locate(checkpoint: Checkpoint, path: str | Path | None = None) -> Path:
    """Return the checkpoint's file, downloading it where it is not here.

    Args:
        checkpoint: The published weights.
        path: Path from the config; no other place counts then.

    Raises:
        WeightsError: It is nowhere and cannot be downloaded, or its digest is not the
            published one. A path given in the config may hold other weights of the
            same form (one's own training), so its digest is recorded, not compared.
    """
    file = find(checkpoint.file, path)
    if file is None:
        return download(checkpoint)
    if path is None:
        _check(checkpoint, file, digest(file))
    return file


def _check(checkpoint: Checkpoint, file: Path, actual: str) -> None:
    if checkpoint.sha256 and actual != checkpoint.sha256:
        raise WeightsError(
            f"{file} has SHA-256 {actual}, but {checkpoint.file} as published has "
            f"{checkpoint.sha256}: delete it, or name it in 'weights' if it is meant"
        )


def _by_hand(checkpoint: Checkpoint, why: str) -> WeightsError:
    """Build the error that says where to put the file and what its digest must be."""
    source = f" from {checkpoint.url}" if checkpoint.url else ""
    must = f" with SHA-256 {checkpoint.sha256}" if checkpoint.sha256 else ""
    note = f" ({checkpoint.note})" if checkpoint.note else ""
    return WeightsError(
        f"{checkpoint.file} is missing and {why}: put the file{source}{must} "
        f"at {places(checkpoint.file)[-1]}, or set {WEIGHTS_VARIABLE} to its folder{note}"
    )


def download(checkpoint: Checkpoint) -> Path:
    """Download a checkpoint into the user's cache.

    It is written to a temporary name beside its place and renamed when its digest is right, so a
    broken download leaves nothing behind.

    Raises:
        WeightsError: There is no URL, the network fails, or the digest differs.
    """
    import httpx

    if checkpoint.url is None:
        raise _by_hand(checkpoint, "has to be fetched by hand")
    target = cache_folder() / "weights" / checkpoint.file
    _LOG.info("downloading %s from %s", checkpoint.file, checkpoint.url)
    try:
        with replacing(target) as temporary:
            _fetch(checkpoint.url, temporary)
            _check(checkpoint, temporary, sha256_file(temporary))
    except httpx.HTTPError as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise _by_hand(checkpoint, f"cannot be downloaded ({reason})") from error
    except OSError as error:
        raise WeightsError(f"{target} cannot be written: {error}") from error
    return target


def _fetch(url: str, path: Path) -> None:
    import httpx

    with (
        path.open("wb") as stream,
        httpx.stream("GET", url, follow_redirects=True, timeout=30) as answer,
    ):
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            stream.write(chunk)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, computed once per version of it."""
    status = file.stat()
    return _digest(file, status.st_size, status.st_mtime_ns)


def folder_digest(folder: Path) -> str:
    """Digest a checkpoint's configuration, tokenizer, template and weights.

    Raises:
        ConfigError: There are none.
    """
    files = sorted({file for pattern in _CHECKPOINT for file in folder.glob(pattern)})
    if not files:
        raise ConfigError(f"{folder} holds no checkpoint: no config.json, no *.safetensors")
    return sha256_listing((file.name, digest(file)) for file in files)


@lru_cache(maxsize=64)
def _digest(file: Path, _size: int, _changed: int) -> str:
    return sha256_file(file)


def fingerprint_digest(checkpoint: Checkpoint, path: str | Path | None = None) -> str:
    """Return the digest that goes into a fingerprint: the file's, else the published one.

    Args:
        checkpoint: The published weights.
        path: Path from the config; no other place counts then.

    Raises:
        WeightsError: The file is not here, no digest was published, and it cannot be downloaded.
    """
    file = find(checkpoint.file, path)
    if file is None and checkpoint.sha256:
        return checkpoint.sha256
    return digest(file or locate(checkpoint, path))


def check_use(name: str, checkpoint: Checkpoint, use: str) -> None:
    """Refuse a use that the checkpoint's licence forbids.

    Args:
        name: Of the detector, for messages.
        checkpoint: The published weights.
        use: ``research`` or ``commercial``.

    Raises:
        ConfigError: `use` is neither ``research`` nor ``commercial``.
        WeightsError: The licence forbids it.
    """
    if use not in USES:
        raise ConfigError(f"detector '{name}': use '{use}' is not one of {', '.join(USES)}")
    if use == "commercial" and not checkpoint.commercial:
        raise WeightsError(
            f"detector '{name}': {checkpoint.file} is under '{checkpoint.licence}', which does "
            "not allow use=commercial"
        )


def read_state(file: Path, key: str | None = None) -> dict[str, Tensor]:
    """Read a state dict, without running anything that the file may hold.

    Args:
        file: Ending in ``.safetensors``, or a torch file (opened with ``weights_only=True``).
        key: Entry that holds the state dict. A prefix ``module.`` on every name, which
            parallel training leaves behind, is dropped.

    Raises:
        WeightsError: The file cannot be read so, or has no such entry.
    """
    import torch
    from safetensors.torch import load_file

    try:
        if file.suffix == ".safetensors":
            state: Any = load_file(file)
        else:
            state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises whatever unpickling, zip or the disk raise
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        raise WeightsError(f"{file} cannot be read as weights: {reason}") from error
    if key is not None:
        if not isinstance(state, dict) or key not in state:
            raise WeightsError(f"{file} has no entry '{key}', which should hold the weights")
        state = state[key]
    if all(name.startswith("module.") for name in state):
        state = {name.removeprefix("module."): value for name, value in state.items()}
    return dict(state)


def load_into(network: nn.Module, state: Mapping[str, Tensor], source: Path) -> None:
    """Load a state dict whose names and shapes must be exactly the network's.

    Args:
        network: Changed in place.
        state: Tensors by name.
        source: File they are from, for messages.

    Raises:
        WeightsError: A name is missing or too many, or a shape differs; the first few are named.
    """
    own = network.state_dict()
    wrong = [f"lacks '{name}'" for name in own if name not in state]
    wrong += [f"has an unknown '{name}'" for name in state if name not in own]
    wrong += [
        f"has '{name}' of shape {tuple(state[name].shape)}, not {tuple(value.shape)}"
        for name, value in own.items()
        if name in state and state[name].shape != value.shape
    ]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise WeightsError(
            f"{source} does not fit {type(network).__name__}: {'; '.join(wrong[:3])}{more}"
        )
    network.load_state_dict(state)
