"""A workflow as a picture: boxes in columns, and lines between them. Pure; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.workflows.evaluate import filled, of_combination
from rackhouse.workflows.model import Job, Workflow
from rackhouse.workflows.order import levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One job. `parts`: the titles of its combinations, none without a matrix."""

    job: str
    title: str
    parts: tuple[str, ...] = ()
    condition: str = ""
    calls: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """`before` must have ended when `after` begins; both are names of jobs."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Columns from left to right; each line leads from one column to a later one."""

    columns: tuple[tuple[Box, ...], ...]
    edges: tuple[Edge, ...]


def picture(workflow: Workflow) -> Picture:
    """The jobs by how many others come before them."""
    jobs = {job.name: job for job in workflow.jobs}
    needs = {name: job.needs for name, job in jobs.items()}
    return Picture(
        columns=tuple(tuple(_box(jobs[name]) for name in level) for level in levels(needs)),
        edges=tuple(Edge(need, name) for name, its in needs.items() for need in dict.fromkeys(its)),
    )


def titles(job: Job) -> tuple[str, ...]:
    """What each combination of the job is called: `test (3.12, linux)`, as GitHub does it."""
    found = []
    for combination in job.matrix:
        title = filled(job.title, of_combination(combination)) or job.title
        if combination and title == job.title:
            title = f"{title} ({', '.join(combination.values())})"
        found.append(title)
    return tuple(found)


def _box(job: Job) -> Box:
    parts = titles(job) if job.matrix != ({},) else ()
    return Box(
        job=job.name,
        title=job.name if parts and "${{" in job.title else job.title,
        parts=parts,
        condition=job.condition,
        calls=job.calls,
    )
