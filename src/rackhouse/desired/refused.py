"""What was noted while the files were worked out, said at once. Pure."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.app import graph
from rackhouse.desired.case import Ground
from rackhouse.kit.errors import FileError, Problem


def check_circles(ground: Ground) -> None:
    """Note applications that need each other in a circle."""
    try:
        graph.check_services(ground.apps.values())
    except FileError as error:
        name = (error.where or "").partition("/")[0]
        ground.problems.extend((name, problem) for problem in error.problems)


def refuse(ground: Ground) -> None:
    """Raise every problem as one FileError: of the one application that has any, or of them all."""
    names = sorted({name for name, _ in ground.problems})
    if len(names) == 1:
        raise FileError(f"{names[0]}/score.yaml", [problem for _, problem in ground.problems])
    if names:
        raise FileError("applications", [_under(*each) for each in ground.problems])


def _under(name: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{name}/{problem.path}")
