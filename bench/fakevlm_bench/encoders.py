"""Vision encoders of transformers as files: where they are, and what they are."""

from __future__ import annotations

import os
from pathlib import Path

from fakevlm_bench.errors import WeightsError
from fakevlm_bench.files import sha256_listing, user_cache
from fakevlm_bench.weights import digest


def fit_file(name: str, encoder: str | Path) -> str:
    """Name the file that holds the head fitted on an encoder.

    Args:
        name: Of the detector.
        encoder: Folder, or name on the hub.
    """
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
    """Return the folder of a transformers model, downloading it from the hub where needed.

    Args:
        encoder: Folder, or name on the hub.
        revision: Commit on the hub.

    Raises:
        WeightsError: It is not a folder and the hub cannot be reached.
    """
    if Path(encoder).is_dir():
        return Path(encoder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    patterns = ["*.json", "*.safetensors"]
    try:
        folder = snapshot_download(str(encoder), revision=revision, allow_patterns=patterns)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise WeightsError(
            f"encoder '{encoder}' is not a folder and cannot be downloaded from the hub: set "
            "'encoder' to a folder with config.json and *.safetensors"
        ) from error
    return Path(folder)


def encoder_digest(folder: Path) -> str:
    """Digest a transformers model's configuration and weights."""
    files = sorted([*folder.glob("*config.json"), *folder.glob("*.safetensors")])
    if not files:
        raise WeightsError(f"{folder} holds no config.json and *.safetensors")
    return sha256_listing((file.name, digest(file)) for file in files)
