"""One Gitea by its HTTP API: requests, answers, refusals as words. Knows no kind of thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from rackhouse.kit.errors import HostError, RackhouseError, Refused, StepFailed, Unavailable
from rackhouse.resources.core import Hidden

_PATIENCE = 30.0  # seconds for an answer
_PAGE = 50  # things in one answer: the most that Gitea gives


class Server:
    """At `url`, as an administrator of it."""

    def __init__(
        self,
        url: str,
        user: str,
        password: Hidden,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.where = url.rstrip("/")
        self._auth = httpx.BasicAuth(user, password.reveal())
        self._transport = transport
        self._http: httpx.AsyncClient | None = None

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON; None where there is no such thing (404). Else the error in words."""
        answer = await self._send(method, path, {"json": body} if body is not None else {})
        if answer.status_code == 404:
            return None
        if answer.status_code >= 400:
            raise self._refusal(f"{method} {path}", answer)
        return answer.json() if answer.content else {}

    async def listed(self, path: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every thing of a list, page by page; nothing where there is no such list."""
        page = 1
        while True:
            answer = await self._send("GET", path, {"params": {"page": page, "limit": _PAGE}})
            if answer.status_code == 404:
                return
            if answer.status_code >= 400:
                raise self._refusal(f"GET {path}", answer)
            found = answer.json()
            for each in found:
                yield each
            if len(found) < _PAGE:
                return
            page += 1

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()

    async def _send(self, method: str, path: str, more: Mapping[str, Any]) -> httpx.Response:
        if self._http is None:
            self._http = httpx.AsyncClient(
                base_url=f"{self.where}/api/v1",
                auth=self._auth,
                transport=self._transport,
                timeout=_PATIENCE,
                trust_env=False,
            )
        try:
            return await self._http.request(method, path, **more)
        except (httpx.HTTPError, OSError) as error:
            what = f"Gitea does not answer: {str(error) or type(error).__name__}"
            raise Unavailable(what, where=self.where, fix="is it up? Apply again") from error

    def _refusal(self, what: str, answer: httpx.Response) -> RackhouseError:
        said, code = _message(answer), answer.status_code
        if code == 401:
            return Refused(
                f"{what}: Gitea does not know this administrator: {said}", where=self.where
            )
        if code == 403:
            return Refused(f"{what}: Gitea does not let us: {said}", where=self.where)
        if code >= 500:
            fix = "look at its log; apply again"
            return HostError(f"{what}: Gitea failed: {said}", where=self.where, fix=fix)
        return StepFailed(f"{what}: Gitea refuses it: {said}", where=self.where)


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"it answers {answer.status_code}"
