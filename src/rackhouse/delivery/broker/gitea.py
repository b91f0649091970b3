"""Gitea, asked with a job's own token what that token may do. Believes nothing else of a job.

https://docs.gitea.com/api: GET /repos/{owner}/{repo} answers `permissions` of whoever asks. A job's
token writes its own repository, reads others at most, and of a fork's pull request reads alone.
"""

from __future__ import annotations

from typing import Any

import httpx

from rackhouse.kit.errors import RackhouseError, Refused, Unavailable
from rackhouse.resources.core import Hidden

_PATIENCE = 10.0  # seconds for an answer
_READS = (
    "a job of a fork's pull request may only read, as may one whose workflow says so under"
    " `permissions`: it needs `contents: write`"
)


class Gitea:
    """At `url`, which `verify` vouches for."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url.rstrip("/")
        self._http = http

    async def writes(self, repository: str, token: Hidden) -> str:
        """The full name of the repository, as Gitea has it, that the token may write.

        Refused where it may not, or there is no such repository; Unavailable.
        """
        said = await self._ask(repository, token)
        try:
            may, name = said["permissions"]["push"] is True, str(said["full_name"])
        except (KeyError, TypeError):
            raise self._away("answers something else") from None
        if not may:
            raise Refused(f"its token may not write {repository}", where=self.url, fix=_READS)
        return name

    async def _ask(self, repository: str, token: Hidden) -> Any:
        try:
            answer = await self._http.get(
                f"{self.url}/api/v1/repos/{repository}",
                headers={"authorization": f"token {token.reveal()}"},
                timeout=_PATIENCE,
            )
            if answer.status_code == 200:
                return answer.json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            why = type(error).__name__  # its text may name the request
            raise self._away(f"does not answer: {why}") from None
        raise self._refusal(repository, answer.status_code)

    def _refusal(self, repository: str, code: int) -> RackhouseError:
        if code == 401:
            fix = "a job's token ends with the job: send the one of this job"
            return Refused("Gitea does not know its token", where=self.url, fix=fix)
        if 300 <= code < 500:
            fix = "send the repository that the job is of"
            return Refused(f"its token sees no repository {repository}", where=self.url, fix=fix)
        return self._away(f"answers {code}")

    def _away(self, why: str) -> Unavailable:
        return Unavailable(f"Gitea {why}", where=self.url, fix="is it up? Run the job again")
