"""A file as it is: streamed, and such that a browser never takes it for a page of ours."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import StreamingResponse

from rackhouse.console.code.words import shown
from rackhouse.delivery.repositories.git import Git
from rackhouse.delivery.repositories.parse import Entry
from rackhouse.delivery.repositories.settings import environment
from rackhouse.kit.errors import Refused
from rackhouse.kit.process import open_pipes
from rackhouse.kit.text import format_bytes

LARGEST = 256 * 1024 * 1024  # bytes
_CHUNK = 65536
_SILENT = 30.0  # seconds after which git is not waited for
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
}


def picture_type(name: str) -> str:
    """The type of a picture by its name; "" for what is none. Nobody sniffs: nothing else runs."""
    return _PICTURES.get(os.path.splitext(name.lower())[1], "")  # noqa: PTH122 -- a name, no path


def download(git: Git, entry: Entry) -> StreamingResponse:
    """The file, to be saved; a picture can be shown too. Refused when it is huge."""
    if entry.size > LARGEST:
        what = f"this file is {format_bytes(entry.size)}, more than a browser is given"
        raise Refused(what, fix="clone the repository")
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", entry.name)
    exact = quote(shown(entry.name), safe="")
    headers = {
        "content-length": str(entry.size),
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    kind = picture_type(entry.name) or "text/plain; charset=utf-8"
    return StreamingResponse(_content(git, entry.sha), headers=headers, media_type=kind)


async def _content(git: Git, sha: str) -> AsyncIterator[bytes]:
    argv = ["git", "cat-file", "blob", sha]
    env = environment(GIT_DIR=str(git.folder))
    process = await open_pipes(argv, env=env, folder=git.folder, buffer=_CHUNK)
    assert process.stdout is not None
    try:
        while chunk := await asyncio.wait_for(process.stdout.read(_CHUNK), _SILENT):
            yield chunk
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
