"""Valkey on a cluster: one pod, every write kept, nobody in without a name. Pure.

Each application is an ACL user, a line of a Secret (`desired.kube.users`): they are laid out beside
the data before each start, and a change of them starts it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k

from rackhouse.desired.embedded.cache import ADMIN
from rackhouse.desired.kube import users
from rackhouse.desired.kube.platform import CACHE as PARTY
from rackhouse.desired.kube.sizes import MI, Size
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import Pod, Rights, container, marks, secret
from rackhouse.desired.platform.space import Space
from rackhouse.rack.model import Cache
from rackhouse.resources.core import Resource

NAME = PARTY.service
_RIGHTS = Rights(user=999, group=1000)  # `valkey` of the image
_SECRETS = "/secrets"
_LEAST = 4 * 2**30  # a disk for up to 1 GiB
_USERS = f"""\
set -eu
umask 077
cd /data
digest=$(printf %s "$REDISCLI_AUTH" | sha256sum | cut -d' ' -f1)
{{
  echo "user default off"
  echo "user {ADMIN} on #$digest ~* &* +@all"
  cat {_SECRETS}/{users.USERS}
}} > users.acl
"""


def cache(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in the namespace of data."""
    yield from users.cache(space.home, ())
    yield space.account(NAME)
    yield space.service(NAME, {"valkey": PARTY.port}, marks(NAME))
    yield from space.single(NAME, _pod(space), _disk(_said(space)))
    yield space.budget(NAME)
    yield space.policy(NAME)


def _pod(space: Space) -> Pod:
    kept = space.home.id("Secret", NAME)
    image, said = space.image(table.CACHE), _said(space)
    env = [secret("REDISCLI_AUTH", users.PASSWORD, NAME)]
    asks = "valkey-cli --user rackhouse ping | grep -q PONG"  # it says so when all is read
    room = Size(_memory(said), table.CACHE.memory, cpu_request=table.CACHE.cpu)
    mounts = {"/data": "data"}
    laid = container(
        "users",
        image,
        room,
        command=("sh", "-c", _USERS),
        env=env,
        mounts={**mounts, _SECRETS: "secrets"},
    )
    source = k.SecretVolumeSource(secretName=NAME, defaultMode=0o440)
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
        first=(laid,),
        containers=(server,),
        volumes=(k.Volume(name="secrets", secret=source),),
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
    """The log, and the next one beside it while it is rewritten: in steps, so that it may hold more
    or less on the disk that it has.
    """
    size = _LEAST
    while size < said.memory * 4:
        size *= 2
    return size
