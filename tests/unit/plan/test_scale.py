"""Ten times the applications take ten times as long, also where all of them change at once."""

from __future__ import annotations

import gc
import time
from typing import Any

import pytest

from rackhouse.plan.planner import plan
from rackhouse.resources.core import Resource
from rackhouse.resources.seen import Observed
from unit.apply.worlds import Want, thing, want
from unit.plan.made import all_made

FEW, MANY = 100, 1_000


def _rack(count: int, tag: str) -> Want:
    return want(
        thing("machine/process/postgres", version=tag),
        *(resource for n in range(count) for resource in _app(f"a{n}", tag)),
    )


def _app(name: str, tag: str) -> tuple[Resource[Any], ...]:
    return (
        thing(f"vault/secret/{name}", keep=True, owner=name),
        thing(f"postgres/database/{name}", needs=["machine/process/postgres"], owner=name),
        thing(f"machine/port/{name}@{tag}", owner=name),
        thing(
            f"machine/process/{name}@{tag}",
            refs=[f"vault/secret/{name}", f"machine/port/{name}@{tag}"],
            needs=[f"postgres/database/{name}"],
            claims=[f"volume:{name}"],
            owner=name,
        ),
        thing(f"machine/route/{name}", needs=[f"machine/process/{name}@{tag}"], owner=name),
    )


def _seconds(before: Want, after: Want) -> float:
    """Of processor time, the best of three, without the garbage of other tests."""
    observed = Observed(seen=all_made(before))
    took = []
    gc.disable()
    for _ in range(3):
        began = time.process_time()
        plan(after, observed)
        took.append(time.process_time() - began)
    gc.enable()
    return min(took)


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), [("r1", "r1"), ("r1", "r2"), ("r1", ""), ("", "r1")])
def test_a_plan_is_linear(old: str, new: str) -> None:
    few, many = (
        _seconds(*(_rack(count, tag) if tag else {} for tag in (old, new))) for count in (FEW, MANY)
    )
    assert many < 40 * few, "a quadratic plan takes a hundred times as long"
