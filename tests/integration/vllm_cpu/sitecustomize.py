"""Lets a torchvision that was built for CUDA be imported beside a CPU build of torch.

Its import fails on two operators that its CUDA library would register. Put on
``PYTHONPATH``, since vLLM starts processes of its own.
"""

import importlib.util
import sys

if importlib.util.find_spec("torchvision") and "vllm" in " ".join([sys.prefix, *sys.orig_argv]):
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define(
        "qnms(Tensor dets, Tensor scores, float iou_threshold, *, ScalarType? dtype=None) -> Tensor"
    )
