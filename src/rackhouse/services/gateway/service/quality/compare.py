"""Two answers to one request, beside each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.seen import Compared, Pair
from rackhouse.services.gateway.service.quality.evidence import Given


def compared(call: Call, given: Sequence[Given], other: Given) -> tuple[Pair, Compared] | None:
    """`given` is what the router got, one after the other, and the client the last of it. None
    unless one of both is local and the other is not, and there are verdicts on both.
    """
    first = given[0]
    if first.upstream.local == other.upstream.local or None in (first.verdict.ok, other.verdict.ok):
        return None
    local, outside = (first, other) if first.upstream.local else (other, first)
    oracle = _oracle(local, outside)
    sums = Compared(
        n=1,
        local_good=local.verdict.score,
        local_nanos=local.nanos,
        outside_good=outside.verdict.score,
        outside_nanos=outside.nanos,
        router_good=given[-1].verdict.score,
        router_nanos=sum(each.nanos for each in given),
        oracle_good=oracle.verdict.score,
        oracle_nanos=oracle.nanos,
        local_better=local.verdict.score > outside.verdict.score,
        outside_better=outside.verdict.score > local.verdict.score,
    )
    return Pair(call.model, call.kind, local.upstream.name, outside.upstream.name), sums


def _oracle(local: Given, outside: Given) -> Given:
    """Who, as is known afterwards, was the cheapest that held; where none did, the better one."""
    held = [each for each in (local, outside) if each.verdict.ok]
    if held:
        return min(held, key=lambda each: each.nanos)
    return max(local, outside, key=lambda each: (each.verdict.score, -each.nanos))
