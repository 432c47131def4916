"""Whether an attack fits a detector, known before anything is computed."""

from __future__ import annotations

from dataclasses import fields

from fakevlm_bench.contract import described, described_attack
from fakevlm_bench.protocols import Attack, Detector
from fakevlm_bench.types import Capabilities

_LACKS = {
    "gradients": "gives no gradients (it has no differentiable `logits`)",
    "score": "gives no score",
    "mask": "gives no mask",
    "explanation": "gives no explanation",
}


def incompatibility(attack: Attack, detector: Detector) -> str | None:
    """Say why a detector cannot be attacked in this way.

    Besides `Attack.requires`, an attack may name the methods it differentiates in
    `methods`, such as ``explanation_loss``.

    Args:
        attack: What would attack it.
        detector: What would be attacked; nothing is asked of it.

    Returns:
        The reason, with attacks that would work instead, or None where it can be attacked.
    """
    name = attack.fingerprint().get("name", type(attack).__name__)
    has, methods = detector.capabilities, described_attack(attack).methods
    required = [f.name for f in fields(Capabilities) if getattr(attack.requires, f.name)]
    lacking = [_LACKS[one] for one in required if not getattr(has, one)]
    if "gradients" in required and has.gradients:
        methods = ("logits", *methods)
    lacking += [f"has no method `{one}`" for one in methods if not described(detector).has(one)]
    if not lacking:
        return None
    return f"{name}: '{detector.name}' {', and '.join(lacking)}; use {_instead(has)} instead"


def _instead(has: Capabilities) -> str:
    """List the attacks that fit a detector with these capabilities."""
    if has.gradients:
        return "pgd_linf, apgd_ce_linf or ensemble_linf (its gradients)"
    rest = "hopskipjump_linf (its verdict) or transfer_linf (surrogates)"
    return f"square_linf, nes_linf or spsa_linf (its score), {rest}" if has.score else rest
