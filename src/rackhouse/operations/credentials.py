"""The credentials with which an owner reaches an application's data: for psql, redis and s3.

Answers values in the clear, for the one process that needs them. Never prints any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean
from rackhouse.resources.cache import User
from rackhouse.resources.objects import Bucket
from rackhouse.resources.postgres import Database

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.world import World
    from rackhouse.resources.core import Text

Spec = TypeVar("Spec", Database, User, Bucket)
# What score.yaml calls them.
_TYPES: Mapping[type, str] = {Database: "postgres", User: "redis", Bucket: "s3"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Login:
    """One login: where, as whom, and into what (a database, a key prefix, a bucket)."""

    host: str
    port: str
    user: str
    password: str
    scope: str = ""


async def database(house: OpenRack, application: str, need: str | None) -> Login:
    """The login of an application's database; the administrator's when `application` is ""."""
    async with house.world(house.wanted()) as world:
        place = await address(world, "postgres")
        if not application:
            return Login(**_where(place), user=place["user"], password=place["password"])
        spec = _find(house, world, Database, application, need)
        password = await fill(world, spec.password)
        return Login(**_where(place), user=spec.role, password=password, scope=spec.name)


async def cache(house: OpenRack, application: str, need: str | None) -> Login:
    """The login of an application's Redis; the administrator's when `application` is ""."""
    async with house.world(house.wanted()) as world:
        place = await address(world, "cache")
        if not application:
            return Login(**_where(place), user=place["user"], password=place["password"])
        spec = _find(house, world, User, application, need)
        password = await fill(world, spec.password)
        return Login(**_where(place), user=spec.name, password=password, scope=spec.prefix)


async def bucket(house: OpenRack, application: str, need: str | None) -> tuple[str, Login]:
    """The S3 endpoint, and the key of an application's bucket (`user` is the access key)."""
    async with house.world(house.wanted()) as world:
        place = await address(world, "objects")
        spec = _find(house, world, Bucket, application, need)
        access, secret = await fill(world, spec.access_key), await fill(world, spec.secret_key)
        url = place["url"]
        return url, Login(host="", port="", user=access, password=secret, scope=spec.name)


async def address(world: World, place: str) -> Mapping[str, str]:
    """The address of a place, filled in. Missing when the rack has no such part."""
    if place not in world.wanted.places:
        raise Missing(f"this rack has no {place}", fix="add it to `data:` in the rack file")
    texts = world.wanted.places[place].address
    return {key: await fill(world, text) for key, text in texts.items()}


async def fill(world: World, text: Text) -> str:
    """A Text with its values."""
    return text.fill(await world.values(text.refs))


def _where(place: Mapping[str, str]) -> dict[str, str]:
    return {"host": place["host"], "port": place["port"]}


def _find(
    house: OpenRack, world: World, kind: type[Spec], application: str, need: str | None
) -> Spec:
    if application not in house.apps:
        hint = did_you_mean(application, house.apps)
        raise Missing(f"there is no application {application!r}.{hint}", fix="see rackhouse status")
    found = {
        id.name.rpartition(".")[2]: resource.spec
        for id, resource in world.wanted.resources.items()
        if isinstance(resource.spec, kind) and resource.owner == application
    }
    if need is None and len(found) == 1:
        return next(iter(found.values()))
    if need in found:
        return found[need]
    word, names = _TYPES[kind], ", ".join(sorted(found))
    if not found:
        fix = f"its score.yaml asks for one by `resources: {{NAME: {{type: {word}}}}}`"
        raise Missing(f"{application} has no {word}", fix=fix)
    what = "has several" if need is None else f"has no {word} {need!r}, but"
    raise Missing(f"{application} {what}: {names}", fix="name one of them with --need")
