"""What happens to an image by accident, by sharing, or by what is written beside it.

A condition's id is ``name`` or ``name:level``; ``conf/condition/<name>.yaml`` says which
class it is and its default level. There is one scheme:

* The name of an operation takes a **severity** from 1 (slight) to 5 (severe): ``fog:3``,
  ``jpeg:3``, ``overlay_fake:2``. ImageNet-C's corruptions keep their own names.
* A name that ends in a quantity takes that **quantity**: ``jpeg_quality:65``,
  ``blur_sigma:3``, ``noise_variance:11``, ``resize_scale:0.5``, ``resize_short:112``.
* A chain takes the **number of hops** (``social_a:2``); what is written beside the image
  takes its **claim** (``caption:fake``); a colour profile takes its name.

Modules: `noise`, `blur`, `weather`, `digital` (ImageNet-C), `sharing` (recompression,
screenshots, chains), `geometry` (crop, pad, resize), `language` (overlays, prompt, context).
"""
