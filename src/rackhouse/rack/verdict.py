"""What an examination finds: what, how bad, why, how to mend it, and who says so. Values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters."""

    GOOD = "good"  # as it should be
    NOTE = "note"  # good to know; what apply mends by itself is one
    WARNING = "warning"  # it works and will hurt
    ERROR = "error"  # it does not work, or will not for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about one node; `node` is empty for this machine. `rule` is its name in kebab case,
    `source` where the why is from: a page or an issue, where there is one.
    """

    rule: str
    node: str = ""
    what: str
    fix: str = ""
    why: str = ""
    source: str = ""
    severity: Severity = Severity.ERROR
