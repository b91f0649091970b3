"""Programs: the command, environment and folder of one container of an application. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rackhouse.app.model import Container, HttpCheck, Kind, Release, ResourceType, Runtime, Template
from rackhouse.desired.case import Case
from rackhouse.desired.embedded.part import argv
from rackhouse.desired.images import BUILT, Image, through_engine
from rackhouse.desired.listening import Listener, listeners, port_id, port_names
from rackhouse.desired.mounts import Places
from rackhouse.desired.provision import Provision
from rackhouse.desired.routes import access
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access, Port, Program

HERE = "127.0.0.1"
BARE = "bare"  # in place of a digest: packages of which there are none

_ON_THIS_MACHINE = frozenset(ResourceType) - {
    ResourceType.VOLUME,
    ResourceType.ROUTE,
    ResourceType.SECRET,
    ResourceType.DNS,
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A program, and what it brings: `resources` of its own, `needs` and `claims` of its user."""

    program: Program
    check: tuple[Text, ...] = ()  # the command that says whether it is ready
    resources: tuple[Resource[Any], ...] = ()
    needs: frozenset[Id] = frozenset()
    claims: frozenset[str] = frozenset()


def make(case: Case, container: Container, provision: Provision) -> Made:
    """The program of one container."""
    listener = listeners(case.app).get(container.name)
    if listener is not None:
        _check_ports(case, listener)
    places = Places(case, container, provision)
    used = _used(container, provision)
    in_engine = container.image != BUILT or case.release.runtime is Runtime.IMAGE

    def text(template: Template) -> Text:
        filled = provision.fill(template)
        return filled if in_engine else places.moved(filled)  # an engine mounts at the very target

    command = tuple(map(text, container.command))
    args = tuple(map(text, container.args))
    variables = {key: text(value) for key, value in container.variables}
    check = container.check if isinstance(container.check, tuple) else ()
    check_words = tuple(map(text, check))
    _check_words(case, container, (*command, *args, *check_words))
    if in_engine:
        needs = {need.name: need for need in case.app.needs}
        speaks = any(needs[name].type in _ON_THIS_MACHINE for name in used)
        image = Image(container, listener, places.by_target, speaks=speaks)
        program = through_engine(case, image, command, args, variables)
    else:
        places.check()
        program = _process(case, container, listener, start(case, command, args), variables)
    provided = [provision.of(name) for name in used]
    port = () if listener is None else (case.own(port_id(case, container), _port(listener)),)
    return Made(
        program=program,
        check=check_words,
        resources=(*port, *places.resources),
        needs=frozenset[Id]().union(*(it.needs for it in provided), {case.source}),
        claims=frozenset[str]().union(*(it.claims for it in provided)),
    )


def _check_words(case: Case, container: Container, words: tuple[Text, ...]) -> None:
    """Commands are read by everyone on the machine, in the list of processes."""
    if any(ref.to.target == "vault" for word in words for ref in word.refs):
        case.say(
            f"containers.{container.name}",
            "secret-in-command",
            "a password in a command can be read by everyone on this machine",
            'put it into a variable, and name that: `command: [/bin/sh, -c, "exec program $NAME"]`'
            " where the program cannot read variables itself",
        )


def _check_ports(case: Case, listener: Listener) -> None:
    """The file may repeat there what it says of its ports, as it has to elsewhere; no other port
    would ever be listened at.
    """
    said = {str(port.target) for port in listener.ports}
    for name, value in listener.container.variables:
        if name in port_names(listener) and str(value) not in said and not _is_open(value):
            case.say(
                f"containers.{listener.container.name}.variables.{name}",
                "reserved-variable",
                f"{value} is no port of this container, and the rack itself says what {name} is",
                f"leave {name} out: the program reads it and is told a free port",
            )


def _is_open(value: Template) -> bool:
    return any(not isinstance(part, str) for part in value.parts)


def path_of(case: Case) -> tuple[Text, ...]:
    """The folders that come first on PATH: the release's packages, and Node where it is needed."""
    path = []
    if has_packages(case.release):
        path.append(Text.of(packages_id(case).ref("bin")))
    node = case.ground.facts.tools.node
    if case.release.runtime is Runtime.NODE and node:
        path.append(Text.of(node.rpartition("/")[0]))
    return tuple(path)


