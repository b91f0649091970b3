"""What a cluster's Gitea has of the rack: an organisation, teams, a repository for each of its
applications and one for the rack file, and what pushes to its registry. Pure.

Whoever is in the team `makers` pushes to all of them; to the rack's own default branch, only
`keepers`: those of the rack file, and whomever people add in Gitea.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.platform import forge, table
from rackhouse.desired.platform.pins import UNPINNED
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import is_own, shares
from rackhouse.rack.model import Rack
from rackhouse.rack.platform import Forge
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role
from rackhouse.resources import gitea as g
from rackhouse.resources.clusters import place
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.registry import PULLER, VAULT, password
from rackhouse.resources.vault import Password

RACK, BRANCH = "rack", "main"  # the repository of the rack file, and what is applied of it
CHECK = "rackhouse/plan"  # the status that a commit has to have before it comes to that branch
MAKERS, KEEPERS = "makers", "keepers"
_BUILDERS, _BUILDER = "builders", "builder"  # who pushes images, and nothing else
_IN_WORKFLOWS = "REGISTRY"  # the secret that jobs sign in to the registry with


def repositories(rack: Rack, cluster: str, platform: Wanted) -> Wanted:
    """All of it, where that cluster has Gitea in its `platform`; else nothing."""
    where = gitea_of(rack, cluster, vouched_for=AUTHORITY in platform.resources)
    if where is None:
        return Wanted(resources={}, places={})
    resources = {it.id: it for it in _all(_space(rack, cluster), where.needs)}
    return Wanted(resources=resources, places={where.name: where, VAULT.name: VAULT})


def gitea_of(rack: Rack, cluster: str, *, vouched_for: bool) -> Place | None:
    """Where the Gitea of that cluster is reached: by its name, at any machine, since the ingress is
    on each. `vouched_for`: by the rack's own authority. None where it has none.
    """
    has = any(share.component is table.GITEA for share in shares(rack, cluster))
    if not (has and is_own(rack, cluster)):
        return None
    space = _space(rack, cluster)
    found = next(each for each in rack.clusters if each.name == cluster)
    nodes = sorted(members(rack, found), key=lambda node: node.role != Role.SERVER)
    address = {
        "url": Text.of(f"https://{forge.host(space)}"),
        "at": Text.of(",".join(str(node.address) for node in nodes if node.address)),
        "user": Text.of(forge.ADMIN),
        "password": Text.of(admin_password(rack, cluster).ref("value")),
    }
    if vouched_for:
        address["authority"] = Text.of(AUTHORITY.ref("certificate"))
    needs = {space.home.id(kind, forge.NAME) for kind in ("Ingress", "StatefulSet")}
    return Place(
        name=g.place(cluster),
        kind="gitea",
        address=address,
        needs=frozenset(needs),
        over=place(cluster),
    )


def admin_password(rack: Rack, cluster: str) -> Id:
    """The vault's id of what Gitea's administrator signs in with."""
    return forge.value(_space(rack, cluster), "admin")


def first_password(cluster: str, person: str) -> Id:
    """The vault's id of what somebody signs in with the first time."""
    return Id("vault", "secret", f"{cluster}.gitea.people.{person}")


def _space(rack: Rack, cluster: str) -> Space:
    return Space(rack=rack, cluster=cluster, pins=UNPINNED, namespace=table.GITEA.namespace)


def _all(space: Space, first: frozenset[Id]) -> Iterator[Resource[Any]]:
    """`first` is there before anything is asked."""
    at, rack = _Made(space), space.rack
    owner = at("organisation", rack.name, g.Organisation(name=rack.name), follows=first)
    yield owner
    people = list(_people(at, space, first))
    yield from people
    names = tuple(it.id.name for it in people if it.id.kind == "user")
    teams = []
    for name, permission, who in ((MAKERS, "write", ()), (KEEPERS, "admin", names)):
        spec = g.Team(organisation=rack.name, name=name, permission=permission, members=who)
        users = (Id(owner.id.target, "user", each) for each in who)
        teams.append(at("team", f"{rack.name}/{name}", spec, owner.id, *users))
    yield from teams
    said = {
        each.repository
        for each in rack.applications
        if each.repository and each.cluster == space.cluster
    }
    for name in sorted({RACK, *said}):
        yield from _repository(at, owner.id, name, teams)
    yield from _builder(at, space, owner.id, first)
    yield from _puller(at, space, owner.id, first)


