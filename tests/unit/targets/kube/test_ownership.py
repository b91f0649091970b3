"""Whoever writes what and in which order: ours is as the files say, theirs stays theirs."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.targets.kube.manifest import STAMP, stamp_of
from rackhouse.twin.kube.cluster import Cluster
from unit.targets.kube.place import Lab, made

SPACE = made("Namespace", "hello")
AT = "/api/v1/namespaces/hello/configmaps/config"
DATA = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123"), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(DATA, DATA, DATA)
def test_files_and_a_hand_each_keep_what_is_theirs(
    first: dict[str, str], by_hand: dict[str, str], second: dict[str, str]
) -> None:
    asyncio.run(_both_write(first, by_hand, second))


async def _both_write(
    first: dict[str, str], by_hand: dict[str, str], second: dict[str, str]
) -> None:
    lab = Lab(Cluster())
    await lab.ensure(SPACE)
    before = await lab.ensure(made("ConfigMap", "config", "hello", data=first))
    await lab.by_hand(AT, {"data": by_hand})
    seen = await lab.one(made("ConfigMap", "config", "hello"))
    # Writing what is there already takes nothing over.
    theirs = {key: it for key, it in by_hand.items() if first.get(key) != it}
    assert (seen.found == before.found) == (not theirs.keys() & first.keys())
    after = await lab.ensure(made("ConfigMap", "config", "hello", data=second))
    assert after.stamp is not None
    assert after.found == after.stamp.found
    assert (await lab.get(AT)).get("data", {}) == {**theirs, **second}
    assert (
        await lab.ensure(made("ConfigMap", "config", "hello", data=second))
    ).found == after.found


@pytest.mark.parametrize("text", ["[" * 50_000, "{}", "no JSON", '{"rack": 1}'])
def test_what_whoever_may_write_there_calls_a_stamp_is_none(text: str) -> None:
    assert stamp_of({"metadata": {"name": "config", "annotations": {STAMP: text}}}) is None
