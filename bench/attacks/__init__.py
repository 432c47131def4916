"""What happens to an image on purpose: attacks by gradient, by queries and by transfer."""

from bench.attacks.flags import AttackResult, Flag, from_records, review
from bench.attacks.refusal import refusal

__all__ = ["AttackResult", "Flag", "from_records", "refusal", "review"]
