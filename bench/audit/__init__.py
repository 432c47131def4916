"""The shortcut audit: what could a detector learn without looking?"""

from bench.audit.audit import Settings, audit

__all__ = ["Settings", "audit"]
