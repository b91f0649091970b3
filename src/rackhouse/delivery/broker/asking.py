"""What a job asks the broker for, and what it is answered, as JSON. Reads and writes text alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access

TOKEN = "/token"
PREVIEW, CLOSED = "/preview", "/preview/closed"
MOST = 64 * 1024  # bytes of a question

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # a namespace's
_PART = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100}"
_REPOSITORY = re.compile(f"{_PART}/{_PART}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A job of `repository` (`home/hello`) wants to change `application`. `more` is what else it
    said: a route that reads it checks it.
    """

    repository: str
    application: str
    more: Mapping[str, Any]


def asked(text: bytes) -> Asked:
    """What it says. Refused where that names no repository or no application: both are put into
    paths of others.
    """
    try:
        said = json.loads(text)
        repository, application = str(said.pop("repository")), str(said.pop("application"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("it is no question of a job's", fix='{"repository", "application"}') from None
    if not _REPOSITORY.fullmatch(repository):
        raise Refused("the repository is no OWNER/NAME", fix="send $GITHUB_REPOSITORY")
    if not _NAME.fullmatch(application):
        raise Refused("no application is called so", fix="send `metadata.name` of its score.yaml")
    return Asked(repository=repository, application=application, more=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A token of an account, the API server that takes it, and until when (RFC 3339)."""

    server: str
    authority: str  # PEM
    token: Hidden
    expires: str

    def json(self) -> dict[str, str]:
        """For whoever asked, and for nobody's log."""
        return {
            "server": self.server,
            "authority": self.authority,
            "token": self.token.reveal(),
            "expires": self.expires,
        }

    @property
    def access(self) -> Access:
        """The way to the cluster as that account."""
        return Access(server=self.server, authority=self.authority, token=self.token)


def lent(said: Mapping[str, Any]) -> Lent:
    """The inverse of `Lent.json`. KeyError, TypeError where it is none."""
    return Lent(
        server=str(said["server"]),
        authority=str(said["authority"]),
        token=Hidden(str(said["token"])),
        expires=str(said["expires"]),
    )
