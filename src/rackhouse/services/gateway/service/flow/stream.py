"""A stream on its way to the client. When its upstream breaks off, the next one goes on, begins
anew, or the stream ends with an error: it is never cut without a word.
"""

from __future__ import annotations

import logging

import msgspec

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Outcome, Pieces
from rackhouse.services.gateway.model.config import Named, OnBreak
from rackhouse.services.gateway.model.problem import Problem, UpstreamFailed
from rackhouse.services.gateway.service.flow.attempts import Attempts
from rackhouse.services.gateway.service.flow.said import Said, Seam, onward
from rackhouse.services.gateway.service.flow.way import Asked, Way

_log = logging.getLogger("rackhouse.gateway.flow")


class Passed:
    """As `model.call.Pieces`. It is settled and noted when it ends, breaks off for good, or is
    closed; also when it was never read.
    """

    def __init__(self, way: Way, asked: Asked, attempts: Attempts, named: Named) -> None:
        assert asked.pieces is not None
        self._way = way
        self._asked = asked
        self._attempts = attempts
        self._on_break = named.on_break
        self._pieces: Pieces = asked.pieces
        self._said = Said(way.call)
        self._seam: Seam | None = None
        self._sent = 0  # bytes, of this upstream's
        self._ended = False

    @property
    def more(self) -> bool:
        """As `model.call.Pieces`. At a seam nobody knows."""
        return self._seam is None and not self._ended and self._pieces.more

    def __aiter__(self) -> Passed:
        return self

    async def __anext__(self) -> bytes:
        """The next event."""
        if self._ended:
            raise StopAsyncIteration
        try:
            piece = await self._piece()
        except StopAsyncIteration:
            await self._finish()
            raise
        except Failed as failed:
            return await self._broke(failed)
        self._sent += len(piece)
        return piece

    async def aclose(self) -> None:
        """The client is gone, or has read all."""
        if not self._ended:
            self._ended = True
            await self._way.drop(self._asked, self._sent)
            self._way.said(self._said.text)
            self._way.ended(Outcome.LEFT)

    async def _piece(self) -> bytes:
        """The next event, when it was understood. Failed for what cannot be."""
        try:
            if self._seam is None:
                piece = await self._pieces.__anext__()
            else:
                piece = await self._joined(self._seam)
            self._said.read(piece)
        except (Failed, StopAsyncIteration):
            raise
        except Exception as error:
            _log.warning("%s sent what is no chunk", self._asked.upstream.name, exc_info=True)
            raise Failed("sent what is no chunk", asked=True) from error
        return piece

    async def _joined(self, seam: Seam) -> bytes:
        while True:
            if joined := seam.join(await self._pieces.__anext__()):
                return joined

    async def _finish(self) -> None:
        self._ended = True
        self._way.parts.router.finished(self._asked.upstream)
        await self._way.settle(self._asked, self._asked.reply.usage)
        self._way.said(self._said.text)
        self._way.ended(Outcome.ANSWERED)
        self._way.parts.quality.answered(self._way.call, self._asked.reply)

    async def _broke(self, failed: Failed) -> bytes:
        """The event, or comment, that says who goes on. UpstreamFailed where nobody does."""
        way, before = self._way, self._asked.upstream
        way.parts.router.failed(before, failed)
        way.missed(before, f"broke off: {failed.why}")
        await way.drop(self._asked, self._sent)
        try:
            said = await self._another()
        except Problem as problem:
            self._ended = True
            what = f"the answer broke off: {before.name} {failed.why}; {problem.what}"
            way.ended(Outcome.BROKEN, error=what)
            raise UpstreamFailed(what) from problem
        assert self._asked.pieces is not None
        self._pieces = self._asked.pieces
        self._sent = 0
        way.answered_by(self._asked.upstream)
        return said

    async def _another(self) -> bytes:
        said, call = self._said, self._way.call
        if said.nothing or (said.whole and self._on_break is OnBreak.CONTINUE):
            self._asked = await self._attempts.next(lambda upstream: onward(call, said, upstream))
            self._seam = Seam(said, self._way.record.usage)
            return b": rackhouse continued by %s\n\n" % self._asked.upstream.name.encode()
        if call.restart and self._on_break is not OnBreak.ERROR:
            self._asked = await self._attempts.next()
            self._said, self._seam = Said(call), None
            return _restarted(said.id, self._asked.upstream.name)
        raise UpstreamFailed("this stream is not gone on with by another")


def _restarted(id: str, name: str) -> bytes:
    """An event without choices: what was sent before it no longer counts."""
    told = {
        "id": id,
        "object": "chat.completion.chunk",
        "choices": [],
        "rackhouse": {"restarted_by": name},
    }
    return b"data: " + msgspec.json.encode(told) + b"\n\n"
