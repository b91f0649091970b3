"""What the namespace of a preview says: of which application, of which branch, until when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_OWN = "rackhouse.dev"
OF, BRANCH, UNTIL = f"{_OWN}/preview-of", f"{_OWN}/branch", f"{_OWN}/until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`name` is its namespace, and what it is called as an application. `until`: in UTC."""

    name: str
    of: str
    branch: str
    until: datetime

    @property
    def labels(self) -> dict[str, str]:
        """By which it is found."""
        return {OF: self.of}

    @property
    def notes(self) -> dict[str, str]:
        """What its namespace tells of it."""
        return {BRANCH: self.branch, UNTIL: self.until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    @classmethod
    def read(cls, namespace: Mapping[str, Any]) -> Preview:
        """That of a namespace with the label; over, where it does not say when it is."""
        metadata = namespace["metadata"]
        notes = metadata.get("annotations") or {}
        try:
            until = datetime.fromisoformat(notes.get(UNTIL, "")).astimezone(UTC)
        except (ValueError, OverflowError):
            until = datetime.min.replace(tzinfo=UTC)
        return cls(
            name=metadata["name"],
            of=metadata["labels"][OF],
            branch=notes.get(BRANCH, ""),
            until=until,
        )
