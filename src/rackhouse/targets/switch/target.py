"""A managed switch as a target: looked at by one command, changed in one transaction a moment.

Every change is on trial until it is confirmed over a connection made after it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from rackhouse.kit.errors import Missing, NotReady, Refused, Unavailable
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.protocol import Say
from rackhouse.targets.switch import trial
from rackhouse.targets.switch.line import Line
from rackhouse.targets.switch.moment import Moment
from rackhouse.targets.switch.speech import Belongs, Sockets, Speech

Asked = tuple[Id, Belongs | None, Say]
CONFIRM = 20.0  # seconds after which a change that nobody confirmed goes back


class Switch:
    """The sockets of one switch: a `Target`. `folder`, there, is for what is on trial."""

    def __init__(
        self,
        name: str,
        line: Line,
        speech: Speech,
        *,
        store: Store,
        fingerprint: Fingerprint,
        confirm: float = CONFIRM,
        folder: str = trial.FOLDER,
    ) -> None:
        self._name = name
        self._line = line
        self._speech = speech
        self._store = store
        self._fingerprint = fingerprint
        self._confirm = confirm
        self._folder = folder
        self._looks = Moment(self._look)
        self._changes = Moment(self._change)

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """The sockets that are ours. All others are nobody's: whoever lets a switch join, means
        all of it.
        """
        stamps = self._store.stamps(self._name)
        if ids is not None:
            stamps = {id: stamp for id, stamp in stamps.items() if id in ids}
            if not stamps:
                return []
        sockets = await self._looks.ask(None)
        return [self._seen(id, stamp, sockets) for id, stamp in sorted(stamps.items())]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:  # noqa: ARG002
        """Give it its VLANs, together with whatever else is asked for in this moment."""
        id = resource.id
        self._store.put_stamp(id, stamp)
        sockets = await self._changes.ask((id, self._speech.wanted(resource.spec), say))
        seen = self._seen(id, stamp, sockets)
        finished = stamp.finished(seen.found)
        self._store.put_stamp(id, finished)
        return self._seen(id, finished, sockets)

    async def remove(self, seen: Seen, say: Say) -> None:
        """What it was before it was ours."""
        kept = self._store.values(_before(seen.id))
        if kept:
            was = json.loads(kept["was"].reveal())
            await self._changes.ask((seen.id, was and _belongs(was), say))
            self._store.forget(_before(seen.id))
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """A socket has none."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Hang up."""
        await self._changes.close()
        await self._looks.close()
        await self._line.close()

    async def _look(self, asked: Sequence[None]) -> Sequence[Sockets]:
        said = await self._line.run(self._speech.look, where=self._name)
        return [self._speech.read(said)] * len(asked)

    async def _change(self, asked: Sequence[Asked]) -> Sequence[Sockets]:
        """All that was asked for in one moment: settle, try, confirm."""
        script = trial.SETTLE + self._speech.look
        said = await self._line.run(script, self._folder, where=self._name)
        sockets = self._speech.read(said)
        then = {_number(id): belongs for id, belongs, _ in asked}
        now = {number: sockets.get(number) for number in then}
        for id, belongs, say in asked:
            self._keep(id, was := now[_number(id)])
            if was != belongs:
                say(f"port {id.name}: {words(was)} -> {words(belongs)}")
        if now != then:
            sockets = await self._tried(now, then)
        return [sockets] * len(asked)

    async def _tried(self, now: Sockets, then: Sockets) -> Sockets:
        """On trial, and confirmed over a new connection. NotReady: it goes back by itself."""
        name = secrets.token_hex(8)
        try:
            async with asyncio.timeout(self._confirm * 0.75):
                ways = self._speech.move(then, now), self._speech.move(now, then)
                about = (self._folder, name, f"{self._confirm:g}")
                await self._line.run(trial.TRY, *about, *ways, where=self._name)
                await self._line.anew()
                script = trial.CONFIRM + self._speech.look
                said = await self._line.run(script, self._folder, name, where=self._name)
        except (TimeoutError, Unavailable, Refused) as error:
            raise _gone_back(self._name, then) from error
        if said.startswith(trial.LATE):
            raise _gone_back(self._name, then)
        return self._speech.read(said)

    def _keep(self, id: Id, was: Belongs | None) -> None:
        """What it was before it was ours, the first time."""
        text = json.dumps(was and asdict(was))
        self._store.choose(_before(id), lambda: {"was": text})

    def _seen(self, id: Id, stamp: Stamp, sockets: Sockets) -> Seen:
        belongs = sockets.get(_number(id))
        trouble = belongs.trouble if belongs else "it is not part of the switch"
        found = self._fingerprint(words(belongs), belongs.mode if belongs else "")
        changed = bool(stamp.found) and found != stamp.found
        why = trouble or (words(belongs) if changed else "")
        return Seen(id=id, stamp=stamp, found=found, ready=not trouble, why=why)


def words(belongs: Belongs | None) -> str:
    """`VLAN 20`, `VLANs 10, 20 tagged`."""
    if belongs is None:
        return "nothing"
    said = [f"VLAN {belongs.untagged}"] if belongs.untagged else []
    said += [f"VLANs {', '.join(map(str, belongs.tagged))} tagged"] if belongs.tagged else []
    return " and ".join(said) or "no VLAN"


def _number(id: Id) -> int:
    return int(id.name)


def _before(id: Id) -> Id:
    """Under which the store has what a socket was before."""
    return Id(id.target, "before", id.name)


def _belongs(fields: dict[str, Any]) -> Belongs:
    return Belongs(**{**fields, "tagged": tuple(fields["tagged"])})


def _gone_back(name: str, then: Sockets) -> NotReady:
    ports = ", ".join(map(str, sorted(then)))
    what = f"with port {ports} changed nobody gets in any more; the switch goes back to what it had"
    fix = "leave the ports on the way from here to the switch in VLANs that lead there"
    return NotReady(what, where=name, fix=fix)
