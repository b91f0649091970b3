"""The Gitea of whoever has one: `RACKHOUSE_GITEA=USER:PASSWORD@https://git.home.arpa`."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

# Here, before a test's clean environment forgets it.
_SAID = os.environ.get("RACKHOUSE_GITEA", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """Where it is, and an administrator of it."""

    url: str
    user: str
    password: str


def real() -> Real:
    """It. The test is passed over where there is none."""
    if not _SAID:
        pytest.skip("RACKHOUSE_GITEA names no Gitea")
    account, _, url = _SAID.rpartition("@")
    user, _, password = account.partition(":")
    return Real(url=url, user=user, password=password)