def _repository(
    at: _Made, owner: Id, name: str, teams: list[Resource[Any]]
) -> Iterator[Resource[Any]]:
    path = f"{owner.name}/{name}"
    spec = g.Repository(organisation=owner.name, name=name, branch=BRANCH)
    made = at("repository", path, spec, owner, keep=True)
    yield made
    protected = g.Protection(
        organisation=owner.name,
        repository=name,
        branch=BRANCH,
        teams=(KEEPERS,) if name == RACK else (MAKERS, KEEPERS),
        checks=(CHECK,) if name == RACK else (),
    )
    yield at("protection", f"{path}/{BRANCH}", protected, made.id, *(each.id for each in teams))


def _people(at: _Made, space: Space, first: frozenset[Id]) -> Iterator[Resource[Any]]:
    """Each with a first password of the vault's. An account stays when its name leaves the file."""
    said = space.rack.platform.forge or Forge()
    for name in said.keepers:
        kept = Resource(id=first_password(space.cluster, name), spec=Password(), keep=True)
        yield kept
        password = Text.of(kept.id.ref("value"))
        email = f"{name}@{space.rack.domain}"
        user = g.User(name=name, email=email, password=password, theirs=True)
        yield at("user", name, user, follows=first, keep=True)


def _builder(at: _Made, space: Space, owner: Id, first: frozenset[Id]) -> Iterator[Resource[Any]]:
    """Who writes the organisation's packages, and reads no repository."""
    password = Resource(id=forge.value(space, _BUILDER), spec=Password(), keep=True)
    yield password
    email = f"{_BUILDER}@{space.rack.domain}"
    secret = Text.of(password.id.ref("value"))
    user = at("user", _BUILDER, g.User(name=_BUILDER, email=email, password=secret), follows=first)
    yield user
    team = g.Team(organisation=owner.name, name=_BUILDERS, members=(_BUILDER,), units=("packages",))
    yield at("team", f"{owner.name}/{_BUILDERS}", team, owner, user.id)
    token = g.Token(user=_BUILDER, name="registry", scopes=("write:package",))
    made = at("token", f"{_BUILDER}/registry", token, user.id)
    yield made
    value = Text.of(f"{_BUILDER}:", made.id.ref("value"))
    given = g.Secret(organisation=owner.name, name=_IN_WORKFLOWS, value=value)
    yield at("secret", f"{owner.name}/{_IN_WORKFLOWS}", given, owner)


def _puller(at: _Made, space: Space, owner: Id, first: frozenset[Id]) -> Iterator[Resource[Any]]:
    """As whom nodes pull, all of them: they know its password since before Gitea was there."""
    kept = password(space.cluster)
    yield kept
    email, secret = f"{PULLER}@{space.rack.domain}", Text.of(kept.id.ref("value"))
    user = at("user", PULLER, g.User(name=PULLER, email=email, password=secret), follows=first)
    yield user
    team = g.Team(
        organisation=owner.name,
        name=f"{PULLER}s",
        permission="read",
        members=(PULLER,),
        units=("packages",),
    )
    yield at("team", f"{owner.name}/{PULLER}s", team, owner, user.id)


class _Made:
    """Things of one Gitea."""

    def __init__(self, space: Space) -> None:
        self._target = g.place(space.cluster)

    def __call__(
        self,
        kind: str,
        name: str,
        spec: g.GiteaSpec,
        *needs: Id,
        keep: bool = False,
        follows: frozenset[Id] = frozenset(),
    ) -> Resource[Any]:
        id = Id(self._target, kind, name)
        return Resource(id=id, spec=spec, needs=frozenset(needs), keep=keep, follows=follows)
