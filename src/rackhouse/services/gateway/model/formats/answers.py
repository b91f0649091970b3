"""What the gateway reads in an answer in OpenAI's form: whether it is one, and what was used."""

from __future__ import annotations

from typing import Annotated

import msgspec

from rackhouse.services.gateway.model.call import Task, Usage

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)] | None


class _Details(msgspec.Struct):
    cached_tokens: _Count = 0


class _Usage(msgspec.Struct):
    """Of chat and embeddings, and of responses, which have other names for the same."""

    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    prompt_tokens_details: _Details | None = None
    input_tokens: _Count = None
    output_tokens: _Count = None
    input_tokens_details: _Details | None = None
    total_tokens: _Count = None


class _Answer(msgspec.Struct):
    usage: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()
    choices: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()
    output: msgspec.Raw = msgspec.Raw()
    results: msgspec.Raw = msgspec.Raw()


class _Choice(msgspec.Struct):
    finish_reason: str | None = None


class _Chunk(msgspec.Struct):
    usage: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()
    choices: list[_Choice] | None = None


class _Inner(msgspec.Struct):
    usage: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()


class _Event(msgspec.Struct):
    type: str
    response: _Inner = msgspec.field(default_factory=_Inner)


_answer = msgspec.json.Decoder(_Answer).decode
_chunk = msgspec.json.Decoder(_Chunk).decode
_event = msgspec.json.Decoder(_Event).decode
_usage = msgspec.json.Decoder(_Usage).decode

_NOTHING = {b"", b"null", b"[]", b"{}"}
_LONGEST = max(map(len, _NOTHING))
_HOLDS = {
    Task.CHAT: "choices",
    Task.COMPLETION: "choices",
    Task.EMBEDDING: "data",
    Task.RESPONSE: "output",
    Task.RERANK: "results",
}
_WORDLESS = (Task.EMBEDDING, Task.RERANK)


def read(task: Task, body: bytes, usage: Usage) -> None:
    """Fill `usage` from a whole answer. ValueError for what is none: no JSON, an error in a 200, or
    nothing of what was asked for.
    """
    try:
        answer = _answer(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("answered what is no JSON") from error
    if _there(answer.error):
        raise ValueError("answered an error as if all were well")
    if not _there(getattr(answer, _HOLDS[task])):
        raise ValueError("answered nothing of what was asked for")
    count(answer.usage, usage, words=task not in _WORDLESS)


class Chunks:
    """Follows a stream of chat or completion: whether it has come to its end, and what was used.
    What an upstream counts on the way is known when the stream has ended: who leaves before has
    been charged for more than was counted by then.
    """

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self._counted = False
        self.began = False
        self.finished = False  # each choice has said why it ended: the words are whole

    def read(self, data: bytes) -> bool:
        """Whether the chunk has words, or how they ended: False for one that only counts.
        ValueError for what is no chunk, and for an error.
        """
        try:
            chunk = _chunk(data)
        except (ValueError, RecursionError) as error:
            raise ValueError("sent what is no event") from error
        if _there(chunk.error):
            raise ValueError("sent an error in mid-stream")
        usage = self._usage
        if chunk.usage:
            count(chunk.usage, usage)
            self._counted |= usage.known
            usage.known &= self.finished and not chunk.choices
        self.began = True
        for choice in chunk.choices or ():
            if choice.finish_reason:
                self.finished = True
        return bool(chunk.choices) or not chunk.usage

    def end(self) -> None:
        """Nothing more comes: the last count holds."""
        self._usage.known = self._counted


class Steps:
    """Follows a stream of `/v1/responses`."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self.finished = False

    def read(self, data: bytes) -> str:
        """The event's name. ValueError for what is no event, and for an error."""
        try:
            step = _event(data)
        except (ValueError, RecursionError) as error:
            raise ValueError("sent what is no event") from error
        if not step.type.isprintable():  # a line's end in it would begin another
            raise ValueError("sent what is no event")
        if step.type in ("error", "response.failed"):
            raise ValueError("sent an error in mid-stream")
        if step.type in ("response.completed", "response.incomplete"):
            self.finished = True
            count(step.response.usage, self._usage)
        return step.type


def count(said: msgspec.Raw, usage: Usage, *, words: bool = True) -> None:
    """Fill `usage` where the upstream counted; what is no count leaves it unknown, and so does one
    of `words` that does not say how many were written.
    """
    if not _there(said):
        return
    try:
        found = _usage(said)
    except (ValueError, RecursionError):
        return
    read_ = _first(found.prompt_tokens, found.input_tokens, None if words else found.total_tokens)
    wrote = _first(found.completion_tokens, found.output_tokens)
    if read_ is None or (wrote is None and words):
        return
    details = found.prompt_tokens_details or found.input_tokens_details
    usage.input, usage.output = read_, wrote or 0
    usage.cached = min(read_, (details.cached_tokens or 0) if details else 0)
    usage.known = True


def _there(said: msgspec.Raw) -> bool:
    return len(said) > _LONGEST or bytes(said) not in _NOTHING  # what is long is not copied


def _first(*counts: int | None) -> int | None:
    for each in counts:
        if each is not None:
            return each
    return None
