"""Nobody starves, nobody is lost, whoever sends how much."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.slots.fair import FairQueue

CALLERS = st.sampled_from("abc")


def test_a_hundred_of_one_do_not_starve_one_of_another() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(100):
        queue.push("many", f"many {number}")
    queue.push("one", "one")
    assert [queue.pop(), queue.pop()] == ["many 0", "one"]


@given(st.lists(CALLERS), st.sets(st.integers(0, 40)))
def test_each_caller_is_served_in_its_order_and_in_its_turn(
    callers: list[str], leaving: set[int]
) -> None:
    queue: FairQueue[object] = FairQueue()
    things = [(caller, object()) for caller in callers]
    for caller, thing in things:
        queue.push(caller, thing)
    left = [thing for index, (_, thing) in enumerate(things) if index in leaving]
    for caller, thing in things:
        if thing in left:
            queue.discard(caller, thing)
    stay = [(caller, thing) for caller, thing in things if thing not in left]
    owner = {id(thing): caller for caller, thing in stay}
    served = [queue.pop() for _ in range(len(queue))]
    for caller in "abc":
        assert [t for t in served if owner[id(t)] == caller] == [t for c, t in stay if c == caller]
    turns = [owner[id(thing)] for thing in served]
    for index, caller in enumerate(turns):  # between two turns of one, each that waits has one
        if caller in turns[:index]:
            last = max(i for i in range(index) if turns[i] == caller)
            between, waits = turns[last + 1 : index], set(turns[index:]) - {caller}
            assert all(between.count(each) == 1 for each in waits)
