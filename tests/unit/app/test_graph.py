"""Circles are found and named; anything else is left alone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.app.graph import application, check_services, find_circle, services
from rackhouse.app.model import App, Need, ResourceType
from rackhouse.kit.errors import FileError

NODES = st.sampled_from("abcdefg")


def _app(name: str, *others: str, line: int = 7) -> App:
    needs = tuple(Need(name=o, type=ResourceType.SERVICE, line=line) for o in others)
    return App(name=name, needs=(*needs, Need(name="db", type=ResourceType.POSTGRES)))


def test_applications_may_need_each_other_in_a_line() -> None:
    check_services([_app("front", "cart", "ads"), _app("cart", "stock"), _app("stock")])


def test_an_application_that_is_not_there_is_no_circle() -> None:
    check_services([_app("front", "cart")])


def test_a_circle_is_named_with_its_file_and_line() -> None:
    with pytest.raises(FileError) as caught:
        check_services(
            [_app("c", "a", line=9), _app("b", "c"), _app("x", "a"), _app("a", "b", line=4)]
        )
    (problem,) = caught.value.problems
    assert caught.value.where == "a/score.yaml"
    assert (problem.line, problem.path) == (4, "resources.b")
    assert problem.what == "these applications need each other: a -> b -> c -> a"


def test_an_application_that_needs_itself() -> None:
    with pytest.raises(FileError, match="a -> a"):
        check_services([_app("a", "a")])


def test_an_id_names_the_application() -> None:
    need = Need(name="payments", type=ResourceType.SERVICE, id="bank")
    assert application(need) == "bank"
    assert services(_app("front", "cart"))[0].name == "cart"


@given(st.dictionaries(NODES, st.sets(NODES)))
def test_what_is_found_is_a_circle_and_none_is_missed(edges: dict[str, set[str]]) -> None:
    circle = find_circle(edges)
    for one, other in itertools.pairwise(circle):
        assert other in edges[one]
    assert not circle or circle[0] == circle[-1]
    rest = {node: set(others) for node, others in edges.items()}
    while leaves := {n for n in rest if not rest[n] & rest.keys()}:
        rest = {n: others for n, others in rest.items() if n not in leaves}
    assert bool(circle) == bool(rest)


def test_ten_thousand_in_a_line_are_no_deep_recursion() -> None:
    edges = {f"{i:05}": [f"{i + 1:05}"] for i in range(10_000)}
    assert find_circle(edges) == ()
