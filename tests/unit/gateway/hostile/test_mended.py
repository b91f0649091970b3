"""Every problem of ours says how to mend it: its class does where whoever raises it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rackhouse.services.gateway.model.problem import Problem, Refused


def _kinds(of: type[Problem]) -> Iterator[type[Problem]]:
    yield of
    for each in of.__subclasses__():
        yield from _kinds(each)


_OURS = [each for each in _kinds(Problem) if each is not Refused]


@pytest.mark.parametrize("kind", _OURS, ids=lambda kind: kind.__name__)
def test_a_problem_says_how_to_mend_it(kind: type[Problem]) -> None:
    problem = kind("it is so")
    assert problem.fix
    assert problem.message == f"it is so. {problem.fix}"


def test_who_raises_it_may_know_better() -> None:
    assert Problem("it is so", fix="do that").message == "it is so. do that"


def test_what_an_upstream_said_stays_as_it_is() -> None:
    assert Refused("temperature: too hot", status=400).message == "temperature: too hot"
