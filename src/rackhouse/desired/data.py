"""Provisioners of what holds data: databases, users of the cache, buckets, volumes. Pure.

Everything here is named by its role and kept: it outlives releases, and leaves with `--purge`
alone. What applications share by an `id` is nobody's own, so the rack owns it.
"""

from __future__ import annotations

from typing import Any

from rackhouse.desired import names
from rackhouse.desired.case import Ask, Provided
from rackhouse.desired.embedded.part import Part, vault
from rackhouse.resources.cache import User
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Folder
from rackhouse.resources.objects import Bucket
from rackhouse.resources.postgres import Database
from rackhouse.resources.vault import Password

_USEFUL = ("pg_trgm", "unaccent", "vector")  # created where the server has them

_PARTS = {
    "postgres": ("PostgreSQL", "`postgres: none`"),
    "cache": ("Valkey", "`cache: none`"),
    "objects": ("SeaweedFS", "`objects: none`"),
}


def postgres(ask: Ask) -> Provided:
    """A database, and a role that owns it."""
    return _database(ask, frozenset())


def vector(ask: Ask) -> Provided:
    """The same, and pgvector must be in it."""
    return _database(ask, frozenset({"vector"}))


def _database(ask: Ask, required: frozenset[str]) -> Provided:
    part = _part(ask, "postgres")
    if part is None:
        return Provided()
    role = _role(ask, "postgres")
    asked = frozenset(filter(None, str(ask.params.get("extensions", "")).split(",")))
    extensions, name = required | asked, names.database(role)
    secret = _kept(ask, vault("secret", role), Password())
    password = Text.of(secret.id.ref("value"))
    spec = Database(
        name=name,
        role=name,
        password=password,
        extensions=tuple(sorted(extensions)),
        optional=tuple(extension for extension in _USEFUL if extension not in extensions),
    )
    database = _within(ask, part, Id("postgres", "database", name), spec)
    outputs = _login(part, name, password) | {"name": Text.of(name), "database": Text.of(name)}
    outputs["url"] = _url("postgresql", outputs, name)
    return _provided(part, outputs, secret, database)


def redis(ask: Ask) -> Provided:
    """A user of the cache; keys and channels begin with its prefix, colon and all."""
    role = _role(ask, "redis")
    return _user(ask, role, {"prefix": Text.of(names.prefix(role))})


def queue(ask: Ask) -> Provided:
    """The same, in BullMQ's words: queue and prefix, joined by colons of its own."""
    role = _role(ask, "queue")
    return _user(
        ask, role, {"prefix": Text.of(role), "name": Text.of(ask.need.id or ask.need.name)}
    )


def _user(ask: Ask, role: str, more: dict[str, Text]) -> Provided:
    part = _part(ask, "cache")
    if part is None:
        return Provided()
    secret = _kept(ask, vault("secret", role), Password())
    password = Text.of(secret.id.ref("value"))
    spec = User(name=role, password=password, prefix=names.prefix(role))
    user = _within(ask, part, Id("cache", "user", role), spec)
    outputs = _login(part, role, password) | more
    outputs["url"] = _url("redis", outputs, "0")
    return _provided(part, outputs, secret, user)


def s3(ask: Ask) -> Provided:
    """A bucket, and a key pair that reaches it alone."""
    part = _part(ask, "objects")
    if part is None:
        return Provided()
    role = _role(ask, "s3")
    name = names.bucket(role)
    access = _kept(ask, vault("secret", f"{role}.access"), Password(length=20))
    secret = _kept(ask, vault("secret", f"{role}.secret"), Password(length=40))
    access_key, secret_key = Text.of(access.id.ref("value")), Text.of(secret.id.ref("value"))
    spec = Bucket(name=name, access_key=access_key, secret_key=secret_key)
    bucket = _within(ask, part, Id("objects", "bucket", name), spec)
    outputs = {
        "endpoint": part.outputs["url"],
        "bucket": Text.of(name),
        "region": Text.of("us-east-1"),  # what clients take for granted; there is one place only
        "access_key": access_key,
        "secret_key": secret_key,
        "url": Text.of(part.outputs["url"], f"/{name}"),
    }
    return _provided(part, outputs, access, secret, bucket)


def volume(ask: Ask) -> Provided:
    """A folder. Whoever uses it claims it, unless it may be `shared`."""
    role = _role(ask, "volume")
    folder = _kept(ask, Id("machine", "folder", role), Folder(f"volumes/{role}"))
    path = Text.of(folder.id.ref("path"))
    claims = frozenset() if ask.params.get("shared") else frozenset({f"volume:{role}"})
    outputs = {"source": path, "path": path}
    return Provided(
        resources=(folder,), outputs=outputs, needs=frozenset({folder.id}), claims=claims
    )


def merged(one: Resource[Any], other: Resource[Any]) -> Resource[Any] | None:
    """What two applications want of one thing that they share; None where they disagree."""
    first, second = one.spec, other.spec
    if isinstance(first, Database) and isinstance(second, Database):
        extensions = {*first.extensions, *second.extensions}
        both = Database(
            name=first.name,
            role=first.role,
            password=first.password,
            extensions=tuple(sorted(extensions)),
            optional=tuple(extension for extension in _USEFUL if extension not in extensions),
        )
        return Resource(id=one.id, spec=both, needs=one.needs, keep=True)
    # What is made once is named by what it is made from, whoever makes it.
    return one if one.text == other.text or (one.once and other.once) else None


def _part(ask: Ask, name: str) -> Part | None:
    part = ask.case.ground.parts.get(name)
    if part is None:
        what, how = _PARTS[name]
        ask.say(
            "part-off",
            f"a {ask.need.type} needs {what}, which the rack file switches off",
            f"delete {how} under `data` in the rack file",
        )
    return part


def _role(ask: Ask, kind: str) -> str:
    if ask.need.id:
        return names.shared(kind, ask.need.id)
    return names.role(ask.case.app.name, ask.need.name)


def _kept(ask: Ask, id: Id, spec: Any, needs: frozenset[Id] = frozenset()) -> Resource[Any]:
    if ask.need.id:
        return Resource(id=id, spec=spec, needs=needs, keep=True)
    return ask.case.own(id, spec, needs=needs, keep=True)


def _within(ask: Ask, part: Part, id: Id, spec: Any) -> Resource[Any]:
    """Something inside a part, which is therefore there before it and as long as it."""
    assert part.place is not None
    return _kept(ask, id, spec, part.place.before)


def _login(part: Part, username: str, password: Text) -> dict[str, Text]:
    return {
        "host": part.outputs["host"],
        "port": part.outputs["port"],
        "username": Text.of(username),
        "password": password,
    }


def _url(scheme: str, login: dict[str, Text], path: str) -> Text:
    return Text.of(
        *(f"{scheme}://", login["username"], ":", login["password"]),
        *("@", login["host"], ":", login["port"], f"/{path}"),
    )


def _provided(part: Part, outputs: dict[str, Text], *resources: Resource[Any]) -> Provided:
    assert part.place is not None
    needs = frozenset({resources[-1].id}) | part.place.needs
    return Provided(resources=resources, outputs=outputs, needs=needs)
