"""What happens to an image on purpose: attacks by gradient, by queries and by transfer."""

from fakevlm_bench.attack_flags import AttackResult, Flag, from_records, review
from fakevlm_bench.attacks.compatibility import incompatibility

__all__ = ["AttackResult", "Flag", "from_records", "incompatibility", "review"]
