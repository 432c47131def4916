"""What happens to an image on purpose: attacks by gradient, by queries and by transfer."""

from bench.attacks.flags import AttackResult, Flag, review
from bench.attacks.refusal import refusal

__all__ = ["AttackResult", "Flag", "refusal", "review"]
