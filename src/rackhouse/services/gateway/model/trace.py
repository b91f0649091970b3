"""Which trace a request belongs to: W3C's `traceparent`, and what is passed on in its place. Pure.

A request's own id is 32 hexadecimal digits: of these come the span's id, and the trace's where the
client is in none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADER = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)
_SPAN = 16  # digits


class Trace(NamedTuple):
    """`parent` "" where the client is in no trace; `sampled`: somebody keeps it."""

    id: str
    span: str
    parent: str = ""
    sampled: bool = True

    @classmethod
    def of(cls, traceparent: str, id: str) -> Trace:
        """That of a request. A header that is none is passed over."""
        found = _HEADER.match(traceparent)
        if found is None:
            return cls(id, id[:_SPAN])
        return cls(found[1], id[:_SPAN], found[2], bool(int(found[3], 16) & 1))

    @property
    def header(self) -> str:
        """What an upstream is told."""
        return f"00-{self.id}-{self.span}-{self.sampled:02x}"

    def within(self, share: float) -> bool:
        """Whether it is among the share (0 to 1) that is kept: the same in every service that
        decides by the trace's id.
        """
        return self.sampled and int(self.id[-14:], 16) < share * 16**14
