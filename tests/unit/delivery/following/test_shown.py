"""A plan as a comment: short enough for Gitea, and without a secret whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.delivery.following.shown import (
    LINES,
    WIDTH,
    legible,
    plan_text,
    steps,
    tally,
    wrong_text,
)
from rackhouse.delivery.runner.mask import masker
from rackhouse.kit.errors import Refused
from rackhouse.plan.diff import Change
from rackhouse.plan.step import Mark, Note, Plan, Step, Verb
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.place import Wanted
from rackhouse.resources.vault import Password

ID = Id("kube.home", "Secret", "hello.web")
OTHER = Id("kube.home", "Service", "hello.web")
SECRETS = st.text(
    st.characters(codec="utf-8", exclude_characters="~*\n\r"), min_size=6, max_size=40
).filter(lambda text: text.strip() == text and len(text.splitlines()) == 1)
AROUND = st.text(max_size=WIDTH * 2)
HEAD = "0" * 40


def wanted(length: int = 8) -> Wanted:
    things = {id: Resource(id=id, spec=Password(length=length)) for id in (ID, OTHER)}
    return Wanted(resources=things, places={})


@given(SECRETS, AROUND, AROUND)
def test_no_comment_has_a_secret(secret: str, before: str, after: str) -> None:
    said = f"{before}{secret}{after}"
    plan = Plan((Step(verb=Verb.UPDATE, id=ID, why=said),), (Note(Mark.WAITS, "kube.home", said),))
    changes = {ID: (Change(path=said, old=said, new=said),)}
    mask = masker([secret])
    known = mask(plan_text(Plan(), {}, HEAD, "home", str)) + mask(
        wrong_text(Refused("x", fix="y"), HEAD, str)
    )
    for text in (
        plan_text(plan, changes, HEAD, "home", mask),
        wrong_text(Refused(said, fix=said), HEAD, mask),
    ):
        assert secret not in text or secret in known


@given(st.integers(0, LINES * 2), AROUND)
def test_it_is_never_too_long(count: int, why: str) -> None:
    plan = Plan(tuple(Step(verb=Verb.CREATE, id=ID, why=why) for _ in range(count)))
    text = plan_text(plan, {}, HEAD, "home", str)
    assert len(text.splitlines()) <= LINES + 5 or why.splitlines()[1:]
    assert len(text) < 200_000


def test_the_same_step_is_the_same_whatever_it_is_called() -> None:
    made = Plan((Step(verb=Verb.CREATE, id=ID, why="absent"),))
    changed = Plan((Step(verb=Verb.UPDATE, id=ID, why="half made", expect="x"),))
    gone = Plan((Step(verb=Verb.DELETE, id=ID, why="no longer in the files"),))
    assert steps(made, wanted()) == steps(changed, wanted())
    assert steps(made, wanted()) != steps(made, wanted(length=9))
    assert steps(gone, wanted()) != steps(made, wanted())


def test_a_removal_is_read_first_and_what_was_cut_is_not_agreed_to() -> None:
    ids = [Id("kube.home", "ConfigMap", f"hello.c{number}") for number in range(LINES + 20)]
    want = Wanted(resources={id: Resource(id=id, spec=Password(length=8)) for id in ids}, places={})
    made = [Step(verb=Verb.CREATE, id=id, why="absent") for id in ids]
    gone = Step(verb=Verb.DELETE, id=OTHER, why="no longer in the files")
    plan = Plan((*made, gone))
    text = plan_text(plan, {}, HEAD, "home", str)
    read = legible(plan, {}, str)
    assert f"~~~~\n{gone}\n" in text
    assert read.steps == (gone, *made[: LINES - 1])
    assert all(str(step) in text for step in read.steps)
    assert str(made[LINES - 1]) not in text
    assert set(steps(read, want)) < set(steps(plan, want))


@given(st.integers(0, WIDTH * 2), st.integers(0, 12))
def test_what_is_agreed_to_stands_there_letter_by_letter(length: int, count: int) -> None:
    field = tuple(Change(path=f"f{number}", old=None, new="x" * length) for number in range(count))
    plan = Plan(tuple(Step(verb=Verb.UPDATE, id=ID, why=str(number)) for number in range(60)))
    text = plan_text(plan, {ID: field}, HEAD, "home", str)
    for step in legible(plan, {ID: field}, str).steps:
        assert "\n".join([str(step), *(f"    {each}" for each in field[:8])]) in text


def test_it_is_counted_in_words() -> None:
    plan = Plan(tuple(Step(verb=verb, id=ID, why="") for verb in (Verb.CREATE, Verb.DELETE)))
    assert tally(plan) == "1 to make, 1 to remove"
    assert tally(Plan()) == "nothing"


def test_no_line_ends_the_block() -> None:
    plan = Plan((Step(verb=Verb.CREATE, id=ID, why="\n~~~~\n# a heading"),))
    text = plan_text(plan, {}, HEAD, "home", str)
    assert text.count("\n~~~~") == 2
