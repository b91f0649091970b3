"""A page as it is sent, and those that were sent last: what an address of scripture shows does not
change while the process lives.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.look.pages import GUARD, HTML
from rackhouse.services.scripture.api.answers import A_WHILE, has

_QUICK = 3  # how hard it is pressed: more takes longer than it saves
_MOST = 256
_LONGEST = 200  # characters of an address that is kept


@dataclass(frozen=True, slots=True)
class Sent:
    """`form` is how it is pressed, if at all; `vary` what of a request it depends on."""

    body: bytes
    tag: str
    form: str
    vary: str

    def answer(self, request: Request) -> Response:
        """Without a body where the client has it already."""
        headers = {**GUARD, "cache-control": A_WHILE, "vary": self.vary, "etag": self.tag}
        if has(request, self.tag):
            return Response(status_code=304, headers=headers)
        if self.form:
            headers["content-encoding"] = self.form
        return Response(self.body, 200, headers | {"content-type": HTML})


def sent(request: Request, body: bytes, *, by_cookie: bool) -> Sent:
    """A page, small for whoever reads it so."""
    form = zipping(request)
    return Sent(
        body=gzip.compress(body, _QUICK, mtime=0) if form else body,
        tag=f'"{hashlib.sha256(body).hexdigest()[:32]}{form}"',
        form=form,
        vary="accept-encoding" + (", cookie" if by_cookie else ""),
    )


class Shelf:
    """The pages that were asked for last, by their addresses."""

    def __init__(self, most: int = _MOST) -> None:
        self._held: OrderedDict[str, Sent] = OrderedDict()
        self._most = most

    def again(self, request: Request) -> Sent | None:
        """The page of this address, where it is still here."""
        key = _key(request)
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def put(self, request: Request, page: Sent) -> None:
        """One that shows the same whenever it is asked for."""
        key = _key(request)
        if len(key) <= _LONGEST:
            self._held[key] = page
        if len(self._held) > self._most:
            self._held.popitem(last=False)


def zipping(request: Request) -> str:
    """`gzip` where the client reads it: a page is a quarter then."""
    said = request.headers.get("accept-encoding", "").lower().replace(" ", "")
    some = {each.partition(";")[0]: each for each in said.split(",")}
    return "gzip" if "gzip" in some and not some["gzip"].endswith(";q=0") else ""


def _key(request: Request) -> str:
    return f"{zipping(request)} {request.url.path}?{request.url.query}"
