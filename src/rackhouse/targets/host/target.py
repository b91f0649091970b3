"""A host as a target: what is there, and making what is not, by asking its agent."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rackhouse.kit.errors import Missing, NotReady, RackhouseError, Unavailable
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.host import Download, Networkd, Restarted, Ruleset
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import asking
from rackhouse.targets.host.conversation import Conversation
from rackhouse.targets.host.failures import Asked
from rackhouse.targets.host.upload import upload
from rackhouse.targets.protocol import Say
from rackhouse.transport.channel import Connect

RESTART = 300.0  # seconds for a Pi with a slow card to come back


class Host:
    """One machine: a `Target`. `root` is put before every path there: a test's folder."""

    def __init__(
        self,
        name: str,
        *,
        rack: str,
        connect: Connect,
        fingerprint: Fingerprint,
        sudo: bool = False,
        root: str = "",
    ) -> None:
        self._name = name
        self._rack = rack
        self._fingerprint = fingerprint
        self._talk = Conversation(name, connect, sudo=sudo, root=root)
        self._trial = asyncio.Lock()  # a machine tries one thing at a time

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What has a record there. What has none is a stranger's, and refused when it is made."""
        if ids is not None and not ids:
            return []
        keys = None if ids is None else sorted(map(asking.key_of, ids))
        answers = await self._ask({"do": "observe", "keys": keys}, self._name, _quiet)
        ours = (each for each in answers if ids is not None or each["rack"] == self._rack)
        return [self._seen(each) for each in ours]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Make it so, wait until it is ready. Restarts the machine where that is what is wanted."""
        request, where = asking.ensure(resource, stamp, values), str(resource.id)
        if isinstance(resource.spec, Download):
            await upload(resource.spec, self._talk, where, say)
        if isinstance(resource.spec, Restarted):
            return self._seen(await self._restarted(request, where, say))
        if isinstance(resource.spec, Ruleset | Networkd):
            async with self._trial:
                return self._seen(await self._tried(resource.spec, request, where, say))
        return self._seen(await self._ask(request, where, say))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Put back what was there before. Absent is success."""
        request = {"do": "remove", "key": asking.key_of(seen.id), "rack": self._rack}
        await self._ask(request, str(seen.id), say)

    async def output(self, ref: Ref) -> Hidden:
        """`digest` of a file or download: SHA-256 of what is there."""
        request = {"do": "output", "key": asking.key_of(ref.to)}
        value = await self._ask(request, str(ref.to), _quiet) if ref.output == "digest" else None
        if value is None:
            raise Missing(f"{ref.to} has no output {ref.output!r}")
        return Hidden(value)

    async def close(self) -> None:
        """Hang up; the agent ends by it."""
        await self._talk.close()

    async def _ask(self, request: Mapping[str, Any], where: str, say: Say) -> Any:
        return await self._talk.ask(request, where, say)

    def _seen(self, answer: Mapping[str, str]) -> Seen:
        return asking.seen(self._name, answer, self._fingerprint)

    async def _tried(
        self, spec: Ruleset | Networkd, request: dict[str, Any], where: str, say: Say
    ) -> Any:
        """Load on trial, show that we still get in, keep. Else the machine goes back by itself."""
        trial = secrets.token_hex(8)
        request["spec"] |= {"trial": trial, "confirmed": False}
        with contextlib.suppress(Asked):
            return await self._ask(request, where, say)
        try:
            async with asyncio.timeout(spec.confirm / 2):
                await self._talk.reached_anew()
        except (RackhouseError, TimeoutError) as error:
            what = "after the change nobody gets in; the machine goes back to what it had"
            fix = "allow the address that you apply from, port 22"
            raise NotReady(what, where=where, fix=fix) from error
        await self._ask({"do": "confirm", "trial": trial}, where, say)
        request["spec"]["confirmed"] = True
        return await self._ask(request, where, say)

    async def _restarted(self, request: Mapping[str, Any], where: str, say: Say) -> Any:
        before = await self._ask({"do": "boot"}, where, say)
        try:
            return await self._ask(request, where, say)
        except (Asked, Unavailable):  # it may be down before it has answered
            await self._wait_for_another(before, where, say)
        return await self._ask(request, where, say)

    async def _wait_for_another(self, boot: str, where: str, say: Say) -> None:
        """Until the machine answers with another boot id."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while loop.time() - start < RESTART:
            await asyncio.sleep(1)
            try:
                if await self._ask({"do": "boot"}, where, say) != boot:
                    return
            except Unavailable:
                say(f"waiting for the machine to come back ({loop.time() - start:.0f} s)")
        what = f"it did not come back within {RESTART:.0f} s"
        raise NotReady(what, where=where, fix="look at its screen, its power and its disk or card")


def _quiet(_: str) -> None:
    """For questions whose progress nobody waits for."""
