"""What was done for one tool."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trusted:
    """`done` false: `note` says why, and the fix."""

    tool: str
    done: bool
    note: str
