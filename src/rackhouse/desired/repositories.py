"""What the rack's Gitea has of it: an organisation, teams, a repository for each application. Pure.

Whoever is in the team `makers` pushes to all of them; to the rack's default branch, only `keepers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.rack.model import Rack
from rackhouse.resources import gitea as g
from rackhouse.resources.core import Id, Ref, Resource, Text
from rackhouse.resources.place import Place, Wanted

TARGET = "gitea"
RACK = "rack"  # the repository of the rack file
MAKERS, KEEPERS = "makers", "keepers"
_BRANCH = "main"


def repositories(rack: Rack, url: str, user: str, password: Ref) -> Wanted:
    """All of it, on the Gitea at `url`, whose administrator is `user`."""
    address = {"url": Text.of(url), "user": Text.of(user), "password": Text.of(password)}
    resources = {it.id: it for it in _all(rack, password.to)}
    return Wanted(
        resources=resources, places={TARGET: Place(name=TARGET, kind=TARGET, address=address)}
    )


def _all(rack: Rack, first: Id) -> Iterator[Resource[Any]]:
    owner = _made("organisation", rack.name, g.Organisation(name=rack.name), first)
    yield owner
    teams = []
    for name, permission in ((MAKERS, "write"), (KEEPERS, "admin")):
        spec = g.Team(organisation=rack.name, name=name, permission=permission)
        teams.append(_made("team", f"{rack.name}/{name}", spec, owner.id))
    yield from teams
    said = {it.repository for it in rack.applications if it.repository and it.cluster}
    for name in sorted({RACK, *said}):
        repository = g.Repository(organisation=rack.name, name=name)
        made = _made("repository", f"{rack.name}/{name}", repository, owner.id, keep=True)
        yield made
        protected = g.Protection(
            organisation=rack.name,
            repository=name,
            branch=_BRANCH,
            teams=(KEEPERS,) if name == RACK else (MAKERS, KEEPERS),
        )
        needs = (made.id, *(it.id for it in teams))
        yield _made("protection", f"{rack.name}/{name}/{_BRANCH}", protected, *needs)


def _made(kind: str, name: str, spec: g.GiteaSpec, *needs: Id, keep: bool = False) -> Resource[Any]:
    return Resource(id=Id(TARGET, kind, name), spec=spec, needs=frozenset(needs), keep=keep)
