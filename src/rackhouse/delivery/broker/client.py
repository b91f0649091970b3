"""A job's end of the broker: its own token of Gitea in, a way to the cluster out."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from rackhouse.delivery.broker.asking import TOKEN, lent
from rackhouse.kit.errors import Missing, RackhouseError, Refused, Unavailable
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access

_PATIENCE = 30.0  # seconds for an answer
_AGAIN = (1.0, 2.0, 4.0, 8.0)  # seconds until it is asked again where nobody listens
_ERRORS: dict[int, type[RackhouseError]] = {403: Refused, 404: Missing, 409: Refused}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a job has of the broker: where it is, who vouches for it (PEM; "" for whom the machine
    trusts), its own token, and the repository that it is of.
    """

    url: str
    authority: str
    token: Hidden
    repository: str


async def exchange(job: Job, application: str) -> Access:
    """The cluster as the application's account, for ten minutes.

    Refused, Missing, Unavailable, in the broker's words.
    """
    said = await ask(job, TOKEN, {"application": application})
    try:
        return lent(said).access
    except (KeyError, TypeError):
        raise _away(job.url, "answers something else") from None


async def ask(
    job: Job,
    path: str,
    question: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None = None,
) -> dict[str, Any]:
    """What the broker answers to one question about that repository. Raises as `exchange`."""
    try:
        trust = ssl.create_default_context(cadata=job.authority or None)
        async with httpx.AsyncClient(
            base_url=job.url,
            headers={"authorization": f"Bearer {job.token.reveal()}"},
            timeout=_PATIENCE,
            transport=transport,
            trust_env=False,
            verify=trust,
        ) as http:
            answer = await _posted(http, path, {"repository": job.repository, **question})
            said = answer.json()
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise _away(job.url, f"does not answer: {type(error).__name__}") from None
    if not isinstance(said, dict):
        raise _away(job.url, "answers something else")
    if answer.status_code == 200:
        return said
    kind = _ERRORS.get(answer.status_code, Unavailable)
    raise kind(str(said.get("what")), where=job.url, fix=str(said.get("fix") or ""))


async def _posted(
    http: httpx.AsyncClient, path: str, question: Mapping[str, str]
) -> httpx.Response:
    """Asked again for some seconds: when an apply changes the broker, it is away for as long."""
    for pause in _AGAIN:
        with suppress(httpx.ConnectError):
            return await http.post(path, json=question)
        await asyncio.sleep(pause)
    return await http.post(path, json=question)


def _away(url: str, why: str) -> Unavailable:
    fix = "is it up? `kubectl get pods -n rackhouse`; run the job again"
    return Unavailable(f"the broker {why}", where=url, fix=fix)
