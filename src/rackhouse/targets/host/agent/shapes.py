"""The words of the agent's signatures. For the type checker alone: never sent to a host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Json = Any  # what a JSON text can hold
Spec = dict[str, Any]  # a spec of resources/host.py, its Texts filled, and `called`: the Id's name
State = dict[str, Any]  # what is there now. `why`, if there, says why it is not ready
Before = dict[str, Any]  # item -> what was there before we first touched it
Say = Callable[[str], None]


class Kind(Protocol):
    """One kind of thing: a module of these five functions, each of them idempotent.

    An item is one thing that can be put back: a path, a package, a word on the kernel's line.
    """

    def items(self, spec: Spec, /) -> list[str]:
        """What `make` will touch."""
        ...

    def capture(self, item: str, spec: Spec, /) -> Json:
        """What is there, before it is touched. Failure (not-ours) where it must not be."""
        ...

    def make(self, spec: Spec, before: Before, done: Spec | None, say: Say, /) -> None:
        """Make it so, and wait until ready. `done`: the spec that was last wholly made."""
        ...

    def look(self, spec: Spec, /) -> State | None:
        """What is there; None when it is gone."""
        ...

    def revert(self, before: Before, spec: Spec, say: Say, /) -> None:
        """Put those items back to what they were. Absent is success."""
        ...