def has_packages(release: Release) -> bool:
    """Whether there is something to install: for Python an environment of its own at least."""
    return bool(release.packages) or release.runtime is Runtime.PYTHON


def packages_id(case: Case) -> Id:
    """The installed dependencies, shared by all releases that have the same."""
    release = case.release
    return Id("machine", "packages", f"{release.runtime}-{release.packages or BARE}")


def home_id(case: Case) -> Id:
    """The folder that is HOME to an application's programs, over all releases."""
    return case.standing("folder")


def _process(
    case: Case,
    container: Container,
    listener: Listener | None,
    command: tuple[Text, ...],
    variables: dict[str, Text],
) -> Program:
    if case.app.kind is Kind.STATIC:
        return Program(command=_static(case, container), folder=Text.of(case.source.ref("path")))
    ports = {} if listener is None else _ports(case, listener)
    env = {**_defaults(case), **variables, **ports}
    return Program(
        command=command,
        env=tuple(sorted(env.items())),
        folder=Text.of(case.source.ref("path")),
        path=path_of(case),
        memory_max=container.memory_max,
    )


def start(case: Case, command: tuple[Text, ...], args: tuple[Text, ...]) -> tuple[Text, ...]:
    """As the file says; without a command, the package's or the runtime's own way to start."""
    if command or case.app.kind is Kind.STATIC:
        return command + args
    if case.app.package:
        return (Text.of(re.split(r"[\[=]", case.app.package)[0].lower()), *args)
    if case.release.runtime is Runtime.NODE:
        return (*argv("npm", "start"), *(argv("--") if args else ()), *args)
    case.say(
        "containers",
        "no-command",
        "nothing says how to start the program",
        "add a `command` to its container, such as `command: [python, main.py]`",
    )
    return args


def _static(case: Case, container: Container) -> tuple[Text, ...]:
    folder = case.app.folder.strip("./")
    path = Text.of(case.source.ref("path"), f"/{folder}" if folder else "")
    number = Text.of(port_id(case, container).ref("number"))
    return argv(case.ground.facts.tools.python, "-m", "rackhouse.kit.static", path, number)


def _defaults(case: Case) -> dict[str, Text]:
    """What the application's own variables may overrule."""
    env = {
        "HOME": Text.of(home_id(case).ref("path")),
        "HOST": Text.of(HERE),
        "RACKHOUSE_APPLICATION": Text.of(case.app.name),
        "RACKHOUSE_RELEASE": Text.of(case.release.tag),
    }
    if access(case) is Access.SIGNED_IN:
        console = case.ground.parts["console"].outputs["url"]
        env["RACKHOUSE_IDENTITY_KEYS"] = Text.of(console, "/.well-known/jwks.json")
    if case.release.runtime is Runtime.PYTHON:
        env["PYTHONUNBUFFERED"] = Text.of("1")
    if case.release.runtime is Runtime.NODE:
        env["NODE_ENV"] = Text.of("production")
    return env


def _ports(case: Case, listener: Listener) -> dict[str, Text]:
    """Where it listens. They overrule the file, which cannot know."""
    block = port_id(case, listener.container)
    return {
        name: Text.of(block.ref(f"number+{index}" if index else "number"))
        for index, name in enumerate(port_names(listener))
    }


def _port(listener: Listener) -> Port:
    return Port(count=len(listener.ports))


def _used(container: Container, provision: Provision) -> list[str]:
    check = container.check if isinstance(container.check, tuple) else ()
    contents = [mount.content for mount in container.mounts if mount.content is not None]
    variables = [value for _, value in container.variables]
    templates = (*container.command, *container.args, *variables, *check, *contents)
    named = {name for template in templates for name in provision.used(template)}
    return sorted(named | {mount.volume for mount in container.mounts if mount.volume})


def check_port(listener: Listener, check: HttpCheck) -> int:
    """Which of the listener's ports a probe asks at."""
    targets = [port.target for port in listener.ports]
    return targets.index(check.port) if check.port in targets else 0
