"""Containers of one engine. Started last of all, so what was never started is only half built.

A container is never changed: one that is another than wanted, or that a hand has changed, is made
anew. One that a kill left running is kept, and waited for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rackhouse.kit.errors import CrashLoop, HostError, NotReady
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.docker import Container
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.docker import archive, names
from rackhouse.targets.docker.body import body, refuse_shown_secrets, settles
from rackhouse.targets.docker.engine import CONFLICT, NOT_FOUND, SO_ALREADY
from rackhouse.targets.docker.ground import Found, Ground
from rackhouse.targets.docker.health import has_failed, why_not
from rackhouse.targets.docker.logs import logs
from rackhouse.targets.protocol import Say

_PAUSE = 0.2  # seconds between looks at one that is to become healthy
_SPARE = 30.0  # seconds that stopping may take beyond the grace
_TRIES = 50  # at a name that is taken and has no container yet
_WORDS = 5  # lines of one that ended, in the error


class Containers:
    """`docker.<node>/container/<name>@<digest>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._engine = ground.engine

    async def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Those with our label, or (of `ids`) whatever is called so."""
        if ids is None:
            listed = await self._engine.ask(
                "GET", "/containers/json", query={"all": 1, "filters": self._ground.ours}
            )
            ids = {self._ground.id("container", _own_name(one["Names"])) for one in listed}
        seen = await asyncio.gather(*map(self._seen, sorted(ids)))
        return [one for one in seen if one]

    async def ensure(
        self, resource: Resource[Container], stamp: Stamp, values: Values, say: Say
    ) -> Seen:
        """Make it, or keep it if it is as wanted; start it; wait until it is healthy; stamp it."""
        id, spec = resource.id, resource.spec
        refuse_shown_secrets(id, spec)
        there = await self._find(id)
        if there is not None:
            self._ground.refuse_strangers(id, there["Config"]["Labels"])
            if not self._fits(id, there, stamp):
                await self._delete(there, say)
                there = None
        self._ground.begin(id, stamp)
        if there is None:
            await self._build(id, spec, stamp, values, say)
        await self._start(id)
        there = await self._healthy(id, spec, values, say)
        self._ground.finish(id, stamp, self._found(there))
        return await self._as_it_is(id)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Stop it, with its grace, and delete it. Named volumes stay."""
        there = await self._find(seen.id)
        stamp = there and self._ground.stamp(seen.id, there["Config"]["Labels"])
        if there is not None and stamp and stamp.rack == self._ground.rack:
            await self._delete(there, say)
        self._ground.forget(seen.id)

    async def _find(self, id: Id) -> Found | None:
        path = f"/containers/{names.on_engine(id.name)}/json"
        there: Found | None = await self._engine.ask("GET", path, fine=(NOT_FOUND,))
        # a name can be the beginning of another one's id
        same = there is not None and there["Name"] == f"/{names.on_engine(id.name)}"
        return there if same else None

    def _fits(self, id: Id, there: Found, stamp: Stamp) -> bool:
        """Whether it was made of just this, was started, and is as we left it."""
        made = names.made_with(there["Config"]["Labels"])
        now = self._ground.store.stamp(id)
        untouched = now is None or now.found in {"", self._found(there)}
        same = made is not None and (made.digest, made.inputs) == (stamp.digest, stamp.inputs)
        return same and untouched and there["State"]["Status"] != "created"

    async def _build(self, id: Id, spec: Container, stamp: Stamp, values: Values, say: Say) -> None:
        name = names.on_engine(id.name)
        say(f"making the container {name}")
        made_with = replace(stamp, was_before=frozenset(), was_claims=frozenset())
        wanted = body(spec, made_with, values)
        made = await self._create(id, wanted, say)
        if spec.secrets:
            filled = {key: text.fill(values) for key, text in spec.secrets}
            user = spec.user or await self._user_of(wanted["Image"])
            tar = archive.of_secrets(filled, _number(user, id))
            await self._engine.ask(
                "PUT", f"/containers/{made['Id']}/archive", query={"path": "/"}, content=tar
            )
        for network in spec.networks[1:]:
            path = f"/networks/{names.on_engine(network)}/connect"
            await self._engine.ask("POST", path, body={"Container": made["Id"]})

    async def _create(self, id: Id, wanted: Mapping[str, Any], say: Say) -> Found:
        """Also where the engine still carries out the request of an apply that was just killed."""
        query = {"name": names.on_engine(id.name)}
        for fine in (*[(CONFLICT,)] * _TRIES, ()):
            made: Found | None = await self._engine.ask(
                "POST", "/containers/create", query=query, body=wanted, fine=fine
            )
            if made is not None:
                return made
            if there := await self._find(id):
                self._ground.refuse_strangers(id, there["Config"]["Labels"])
                await self._delete(there, say)
            await asyncio.sleep(_PAUSE)
        raise AssertionError("the last try answers or raises")

    async def _user_of(self, image: str) -> str:
        told = await self._engine.ask("GET", f"/images/{image}/json")
        return str(told["Config"].get("User") or "")

    async def _start(self, id: Id) -> None:
        """Also what a hand has paused. Nothing to do is fine."""
        path = f"/containers/{names.on_engine(id.name)}"
        there = await self._as_found(id)
        if there["State"]["Paused"]:
            await self._engine.ask("POST", f"{path}/unpause", fine=(CONFLICT,))
        await self._engine.ask("POST", f"{path}/start", fine=(SO_ALREADY,))

    async def _healthy(self, id: Id, spec: Container, values: Values, say: Say) -> Found:
        """Wait for it. CrashLoop when it ends, NotReady when `patience` does."""
        clock = asyncio.get_running_loop().time
        began = since = clock()
        start = told = ""
        while True:
            there = await self._as_found(id)
            if start != there["State"]["StartedAt"]:
                start, since = there["State"]["StartedAt"], clock()
            why = await why_not(there, self._engine.line)
            if not why and clock() - since >= settles(spec):
                return there
            if has_failed(there):
                raise CrashLoop(
                    await self._last_words(id, why, spec, values),
                    where=self._engine.where,
                    fix=f"`docker logs {names.on_engine(id.name)}` there has all of it",
                )
            if clock() - began > spec.patience:
                raise NotReady(
                    f"{id} is not healthy after {spec.patience:.0f} s: {why}",
                    where=self._engine.where,
                    fix=f"`docker logs {names.on_engine(id.name)}` there says more",
                )
            if why and why != told:
                say(why)
                told = why
            await asyncio.sleep(_PAUSE)

    async def _last_words(self, id: Id, why: str, spec: Container, values: Values) -> str:
        """What it said before it ended, without its secrets."""
        said = logs(self._engine, names.on_engine(id.name), last=_WORDS)
        words = "\n".join([f"{id}: {why}"] + [f"    {line}" async for line in said])
        for _, secret in spec.secrets:
            words = words.replace(secret.fill(values) or "\0", "***")
        return words

    async def _delete(self, there: Found, say: Say) -> None:
        name, path = there["Name"].lstrip("/"), f"/containers/{there['Id']}"
        grace = there["Config"].get("StopTimeout", 10)
        say(f"stopping the container {name} (within {grace} s)")
        await self._engine.ask(
            "POST", f"{path}/stop", fine=(SO_ALREADY, NOT_FOUND), patience=grace + _SPARE
        )
        # v: the volumes that have no name leave with it. CONFLICT: somebody else is at it.
        await self._engine.ask(
            "DELETE", path, query={"v": 1, "force": 1}, fine=(NOT_FOUND, CONFLICT)
        )
        await self._engine.ask(
            "POST", f"{path}/wait", query={"condition": "removed"}, fine=(NOT_FOUND,)
        )

    async def _as_found(self, id: Id) -> Found:
        there = await self._find(id)
        if there is None:
            raise HostError(f"{id} was removed while it was being made", fix="run it again")
        return there

    async def _as_it_is(self, id: Id) -> Seen:
        seen = await self._seen(id)
        if seen is None:
            raise HostError(f"{id} was removed while it was being made", fix="run it again")
        return seen

    async def _seen(self, id: Id) -> Seen | None:
        there = await self._find(id)
        if there is None:
            return None
        stamp = self._ground.stamp(id, there["Config"]["Labels"])
        why = await why_not(there, self._engine.line) if stamp else ""
        return Seen(id=id, stamp=stamp, found=self._found(there), ready=not why, why=why)

    def _found(self, there: Found) -> str:
        """Of what it was made with, and of what a hand can change of it while it lives."""
        host = there["HostConfig"]
        told = [
            there["Image"],
            *(
                there["Config"].get(key)
                for key in ("Cmd", "Entrypoint", "Env", "User", "Healthcheck")
            ),
            *(host.get(key) for key in _CHANGEABLE),
            sorted(there["NetworkSettings"]["Networks"]),
        ]
        return self._ground.fingerprint(json.dumps(told, sort_keys=True))


_CHANGEABLE = (
    "Memory",
    "NanoCpus",
    "CpuShares",
    "CpuQuota",
    "PidsLimit",
    "RestartPolicy",
    "PortBindings",
    "Mounts",
    "Binds",
    "NetworkMode",
    "DeviceRequests",
    "Privileged",
    "CapAdd",
)


def _own_name(all_names: Sequence[str]) -> str:
    """Without those that links give it, which have two slashes."""
    return next(name.lstrip("/") for name in all_names if name.count("/") == 1)


def _number(user: str, id: Id) -> str:
    if user.replace(":", "").isdigit() or not user:
        return user
    raise HostError(
        f"the image of {id} runs as {user!r}, and whose the secrets are has to be a number",
        fix="give the container that account's number as `user`",
    )
