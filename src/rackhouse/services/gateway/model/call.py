"""One request, from the parsed body to what it cost."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from rackhouse.services.gateway.model.config import Limit, Upstream

# What a client said, passed on as it is but for the fields that the gateway sets.
Payload = dict[str, Any]


class Task(StrEnum):
    """What is asked of a model; its path."""

    CHAT = "chat"
    COMPLETION = "completion"
    EMBEDDING = "embedding"
    RESPONSE = "response"
    RERANK = "rerank"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. `key` names the key and never is it."""

    key: str
    application: str = ""
    person: str = ""
    models: frozenset[str] = frozenset()  # empty: all
    limits: tuple[Limit, ...] = ()
    requests_per_minute: int = 0
    tokens_per_minute: int = 0


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, by whom. `prompt` and `answer` are upper bounds in tokens, for reserving."""

    id: str
    caller: Caller
    task: Task
    model: str  # the name asked for
    payload: Payload
    stream: bool = False
    prompt: int = 0
    answer: int = 0  # of all choices together
    choices: int = 1  # answers to the one question
    counts: bool = False  # the client of a stream asked what it used
    marked: bool = False  # parts of it say that Anthropic's cache is to keep them
    tools: bool = False
    images: bool = False
    fetched: str = ""  # the first field with an address that whoever answers would fetch
    unbounded: str = ""  # the first that stands for more than its bytes, nobody knows how much
    schema: bool = False
    tags: frozenset[str] = frozenset()
    session: str = ""  # what keeps a conversation with one upstream
    kind: str = ""  # the task class, declared or guessed
    private: bool = False  # shown to nobody but the one who answers
    restart: bool = False  # the client understands a stream that begins anew
    trace: str = ""  # the client's traceparent
    fresh: bool = False  # answered anew, and not to be given again: cache-control: no-store


class Usage(msgspec.Struct, kw_only=True):
    """Tokens, as the upstream counted them. `known` False: it did not say."""

    input: int = 0
    output: int = 0
    cached: int = 0
    surcharge: int = 0  # for writing a cache, as so many more of `input`
    known: bool = False


class Pieces(Protocol):
    """A stream: whole server-sent events in OpenAI's form, and comments (`: …`)."""

    @property
    def more(self) -> bool:
        """Whether the next is there already, so that the two may be sent as one."""

    def __aiter__(self) -> Pieces: ...

    def __anext__(self) -> Awaitable[bytes]: ...

    def aclose(self) -> Awaitable[None]:
        """Nobody reads on. Whoever holds a stream calls this, once it was read or not."""


class Reply(msgspec.Struct, kw_only=True):
    """What an upstream answers: a whole body, or pieces. `usage` is complete when it has ended."""

    upstream: Upstream
    status: int = 200
    body: bytes = b""
    pieces: Pieces | None = None
    usage: Usage = msgspec.field(default_factory=Usage)
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    judged: float | None = None  # by verifiers or a judge, from 0 to 1; None: nothing could tell
    holds: bool = True  # False: they found that it does not, and there was no better one


class Outcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    REFUSED = "refused"  # by us: key, budget, rate, no such model, bad request
    FAILED = "failed"  # no upstream answered
    LEFT = "left"  # the client went away
    BROKEN = "broken"  # the stream broke off and nobody went on


DID_NOT_HOLD = "did not pass the verifiers"  # why the next one was asked


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One upstream that was asked, and why it was not the one that answered."""

    upstream: str
    why: str = ""  # "" for the one that answered
    seconds: float = 0.0


class Record(msgspec.Struct, kw_only=True):
    """What is kept of a request."""

    id: str
    at: float  # seconds since 1970
    key: str
    application: str
    person: str
    model: str
    task: Task
    kind: str = ""
    upstream: str = ""
    local: bool = False
    outcome: Outcome = Outcome.ANSWERED
    status: int = 200
    error: str = ""
    stream: bool = False
    usage: Usage = msgspec.field(default_factory=Usage)
    cost: int = 0  # nanos
    waited: float = 0.0  # seconds in the queue
    first: float = 0.0  # seconds to the first byte of the answer
    seconds: float = 0.0
    cached: bool = False
    trace: str = ""  # the client's traceparent
    attempts: tuple[Attempt, ...] = ()
    judged: float | None = None  # by verifiers or a judge, from 0 to 1; None: nothing could tell
    asked: Payload | None = None  # with `answer`, where the journal keeps bodies
    answer: bytes | str = b""
