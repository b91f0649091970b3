"""A workflow file as a frozen value: what triggers it, its jobs, their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.kit.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which refs and paths an event must touch; empty: any. Patterns of the workflow syntax."""

    branches: tuple[str, ...] = ()
    branches_ignore: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tags_ignore: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    paths_ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a person is asked for when the workflow is started by hand."""

    name: str
    kind: str = "string"  # string, boolean, number, choice, environment
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """When it runs. None: not on that event. `schedule`: cron expressions, five fields, UTC."""

    push: Filter | None = None
    pull_request: Filter | None = None
    schedule: tuple[str, ...] = ()
    dispatch: bool = False
    inputs: tuple[Input, ...] = ()  # of `workflow_dispatch`
    called: bool = False  # `workflow_call`: another workflow may use it
    others: tuple[str, ...] = ()  # events that never happen here


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: `uses` an action, or `run`s a script. Expressions are left as written."""

    title: str
    uses: str = ""
    run: str = ""
    shell: str = ""  # its own, or its defaults'; "": the runner's
    settings: Mapping[str, str] = field(default_factory=dict)  # `with:`
    line: int = 0
    id: str = ""
    condition: str = ""  # `if:`, as written


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One of a job's `services:`, by the name that its steps know it by."""

    name: str
    image: str
    ports: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `matrix` has one mapping per combination, one empty mapping without a matrix.

    A value that is a list or a mapping is its JSON text. `dynamic`: the combinations are made
    while it runs, of what another job said; then `matrix` is as without one.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # runs-on
    matrix: tuple[Mapping[str, str], ...] = ({},)
    steps: tuple[Step, ...] = ()
    services: tuple[Service, ...] = ()
    container: str = ""
    condition: str = ""  # `if:`, as written
    minutes: int = 0  # timeout-minutes; 0: the runner's own
    line: int = 0
    dynamic: bool = False
    fail_fast: bool = True
    max_parallel: int = 0  # 0: as many as the runner allows
    calls: str = ""  # the workflow that is this job, in place of steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One file, by its path in the repository: `.github/workflows/ci.yaml`.

    `notes`: what is understood, and has no effect here.
    """

    path: str
    title: str
    on: Triggers
    jobs: tuple[Job, ...]
    notes: tuple[Problem, ...] = ()
