"""Simulation: what routing by measured quality costs and gives, where the quality is known.

    python benchmarks/quality.py

No model answers here: two scripted upstreams hold or fail by a die whose odds are written below,
and every line says so. What is real is the gateway: its verifiers, evidence, order, shadow and
escalation, asked 1,000 times a day for two weeks. On the eighth day the local model becomes a
worse one under the same name, and nobody tells.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from rackhouse.services.gateway.model.call import Call, Reply, Usage
from rackhouse.services.gateway.model.config import Config, Kind, Limit, Period, Price, Upstream
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.service.ledger import prices
from rackhouse.services.gateway.service.quality.evidence import Evidence
from rackhouse.services.gateway.service.quality.measured import Measured
from rackhouse.services.gateway.service.quality.shadow import Shadow
from rackhouse.services.gateway.service.seams import Hold
from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from fakes.models.calls import call, caller
from fakes.models.counted import NoLedger
from fakes.models.parts import parts
from fakes.models.rack import model

DAYS, A_DAY, CHANGE = 14, 1000, 7
SHARES = {"easy": 0.5, "medium": 0.3, "hard": 0.2}
LOCAL = {"easy": 0.99, "medium": 0.93, "hard": 0.30}
LOCAL_LATER = {"easy": 0.99, "medium": 0.55, "hard": 0.30}
OUTSIDE = {"easy": 0.995, "medium": 0.96, "hard": 0.92}
PRICE = Price(since="", input=3 * 10**9, output=15 * 10**9)  # nanos for a million tokens
USED = Usage(input=500, output=200, known=True)
SHADOW, MARGIN = 0.05, 0.05

HOME = Upstream(name="home", kind=Kind.COMPATIBLE, model="local", local=True)
OUT = Upstream(name="out", kind=Kind.OPENAI, model="outside", prices=(PRICE,))
FORM = {"type": "json_object"}


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    day: int = 1000

    def __call__(self) -> float:
        return self.day * 86_400.0


class Die:
    """Whether an upstream's answer to a question holds: the same whenever it is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def holds(self, upstream: str, number: int, kind: str) -> bool:
        later = self._clock.day - 1000 >= CHANGE
        odds = (LOCAL_LATER if later else LOCAL) if upstream == "home" else OUTSIDE
        return random.Random(f"{upstream} {number}").random() < odds[kind]

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        good = self.holds(upstream.name, call.payload["seed"], call.kind)
        said = {"message": {"content": "{}" if good else "no"}, "finish_reason": "stop"}
        body = msgspec.json.encode({"choices": [said]})
        return Reply(upstream=upstream, body=body, usage=USED)


