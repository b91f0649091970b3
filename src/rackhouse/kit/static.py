"""`python -m rackhouse.kit.static FOLDER PORT`: serves one immutable folder on 127.0.0.1.

One small process per static site (about half the memory of a web framework), behind the ingress.
The folder is a release's snapshot and never changes while this runs, so an ETag is the digest of
the content: the same file has the same ETag in the next release. GET and HEAD alone; no directory
listing, no dotfiles, nothing outside the folder. SIGTERM: answers what it has begun, then ends.
"""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import signal
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

_HEAD_LIMIT = 32 * 1024
_IDLE_SECONDS = 75.0
_TEXTUAL = ("text/", "application/javascript", "application/json", "image/svg+xml")
_NAMED_BY_CONTENT = "public, max-age=31536000, immutable"  # app.3f2a91c0.js
_ASK_EACH_TIME = "no-cache"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers, and a body: text, or `length` bytes of `file` from `start`."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    text: bytes = b""
    file: Path | None = None
    start: int = 0
    length: int = 0


def answer(root: Path, method: str, target: str, headers: Mapping[str, str]) -> Answer:
    """What GET or HEAD `target` gets from the folder `root`. `headers` have lower-case names."""
    if method not in {"GET", "HEAD"}:
        return _word(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})
    split = urlsplit(target if not target.startswith("//") else "/" + target.lstrip("/"))
    path = unquote(split.path)
    if not path.startswith("/") or "\0" in path or "\\" in path:
        return _word(HTTPStatus.BAD_REQUEST)
    found = _lookup(root, path)
    if found is None:
        missing = _lookup(root, "/404.html")
        return _whole(missing, HTTPStatus.NOT_FOUND) if missing else _word(HTTPStatus.NOT_FOUND)
    if found.is_dir():
        query = f"?{split.query}" if split.query else ""
        place = quote(f"/{path.strip('/')}/") + query
        return _word(HTTPStatus.PERMANENT_REDIRECT, {"Location": place})
    return _partial(_whole(found, HTTPStatus.OK), headers)


def _lookup(root: Path, path: str) -> Path | None:
    """The file, or the folder that lacks its slash; None when there is nothing to serve."""
    parts = [part for part in path.split("/") if part]
    if any(part.startswith(".") and part != ".well-known" for part in parts):
        return None
    try:
        found = (root / "/".join(parts)).resolve(strict=True)
        if not found.is_relative_to(root):  # a symbolic link out of the folder
            return None
        if found.is_dir():
            index = found / "index.html"
            if not index.is_file():
                return None
            return _lookup(root, f"{path}/index.html") if path.endswith("/") else found
        return found if stat.S_ISREG(found.stat().st_mode) and not path.endswith("/") else None
    except OSError:  # absent, a name too long, a loop of links, unreadable
        return None


def _whole(file: Path, status: HTTPStatus) -> Answer:
    size, etag, modified = _facts(file)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith(_TEXTUAL):
        kind += "; charset=utf-8"
    headers = {
        "Content-Type": kind,
        "ETag": etag,
        "Last-Modified": modified,
        "Cache-Control": _NAMED_BY_CONTENT if _named_by_content(file) else _ASK_EACH_TIME,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(status, headers, file=file, length=size)


def _partial(whole: Answer, asked: Mapping[str, str]) -> Answer:
    """`whole`, or 304, or the one range that was asked for. More ranges than one get it all."""
    etag = whole.headers["ETag"]
    if "if-none-match" in asked:
        known = {tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")}
        if known & {etag, "*"}:
            kept = {k: v for k, v in whole.headers.items() if k in {"ETag", "Cache-Control"}}
            return Answer(HTTPStatus.NOT_MODIFIED, kept)
    unit, _, spans = asked.get("range", "").partition("=")
    if unit.strip() != "bytes" or "," in spans or asked.get("if-range", etag) != etag:
        return whole
    first, _, last = spans.strip().partition("-")
    if not (first + last).isdecimal():
        return whole
    size = whole.length
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < start:
        return whole
    if start > end:
        return _word(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"}
        )
    headers = {**whole.headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return Answer(
        HTTPStatus.PARTIAL_CONTENT, headers, file=whole.file, start=start, length=end - start + 1
    )


@lru_cache(maxsize=4096)
def _facts(file: Path) -> tuple[int, str, str]:
    """Size, ETag and date of a file that never changes: the content is read once."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    status = file.stat()
    return status.st_size, f'"{digest[:24]}"', formatdate(status.st_mtime, usegmt=True)


def _named_by_content(file: Path) -> bool:
    """Whether a build tool put a digest into the name: `index-BX3fW2aQ.js`, `app.3f2a91c0.css`."""
    stem = file.name.removesuffix(file.suffix)
    mark = stem.replace("-", ".").rpartition(".")[2]
    return mark != stem and len(mark) >= 8 and mark.isalnum() and any(map(str.isdigit, mark))


def _word(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Answer:
    text = f"{status.value} {status.phrase}\n".encode()
    return Answer(status, {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}, text)


class _Server:
    """Connections of one site. Each handles one request at a time and is kept alive."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stopping = False
        self.idle: set[asyncio.StreamWriter] = set()
        self.open: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            while not self.stopping and await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the client went away, or kept silent for too long
        finally:
            self.open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request. Whether the connection may be used again."""
        self.idle.add(writer)
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            await _send(
                writer, _word(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), "GET", again=False
            )
            return False
        finally:
            self.idle.discard(writer)
        request = _parse(head)
        if request is None:
            await _send(writer, _word(HTTPStatus.BAD_REQUEST), "GET", again=False)
            return False
        method, target, version, headers = request
        body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        close = "close" in headers.get("connection", "").lower()
        again = version == "HTTP/1.1" and not (body or close or self.stopping)
        found = await asyncio.to_thread(answer, self.root, method, target, headers)
        await _send(writer, found, method, again=again)
        return again

    async def stop(self) -> None:
        """Let go of who waits; let those that are being answered have their answer."""
        self.stopping = True
        for writer in self.idle:
            writer.close()
        if self.open:
            await asyncio.wait(self.open)


def _parse(head: bytes) -> tuple[str, str, str, Mapping[str, str]] | None:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] not in {"HTTP/1.0", "HTTP/1.1"}:
        return None
    pairs = [line.partition(":") for line in lines]
    return words[0], words[1], words[2], {k.lower(): v.strip() for k, _, v in pairs}


async def _send(writer: asyncio.StreamWriter, found: Answer, method: str, *, again: bool) -> None:
    length = found.length if found.file else len(found.text)
    headers = {**found.headers, "Date": formatdate(usegmt=True)}
    if found.status is not HTTPStatus.NOT_MODIFIED:
        headers["Content-Length"] = str(length)
    if not again:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {found.status.value} {found.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if method != "HEAD" and found.file is None:
        writer.write(found.text)
    await writer.drain()
    if method != "HEAD" and found.file is not None and length:
        with found.file.open("rb") as file:
            loop = asyncio.get_running_loop()
            await loop.sendfile(writer.transport, file, found.start, length)


async def serve(root: Path, port: int, host: str = "127.0.0.1") -> None:
    """Serve the folder `root`, a real path, until SIGTERM or SIGINT."""
    site = _Server(root)
    server = await asyncio.start_server(site.connected, host, port, limit=_HEAD_LIMIT)
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    await stop.wait()
    server.close()
    await site.stop()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]).resolve(strict=True), int(sys.argv[2]), *sys.argv[3:4]))
