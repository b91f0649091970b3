"""What people read of a plan."""

from __future__ import annotations

import pytest

from rackhouse.cli.board import Board
from rackhouse.cli.show import plan_lines
from rackhouse.plan.step import Mark, Note, Plan, Step, Verb
from rackhouse.resources.core import Id


@pytest.mark.parametrize(
    ("verb", "name", "said"),
    [
        (Verb.UPDATE, "ingress", "(it restarts: for a second new callers wait)"),
        (Verb.UPDATE, "console", "(it restarts)"),
        (Verb.CREATE, "ingress", "absent"),
    ],
)
def test_a_plan_says_what_restarts(verb: Verb, name: str, said: str) -> None:
    id_ = Id("machine", "process", name)
    why = "absent" if verb is Verb.CREATE else "changed in the files"
    plan = Plan(steps=(Step(verb=verb, id=id_, why=why, after=(), expect=""),), notes=())
    assert plan_lines(plan)[0][0].endswith(said)


def test_data_that_is_kept_is_counted_and_named_when_asked() -> None:
    kept = [Note(Mark.STAYS, f"vault/secret/{n}", "data", kept=True) for n in ("a", "b")]
    plan = Plan(notes=(*kept, Note(Mark.STAYS, "machine/process/c", "still used by d")))
    count = "= 2 things with data kept: rackhouse plan --kept"
    assert [line for line, _ in plan_lines(plan)] == [
        "= machine/process/c: still used by d",
        count,
        "nothing to do",
    ]
    named = [line for line, _ in plan_lines(plan, kept=True)]
    assert named[:2] == ["= vault/secret/a: data", "= vault/secret/b: data"]
    assert count not in named


def test_a_board_says_nothing_of_data_that_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(
        notes=(
            Note(Mark.STAYS, "vault/secret/a", "data", kept=True),
            Note(Mark.WAITS, "postgres", "it does not answer"),
        )
    )
    with Board() as board:
        board.planned(plan)
    assert capsys.readouterr().err == "? postgres: it does not answer\n"
