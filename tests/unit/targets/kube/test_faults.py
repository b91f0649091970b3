"""A server that has to ask others first, or has too much to do: waited for by name, for a while."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from rackhouse.kit.errors import RackhouseError, Refused, Unavailable
from rackhouse.twin.kube.cluster import Cluster
from unit.targets.kube.place import BRIEF, PATIENT, Lab, made

SPACE = made("Namespace", "hello")
SILENT = (
    'Internal error occurred: failed calling webhook "guard.example.org": failed to call webhook:'
    ' Post "https://guard.example.svc:443/check?timeout=10s": context deadline exceeded'
)


class Faulty(httpx.AsyncBaseTransport):
    """A server that answers its first so many requests of that method otherwise."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, times: int, method: str, **said: Any
    ) -> None:
        self._inner, self._left, self._method, self._said = inner, times, method, said

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == self._method and self._left > 0:
            self._left -= 1
            return httpx.Response(**self._said)
        return await self._inner.handle_async_request(request)


class LetGo(httpx.AsyncBaseTransport):
    """A server that has closed a connection which was kept."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner, self._closed, self.asked = inner, True, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self._closed:
            self._closed = False
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return await self._inner.handle_async_request(request)


def lab(times: int, code: int, message: str, *, method: str = "PATCH", **headers: str) -> Lab:
    status = {"kind": "Status", "message": message, "code": code, "details": {}}
    said: dict[str, Any] = {"status_code": code, "json": status, "headers": headers}
    pace = PATIENT if times < 100 else BRIEF
    return Lab(Cluster(), pace=pace, cut=lambda way: Faulty(way, times, method, **said))


async def test_a_webhook_that_comes_up_is_waited_for_by_name() -> None:
    found = lab(2, 500, SILENT)
    assert (await found.ensure(SPACE)).ready
    (line,) = found.heard
    assert line.startswith("waiting: the webhook 'guard.example.org'")


async def test_one_that_times_out_for_ever_is_named() -> None:
    with pytest.raises(Unavailable) as caught:
        await lab(1000, 500, SILENT).ensure(SPACE)
    assert "the webhook 'guard.example.org'" in caught.value.what
    assert caught.value.what.endswith("does not answer in time")


async def test_a_quota_that_counts_meanwhile_is_asked_again() -> None:
    said = 'Operation cannot be fulfilled on resourcequotas "quota": the object has been modified'
    assert (await lab(2, 409, said).ensure(SPACE)).ready


async def test_one_that_says_no_is_not_waited_for() -> None:
    said = 'admission webhook "guard.example.org" denied the request: no label `team`'
    found = lab(1, 400, said)
    with pytest.raises(Refused) as caught:
        await found.ensure(SPACE)
    assert caught.value.what.endswith("'guard.example.org' refuses it: no label `team`")
    assert not found.heard


@pytest.mark.parametrize("code", [429, 503])
async def test_a_server_with_too_much_to_do_is_asked_again(code: int) -> None:
    found = lab(1, code, "too many requests", method="GET", **{"retry-after": "0"})
    assert (await found.ensure(SPACE)).ready


async def test_a_token_that_is_refused_is_said() -> None:
    found = lab(1, 401, "Unauthorized", method="GET")
    with pytest.raises(RackhouseError, match="it refuses the token or certificate"):
        await found.target.observe(None)


async def test_an_account_without_a_right_is_said() -> None:
    found = lab(1, 403, 'namespaces is forbidden: User "me" cannot patch resource')
    with pytest.raises(Refused, match='User "me" cannot patch resource'):
        await found.ensure(SPACE)


async def test_a_kept_connection_that_was_closed_is_made_anew() -> None:
    assert (await Lab(Cluster(), cut=LetGo).ensure(SPACE)).ready


async def test_what_would_be_made_twice_is_not_asked_again() -> None:
    ways: list[LetGo] = []

    def cut(way: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        ways.append(LetGo(way))
        return ways[-1]

    found = Lab(Cluster(), cut=cut)
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}
    with pytest.raises(Unavailable, match="Server disconnected"):
        await found.way.ask("POST", "/api/v1/namespaces", body=body)
    assert ways[0].asked == 1
    assert await found.get("/api/v1/namespaces/hello") is None
