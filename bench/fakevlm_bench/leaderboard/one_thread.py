"""Imported before numpy where submissions are scored: one thread each, as several run."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
              "RAYON_NUM_THREADS"):  # fmt: skip
    os.environ[_name] = "1"
