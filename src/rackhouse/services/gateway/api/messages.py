"""`POST /v1/messages`: Anthropic's format, answered by whoever answers chats."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from rackhouse.services.gateway.api import chat, http, parse
from rackhouse.services.gateway.api.ask import Ask, called
from rackhouse.services.gateway.api.posted import Posted
from rackhouse.services.gateway.model.call import Call, Payload, Pieces
from rackhouse.services.gateway.model.formats.anthropic import answer, request
from rackhouse.services.gateway.model.formats.anthropic.events import FromChat
from rackhouse.services.gateway.model.formats.events import Events, event
from rackhouse.services.gateway.model.problem import Problem, UpstreamFailed
from rackhouse.services.gateway.service.gateway import Gateway

_BYTES = 4  # of a token, about


class Messages(Ask):
    """The path."""

    form = staticmethod(answer.error)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway, read)

    def whole(self, body: bytes, call: Call) -> bytes:
        """As `Ask`."""
        try:
            return answer.from_chat(body, call.model)
        except ValueError as error:
            raise UpstreamFailed(str(error)) from error

    async def stream(self, pieces: Pieces, call: Call, send: Send) -> bytes:
        """As `Ask`."""
        events, told = Events(), FromChat(f"msg_{call.id}", call.model)
        held: list[bytes] = []
        try:
            async for each in pieces:
                held += (one for data in events.feed(each) for one in told.read(data))
                if held and not pieces.more:
                    await send(http.piece(b"".join(held)))
                    held.clear()
            held += told.end()
        except (Problem, ValueError) as error:
            problem = error if isinstance(error, Problem) else UpstreamFailed(str(error))
            held.append(event(msgspec.json.encode(answer.error(problem)), "error"))
        return b"".join(held)


class Count(Posted):
    """`POST /v1/messages/count_tokens`: about how many tokens that is. Nobody is asked."""

    form = staticmethod(answer.error)

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `Posted`."""
        call = await called(self._gateway, read, scope, receive)
        await self._gateway.parts.limits.admit(call.caller)
        about = {"input_tokens": max(1, call.prompt // _BYTES)}
        await http.send_body(send, 200, msgspec.json.encode(about), [http.JSON])


def read(payload: Payload, asker: parse.Asker) -> Call:
    """The call, as a chat. That one may begin anew is never said: these events have no word for it,
    and the client would show what was said twice.
    """
    said = request.to_chat(payload)
    if parse.flag(said, "stream"):
        said["stream_options"] = {"include_usage": True}
    return replace(chat.read(said, asker), marked=True, restart=False)
