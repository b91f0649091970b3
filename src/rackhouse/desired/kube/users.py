"""Users of the cache, and buckets, on a cluster of the rack's own machines. Pure.

Nobody has to reach the servers to make them: they are lines of two Secrets that the servers read
when they start, so that a user who comes or goes restarts the cache once, for seconds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from rackhouse.desired.embedded.objects import ADMIN_ACTIONS
from rackhouse.desired.kube.home import Home
from rackhouse.resources.cache import COMMANDS, User, pattern
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.objects import Bucket
from rackhouse.resources.vault import Password

CACHE, OBJECTS = "valkey", "seaweedfs"  # the Secrets, called as what reads them
PASSWORD, USERS = "password", "users.acl"
IDENTITIES, BUCKETS = "identities.json", "buckets"

_MADE = {("cache", "user"): CACHE, ("objects", "bucket"): OBJECTS}
_ACTIONS = ("Read", "Write", "List", "Tagging")


def placed(home: Home, resources: Iterable[Resource[Any]]) -> Iterator[Resource[Any]]:
    """What provisioners answered, with users and buckets as lines of the Secrets of `home`."""
    users, buckets = [], []
    for it in resources:
        if isinstance(it.spec, User):
            users.append(it.spec)
        elif isinstance(it.spec, Bucket):
            buckets.append(it.spec)
        elif any((each.target, each.kind) in _MADE for each in it.needs):
            yield replace(it, needs=frozenset(_here(home, each) for each in it.needs))
        else:
            yield it
    if users:
        yield from cache(home, users)
    if buckets:
        yield from objects(home, buckets)


def cache(home: Home, users: Collection[User]) -> Iterator[Resource[Any]]:
    """What Valkey reads: its administrator's password, and a line for each user."""
    admin = Id("vault", "secret", f"{home.cluster}.cache")
    yield Resource(id=admin, spec=Password(), keep=True)
    lines = Text.of(*(_line(it) for it in sorted(users, key=lambda it: it.name)))
    yield home.secret(CACHE, {PASSWORD: Text.of(admin.ref("value")), USERS: lines})


def objects(home: Home, buckets: Collection[Bucket]) -> Iterator[Resource[Any]]:
    """What SeaweedFS reads: its administrator, a key for each bucket, and their names."""
    access = Id("vault", "secret", f"{home.cluster}.objects.access")
    secret = Id("vault", "secret", f"{home.cluster}.objects.secret")
    yield Resource(id=access, spec=Password(length=20), keep=True)
    yield Resource(id=secret, spec=Password(length=40), keep=True)
    keys = Text.of(access.ref("value")), Text.of(secret.ref("value"))
    found = sorted(buckets, key=lambda it: it.name)
    each = [_identity("rackhouse", *keys, ADMIN_ACTIONS)]
    each += [
        _identity(it.name, it.access_key, it.secret_key, [f"{does}:{it.name}" for does in _ACTIONS])
        for it in found
    ]
    joined = [part for it in each for part in (it, ", ")][:-1]
    values = {
        IDENTITIES: Text.of('{"identities": [', *joined, "]}\n"),
        BUCKETS: Text.of(",".join(it.name for it in found)),
    }
    yield home.secret(OBJECTS, values)


def _here(home: Home, id: Id) -> Id:
    name = _MADE.get((id.target, id.kind))
    return home.id("Secret", name) if name else id


def _line(user: User) -> Text:
    own, commands = pattern(user.prefix), " ".join(COMMANDS)
    return Text.of(f"user {user.name} on >", user.password, f" ~{own} &{own} {commands}\n")


def _identity(name: str, access: Text, secret: Text, actions: Collection[str]) -> Text:
    """As SeaweedFS takes it; keys are letters and digits."""
    return Text.of(
        f'{{"name": "{name}", "credentials": [{{"accessKey": "',
        *(access, '", "secretKey": "', secret),
        f'"}}], "actions": {json.dumps(list(actions))}}}',
    )
