"""What a check of machines or versions finds: what, why, how to mend it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters."""

    ERROR = "error"  # K3s will not start, or will not stay up
    WARNING = "warning"  # it works and will hurt
    NOTE = "note"  # good to know; what apply mends by itself is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about one node. `rule` is its name in kebab case, `source` where the why is from:
    a page of the K3s documentation, or an issue.
    """

    rule: str
    node: str
    what: str
    fix: str
    why: str
    source: str
    severity: Severity = Severity.ERROR
