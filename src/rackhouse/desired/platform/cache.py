"""Valkey on a cluster: one pod, every write kept, nobody in without a name. Pure.

As on a rack of one, each application is an ACL user that the target `cache` makes. Valkey keeps
them in `users.acl` beside its data; the administrator's line is written before each start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k

from rackhouse.desired.embedded.cache import ADMIN
from rackhouse.desired.kube.platform import CACHE as PARTY
from rackhouse.desired.kube.sizes import MI, Size
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import Pod, Rights, container, marks, secret
from rackhouse.desired.platform.space import Space
from rackhouse.rack.model import Cache
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Password

NAME = PARTY.service
_RIGHTS = Rights(user=999, group=1000)  # `valkey` of the image
_KEY = "password"
_USERS = f"""\
set -eu
umask 077
cd /data
touch users.acl
digest=$(printf %s "$REDISCLI_AUTH" | sha256sum | cut -d' ' -f1)
{{
  echo "user default off"
  echo "user {ADMIN} on #$digest ~* &* +@all"
  grep -v -e '^user default ' -e '^user {ADMIN} ' users.acl || true
}} > users.new
mv users.new users.acl
"""


def cache(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in the namespace of data."""
    home, password = space.home, _password(space)
    yield Resource(id=password, spec=Password(), keep=True)
    kept = home.secret(NAME, {_KEY: Text.of(password.ref("value"))})
    yield kept
    yield space.account(NAME)
    yield space.service(NAME, {"valkey": PARTY.port}, marks(NAME))
    yield from space.single(NAME, _pod(space, kept.id), _disk(_said(space)))
    yield space.budget(NAME)
    yield space.policy(NAME)


def _pod(space: Space, kept: Id) -> Pod:
    image, said = space.image(table.CACHE), _said(space)
    env = [secret("REDISCLI_AUTH", _KEY, NAME)]
    asks = "valkey-cli --user rackhouse ping | grep -q PONG"  # it says so when all is read
    room = Size(_memory(said), table.CACHE.memory, cpu_request=table.CACHE.cpu)
    mounts = {"/data": "data"}
    users = container("users", image, room, command=("sh", "-c", _USERS), env=env, mounts=mounts)
    server = container(
        NAME,
        image,
        room,
        command=("valkey-server",),
        args=_words(said),
        env=env,
        ports={"valkey": PARTY.port},
        mounts=mounts,
        probe=k.Probe(exec=k.ExecAction(command=["sh", "-c", asks]), periodSeconds=5),
    )
    return Pod(
        account=NAME,
        first=(users,),
        containers=(server,),
        rights=_RIGHTS,
        priority="rackhouse-data",
        holes=(kept.ref("version"),),
        needs=(kept,),
    )


def _words(said: Cache) -> tuple[str, ...]:
    """As on a rack of one: full means that writes fail, and nothing is dropped."""
    return (
        *("--port", str(PARTY.port), "--dir", "/data", "--aclfile", "/data/users.acl"),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory", str(said.memory), "--maxmemory-policy", "noeviction"),
        *("--enable-debug-command", "no", "--enable-module-command", "no"),
        *("--enable-protected-configs", "no"),
    )


def _said(space: Space) -> Cache:
    return space.rack.data.cache or Cache()


def _memory(said: Cache) -> int:
    """What it may hold, and half as much again while it rewrites its log."""
    return said.memory * 3 // 2 + 64 * MI


def _disk(said: Cache) -> int:
    """The log, and the next one beside it while it is rewritten."""
    return max(1024 * MI, said.memory * 4)


def _password(space: Space) -> Id:
    return Id("vault", "secret", f"{space.cluster}.cache")
