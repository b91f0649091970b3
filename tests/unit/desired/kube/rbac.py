"""What rules allow, as a server decides it (RBAC: what no rule allows is refused)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Rule = Mapping[str, Any]


def allows(rules: Iterable[Rule], verb: str, group: str, resource: str, name: str = "") -> bool:
    """A request for one thing by its name; without one, for all of its kind, or a new one."""
    return any(
        verb in rule["verbs"]
        and group in rule["apiGroups"]
        and resource in rule["resources"]
        and (not rule.get("resourceNames") or name in rule["resourceNames"])
        for rule in rules
    )
