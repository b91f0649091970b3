"""Specs of the target `gitea`: what a Gitea has of a rack. Names are as paths: `user/ada`.

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
    """`user/ada`. The password is ours and given to it."""

    name: str
    email: str
    password: Text
    admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`team/home/makers`: who may do what in all repositories of the organisation.

    `permission` is read, write or admin. `members` are users.
    """

    organisation: str
    name: str
    permission: str = "write"
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """`protection/home/hello/main`: a branch that only `teams` push to, and nobody by force."""

    organisation: str
    repository: str
    branch: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`token/ada/rack`: an access token. Output `value`. `scopes` as `write:package`."""

    user: str
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`webhook/home/hello/NAME`: pushes are told to `url`, signed with `secret`."""

    organisation: str
    repository: str
    name: str
    url: str
    secret: Text
    events: tuple[str, ...] = ("push",)


GiteaSpec = Organisation | Protection | Repository | Team | Token | User | Webhook
