"""The laws of `targets.protocol.Target`, held by every kind of every target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from rackhouse.kit.errors import Missing, NotOurs
from rackhouse.resources.core import Resource
from rackhouse.resources.seen import Seen
from rackhouse.targets.protocol import Target
from unit.targets.worlds import (
    EXAMPLES,
    MEMORY,
    Example,
    Killed,
    World,
    open_world,
    quiet,
    stamp_for,
)

ALL = (MEMORY, *EXAMPLES)
QUICK = tuple(example for example in ALL if not example.slow)
CHANGING = tuple(example for example in ALL if example.changed is not None)
SPOILT = tuple(example for example in ALL if example.spoil is not None)


def name_of(example: Example) -> str:
    return f"{example.id.target}/{example.id.kind}"


@pytest.fixture
def world(example: Example, tmp_path: Path) -> Iterator[World]:
    with open_world(example.id.target, tmp_path / "state") as world:
        world.paths.root.mkdir(mode=0o700)
        example.prepare(world)
        yield world


async def make(target: Target, example: Example, resource: Resource[Any]) -> Seen:
    return await target.ensure(resource, stamp_for(resource), example.values or {}, quiet)


async def look(target: Target, example: Example) -> Seen | None:
    seen = {one.id: one for one in await target.observe({example.id})}
    assert seen == {one.id: one for one in await target.observe(None)}
    return seen.get(example.id)


@pytest.mark.parametrize("example", ALL, ids=name_of)
async def test_nothing_is_seen_before_it_is_made(example: Example, world: World) -> None:
    assert await look(world.target, example) is None
    for output in example.outputs:
        if example.id.kind == "given":  # a person may give before anything wants it
            continue
        with pytest.raises(Missing):
            await world.target.output(example.id.ref(output))


@pytest.mark.parametrize("example", ALL, ids=name_of)
async def test_what_is_made_is_ready_finished_and_seen(example: Example, world: World) -> None:
    made = await make(world.target, example, example.resource)
    assert made.ready, made.why
    assert made.stamp is not None
    assert made.stamp.found == made.found != ""
    assert made.stamp.digest == example.resource.digest
    assert await look(world.target, example) == made
    assert await look(world.reopen(world.store), example) == made


@pytest.mark.parametrize("example", ALL, ids=name_of)
async def test_making_it_again_changes_nothing(example: Example, world: World) -> None:
    first = await make(world.target, example, example.resource)
    values = [await world.target.output(example.id.ref(o)) for o in example.outputs]
    assert await make(world.target, example, example.resource) == first
    assert [await world.target.output(example.id.ref(o)) for o in example.outputs] == values


@pytest.mark.parametrize("example", ALL, ids=name_of)
async def test_no_value_is_printed(example: Example, world: World) -> None:
    made = await make(world.target, example, example.resource)
    assert made.stamp is not None
    printed = repr(made) + made.stamp.to_json()
    for output in example.outputs:
        value = await world.target.output(example.id.ref(output))
        assert repr(value) == "***"
        if example.id.target == "vault":
            assert value.reveal() not in printed


@pytest.mark.parametrize("example", CHANGING, ids=name_of)
async def test_a_change_is_made_and_stamped(example: Example, world: World) -> None:
    first = await make(world.target, example, example.resource)
    second = await make(world.target, example, example.other)
    assert second.stamp is not None
    assert second.stamp.digest == example.other.digest
    assert second.found == second.stamp.found
    assert (second.found, second.version) != (first.found, first.version)
    assert second.ready, second.why
    assert await look(world.target, example) == second


@pytest.mark.parametrize("example", SPOILT, ids=name_of)
async def test_a_change_by_hand_is_seen_and_mended(example: Example, world: World) -> None:
    first = await make(world.target, example, example.resource)
    assert example.spoil is not None
    example.spoil(world)
    spoilt = await look(world.target, example)
    assert spoilt is not None
    assert spoilt.stamp is not None
    assert spoilt.found != first.found or not spoilt.ready
    await make(world.target, example, example.resource)
    mended = await look(world.target, example)
    assert mended is not None
    assert mended.stamp is not None
    assert mended.ready
    assert mended.found == mended.stamp.found
    if example.id.target != "vault":  # there is no telling which of two secrets is right
        assert mended == first


@pytest.mark.parametrize("example", ALL, ids=name_of)
async def test_what_is_removed_is_gone_and_may_be_removed_again(
    example: Example, world: World
) -> None:
    made = await make(world.target, example, example.resource)
    await world.target.remove(made, quiet)
    assert await look(world.target, example) is None
    for output in example.outputs:
        with pytest.raises(Missing):
            await world.target.output(example.id.ref(output))
    await world.target.remove(made, quiet)
    assert await look(world.target, example) is None


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
async def test_another_racks_thing_is_left_alone(example: Example, world: World) -> None:
    other = stamp_for(example.resource, rack="other")
    theirs = await world.target.ensure(example.resource, other, example.values or {}, quiet)
    assert await world.target.observe(None) == []
    with pytest.raises(NotOurs):
        await make(world.target, example, example.resource)
    assert await world.target.observe({example.id}) == [theirs]


@pytest.mark.parametrize("example", QUICK, ids=name_of)
async def test_killed_at_any_change_it_is_half_made_and_then_whole(
    example: Example, world: World
) -> None:
    for n in range(20):
        whole = False
        with suppress(Killed), world.dying(n) as target:
            await make(target, example, example.resource)
            whole = True
        left = await look(world.target, example)
        if left is not None and left.stamp is not None and left.stamp.found:
            assert left.ready  # the fingerprint comes last
            assert left.stamp.found == left.found
        made = await make(world.target, example, example.resource)
        assert made.ready, made.why
        assert await look(world.target, example) == made
        with suppress(Killed), world.dying(n) as target:
            await target.remove(made, quiet)
        if left := await look(world.target, example):
            await world.target.remove(left, quiet)
        assert await look(world.target, example) is None
        if example.id.kind in {"given", "source"}:  # what others laid down went with it
            example.prepare(world)
        if whole:
            assert n > 1
            return
    raise AssertionError("it never ended")
