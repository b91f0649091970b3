"""Specs of the targets `gitea.<cluster>`: what a Gitea has of a rack. Names are paths: `user/ada`.

Gitea's own words for permissions, units and scopes (its API, version 1.27).
"""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`organisation/home`: the owner of the rack's repositories and images."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """`repository/home/hello`. Always private: who may see it, teams say."""

    organisation: str
    name: str
    branch: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`user/ada`. The password is ours and given to it. A person's account is `theirs` once it is
    made: nothing in it is changed.
    """

    name: str
    email: str
    password: Text
    admin: bool = False
    theirs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`team/home/makers`: who may do what in all repositories of the organisation.

    `permission` is read, write or admin, of these `units`. `members` are users of ours: whom people
    add stays.
    """

    organisation: str
    name: str
    permission: str = "write"
    members: tuple[str, ...] = ()
    units: tuple[str, ...] = ("actions", "code", "issues", "packages", "pulls", "releases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """`protection/home/hello/main`: a branch that only `teams` push to and merge into, and nobody
    by force. What is merged has passed `checks` (contexts of commit statuses), and where there are
    any, it is on top of the branch: what was checked is what comes.
    """

    organisation: str
    repository: str
    branch: str
    teams: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`token/ada/rack`: an access token. Output `value`. `scopes` as `write:package`."""

    user: str
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """`secret/home/REGISTRY`: what workflows of all its repositories read as `secrets.REGISTRY`.

    The name in capitals. Gitea shows its value to nobody.
    """

    organisation: str
    name: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`webhook/home/hello/NAME`: pushes are told to `url`, signed with `secret`."""

    organisation: str
    repository: str
    name: str
    url: str
    secret: Text
    events: tuple[str, ...] = ("push",)


GiteaSpec = Organisation | Protection | Repository | Secret | Team | Token | User | Webhook


def place(cluster: str) -> str:
    """What the target of that cluster's Gitea is called: `gitea.home`."""
    return f"gitea.{cluster}"
