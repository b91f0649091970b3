"""The door: which request it is, who is asking, and whether they may. Answers or lets in.

Only git's three requests exist, each on the name of a repository: no path of a client's ever
becomes a path on the disk.
"""

from __future__ import annotations

import base64
import binascii
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rackhouse.delivery.access import Caller, caller_of
from rackhouse.delivery.repositories import create, folder_of, mend
from rackhouse.delivery.repositories.names import OF_THE_RACK
from rackhouse.forge.tries import Tries
from rackhouse.forge.visit import RECEIVE, UPLOAD, Visit
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import is_name
from rackhouse.store.forge import Forge, RepositoryRow, Scope

_NEEDED = {UPLOAD: Scope.READ, RECEIVE: Scope.WRITE}
_REALM = {"www-authenticate": 'Basic realm="Rackhouse: the password is an access token"'}

_log = logging.getLogger("rackhouse.forge")


@dataclass(frozen=True)
class Door:
    """Lets requests of git's in."""

    paths: Paths
    forge: Forge
    tries: Tries = field(default_factory=Tries)

    def enter(self, request: Request) -> Visit | Response:
        """The visit, or why not: git shows it to its user as `remote: ...`."""
        name = request.path_params["name"].removesuffix(".git")
        service = service_of(request)
        if service is None:
            return words(403, "git itself speaks here, by its smart protocol alone")
        caller = caller_of(self.forge, _password(request), time.time())
        if caller is None:
            return self._unknown(request)
        if not is_name(name) or not caller.may(Scope.READ, name):
            return _absent(name)
        if not caller.may(_NEEDED[service], name):
            return words(403, f"this token may read {name} and not write to it")
        row = self.forge.repository(name) or self._made(request, caller, name, service)
        folder = folder_of(self.paths, name)
        if row and not folder.is_dir():
            mend(self.forge, self.paths)
        if row is None or not folder.is_dir():
            return _absent(name)
        return Visit(caller=caller, repository=row, folder=folder, service=service)

    def _made(
        self, request: Request, caller: Caller, name: str, service: str
    ) -> RepositoryRow | None:
        """A push to a repository that is not there makes it, when it begins."""
        least = Scope.ADMIN if name == OF_THE_RACK else Scope.WRITE
        if request.method != "GET" or service != RECEIVE or not caller.may(least, name):
            return None
        return create(self.forge, self.paths, name, by=caller.person, now=time.time())

    def _unknown(self, request: Request) -> Response:
        if not request.headers.get("authorization"):
            return words(401, "an access token is needed: `rackhouse token create`", _REALM)
        address = address_of(request)
        wait = self.tries.failed(address, time.monotonic())
        if wait:
            again = {"retry-after": f"{wait:.0f}"}
            return words(429, "too many bad tokens came from your address", again)
        _log.warning("a bad token from %s", address)
        return words(401, "this token is wrong, revoked or expired", _REALM)


def service_of(request: Request) -> str | None:
    """Which of git's services is asked for; None when none is."""
    if request.method == "GET":
        word = request.query_params.get("service", "")
        return word if word in _NEEDED and request.url.query == f"service={word}" else None
    return request.url.path.rpartition("/")[2]


def address_of(request: Request) -> str:
    """Where a request came from: the ingress says for whom it asks, others come themselves."""
    peer = request.client.host if request.client else ""
    told = request.headers.get("x-forwarded-for", peer).rpartition(",")[2].strip()
    return told[:64]


def _password(request: Request) -> str:
    """The password of `Authorization: Basic`; the name before it does not matter. "" for none."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return pair.decode(errors="replace").partition(":")[2]


def _absent(name: str) -> Response:
    shown = name if is_name(name) else ascii(name[:60])
    return words(404, f"there is no repository {shown}, or this token does not open it")


def words(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """A short answer, which git shows as `remote: ...`."""
    return PlainTextResponse(f"{text}\n", status, headers=headers)
