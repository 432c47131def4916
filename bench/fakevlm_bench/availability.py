"""Which detectors can run here now, and why the others cannot. Nothing heavy is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakevlm_bench.encoders import find_encoder, fit_file
from fakevlm_bench.errors import ConfigError, WeightsError
from fakevlm_bench.serving import server_availability
from fakevlm_bench.weights import Checkpoint, check_use, find


def availability(config: Mapping[str, Any]) -> str | None:
    """Say whether a detector can run here, now and offline, from its config alone.

    Args:
        config: The detector's config. Looked at are ``checkpoint`` with ``weights`` and
            ``use``, ``encoder``, ``fit`` and ``server``; one without them needs nothing.

    Returns:
        None where it can, else the reason why not.
    """
    try:
        values = config.get("checkpoint")
        if values is not None:
            fields = {key: value for key, value in values.items() if key != "_target_"}
            checkpoint = Checkpoint(**fields)
            check_use(str(config.get("name", "")), checkpoint, config.get("use", "research"))
            if find(checkpoint.file, config.get("weights")) is None:
                can = f"is a download from {checkpoint.url}" if checkpoint.url else checkpoint.note
                return f"{checkpoint.file} is missing ({can})"
        encoder = config.get("encoder")
        if encoder is not None and find_encoder(encoder) is None:
            return f"encoder '{encoder}' is neither a folder here nor in the hub's cache"
        if "fit" in config and encoder is not None and config["fit"] is None:
            file = fit_file(str(config.get("name", "probe")), encoder)
            if find(file) is None:
                return f"no fit yet ({file}): fakevlm-bench fit detector=… task=…"
        in_process = str(config.get("_target_")).startswith("fakevlm_bench.detectors.fakevlm.")
        return None if in_process else server_availability(config)
    except (WeightsError, ConfigError, TypeError) as error:
        return str(error)
