"""Starts the worker for a document, and tells what it found or why it found nothing."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from rackhouse.kit import process
from rackhouse.kit.errors import NotReady
from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.retrieval.model.chunking.blocks import Blocks, of_text
from rackhouse.services.retrieval.model.chunking.markdown import of_markdown
from rackhouse.services.retrieval.model.documents import Media
from rackhouse.services.retrieval.worker.read import whole

_SECONDS: Final = 60  # for a document
_MEMORY: Final = 768 * 2**20  # bytes of address space, the program itself among them
_ROOT: Final = str(Path(__file__).parents[4])
_PLAIN: Final[Mapping[Media, Callable[[str], Blocks]]] = {
    Media.TEXT: of_text,
    Media.MARKDOWN: of_markdown,
}


def plain(content: bytes) -> str:
    """What is no text, or cannot be kept in one, is a mark."""
    return content.decode("utf-8", "replace").replace("\0", "\ufffd")


class Reader:
    """Reads a document at a time in a process of its own; texts without one."""

    def __init__(self, seconds: int = _SECONDS, memory: int = _MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory

    async def read(self, media: Media, content: bytes) -> Blocks:
        """Its text. BadRequest where it cannot be read, or takes too long or too much."""
        if media in _PLAIN:
            return await asyncio.to_thread(_PLAIN[media], plain(content))
        limits = (str(self._seconds), str(self._memory))
        argv = [sys.executable, "-m", "rackhouse.services.retrieval.worker", media, *limits]
        env = {"PYTHONPATH": _ROOT, "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
        said: list[str] = []
        try:
            done = await process.run(
                argv, env=env, input=content, timeout=self._seconds * 2, say=said.append
            )
        except NotReady as error:
            raise self._wrong(media, self._long()) from error
        if done.code in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise self._wrong(media, self._long())
        if done.code:
            raise self._wrong(media, done.last or f"its reader ended with {done.code}")
        try:
            return await asyncio.to_thread(whole, said)
        except ValueError as error:
            raise self._wrong(media, "its reader said something else") from error

    def _long(self) -> str:
        return f"reading it takes more than {self._seconds} seconds"

    def _wrong(self, media: Media, why: str) -> BadRequest:
        return BadRequest(
            f"the document cannot be read as {media}: {why}",
            fix="send it as another media type, or its text alone",
            param="media",
        )
