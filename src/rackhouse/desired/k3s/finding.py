"""What a check of machines or versions finds. The shape is that of every examination."""

from __future__ import annotations

from rackhouse.rack.verdict import Finding, Severity

__all__ = ["Finding", "Severity"]
