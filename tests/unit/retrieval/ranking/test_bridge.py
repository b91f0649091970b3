from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.ranking.bridge import Bridge

TERMS = st.lists(st.sampled_from("abcde"), max_size=5)


def test_what_another_rendering_says_is_learned() -> None:
    old = ["charity suffer long", "faith hope charity", "greatest be charity", "put on charity"]
    new = ["love suffer long", "faith hope love", "greatest be love", "put on love"]
    bridge = Bridge({"old": [each.split() for each in old], "new": [each.split() for each in new]})
    assert bridge.widened(["charity"]) == {"love": 1.0}
    assert bridge.widened(["love"]) == {"charity": 1.0}
    assert bridge.widened(["faith"]) == {}


def test_what_is_often_said_for_itself_is_bridged_less() -> None:
    one = [["spirit"], ["spirit"], ["spirit"], ["spirit"]]
    other = [["ghost"], ["spirit"], ["spirit"], ["spirit"]]
    assert Bridge({"one": one, "other": other}).widened(["spirit"]) == {"ghost": 0.25}


def test_nobody_asks_by_codes() -> None:
    bridge = Bridge({"text": [["god"], ["god"]], "strong": [["g2316"], ["g2316"]]}, ["strong"])
    assert bridge.widened(["god"]) == {"g2316": 1.0}
    assert bridge.widened(["g2316"]) == {}


@given(st.lists(st.tuples(TERMS, TERMS), max_size=6))
def test_shares_are_shares(passages: list[tuple[list[str], list[str]]]) -> None:
    bridge = Bridge({"one": [a for a, _ in passages], "other": [b for _, b in passages]})
    for term in "abcde":
        widened = bridge.widened([term])
        assert term not in widened
        assert all(0 < share <= 1 + 1e-9 for share in widened.values())
