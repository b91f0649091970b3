"""Laws of `desired`: whatever the files say, what is wanted is closed and can be converged to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.app.model import App
from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan, Verb
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.place import Wanted
from rackhouse.resources.seen import Observed, Seen, Stamp
from unit.desired.applications import applications, next_release
from unit.desired.scenario import TOOLS, released

RACK = load("")
FACTS = Facts(tools=TOOLS)
slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)


def want(apps: Iterable[App]) -> Wanted:
    return desired(RACK, list(apps), FACTS)


def take(
    steps: Plan, wanted: Mapping[Id, Resource[Any]], seen: Mapping[Id, Seen]
) -> dict[Id, Seen]:
    """The world after a plan, as targets that do what they are told would leave it."""
    after = dict(seen)
    for step in steps.steps:
        if step.verb is Verb.DELETE:
            del after[step.id]
            continue
        each = wanted[step.id]
        for need in each.before:
            assert need in after, f"{step.id} was made before {need}"
        stamp = Stamp(
            rack="home",
            digest=each.digest,
            owner=each.owner,
            uid=each.uid,
            inputs={ref.to: after[ref.to].version for ref in each.refs},
            before=each.before,
            claims=each.claims,
            keep=each.keep,
        )
        after[step.id] = Seen(id=step.id, stamp=stamp.finished("f"), found="f", version="1")
    return after


@slow
@given(applications(), st.randoms())
def test_is_deterministic(apps: list[App], random: Any) -> None:
    shuffled = list(apps)
    random.shuffle(shuffled)
    one, other = want(apps), want(shuffled)
    assert [r.text for r in one.resources.values()] == [r.text for r in other.resources.values()]
    assert one.places == other.places


@slow
@given(applications())
def test_is_closed(apps: list[App]) -> None:
    wanted = want(apps)
    for id, each in wanted.resources.items():
        assert each.id == id
        assert each.before <= wanted.resources.keys()
        assert id.target in wanted.places
    for place in wanted.places.values():
        assert place.before <= wanted.resources.keys()


@slow
@given(applications())
def test_a_claim_has_one_holder(apps: list[App]) -> None:
    claims = [claim for each in want(apps).resources.values() for claim in each.claims]
    assert len(claims) == len(set(claims))


@slow
@given(applications())
def test_what_is_kept_is_named_by_role_and_knows_its_application(apps: list[App]) -> None:
    uids = {app.name: app.uid for app in apps}
    for id, each in want(apps).resources.items():
        assert not (each.keep and re.search(r"@r\d+$", id.name)), id
        if each.keep and each.owner != "rack":
            assert each.uid == uids[each.owner]


@slow
@given(applications())
def test_no_text_holds_anything_that_looks_like_a_secret(apps: list[App]) -> None:
    for each in want(apps).resources.values():
        literal = re.sub(r"\$\{[^}]*\}", "", each.text)
        assert not re.search(r"://[^/@\s\"]*:[^/@\s\":]+@", literal), each.text
        assert "PRIVATE KEY" not in literal


@slow
@given(applications())
def test_applied_to_an_empty_world_nothing_is_left_to_do(apps: list[App]) -> None:
    wanted = want(apps).resources
    seen = take(plan(wanted, Observed()), wanted, {})
    assert plan(wanted, Observed(seen=seen)).steps == ()


@slow
@given(applications())
def test_a_new_release_replaces_all_that_runs_and_leaves_what_is_kept(apps: list[App]) -> None:
    old = want(apps).resources
    seen = take(plan(old, Observed()), old, {})
    new = want(map(next_release, apps)).resources
    steps = plan(new, Observed(seen=seen))
    after = take(steps, new, seen)
    assert plan(new, Observed(seen=after)).steps == ()
    assert after.keys() == new.keys()
    touched = {step.id for step in steps.steps if step.verb is not Verb.CREATE}
    kept = {id for id, each in old.items() if each.keep}
    assert not touched & kept
    assert all(step.id.kind != "packages" for step in steps.steps)


@slow
@given(applications())
def test_removed_applications_leave_only_what_is_kept(apps: list[App]) -> None:
    wanted = want(apps).resources
    seen = take(plan(wanted, Observed()), wanted, {})
    bare = want([]).resources
    after = take(plan(bare, Observed(seen=seen)), bare, seen)
    left = {id for id in after if id not in bare}
    assert left == {id for id, each in wanted.items() if each.keep and id not in bare}
    again = plan(wanted, Observed(seen=after))
    assert not {step.id for step in again.steps} & left


GUESTBOOK = """
apiVersion: score.dev/v1b1
metadata: {name: gb, annotations: {rackhouse.dev/before: python -m migrate}}
containers:
  web: {image: ., command: [serve], variables: {DB: "${resources.db.url}"}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources: {db: {type: postgres}, web: {type: route, params: {port: 80}}}
"""


def redeploy(text: str) -> list[str]:
    old = want([released(text, 7)]).resources
    seen = take(plan(old, Observed()), old, {})
    return str(plan(want([released(text, 8)]).resources, Observed(seen=seen))).splitlines()


def test_a_redeploy_makes_the_new_turns_the_route_and_then_removes_the_old() -> None:
    assert redeploy(GUESTBOOK) == [
        "+ machine/port/gb.web@r8: absent",
        "+ machine/source/gb@r8: absent",
        "+ machine/job/gb.before@r8: absent",
        "+ machine/process/gb.web@r8: absent",
        "~ machine/route/gb: changed in the files",
        "- machine/process/gb.web@r7: no longer in the files",
        "- machine/job/gb.before@r7: no longer in the files",
        "- machine/port/gb.web@r7: no longer in the files",
        "- machine/source/gb@r7: no longer in the files",
    ]


def test_with_a_volume_the_old_release_ends_first_and_the_plan_says_so() -> None:
    notes = GUESTBOOK.replace("{type: postgres}", "{type: volume}").replace("db.url", "db.source")
    lines = redeploy(notes)
    stop = lines.index("- machine/process/gb.web@r7: no longer in the files")
    start = lines.index("+ machine/process/gb.web@r8: absent")
    assert stop < start < lines.index("~ machine/route/gb: changed in the files")
    assert (
        "! machine/process/gb.web@r8: starts only when machine/process/gb.web@r7 is gone:"
        " both claim volume:gb.db"
    ) in lines


def test_a_schedule_is_changed_where_it_stands() -> None:
    text = (
        "apiVersion: score.dev/v1b1\n"
        'metadata: {name: beat, annotations: {rackhouse.dev/schedule: "* * * * *"}}\n'
        "containers: {beat: {image: ., command: [beat]}}\n"
    )
    assert redeploy(text) == [
        "+ machine/source/beat@r8: absent",
        "~ machine/timer/beat.beat: changed in the files",
        "- machine/source/beat@r7: no longer in the files",
    ]
