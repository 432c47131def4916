"""Vision encoders of transformers as files: where they are, and what they are."""

from __future__ import annotations

import os
from pathlib import Path

from fakevlm_bench.errors import WeightsError
from fakevlm_bench.files import sha256_listing, user_cache
from fakevlm_bench.weights import digest


def fit_file(name: str, encoder: str | Path) -> str:
    """Name the file in which the head fitted on an encoder is kept."""
    return f"{name}-{str(encoder).strip('/').replace('/', '--')}.json"


def find_encoder(encoder: str | Path) -> Path | None:
    """Look for a transformers model here: a folder, or the hub's cache (any revision)."""
    if Path(encoder).is_dir():
        return Path(encoder)
    hub = Path(
        os.environ.get("HF_HUB_CACHE")
        or Path(os.environ.get("HF_HOME") or user_cache() / "huggingface") / "hub"
    )
    snapshots = hub / f"models--{str(encoder).replace('/', '--')}" / "snapshots"
    return next((one for one in sorted(snapshots.glob("*")) if one.is_dir()), None)


def encoder_folder(encoder: str | Path, revision: str | None = None) -> Path:
    """Give the folder of a transformers model, downloading it from the hub where needed.

    Raises:
        WeightsError: It is no folder and the hub cannot be reached.
    """
    if Path(encoder).is_dir():
        return Path(encoder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    wanted = ["*.json", "*.safetensors"]
    try:
        folder = snapshot_download(str(encoder), revision=revision, allow_patterns=wanted)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise WeightsError(
            f"encoder '{encoder}' is no folder here and cannot be had from the hub: give a "
            "folder with config.json and *.safetensors as 'encoder'"
        ) from error
    return Path(folder)


def encoder_digest(folder: Path) -> str:
    """Digest a transformers model's configuration and weights."""
    files = sorted([*folder.glob("*config.json"), *folder.glob("*.safetensors")])
    if not files:
        raise WeightsError(f"{folder} holds no config.json and *.safetensors")
    return sha256_listing((file.name, digest(file)) for file in files)
