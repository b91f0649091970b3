"""What pages ask for beside themselves: files, what makes them an application, reading offline."""

from __future__ import annotations

import gzip
from functools import lru_cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.look.pages import GUARD
from rackhouse.kit.web.problem import NotFound
from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.api.pages.sent import zipping

_FOR_EVER = "public, max-age=31536000, immutable"
_WORKER = "offline.js"
_zipped = lru_cache(maxsize=64)(gzip.compress)


class Files:
    """`/static`, `/manifest.webmanifest`, `/sw.js`."""

    def __init__(self, desk: Desk) -> None:
        self._assets = desk.assets
        self._desk = desk

    async def static(self, request: Request) -> Response:
        """A file by the address that a page has of it."""
        asset = self._assets.found(request.url.path)
        if asset is None:
            raise NotFound("there is no such file", fix="load the page again: it names another")
        headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff"}
        headers |= {"content-type": asset.kind, "vary": "accept-encoding"}
        if zipping(request) and not asset.kind.startswith("image/png"):
            content = _zipped(asset.content)
            return Response(content, 200, headers | {"content-encoding": "gzip"})
        return Response(asset.content, 200, headers)

    async def manifest(self, _: Request) -> Response:
        """What a phone is told when the pages are installed on it."""
        ask = self._desk.ask
        icons = [
            {"src": self._assets.address(f"icon-{size}.png"), "sizes": f"{size}x{size}"}
            | {"type": "image/png", "purpose": "any maskable"}
            for size in (192, 512)
        ]
        told = {
            "name": "Bible",
            "short_name": "Bible",
            "description": "Scripture, in several translations.",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fdfbf7",
            "theme_color": "#fdfbf7",
            "icons": icons,
            "shortcuts": [{"name": "Ask", "url": ask}] if ask.startswith("/") else [],
        }
        headers = {"cache-control": "public, max-age=300"}
        return Response(msgspec.json.encode(told), 200, headers, "application/manifest+json")

    async def worker(self, _: Request) -> Response:
        """The script that keeps read chapters. Its version is the digest of all that is shown: with
        other words, or another look, what it kept goes.
        """
        if self._desk.library.soon:  # texts follow: what was kept of them is not to go meanwhile
            return Response(status_code=503, headers=GUARD | {"cache-control": "no-store"})
        told = {
            "version": self._desk.digest,
            "files": [each.address for name, each in self._assets.all.items() if name != _WORKER],
        }
        body = b"const TOLD = %s;\n%s" % (
            msgspec.json.encode(told),
            self._assets.all[_WORKER].content,
        )
        headers = GUARD | {
            "cache-control": "no-cache",
            "content-type": "text/javascript; charset=utf-8",
        }
        return Response(body, 200, headers)
