"""Two answers beside each other: what each way of choosing would have given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.service.quality.compare import compared
from rackhouse.services.gateway.service.quality.evidence import Given
from rackhouse.services.gateway.service.quality.summary import curve
from rackhouse.services.gateway.service.quality.verify import Verdict, unknown

CALL = Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="chat", payload={}, kind="chat")
HOME = Upstream(name="home", kind=Kind.OLLAMA, model="m", local=True)
OUT = Upstream(name="out", kind=Kind.OPENAI, model="m")

_SCORES = st.integers(0, 4).map(lambda n: n / 4)


def _given(upstream: Upstream, score: float, nanos: int) -> Given:
    return Given(upstream, Verdict(score >= 0.5, score, ""), nanos)


@given(st.lists(st.tuples(_SCORES, _SCORES, st.integers(1, 1000), st.booleans()), min_size=1))
def test_the_oracle_holds_as_often_as_anybody_for_no_more(
    seen: list[tuple[float, float, int, bool]],
) -> None:
    found = []
    for home, out, nanos, first in seen:
        both = [_given(HOME, home, 0), _given(OUT, out, nanos)]
        mine, other = both if first else reversed(both)
        pair = compared(CALL, [mine], other)
        assert pair is not None
        found.append(pair[1])
        held = max(home, out) >= 0.5
        assert (pair[1].oracle_good >= 0.5) == held
        assert pair[1].oracle_nanos == (0 if home >= 0.5 or (not held and home >= out) else nanos)
    points = {each.policy: each for each in curve(found).points}
    assert points["router"].nanos <= points["always outside"].nanos
    assert points["always local"].nanos == 0
    assert curve(found).local_better == sum(home > out for home, out, _, _ in seen)
    assert curve(found).outside_better == sum(home < out for home, out, _, _ in seen)


def test_who_escalates_pays_for_both() -> None:
    given_ = [_given(HOME, 0.0, 3), _given(OUT, 1.0, 70)]
    found = compared(CALL, given_, given_[1])
    assert found is not None
    assert (found[1].router_good, found[1].router_nanos) == (1.0, 73)
    assert (found[1].oracle_good, found[1].oracle_nanos) == (1.0, 70)
    assert (found[1].local_better, found[1].outside_better) == (0, 1)


def test_what_cannot_be_judged_or_is_of_one_side_is_no_comparison() -> None:
    home = _given(HOME, 1.0, 0)
    assert compared(CALL, [home], Given(OUT, unknown("?"), 5)) is None
    assert compared(CALL, [home], home) is None


def test_without_comparisons_there_is_no_curve() -> None:
    assert curve([]).points == ()
