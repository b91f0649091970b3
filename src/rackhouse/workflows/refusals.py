"""What of a workflow this rack cannot do, said before the run. Pure.

A job that surely does not run for this event is not asked: a release job that waits for a tag may
use what is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.text import did_you_mean
from rackhouse.workflows.actions import Read, World, judge
from rackhouse.workflows.evaluate import Known, filled, of_combination, surely_false
from rackhouse.workflows.model import Job, Step, Workflow
from rackhouse.workflows.offers import LABELS, SHELLS, action_of, service_of
from rackhouse.workflows.order import levels
from rackhouse.workflows.read import read_workflow

MAX_CALLS = 4  # workflows that call workflows
MOST = 200  # problems that are said; nobody reads more
_RUNS_ALL_THE_SAME = ("always(", "cancelled(", "failure(")
_CHECKOUT = "actions/checkout"
_OWN_FILE = "or write a file for this rack in .gitea/workflows, which hides .github/workflows"


@dataclass(frozen=True, slots=True)
class _At:
    """A line of a job other than its first."""

    job: Job
    line: int


def refusals(
    workflow: Workflow,
    *,
    has_engine: bool,
    online: bool,
    known: Known | None = None,
    read: Read | None = None,
) -> list[Problem]:
    """Everything that cannot be done, with its line; nothing: the workflow may run.

    `online`: actions may be fetched. `known`: the event (`evaluate.facts`); without it, every job
    is judged. `read`: the text of a file of the repository by its path, None where there is none;
    without it, what other files say is not judged.
    """
    world = World(has_engine=has_engine, online=online, read=read)
    return _refusals(workflow, world, known or {}, (workflow.path,))


def idle(workflow: Workflow, known: Known) -> frozenset[str]:
    """Jobs that surely do not run: their `if` is false, or they need such a job."""
    jobs = {job.name: job for job in workflow.jobs}
    found: set[str] = set()
    for level in levels({name: job.needs for name, job in jobs.items()}):
        for name in level:
            job = jobs[name]
            stubborn = any(word in job.condition for word in _RUNS_ALL_THE_SAME)
            left_out = not stubborn and any(need in found for need in job.needs)
            if left_out or surely_false(job.condition, known):
                found.add(name)
    return frozenset(found)


def _refusals(
    workflow: Workflow, world: World, known: Known, inside: tuple[str, ...]
) -> list[Problem]:
    left_out = idle(workflow, known)
    asked = (job for job in workflow.jobs if job.name not in left_out)
    found = (problem for job in asked for problem in _job(job, world, known, inside))
    return sorted(set(islice(found, MOST)))


def _job(job: Job, world: World, known: Known, inside: tuple[str, ...]) -> Iterator[Problem]:
    if job.calls:
        yield from _call(job, world, known, inside)
        return
    yield from _machines(job, known)
    yield from _services(job, known)
    if job.container and not world.has_engine:
        what = f"it wants to run in the image {job.container!r}; there is no container engine here"
        fix = "take `container:` away: its steps then run on the rack itself; or install one"
        yield _problem("job-container", job, "container", what, fix)
    for number, step in enumerate(job.steps):
        yield from _step(job, number, step, world, known)


def _values(job: Job, texts: tuple[str, ...], known: Known) -> Iterator[tuple[str, str | None]]:
    """Each text with what it is in some combination, each of these once; None: not known yet."""
    for text in texts:
        ways = job.matrix if "${{" in text else ({},)
        filled_in = (filled(text, _known(job, way, known)) for way in ways)
        yield from ((text, value) for value in dict.fromkeys(filled_in))


def _known(job: Job, combination: Mapping[str, str], known: Known) -> Known:
    return known if job.dynamic else {**known, **of_combination(combination)}


def _machines(job: Job, known: Known) -> Iterator[Problem]:
    for label, name in _values(job, job.labels, known):
        if name is None:
            what = f"{label!r} cannot be known before the run"
            yield _problem("job-machine", job, "runs-on", what, "write ubuntu-latest")
        elif name.lower() not in LABELS:
            near = did_you_mean(name.lower(), LABELS) if name[:3].lower() == "ubu" else ""
            what = f"this rack has no machine {name!r}{'.' if near else ''}{near}"
            fix = f"use one of {', '.join(LABELS)}; {_OWN_FILE}"
            yield _problem("job-machine", job, "runs-on", what, fix)


def _services(job: Job, known: Known) -> Iterator[Problem]:
    for service in job.services:
        for text, image in _values(job, (service.image,), known):
            if image is None or not service_of(image):
                what = f"no part of this rack answers for the image {image or text!r}"
                fix = "use postgres, pgvector, redis or valkey, or start it in a `run:` step"
                path = f"services.{service.name}.image"
                yield _problem("job-service", _At(job, service.line), path, what, fix)


def _step(job: Job, number: int, step: Step, world: World, known: Known) -> Iterator[Problem]:
    path, at = f"steps[{number}]", _At(job, step.line)
    if step.uses and not (step.uses.startswith("./") and _elsewhere(job, step.uses)):
        for wrong in judge(step.uses, world):
            yield _problem(wrong.rule, at, f"{path}.uses", wrong.what, wrong.fix)
    for _, shell in _values(job, (step.shell,), known):
        if shell and shell not in SHELLS and "{0}" not in shell:
            what = f"there is no shell {shell!r} here"
            fix = f"use one of {', '.join(SHELLS)}, or a command with {{0}} for the script"
            yield _problem("job-shell", at, f"{path}.shell", what, fix)


def _elsewhere(job: Job, uses: str) -> bool:
    """Whether a checkout into a folder of its own brings the action only while it runs."""
    places = [s.settings.get("path", "") for s in job.steps if action_of(s.uses) == _CHECKOUT]
    return any(place and uses.removeprefix("./").startswith(place.strip("./")) for place in places)


def _call(job: Job, world: World, known: Known, inside: tuple[str, ...]) -> Iterator[Problem]:
    """A job that is another workflow."""
    path = job.calls.removeprefix("./")
    text = world.read(path) if world.read else None
    wrong: tuple[str, str] | None = None
    if path == job.calls:
        what = f"the workflow {job.calls!r} is on the Internet, and this rack runs without it"
        wrong = None if world.online else (what, "bring it into this repository")
    elif world.read is not None and text is None:
        wrong = (f"there is no file {path!r}", "commit it, or correct the path")
    elif path in inside:
        wrong = (f"{path!r} would call itself for ever", "let one of them not call the other")
    elif len(inside) > MAX_CALLS:
        wrong = (f"workflows call each other over {MAX_CALLS} deep", "put their jobs together")
    elif text is not None and path not in world.judged:
        world.judged.add(path)
        yield from _called(job, text, world, known, inside)
    if wrong:
        yield _problem("job-call", job, "uses", *wrong)


def _called(
    job: Job, text: str, world: World, known: Known, inside: tuple[str, ...]
) -> Iterator[Problem]:
    path = job.calls.removeprefix("./")
    try:
        called = read_workflow(text, path)
    except FileError as error:
        inner = list(error.problems)
    else:
        inner = _refusals(called, world, known, (*inside, path))
        if not called.on.called:
            what, fix = f"{path!r} may not be called", "add `workflow_call:` to its `on`"
            yield _problem("job-call", job, "uses", what, fix)
    for it in inner:
        what = f"{path}, line {it.line}: {it.path}: {it.what}"
        yield _problem(it.rule, job, "uses", what, it.fix)


def _problem(rule: str, place: Job | _At, path: str, what: str, fix: str) -> Problem:
    at = place if isinstance(place, _At) else _At(place, place.line)
    where = f"jobs.{at.job.name}.{path}"
    return Problem(line=at.line, rule=rule, path=where, what=what, fix=fix)
