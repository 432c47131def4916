"""The card of a set of adversarial images."""

from __future__ import annotations

import json

from fakevlm_bench.types import Fingerprint

_TEXT = """\
---
pretty_name: Adversarial images ({name})
license: other
task_categories:
- image-classification
configs:
- config_name: default
  data_files:
  - split: test
    path: test-*.parquet
---

# Adversarial images: {name}

Images that were changed so that a detector of synthetic images is wrong about them: fake
ones towards "real", real ones towards "fake". Each lies within {norm} distance {epsilon}
(pixels in [0, 1]) of the image it was made from, and was rounded to 8 bits and stored as PNG
before anything was measured.

## How they were made

{how}

```json
{settings}
```

## Columns

`id`, `image`, `label` (1 = fake) and what else is known of the sample, as in the set the images
were made from; `original_sha256` (of size and pixels of the original), `seed`, `norm` (measured
after rounding), `queries` (detector evaluations per image), `flags` (signs that an image is
weaker than it should be).

## Use

    fakevlm-bench run task={task} detector=… conditions.ids=[clean,'replay:FOLDER']

puts these images before any detector, one behind an API among them, and compares its answers
with those on the originals. `load_dataset("parquet", data_files="FOLDER/test-*.parquet")` reads
them elsewhere.

## Limits and licence

They are as strong as the attack and, where they transfer, as near as the surrogates are to the
detector they are shown to: a detector that withstands them has withstood these images, no more.
The licence is that of the original images. They are for measuring and hardening detectors.
"""


def card(attack: Fingerprint, task: str = "TASK") -> str:
    """Write the card of one attack's images.

    Args:
        attack: Its fingerprint.
        task: Name of the task whose images were attacked, as in ``task=…``.
    """
    names = ", ".join(f"`{one.get('name')}`" for one in attack.get("surrogates", ()))
    how = f"On the gradients of {names}." if names else "On the answers of one detector."
    epsilon = attack.get("epsilon")
    distance = f"{epsilon * 255:g}/255" if attack.get("norm") == "linf" and epsilon else epsilon
    return _TEXT.format(
        name=attack.get("name"),
        norm={"linf": "L∞", "l2": "L2"}.get(str(attack.get("norm")), attack.get("norm")),
        epsilon=distance,
        how=how,
        settings=json.dumps(attack, indent=1, sort_keys=True, ensure_ascii=False),
        task=task,
    )
