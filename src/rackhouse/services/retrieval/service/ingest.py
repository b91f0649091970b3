"""Works at jobs: documents are read and cut, then what lacks a vector gets one, a batch at a time.
Each step is committed whole, so whoever takes over goes on where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from rackhouse.kit.web.problem import Away
from rackhouse.services.retrieval.model.collection import Claim, State
from rackhouse.services.retrieval.service.steps import Steps
from rackhouse.services.retrieval.store import jobs
from rackhouse.services.retrieval.store.jobs import Lost

_log = logging.getLogger(__name__)
_POLL: Final = 1.0  # seconds between two looks for jobs of other replicas


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`lease` seconds after which another process takes over a job that nobody renews; `workers`
    jobs at once, each of another tenant.
    """

    lease: float = 30.0
    workers: int = 2


class Ingest:
    """The workers of this process."""

    def __init__(
        self, steps: Steps, tenants: Callable[[], Sequence[str]], pace: Pace | None = None
    ) -> None:
        self._steps = steps
        self._tenants = tenants
        self._pace = pace or Pace()
        self._holder = uuid.uuid4().hex
        self._busy: set[str] = set()
        self._claims: set[Claim] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    async def waiting(self) -> Mapping[State, int]:
        """Jobs of all tenants that have not ended, by their state; none while PostgreSQL is
        away.
        """
        found: Counter[State] = Counter()
        with contextlib.suppress(Away):
            for tenant in self._tenants():
                found.update(await self._steps.tenancy.within(tenant, jobs.waiting))
        return found

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As long as it is open. What is not committed then, another does again."""
        tasks = [asyncio.create_task(self._work()) for _ in range(self._pace.workers)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for claim in self._claims:  # another need not wait for the end of its lease
                with contextlib.suppress(Away):
                    await self._steps.tenancy.within(
                        claim.tenant, partial(jobs.release, claim=claim)
                    )

    async def _work(self) -> None:
        while True:
            try:
                if await self._turn():
                    continue
            except Away:
                pass  # it is told of where it was noticed
            except Exception:  # noqa: BLE001 (a fault of ours in one job: others go on)
                _log.exception("a job was given up for now")
                await asyncio.sleep(_POLL)
            self._woken.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._woken.wait()

    async def _turn(self) -> bool:
        """A job of the next tenant that has one, to its end. Whether there was one."""
        for tenant in self._tenants():
            if tenant in self._busy:
                continue
            self._busy.add(tenant)
            try:
                claim = await self._claimed(tenant)
                if claim is not None:
                    self._claims.add(claim)
                    await self._held(claim)
                    self._claims.discard(claim)
                    return True
            finally:
                self._busy.discard(tenant)
        return False

    async def _claimed(self, tenant: str) -> Claim | None:
        work = partial(jobs.claim, holder=self._holder, seconds=self._pace.lease)
        return await self._steps.tenancy.within(tenant, work)

    async def _held(self, claim: Claim) -> None:
        """Until it is done, or is another's: then nothing more of ours is committed."""
        working = asyncio.create_task(self._steps.work(claim))
        renewing = asyncio.create_task(self._renew(claim))
        try:
            await asyncio.wait({working, renewing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, renewing):
                task.cancel()
            await asyncio.gather(working, renewing, return_exceptions=True)
        error = None if working.cancelled() else working.exception()
        if isinstance(error, Lost) or (error is None and working.cancelled()):
            _log.warning("the job %s is another's now, or is gone", claim.id)
        elif isinstance(error, Away):
            raise error
        elif error is not None:
            _log.error("the job %s failed", claim.id, exc_info=error)
            await self._steps.fail(claim, f"it failed here: {type(error).__name__}")

    async def _renew(self, claim: Claim) -> None:
        """Ends where it is lost."""
        work = partial(jobs.renew, claim=claim, seconds=self._pace.lease)
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            try:
                await self._steps.tenancy.within(claim.tenant, work)
            except Lost:
                return
            except Away:
                continue
