"""How much a submission may be: everything is checked against these before it is read."""

from __future__ import annotations

JSON_BYTES = 256 * 1024
JSON_DEPTH = 8
JSON_INTEGER = 2**53
FOLDER_FILES = 24
FOLDER_BYTES = 512 * 1024**2
PARQUET_FOOTER_BYTES = 4 * 1024**2
PARQUET_ROW_GROUPS = 4096
PARQUET_RAW_BYTES = 1024**3
"""Of one file's columns, uncompressed."""
TEXT_CHARACTERS = 20_000
"""Of one answer."""
ATTACK_CHARACTERS = 2_000
"""Of one attack's record."""
MASK_CHARACTERS = 1_000_000
"""Of one mask's run-length code."""
HEAT_MAP_PIXELS = 512 * 512
IMAGE_BYTES = 4 * 1024**2
IMAGE_PIXELS = 16_000_000
READER_MEMORY_BYTES = 4 * 1024**3
READER_SECONDS = 900
"""Of wall clock; processor time is limited to the same."""
CLAIM_TOLERANCE = 1e-6
"""Largest difference between a claimed and a recomputed figure."""
