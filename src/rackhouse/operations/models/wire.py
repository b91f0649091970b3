"""Speaks with the gateway as the rack's owner, over HTTP. Reads; and asks a model a question."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from rackhouse.kit.errors import Missing, RackhouseError, Refused, Unavailable, UsageError
from rackhouse.operations.models.allowed import Budgets, Keys, Limit, Made
from rackhouse.operations.models.door import Door
from rackhouse.operations.models.quality import Quality
from rackhouse.operations.models.seen import Health, Line, Lines, Spend
from rackhouse.operations.models.shaped import shaped

T = TypeVar("T")
_PATIENCE = 10.0  # seconds for what is read
_TRIES, _PAUSE = 30, 1.0  # to reach a gateway that was followed, and seconds between them
_SILENCE = 300.0  # seconds until a model's first word
_ERRORS: dict[int, type[RackhouseError]] = {400: UsageError, 401: Refused, 403: Refused}
_ERRORS |= {404: Missing, 409: Refused, 429: Refused}


class Wire:
    """One connection pool. `transport` is that of a test."""

    def __init__(self, door: Door, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._door = door
        self._client = httpx.AsyncClient(
            base_url=door.url,
            headers={"authorization": f"Bearer {door.key}"},
            timeout=_PATIENCE,
            transport=transport,
            trust_env=door.url.startswith("https:"),  # whose authority to trust; never a proxy here
        )

    async def health(self) -> Health:
        """How upstreams are just now."""
        return await self.get(Health, "/admin/health")

    async def spend(self, by: str = "application,model,upstream", **days: str) -> Spend:
        """What was used since the first of the month, or in the days from `since` to `until`."""
        return await self.get(Spend, "/admin/spend", by=by, **days)

    async def quality(self) -> Quality:
        """How well upstreams answer, by task class."""
        return await self.get(Quality, "/admin/quality")

    async def budgets(self) -> Budgets:
        """How each budget stands."""
        return await self.get(Budgets, "/admin/budgets")

    async def keys(self) -> Keys:
        """People's keys."""
        return await self.get(Keys, "/admin/keys")

    async def make_key(
        self,
        name: str,
        *,
        person: str,
        limits: Sequence[Limit] = (),
        models: Sequence[str] = (),
        expires: str = "",
    ) -> Made:
        """A key of a person's own."""
        body = {
            "name": name,
            "person": person,
            "models": list(models),
            "limits": [asdict(each) for each in limits],
            "expires": expires or None,
        }
        return shaped(Made, await self.json("POST", "/admin/keys", body=body), self._door.url)

    async def revoke(self, name: str) -> None:
        """Missing where there is none of that name."""
        await self.json("DELETE", f"/admin/keys/{quote(name, safe='')}")

    async def newest(self, count: int, before: int = 0) -> tuple[Line, ...]:
        """Requests, newest first."""
        found = await self.get(Lines, "/admin/traffic", count=str(count), before=str(before))
        return found.lines

    async def one(self, id: str) -> Line:
        """One request."""
        return await self.get(Line, f"/admin/traffic/{id}")

    async def follow(self) -> AsyncGenerator[Line, None]:
        """Requests as they end, for ever: also after the gateway was another one for a while.
        Unavailable when it stays away.
        """
        last, tries = "", 0
        while True:  # the gateway ends each stream after a while
            try:
                async for number, line in self._followed(last):
                    last, tries = number, 0
                    if line is not None:
                        yield line
            except Unavailable:
                tries += 1
                if not last or tries > _TRIES:
                    raise
                await asyncio.sleep(_PAUSE)

    async def _followed(self, last: str) -> AsyncIterator[tuple[str, Line | None]]:
        headers = {"last-event-id": last} if last else {}
        async with self._stream("GET", "/admin/traffic/follow", headers=headers) as answer:
            async for text in answer.aiter_lines():
                word, _, value = text.partition(": ")
                if word == "id":
                    last = value
                    yield last, None
                elif word == "data":
                    yield last, shaped(Line, json.loads(value), self._door.url)

    async def get(self, kind: type[T], path: str, **query: str) -> T:
        """What a path of the owner's says."""
        return shaped(kind, await self.json("GET", path, query), self._door.url)

    async def json(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Any:
        """The same as plain values, and with a `body` for what changes something."""
        async with self._stream(verb, path, params=query, json=body) as answer:
            text = await answer.aread()
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise Unavailable(
                "the gateway answers what is no JSON", where=self._door.url
            ) from error

    @asynccontextmanager
    async def asked(self, model: str, prompt: str) -> AsyncIterator[httpx.Response]:
        """A model's answer, open: `x-rackhouse-upstream` says who answers, events follow."""
        body = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        path = "/v1/chat/completions"
        async with self._stream("POST", path, json=body, timeout=_SILENCE) as answer:
            yield answer

    @asynccontextmanager
    async def _stream(self, verb: str, path: str, **more: Any) -> AsyncIterator[httpx.Response]:
        if more.get("json") is None:
            more.pop("json", None)
        try:
            async with self._client.stream(verb, path, **more) as answer:
                if answer.status_code >= 400:
                    raise _problem(answer.status_code, await answer.aread(), self._door.url)
                yield answer
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the gateway does not answer: {type(error).__name__}",
                where=self._door.url,
                fix="`rackhouse status` says how it is",
            ) from error

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()


def words(line: str) -> str:
    """The words in one line of a model's stream. Unavailable where it says that it broke off."""
    if not line.startswith("data: {"):
        return ""
    said = json.loads(line.removeprefix("data: "))
    if "error" in said:
        raise Unavailable(str(said["error"].get("message", "the answer broke off")))
    choices = said.get("choices") or [{}]
    return choices[0].get("delta", {}).get("content") or ""


def _problem(status: int, body: bytes, where: str) -> RackhouseError:
    try:
        what = str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        what = f"the gateway answers {status}"
    return _ERRORS.get(status, Unavailable)(what, where=where)


@asynccontextmanager
async def opened(door: Door) -> AsyncIterator[Wire]:
    """Speak with the gateway behind a door."""
    wire = Wire(door)
    try:
        yield wire
    finally:
        await wire.close()
