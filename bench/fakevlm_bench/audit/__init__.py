"""The shortcut audit: what could a detector learn without looking?"""

from fakevlm_bench.audit.audit import AuditSettings, audit

__all__ = ["AuditSettings", "audit"]