class Costs(NoLedger):
    """What each key spent, in nanos."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        return Hold(id=f"{call.caller.key} {upstream.name}", money=0, tokens=0)

    async def settle(self, hold: Hold, usage: Usage) -> int:
        key, name = hold.id.split()
        nanos = prices.cost(PRICE, usage) if name == "out" else 0
        self.spent[key] += nanos
        return nanos


class Nobody:
    """Neither a judge nor a journal."""

    bodies = False

    async def says(self, *_: Any) -> None:
        return None

    def note(self, *_: Any) -> None:
        return None


class Room:
    """A gateway whose upstreams are dice."""

    def __init__(self, escalate: int) -> None:
        named = {"measured": True, "margin": MARGIN, "escalate": escalate, "shadow": SHADOW}
        config = Config(
            upstreams=(HOME, OUT),
            models=(model("home", "out", **named),),
            tasks=tuple(SHARES),
            shadow=(Limit(period=Period.DAY, money=10**12),),
        )
        self.clock, self.costs = Clock(), Costs()
        self.die = Die(self.clock)
        self.evidence = Evidence(config, now=self.clock)
        around = parts(config, self.die, self.costs, Nobody())
        shadow = Shadow(config, around, random.Random(1).random)
        measured = Measured(self.evidence, shadow, Nobody())
        self.gateway = Gateway(replace(around, quality=measured))

    async def ask(self, number: int, kind: str) -> bool:
        """Whether the answer that the client gets holds."""
        payload = {"model": "chat", "seed": number, "response_format": FORM}
        asked = call(caller("app"), 0, 200, id=str(number), payload=payload, kind=kind)
        reply = await self.gateway.answer(asked)
        return b'"{}"' in reply.body


@dataclass
class Day:
    """One day: how many answers held, and nanos, by policy."""

    held: Counter[str]
    nanos: Counter[str]
    order: str


async def fortnight(room: Room) -> list[Day]:
    """All of it."""
    kinds = random.Random(2).choices(list(SHARES), list(SHARES.values()), k=DAYS * A_DAY)
    found = []
    for day in range(DAYS):
        room.clock.day = 1000 + day
        held, nanos = Counter[str](), Counter[str]()
        before = room.costs.spent.copy()
        for number in range(day * A_DAY, (day + 1) * A_DAY):
            kind = kinds[number]
            _known(room.die, number, kind, held, nanos)
            held["router"] += await room.ask(number, kind)
            if number % 50 == 0:
                await asyncio.sleep(0)
                room.evidence.conclude()
        nanos["router"] = room.costs.spent["app"] - before["app"]
        nanos["shadow"] = room.costs.spent["shadow"] - before["shadow"]
        found.append(Day(held, nanos, _order(room.evidence)))
    return found


def _known(die: Die, number: int, kind: str, held: Counter[str], nanos: Counter[str]) -> None:
    home, out = (die.holds(name, number, kind) for name in ("home", "out"))
    held["always local"] += home
    held["always outside"] += out
    held["oracle"] += home or out
    nanos["always outside"] += prices.cost(PRICE, USED)
    nanos["oracle"] += 0 if home or not out else prices.cost(PRICE, USED)


def _order(evidence: Evidence) -> str:
    """Which classes go outside first."""
    found = [kind for kind in SHARES if evidence.places("chat", kind).get("out") == 0]
    return ", ".join(found) or "none"


def _rows(title: str, days: list[Day]) -> list[tuple[str, ...]]:
    n = len(days) * A_DAY
    held = sum((each.held for each in days), Counter())
    nanos = sum((each.nanos for each in days), Counter())
    outside = nanos["always outside"]
    return [
        (
            "simulation",
            title,
            policy,
            f"{100 * held[policy] / n:.1f} %",
            f"{nanos[policy] / n / 1e6:.2f}",
            f"{nanos[policy] / outside:.2f}",
        )
        for policy in ("always local", "always outside", "router", "oracle")
    ] + [("simulation", title, "shadow beside it", "", f"{nanos['shadow'] / n / 1e6:.2f}", "")]


def _equal(title: str, days: list[Day]) -> str:
    """The same quality by drawing lots between local and outside, and what that costs."""
    held = sum((each.held for each in days), Counter())
    nanos = sum((each.nanos for each in days), Counter())
    local, outside = held["always local"], held["always outside"]
    share = (held["router"] - local) / (outside - local)
    spent = nanos["router"] + nanos["shadow"]
    if share > 1:
        ratio, than = spent / nanos["always outside"], "always outside, which is worse"
    else:
        ratio, than = spent / (share * nanos["always outside"]), "lots drawn for equal quality"
    return f"simulation  {title}: with its shadow it costs {ratio:.2f} of {than}"


async def main() -> None:
    """Both ways of answering, and the router day by day."""
    ways = {"order alone (streams)": 0, "order and escalation": 1}
    found = {title: await fortnight(Room(escalate)) for title, escalate in ways.items()}
    rows = [
        row
        for title, days in found.items()
        for part, span in (("", days[:CHANGE]), (", worse local model", days[CHANGE:]))
        for row in _rows(title + part, span)
    ]
    table(rows, ("", "way", "policy", "hold", "money for 1,000", "of outside"))
    for title, days in found.items():
        print(_equal(title, days))
    print()
    by_day = [
        (
            "simulation",
            str(number + 1),
            f"{each.held['router'] / A_DAY:.3f}",
            f"{each.nanos['router'] / each.nanos['always outside']:.2f}",
            each.order,
        )
        for number, each in enumerate(found["order alone (streams)"])
    ]
    table(by_day, ("order alone", "day", "hold", "cost of outside", "outside goes first for"))


if __name__ == "__main__":
    asyncio.run(main())
