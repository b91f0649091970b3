"""One S3 server with IAM beside it: signed requests, and its errors in our words."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import httpx

from rackhouse.kit.errors import HostError, RackhouseError, Unavailable
from rackhouse.targets.objects.sigv4 import Key, Request, sign

_PATIENCE = httpx.Timeout(60.0, connect=5.0)


class Client:
    """Where it is, and the administrator's key. Connects when it is first asked."""

    def __init__(self, url: str, key: Key) -> None:
        self._url = url.rstrip("/")
        self._key = key
        # Straight to it: whatever proxy the environment names is for the Internet.
        self._http = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)

    async def s3(self, method: str, path: str, *, absent_ok: bool = False) -> str:
        """An S3 request's answer. `absent_ok`: that there is no such thing is success."""
        answer = await self._send(self._key, "s3", method, path)
        if answer.is_success or (absent_ok and answer.status_code == httpx.codes.NOT_FOUND):
            return answer.text
        raise self._refusal(f"{method} {path}", answer)

    async def iam(self, action: str, *, fine: Sequence[str] = (), **words: str) -> str:
        """An IAM request's answer; "" for the error codes in `fine`."""
        form = {"Action": action, "Version": "2010-05-08", **words}
        answer = await self._send(self._key, "iam", "POST", "/", urlencode(form).encode())
        if answer.is_success:
            return answer.text
        if code(answer.text) in fine:
            return ""
        raise self._refusal(action, answer)

    async def opens(self, key: Key, path: str) -> bool:
        """Whether `key` reaches `path`."""
        return (await self._send(key, "s3", "HEAD", path)).is_success

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _send(
        self, key: Key, service: str, method: str, path: str, body: bytes = b""
    ) -> httpx.Response:
        host = self._url.partition("://")[2]
        request = Request(service=service, method=method, host=host, path=path, body=body)
        headers = dict(sign(key, request, datetime.now(UTC)))
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        try:
            return await self._http.request(
                method, self._url + quote(path), content=body, headers=headers
            )
        except httpx.HTTPError as error:
            raise Unavailable(
                f"it cannot be reached: {str(error) or type(error).__name__}",
                where=f"SeaweedFS at {self._url}",
                fix="see `rackhouse status` and `rackhouse logs objects`",
            ) from error

    def _refusal(self, what: str, answer: httpx.Response) -> RackhouseError:
        why = code(answer.text) or answer.reason_phrase
        error = Unavailable if answer.is_server_error else HostError
        return error(
            f"{what}: {answer.status_code} {why}",
            where=f"SeaweedFS at {self._url}",
            fix="see `rackhouse logs objects`",
        )


def code(answer: str) -> str:
    """The error code in an answer, or ""."""
    return next(iter(texts(answer, "Code")), "")


def texts(answer: str, element: str) -> list[str]:
    """The text of every such element, in order. The answers are flat where we look."""
    return [html.unescape(text) for text in re.findall(rf"<{element}>([^<]*)</{element}>", answer)]
