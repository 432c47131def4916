"""The columns of everything that a run leaves on disk.

Heat maps are rows of 8-bit values, masks are run-length code (`fakevlm_bench.rle`):
records hold data only, never anything that could run.
"""

from __future__ import annotations

import pyarrow as pa

RUN_VERSION = 1
"""Version of the run folder's layout; a newer one is refused, an older one is read."""

RESPONSES = pa.schema(
    [
        ("sample_id", pa.string()),
        ("condition_id", pa.string()),
        ("key", pa.string()),  # SHA-256 of what was sent and of the detector's fingerprint
        ("sent_sha256", pa.string()),  # of the image's bytes as sent
        ("text", pa.string()),
        ("score", pa.float64()),
        ("logit", pa.float64()),
        ("heat_map", pa.binary()),
        ("heat_map_width", pa.int32()),
        ("heat_map_height", pa.int32()),
        ("boxes", pa.list_(pa.list_(pa.float64()))),
        ("width", pa.int32()),  # of the image as sent
        ("height", pa.int32()),
        ("tokens_in", pa.int32()),
        ("tokens_out", pa.int32()),
        ("latency", pa.float64()),
        ("cached", pa.bool_()),
        ("error", pa.string()),
        ("attack", pa.string()),  # JSON of an attack's record: norm, queries, flags
    ]
)

PREDICTIONS = pa.schema(
    [
        ("sample_id", pa.string()),
        ("condition_id", pa.string()),
        ("status", pa.string()),  # ok, unparsed, failed
        ("verdict", pa.int8()),  # 1 fake, 0 real, null not understood
        ("score", pa.float64()),  # P(fake)
        ("mask", pa.string()),  # run-length code
        ("heat_map", pa.binary()),
        ("heat_map_width", pa.int32()),
        ("heat_map_height", pa.int32()),
        ("explanation", pa.string()),
        ("dropped_boxes", pa.int32()),
        ("error", pa.string()),
        ("form", pa.string()),  # that words were read by, null without words; later than others
    ]
)

TRUTH = pa.schema(
    [
        ("sample_id", pa.string()),
        ("condition_id", pa.string()),
        ("label", pa.int8()),
        ("category", pa.string()),
        ("generator", pa.string()),
        ("family", pa.string()),
        ("group", pa.string()),
        ("pair", pa.string()),
        ("paired", pa.bool_()),
        ("unseen", pa.bool_()),
        ("whole", pa.bool_()),
        ("mask", pa.string()),  # run-length code in the frame that was sent, null where none
        ("boxes", pa.list_(pa.list_(pa.float64()))),
        ("references", pa.list_(pa.string())),
        ("width", pa.int32()),  # of the image as sent
        ("height", pa.int32()),
        ("window", pa.list_(pa.float64())),  # of the clean frame, null where all of it is sent
    ]
)

IMAGES = pa.schema(
    [
        ("sample_id", pa.string()),
        ("condition_id", pa.string()),
        ("image", pa.binary()),  # adversarial image as PNG, exactly as it was sent
        ("attack", pa.string()),
    ]
)
