"""A job's end of the broker: its own token of Gitea in, a way to the cluster out."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from rackhouse.delivery.broker.asking import TOKEN, lent
from rackhouse.kit.errors import Missing, RackhouseError, Refused, Unavailable
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access

_PATIENCE = 30.0  # seconds for an answer
_ERRORS: dict[int, type[RackhouseError]] = {403: Refused, 404: Missing, 409: Refused}


async def exchange(
    url: str, authority: str, token: Hidden, repository: str, application: str
) -> Access:
    """The cluster as the application's account, for ten minutes. `authority`: PEM of who vouches
    for the broker; the machine's own where it is empty.

    Refused, Missing, Unavailable, in the broker's words.
    """
    question = {"repository": repository, "application": application}
    said = await ask(url, authority, token, TOKEN, question)
    try:
        return lent(said).access
    except (KeyError, TypeError):
        raise _away(url, "answers something else") from None


async def ask(
    url: str, authority: str, token: Hidden, path: str, question: dict[str, Any]
) -> dict[str, Any]:
    """What the broker answers to one question. Raises as `exchange`."""
    trust = ssl.create_default_context(cadata=authority or None)
    async with httpx.AsyncClient(verify=trust, timeout=_PATIENCE, trust_env=False) as http:
        try:
            answer = await http.post(
                f"{url.rstrip('/')}{path}",
                json=question,
                headers={"authorization": f"Bearer {token.reveal()}"},
            )
            said: dict[str, Any] = answer.json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise _away(url, f"does not answer: {type(error).__name__}") from None
    if answer.status_code == 200:
        return said
    kind = _ERRORS.get(answer.status_code, Unavailable)
    raise kind(str(said.get("what")), where=url, fix=str(said.get("fix") or ""))


def _away(url: str, why: str) -> Unavailable:
    fix = "is it up? `kubectl get pods -n rackhouse`; run the job again"
    return Unavailable(f"the broker {why}", where=url, fix=fix)
