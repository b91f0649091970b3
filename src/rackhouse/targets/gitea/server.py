"""One Gitea by its HTTP API: requests, answers, refusals as words. Knows no kind of thing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from rackhouse.kit.errors import HostError, RackhouseError, Refused, StepFailed, Unavailable
from rackhouse.kit.text import format_bytes
from rackhouse.resources.core import Hidden
from rackhouse.targets.gitea.ways import Ways

_PATIENCE = 30.0  # seconds for an answer
_PAGE = 50  # things in one answer: the most that Gitea gives
_AWAY = frozenset({502, 503, 504})  # what the ingress answers while there is nobody behind it
STARTS = 180.0  # seconds from a pod that is ready until the ingress leads to it, at most
_PAUSE = 0.5


class Server:
    """By `ways`, as an administrator of it."""

    def __init__(self, ways: Ways, user: str, password: Hidden, *, starts: float = STARTS) -> None:
        self.where = str(ways.url)
        self.user = user
        self._ways, self._starts = ways, starts
        self._auth = httpx.BasicAuth(user, password.reveal())
        self._http: httpx.AsyncClient | None = None

    async def answers(self, *, patient: bool) -> None:
        """Nothing, when it does. `patient`: it has only just been made, and is waited for."""
        until = time.monotonic() + (self._starts if patient else 0.0)
        while True:
            try:
                await self.ask("GET", "/version")
            except Unavailable:
                if time.monotonic() >= until:
                    raise
                await asyncio.sleep(_PAUSE)
            else:
                return

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's JSON; None where there is no such thing (404). Else the error in words:
        Unavailable for what was renamed, and for what is no answer of Gitea's.
        """
        more = {"json": body} if body is not None else {}
        answer = await self._send(method, path, {**more, "params": query or {}})
        if answer.status_code == 404:
            return None
        self._check(f"{method} {path}", answer)
        try:
            return answer.json() if answer.content else {}
        except ValueError as error:
            raise self._away(f"{method} {path}: what answers is not Gitea's API") from error

    async def fetch(self, path: str, limit: int) -> bytes | None:
        """What is no JSON; None where there is no such thing. StepFailed: over `limit` bytes."""
        answer = await self._send("GET", path, {"stream": True})
        try:
            if answer.status_code == 404:
                return None
            self._check(f"GET {path}", answer)
            found = bytearray()
            async for piece in answer.aiter_bytes():
                found += piece
                if len(found) > limit:
                    what = f"{path} has more than {format_bytes(limit)}"
                    raise StepFailed(what, where=self.where)
            return bytes(found)
        except httpx.HTTPError as error:
            raise self._away(f"Gitea broke off: {str(error) or type(error).__name__}") from error
        finally:
            await answer.aclose()

    async def listed(
        self, path: str, query: Mapping[str, str] | None = None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Every thing of a list, page by page; nothing where there is no such list."""
        page = 1
        while True:
            params = {**(query or {}), "page": str(page), "limit": str(_PAGE)}
            found = await self.ask("GET", path, query=params)
            for each in found or ():
                yield each
            if len(found or ()) < _PAGE:
                return
            page += 1

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()

    async def _send(self, method: str, path: str, more: Mapping[str, Any]) -> httpx.Response:
        if self._http is None:
            self._http = self._ways.client(_PATIENCE)
        try:
            answer = await self._ways.send(self._http, method, path, auth=self._auth, **more)
            if answer.status_code >= 400:
                await answer.aread()
        except (httpx.HTTPError, OSError) as error:
            what = f"Gitea does not answer: {str(error) or type(error).__name__}"
            raise self._away(what) from error
        if answer.status_code in _AWAY:
            raise self._away(f"nothing is behind the ingress: it answers {answer.status_code}")
        if answer.status_code == 404 and not _is_gitea(answer):
            raise self._away("the ingress does not lead to Gitea")
        return answer

    def _away(self, what: str) -> Unavailable:
        fix = "`rackhouse status` says whether it is up; then apply again"
        return Unavailable(what, where=self.where, fix=fix)

    def _check(self, what: str, answer: httpx.Response) -> None:
        """Nobody is followed elsewhere, with our password: so a thing that was renamed is out of
        reach, and its Gitea with it, until its two names are one.
        """
        if answer.status_code >= 400:
            raise self._refusal(what, answer)
        if answer.status_code >= 300:
            to = answer.headers.get("location", "")
            if "/api/v1/" not in to:
                raise self._away(f"{what}: what answers is not Gitea's API: it leads to {to}")
            fix = "give it its old name there again, or the rack file its new one"
            now = to.partition("/api/v1")[2]
            raise Unavailable(f"{what} was renamed in Gitea: {now}", where=self.where, fix=fix)

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


def _is_gitea(answer: httpx.Response) -> bool:
    """Traefik says "404 page not found" in plain text, Gitea's API says JSON or nothing."""
    return not answer.content or "json" in answer.headers.get("content-type", "")


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"it answers {answer.status_code}"
