"""Objects that come or go together are read together, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.cli.together import together
from rackhouse.plan.step import Step, Verb
from rackhouse.resources.core import Id

NEW = Verb.CREATE
HELLO = ("Namespace/hello", "Service/hello.web", "Deployment/hello.web", "NetworkPolicy/hello.a")


def _steps(*names: str, verb: Verb = NEW, why: str = "absent") -> list[Step]:
    return [Step(verb=verb, id=Id.parse(f"kube.lab/{name}"), why=why) for name in names]


def _said(steps: Iterable[Step]) -> list[str]:
    return [line for line, _ in together(list(steps))]


def test_an_application_that_is_new_is_one_thing() -> None:
    (line,) = _said(_steps(*HELLO, "NetworkPolicy/hello.b"))
    assert line == (
        "+ kube.lab hello, 5 objects: absent\n"
        "    Deployment web, Namespace, NetworkPolicy a b, Service web"
    )


def test_a_few_things_are_read_one_by_one() -> None:
    assert _said(_steps(*HELLO[:3])) == [str(step) for step in _steps(*HELLO[:3])]


def test_what_is_changed_has_a_line_of_its_own() -> None:
    steps = _steps(*HELLO, verb=Verb.UPDATE, why="changed in the files")
    assert _said(steps) == list(map(str, steps))


def test_what_lies_in_no_namespace_is_read_together_too() -> None:
    names = (f"PriorityClass/p-{n}" for n in range(3))
    (line,) = _said(_steps(*names, "CustomResourceDefinition/a.b.example"))
    assert line == (
        "+ kube.lab of the whole cluster, 4 objects: absent\n"
        "    CustomResourceDefinition a.b.example, PriorityClass p-0 p-1 p-2"
    )


@given(
    st.lists(
        st.builds(
            Step,
            verb=st.sampled_from(Verb),
            id=st.builds(
                Id,
                st.sampled_from(["kube.lab", "kube.edge", "machine"]),
                st.sampled_from(["Service", "Namespace", "PriorityClass"]),
                st.sampled_from(["a", "a.web", "a.db", "b.web", "b"]),
            ),
            why=st.sampled_from(["absent", "half made"]),
        ),
        max_size=30,
        unique_by=lambda step: step.id,
    )
)
def test_every_step_is_told_of_once(steps: list[Step]) -> None:
    found = list(together(steps))
    told = sum(int(head.split(" objects")[0].rpartition(" ")[2]) if " objects" in head else 1
               for head in (line.partition("\n")[0] for line, _ in found))  # fmt: skip
    assert told == len(steps)
    assert len({verb for _, verb in found}) == len({step.verb for step in steps})
    if all(step.id.target == "machine" for step in steps):
        assert [line for line, _ in found] == list(map(str, steps))
