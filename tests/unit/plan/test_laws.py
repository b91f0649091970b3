"""Laws of the planner alone: places that open late or are out of sight, purges, inherited data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rackhouse.apply.converge import ROUNDS
from rackhouse.kit.errors import Refused
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Mark, Plan, Verb
from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Observed, Seen, Stamp
from unit.apply.worlds import TARGETS, Want, thing, want, wants
from unit.plan.made import all_made

laws = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Case:
    """What is wanted, what is seen, what may be purged, and the stamps of all that is there."""

    want: Want
    observed: Observed
    purge: frozenset[Id]
    there: Mapping[Id, Stamp]

    @property
    def unseen(self) -> frozenset[str]:
        return self.observed.later | self.observed.blind.keys()

    def plan(self) -> Plan:
        """No example where two things that stay are to hand each other their claims."""
        try:
            return plan(self.want, self.observed, self.purge)
        except Refused:
            assume(False)
            raise


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Something was made, somebody meddled with it, and some of it is out of sight."""
    before = draw(wants(9))
    seen = {id: _meddled(draw, each) for id, each in all_made(before).items()}
    there = {id: each.stamp for id, each in seen.items() if each.stamp is not None}
    gone = draw(st.sets(st.sampled_from(sorted(seen)), max_size=2)) if seen else set()
    states = {name: draw(st.sampled_from(["seen", "seen", "later", "blind"])) for name in TARGETS}
    hidden = {name for name, state in states.items() if state != "seen"}
    unseen = [stamp for id, stamp in there.items() if id.target in hidden]
    kept = sorted(id for id, stamp in there.items() if stamp.keep)
    return Case(
        want=draw(st.one_of(wants(9), _edited(before))),
        observed=Observed(
            seen={i: s for i, s in seen.items() if i.target not in hidden and i not in gone},
            later=frozenset(name for name, state in states.items() if state == "later"),
            blind={name: "no answer" for name, state in states.items() if state == "blind"},
            unseen_uses=frozenset(used for stamp in unseen for used in stamp.uses),
            unseen_claims={c: i for i, s in there.items() if i.target in hidden for c in s.holds},
        ),
        purge=frozenset(draw(st.sets(st.sampled_from(kept))) if kept else ()),
        there={id: stamp for id, stamp in there.items() if id not in gone},
    )


@st.composite
def _edited(draw: st.DrawFn, want: Want) -> Want:
    """The same files, some of it changed and some of it, that nothing else needs, taken out."""
    found: dict[Id, Resource[Any]] = {}
    for id, each in reversed(want.items()):
        needed = any(id in user.before for user in found.values())
        match draw(st.integers(0, 5)):
            case 0 if not needed:
                continue
            case 1:
                spec = replace(each.spec, version="9")
                found[id] = replace(each, spec=spec)
            case _:
                found[id] = each
    return found


def _meddled(draw: st.DrawFn, each: Seen) -> Seen:
    assert each.stamp is not None
    match draw(st.integers(0, 11)):
        case 0:
            return replace(each, found="other")
        case 1:
            return replace(each, stamp=replace(each.stamp, found=""))
        case 2:
            return replace(each, version="2")
        case 3:
            return replace(each, ready=False)
    return each


@laws
@given(cases())
def test_a_place_out_of_sight_is_not_touched_and_one_that_opens_is_only_added_to(
    case: Case,
) -> None:
    for step in case.plan().steps:
        assert step.id.target not in case.observed.blind
        if step.id.target in case.observed.later:
            assert step.verb is Verb.CREATE
            assert step.expect is None


@laws
@given(cases())
def test_nothing_that_stays_loses_what_it_uses_also_where_nobody_can_look(case: Case) -> None:
    steps = case.plan()
    written = {step.id for step in steps.steps if step.verb is not Verb.DELETE}
    for id, stamp in case.there.items():
        if id not in steps.removals | written or id.target in case.unseen:
            assert not stamp.uses & steps.removals, f"{id} loses what it uses"
    for id in written:
        assert not case.want[id].before & steps.removals


@laws
@given(cases())
def test_a_claim_is_never_taken_from_what_stays(case: Case) -> None:
    steps = case.plan()
    place = {step.id: n for n, step in enumerate(steps.steps)}
    for step in steps.steps:
        claims = case.want[step.id].claims if step.verb is not Verb.DELETE else frozenset()
        for holder, stamp in case.there.items():
            if holder != step.id and claims & stamp.holds:
                assert place[holder] < place[step.id], f"{holder} still holds what {step.id} takes"


@laws
@given(cases())
def test_only_data_that_is_named_is_purged(case: Case) -> None:
    removed = case.plan().removals
    assert {id for id in removed if case.there[id].keep} <= case.purge
    assert not removed & case.want.keys()


