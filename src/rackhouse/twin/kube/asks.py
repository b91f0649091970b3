"""A request as the server understands it: which verb on which object of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.kinds import Kind

_UNNAMED = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`verb` is as in RBAC. `query` are the options in the address; `body` what was sent."""

    verb: str
    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Body = field(default_factory=dict)
    media: str = "application/json"
    agent: str = ""
    who: str = ""  # the header Authorization

    @property
    def dry(self) -> bool:
        """Whether nothing shall come of it."""
        return self.query.get("dryRun") == "All"

    @property
    def force(self) -> bool:
        """Whether fields are taken from who owns them."""
        return self.query.get("force") == "true"

    @property
    def strict(self) -> bool:
        """Whether unknown fields are an error."""
        return self.query.get("fieldValidation") == "Strict"

    @property
    def manager(self) -> str:
        """Who will own the fields."""
        return self.query.get("fieldManager") or self.agent.partition("/")[0] or _UNNAMED


@dataclass(frozen=True, slots=True)
class Where:
    """What an address names: `/apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME/SUBRESOURCE`."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def where(path: str) -> Where | None:
    """None where the address names no resource."""
    parts = [it for it in path.split("/") if it]
    if parts[:1] == ["api"] and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in {"status", "finalize"}:
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3:
        return None
    plural, name, subresource = (*rest, "", "")[:3]
    return Where(group, version, plural, namespace, name, subresource)
