"""One application as resources: what its release runs, and what it reaches and keeps. Pure.

What runs is named by its release (`machine/process/hello.web@r8`) and is made beside the old; what
is reached or holds data is named by its role (`machine/route/hello`) and stays.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rackhouse.app.model import Container, HttpCheck, Kind, Runtime
from rackhouse.desired import names
from rackhouse.desired.case import Case
from rackhouse.desired.embedded.part import argv
from rackhouse.desired.images import built
from rackhouse.desired.listening import jobs, listeners, port_id
from rackhouse.desired.programs import (
    BARE,
    HERE,
    Made,
    check_port,
    has_packages,
    home_id,
    make,
    packages_id,
    path_of,
)
from rackhouse.desired.provision import Provision
from rackhouse.desired.reach import internal
from rackhouse.resources import machine as m
from rackhouse.resources.core import Id, Resource, Text

_WITH_MIGRATION = 600.0  # seconds to become ready when the process migrates its data first


def application(case: Case) -> list[Resource[Any]]:
    """Everything of one application. Problems are noted, and what they concern may be missing."""
    _check_name(case)
    provision = Provision(case)
    provided = provision.all()
    made = {it.name: make(case, it, provision) for it in case.app.containers}
    _check_volumes(case, made)
    resources = [*_snapshot(case), *_ground(case), *internal(case).resources]
    for release in case.app.kept:
        resources += _snapshot(replace(case, release=release))
    for need in provided.values():
        resources += need.resources
    for container in case.app.containers:
        resources += made[container.name].resources
        resources.append(_running(case, container, made))
    if case.app.before and not _holder(case, made):
        resources.append(_before(case, made))
    return resources


def _snapshot(case: Case) -> list[Resource[Any]]:
    """A release's files, with what they need to run: of those too that can be gone back to."""
    release, found, build_with = case.release, [], Text()
    if has_packages(release):
        runtime = m.Runtime(release.runtime)
        # The rack's own, since releases and applications with the same dependencies share them;
        # `once`, since what they were installed from is in their name.
        spec = m.Packages(runtime, release.packages or BARE, release.snapshot, release.manifest)
        found.append(Resource(id=packages_id(case), spec=spec, once=True))
        build_with = Text.of(packages_id(case).ref("bin"))
    source = m.Source(
        case.app.name, release.number, release.digest, release.build or built(case), build_with
    )
    return [*found, case.own(case.source, source)]


def _ground(case: Case) -> list[Resource[Any]]:
    """What every release of the application stands on."""
    bare = case.release.runtime is Runtime.NODE and not has_packages(case.release)
    if bare and not case.ground.facts.tools.node:  # with packages, a wheel may bring it
        case.say(
            "containers",
            "no-node",
            "it needs Node.js, which this machine does not have",
            "install it (Debian: apt install nodejs npm; macOS: brew install node)",
        )
    if case.app.kind is Kind.STATIC:
        return []
    home = m.Folder(f"homes/{case.app.name}")
    return [case.own(home_id(case), home, keep=True)]


def _running(case: Case, container: Container, made: Mapping[str, Made]) -> Resource[Any]:
    """A container as a process; as a job where others wait for its end; on a schedule, a timer."""
    it, app = made[container.name], case.app
    program = _with_before(case, container, made)
    ending = jobs(app)
    needs = it.needs | {
        case.running("job" if other in ending else "process", other)
        for other, _ in container.after
        if other in ending or app.kind is not Kind.SCHEDULE
    }
    if app.before and not _holder(case, made):
        needs |= {_before_id(case)}
    if container.name in ending:
        id, spec = case.running("job", container.name), m.Job(program)
        return case.own(id, spec, needs=needs - {_before_id(case)}, claims=it.claims, once=True)
    if app.kind is Kind.SCHEDULE:
        timer = m.Timer(program, app.schedule, app.timezone)
        return case.own(
            case.standing("timer", container.name), timer, needs=needs, claims=it.claims
        )
    listening = container.name in listeners(app)
    process = m.Process(
        program=program,
        probe=_probe(case, container, it),
        drain=app.drain if listening else 0.0,
        start_timeout=_WITH_MIGRATION if program is not it.program else 60.0,
    )
    id = case.running("process", container.name)
    return case.own(id, process, needs=needs, claims=it.claims)


def _probe(case: Case, container: Container, it: Made) -> m.Probe:
    if it.check:
        return m.CommandProbe(it.check)
    listener = listeners(case.app).get(container.name)
    if listener is None:
        return m.AliveProbe()
    block = port_id(case, container)
    if not isinstance(container.check, HttpCheck):
        return m.TcpProbe(Text.of(block.ref("number")))
    index = check_port(listener, container.check)
    number = block.ref(f"number+{index}" if index else "number")
    url = Text.of(f"http://{HERE}:", number, container.check.path)
    return m.HttpProbe(url, container.check.headers)


def _before_id(case: Case) -> Id:
    return case.running("job", "before")


def _before(case: Case, made: Mapping[str, Made]) -> Resource[Any]:
    """The command that comes first, once for each release, as the first container would run it."""
    it = made[case.app.containers[0].name]
    program = replace(it.program, command=argv(*case.app.before), path=path_of(case))
    return case.own(_before_id(case), m.Job(program), needs=it.needs, once=True)


def _holder(case: Case, made: Mapping[str, Made]) -> str:
    """The first container that holds a volume for itself.

    A job cannot hold it too. So there the command that comes first is run by the process, whenever
    it starts: by then no older release has the volume any more.
    """
    containers = (container.name for container in case.app.containers)
    return next((name for name in containers if made[name].claims), "")


def _with_before(case: Case, container: Container, made: Mapping[str, Made]) -> m.Program:
    program = made[container.name].program
    if not case.app.before or container.name != _holder(case, made):
        return program
    script = f'{shlex.join(case.app.before)} && exec "$@"'
    return replace(program, command=(*argv("/bin/sh", "-c", script, "sh"), *program.command))


def _check_name(case: Case) -> None:
    if case.app.name in names.RESERVED and case.entry.service != case.app.name:
        case.say(
            "metadata.name",
            "reserved-name",
            f"{case.app.name!r} is the name of a part of the rack",
            "give the application another name: `rackhouse deploy FOLDER --name NAME`",
        )


def _check_volumes(case: Case, made: Mapping[str, Made]) -> None:
    users = Counter(claim for it in made.values() for claim in it.claims)
    for claim in sorted(claim for claim, count in users.items() if count > 1):
        name = claim.rpartition(".")[2]
        case.say(
            f"resources.{name}",
            "volume-shared",
            f"{users[claim]} containers write the volume at once, which is made for one",
            "add `params: {shared: true}` if their programs can share it",
        )
