"""What becomes of a container of an image: told by a test, since nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a command."""

    code: int = 0
    out: bytes = b""
    err: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """By default it is there for every machine, and what runs from it is ready after one step.

    `logs` are lines that its container writes. With `exits` it ends with that code when it has
    started; as a container that is to end, 0 is success. With `ready` False its probe fails, with
    the words of `probe`. `answers` says what comes of a command and of what goes into it, None: it
    has no such program. `listens` has a port of this machine's loopback for each port of its own.
    """

    architectures: frozenset[str] = frozenset({"amd64", "arm64"})
    exists: bool = True
    ready_after: int = 1
    ready: bool = True
    probe: str = "Readiness probe failed: HTTP probe failed with statuscode: 500"
    logs: tuple[str, ...] = ()
    exits: int | None = None
    answers: Callable[[tuple[str, ...], bytes], Ran | None] | None = None
    listens: Mapping[int, int] = field(default_factory=dict)


class Images:
    """What is told of images, by name or by pattern as in a shell; the first that fits holds."""

    def __init__(self) -> None:
        self._told: list[tuple[str, Image]] = []

    def tell(self, pattern: str, image: Image) -> None:
        """From now on. What is told later goes first."""
        self._told.insert(0, (pattern, image))

    def find(self, name: str) -> Image:
        """What is known of it."""
        return next((it for pattern, it in self._told if fnmatchcase(name, pattern)), Image())
