"""Measures machines over SSH, all at once, and has what they say judged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rackhouse.apply.joined import joined
from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.kit.errors import Missing, RackhouseError
from rackhouse.operations.hosts.health import Answer, Examined, Health
from rackhouse.operations.hosts.visit import Visit, visit
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store
from rackhouse.transport.address import Address

OUTSIDE = "deb.debian.org"  # a name that a machine has to know for its packages
_ROUNDS = 5  # of asking for the time: the quickest is the best

Visits = Mapping[str, Visit | RackhouseError]
Measured = Mapping[str, Examined | RackhouseError]


async def open_all(store: Store, nodes: Iterable[str], stack: AsyncExitStack) -> Visits:
    """A visit to each, which ends with the stack, or why there is none. Missing: one has not joined
    this rack.
    """
    known = joined(store)
    for node in (names := sorted(set(nodes))):
        if node not in known:
            raise Missing(f"{node} has not joined", fix=f"rackhouse hosts add {node}")

    async def enter(node: str) -> Visit | RackhouseError:
        try:
            return await stack.enter_async_context(visit(Address.parse(known[node])))
        except RackhouseError as error:
            return error

    found = await asyncio.gather(*map(enter, names))
    return dict(zip(names, found, strict=True))


async def measure_all(rack: Rack, visits: Visits) -> Measured:
    """Each machine, or why it is not known; all at once. Those that answer listen for those that do
    not.
    """

    async def one(node: str, at: Visit | RackhouseError) -> Examined | RackhouseError:
        if isinstance(at, RackhouseError):
            return at
        try:
            return await examine(at, (f"{node}.{rack.domain}", OUTSIDE))
        except RackhouseError as error:
            return error

    found = await asyncio.gather(*(one(node, at) for node, at in visits.items()))
    measured = dict(zip(visits, found, strict=True))
    return await _listen_for_the_silent(rack, visits, measured)


async def facts_of(at: Visit) -> HostFacts:
    """What stays the same of a machine, and its clock."""
    return (await _facts(at))[0]


async def examine(at: Visit, names: Sequence[str]) -> Examined:
    """All that is measured on one machine. `names` are asked for there."""
    facts, within = await _facts(at)
    health: dict[str, Any] = await at.ask("health") or {}
    health["certificates"] = _days_left(health.get("certificates") or {}, datetime.now(UTC))
    answers = await at.ask("resolve", names=list(names))
    health["names"] = None if answers is None else tuple(map(_answer, answers))
    health["mtus"] = await at.ask("mtus")
    health["duplicates"] = await at.ask("duplicates")
    return Examined(facts=facts, health=Health(**health), within=within)


async def _facts(at: Visit) -> tuple[HostFacts, float]:
    offset, within = await _clock(at)
    facts: dict[str, Any] = await at.ask("facts") or {}
    return HostFacts.of({**facts, "clock_offset": offset}), within


async def _clock(at: Visit) -> tuple[float, float]:
    """How many seconds it is ahead of ours, and by how much that may be wrong (RFC 5905, 8)."""
    rounds = []
    for _ in range(_ROUNDS):
        asked = time.time()
        theirs = float(await at.ask("time"))
        answered = time.time()
        rounds.append(((answered - asked) / 2, theirs - (asked + answered) / 2))
    within, offset = min(rounds)
    return offset, within


async def _listen_for_the_silent(rack: Rack, visits: Visits, measured: Measured) -> Measured:
    """A machine in a wrong VLAN still answers to its address there."""
    silent = {node for node, each in measured.items() if isinstance(each, RackhouseError)}
    wanted = [str(each.address) for each in rack.nodes if each.name in silent and each.address]
    if not wanted:
        return measured

    async def listen(node: str, each: Examined | RackhouseError) -> Examined | RackhouseError:
        at = visits[node]
        if isinstance(each, RackhouseError) or isinstance(at, RackhouseError):
            return each
        try:
            heard = await at.ask("heard", addresses=wanted) or {}
        except RackhouseError:
            return each
        return replace(each, health=replace(each.health, heard=heard))

    found = await asyncio.gather(*(listen(node, each) for node, each in measured.items()))
    return dict(zip(measured, found, strict=True))


def _answer(said: Mapping[str, Any]) -> Answer:
    return Answer(**{**said, "addresses": tuple(said.get("addresses", ()))})


def _days_left(certificates: Mapping[str, str], now: datetime) -> Mapping[str, float]:
    """By path; what cannot be read as a certificate is left out."""
    from cryptography import x509

    found = {}
    for path, pem in certificates.items():
        try:
            ends = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
        except ValueError:
            continue
        found[path] = (ends - now).total_seconds() / 86400
    return found
