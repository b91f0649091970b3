"""What may be sent, for the description of the interface: the fields that the gateway reads. All
others are passed on. What is sent is read by `parse` and its like, never by these.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

_Model = Annotated[
    str, Meta(description="A name of the rack's `models`, as `/v1/models` lists it.")
]
_Most = Annotated[int, Meta(ge=1, le=2**24, description="Tokens that one answer may have.")]
_Choices = Annotated[int, Meta(ge=1, le=128)]
_Objects = list[dict[str, Any]]
_Tokens = Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=1)]
_Texts = str | Annotated[list[str | int | _Tokens], Meta(min_length=1)]
_Body = dict[str, Any]


class StreamOptions(Struct):
    """Whether the last chunk of a stream counts the tokens."""

    include_usage: bool = False


class Turn(Struct):
    """One turn of a chat. An image is a data: or an https: address, which is passed on."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | _Objects | None = None


class Chat(Struct):
    """As OpenAI's `/v1/chat/completions`."""

    model: _Model
    messages: Annotated[list[Turn], Meta(min_length=1)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_completion_tokens: _Most | None = None
    max_tokens: _Most | None = None
    n: _Choices | None = None
    tools: _Objects | None = None
    response_format: _Body | None = None


class Completion(Struct):
    """As OpenAI's `/v1/completions`."""

    model: _Model
    prompt: _Texts
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: _Most | None = None
    n: _Choices | None = None
    best_of: _Choices | None = None


class Embedding(Struct):
    """As OpenAI's `/v1/embeddings`."""

    model: _Model
    input: _Texts
    encoding_format: Literal["float", "base64"] | None = None


class Response(Struct):
    """As OpenAI's `/v1/responses`, for upstreams that have it. The client waits for the answer."""

    model: _Model
    input: str | list[Any]
    stream: bool = False
    max_output_tokens: _Most | None = None
    tools: _Objects | None = None


class Rerank(Struct):
    """Documents to be ordered by a question: the form that vLLM, llama.cpp and Jina share."""

    model: _Model
    query: str
    documents: Annotated[list[str], Meta(min_length=1)]
    top_n: Annotated[int, Meta(ge=1, le=2**24)] | None = None
    return_documents: bool = True


class Spoken(Struct):
    """One turn, in blocks of Anthropic's."""

    role: Literal["user", "assistant"]
    content: str | _Objects


class Message(Struct):
    """As Anthropic's `/v1/messages`."""

    model: _Model
    messages: Annotated[list[Spoken], Meta(min_length=1)]
    max_tokens: _Most
    system: str | _Objects | None = None
    stream: bool = False
    tools: _Objects | None = None
    tool_choice: _Body | None = None
    stop_sequences: list[str] | None = None


class Feedback(Struct, forbid_unknown_fields=True):
    """How good an answer was. `id` is its header x-request-id."""

    id: Annotated[str, Meta(max_length=64)]
    score: Annotated[float, Meta(ge=0, le=1)]


class Fault(Struct):
    """What is wrong and how to mend it; `param` names the field."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Problem(Struct):
    """Every error, in OpenAI's form. `/v1/messages` has Anthropic's."""

    error: Fault
