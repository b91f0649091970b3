"""What a scripted upstream does with the next requests, and what it was asked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Does(StrEnum):
    """One way of answering, or of not answering."""

    ANSWER = "answer"
    SILENT = "silent"  # takes the request and never says a byte
    BREAK = "break"  # cuts the connection after `after` pieces (0: before the first byte)
    ERROR = "error"  # `status`, with an error object
    GARBAGE = "garbage"  # 200, and what is no JSON and no event
    EMPTY = "empty"  # 200, and nothing
    REDIRECT = "redirect"  # 307 to `to`


@dataclass(frozen=True, kw_only=True)
class Act:
    """How one request is met."""

    does: Does = Does.ANSWER
    status: int = 500
    retry_after: str = ""
    after: int = 3  # pieces of a stream
    wait: float = 0.0  # seconds before the first byte
    pause: float = 0.0  # seconds between two pieces
    together: int = 0  # streams that have to be open before any goes on beyond its first piece
    to: str = ""
    text: str = "In the beginning God created the heaven and the earth."
    message: dict[str, Any] | None = None  # in place of `text`: tool calls and the like
    usage: dict[str, Any] | None = None  # in place of the count of words
    tells_usage: bool = True


@dataclass
class Script:
    """`acts` are used up one a request; then `always` holds. `asked` is all that came."""

    always: Act = Act()
    acts: deque[Act] = field(default_factory=deque)
    models: tuple[str, ...] = ("scripted",)
    loaded: list[str] = field(default_factory=list)  # of Ollama: what lies in the GPU's memory
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0  # clients that went away before the end
    answered: int = 0  # requests that were answered to the end
    active: int = 0
    most_active: int = 0

    def next(self) -> Act:
        """The act of this request."""
        return self.acts.popleft() if self.acts else self.always