@laws
@given(cases())
def test_nothing_wanted_is_forgotten(case: Case) -> None:
    """It is as it should be, or has a step, or a note says what it waits for."""
    steps = case.plan()
    stepped = {step.id for step in steps.steps}
    waits = {note.about for note in steps.notes if note.mark is Mark.WAITS}
    for id, each in case.want.items():
        if id.target in case.unseen:
            assert id in stepped or str(id) in waits or id.target in waits
        elif verdict(each, case.observed) is not None:
            assert (id in stepped) != (str(id) in waits)


@laws
@given(cases())
def test_nothing_that_stays_unwanted_is_passed_over_in_silence(case: Case) -> None:
    steps = case.plan()
    said = {note.about for note in steps.notes if note.mark is Mark.STAYS}
    unwanted = case.observed.seen.keys() - case.want.keys()
    assert {str(id) for id in unwanted - steps.removals} == said


@laws
@given(cases())
def test_a_step_comes_after_all_that_it_stands_on_also_through_what_stays(case: Case) -> None:
    steps = case.plan().steps
    after: dict[Id, set[Id]] = {}
    for step in steps:  # an `after` names earlier steps alone
        after[step.id] = {more for id in step.after for more in (id, *after[id])}
    written = {step.id for step in steps if step.verb is not Verb.DELETE}
    for id in written:
        assert _below(id, case.want) & written <= after[id]


def _below(id: Id, want: Want) -> set[Id]:
    found: set[Id] = set()
    pending = list(want[id].before)
    while pending:
        if (need := pending.pop()) not in found:
            found.add(need)
            pending.extend(want[need].before)
    return found


@laws
@given(cases())
def test_plan_after_plan_leads_to_one_without_steps(case: Case) -> None:
    """What waits, waits, and nothing is done and undone. What was thought to change and did not,
    and what a place shows that opens, is why one plan is not always enough.
    """
    written: set[Id] = set()
    removed: set[Id] = set()
    for _ in range(ROUNDS):
        steps = case.plan()
        written |= {step.id for step in steps.steps} - steps.removals
        removed |= steps.removals
        case = _taken(case, steps)
    assert case.plan().steps == ()
    assert not written & removed


def _taken(case: Case, steps: Plan) -> Case:
    """The case after those steps, with every place open that opens late."""
    seen = dict(case.observed.seen)
    made = all_made(case.want)
    for step in steps.steps:
        if step.verb is Verb.DELETE:
            del seen[step.id]
        else:
            stamp = made[step.id].stamp
            assert stamp is not None
            inputs = {ref.to: _version(seen, ref.to) for ref in case.want[step.id].refs}
            stamp, version = replace(stamp, inputs=inputs), _version(seen, step.id)
            seen[step.id] = replace(made[step.id], stamp=stamp, version=version)
    return replace(case, observed=replace(case.observed, seen=seen, later=frozenset()))


def _version(seen: Mapping[Id, Seen], id: Id) -> str:
    return seen[id].version if id in seen else "1"


@laws
@given(before=wants(9), after=wants(9), data=st.data())
def test_data_passes_to_another_application_only_when_it_is_named(
    before: Want, after: Want, data: st.DataObject
) -> None:
    old = {id: replace(each, uid="one") for id, each in before.items()}
    new = {id: replace(each, uid="two") for id, each in after.items()}
    observed = Observed(seen=all_made(old))
    inherited = {id for id in old.keys() & new.keys() if old[id].keep}
    assume(inherited)
    named = data.draw(st.sets(st.sampled_from(sorted(inherited))))
    try:
        steps = plan(new, observed, adopt=frozenset(named))
    except Refused as refusal:
        if "earlier application" not in str(refusal):
            assume(False)
        assert named != inherited
        return
    assert named == inherited
    whys = {step.id: step.why for step in steps.steps}
    waits = {note.about for note in steps.notes if note.mark is Mark.WAITS}  # for a claim
    acted = {id for id in inherited if str(id) not in waits and not new[id].once}
    assert {whys[id] for id in acted} <= {"adopted"}


def test_what_a_blind_place_held_is_given_to_what_held_it() -> None:
    """A claim that a thing has already is no reason to wait for it."""
    it = thing("one/k/a", claims=["x"])
    observed = Observed(blind={"two": "no answer"}, unseen_claims={"x": it.id})
    assert [step.id for step in plan(want(it), observed).steps] == [it.id]


@pytest.mark.parametrize(("uid", "why"), [("", ["changed in the files"]), ("one", [])])
def test_data_without_a_name_and_ones_own_need_no_adoption(uid: str, why: list[str]) -> None:
    old = thing("one/k/a", keep=True, uid=uid)
    new = thing("one/k/a", keep=True, uid="one")
    assert [step.why for step in plan(want(new), Observed(seen=all_made(want(old)))).steps] == why
