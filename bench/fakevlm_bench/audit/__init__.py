"""The shortcut audit: what could a detector learn without looking?"""

from fakevlm_bench.audit.audit import Settings, audit

__all__ = ["Settings", "audit"]
