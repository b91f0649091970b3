"""What people read of a plan."""

from __future__ import annotations

import pytest

from rackhouse.cli.show import plan_lines
from rackhouse.plan.step import Plan, Step, Verb
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
