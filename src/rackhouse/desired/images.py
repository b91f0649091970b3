"""Containers of other people's images, by the engine that this machine has. Pure.

The engine runs in the foreground and is supervised like any process. An image that speaks to
something of this rack shares the machine's network, since all that listens on loopback alone, and
is told its `PORT`; any other listens where it always does, published to a free port on loopback.
Values travel in the environment: the command line can be read by everyone on the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.app.model import Container, Runtime
from rackhouse.desired.case import Case
from rackhouse.desired.embedded.part import argv
from rackhouse.desired.listening import Listener, port_id
from rackhouse.resources.core import Text
from rackhouse.resources.machine import Program

BUILT = "."  # the image of a container that is built from the source

# What a killed engine left running is taken away first; the rest becomes the engine itself.
_ANEW = '"$0" rm --force "$1" >/dev/null 2>&1; shift; exec "$0" "$@"'


@dataclass(frozen=True, slots=True)
class Image:
    """A container to be run: where its mounts really are, and whether it `speaks` to the rack."""

    container: Container
    listener: Listener | None
    places: Mapping[str, Text]
    speaks: bool


def through_engine(
    case: Case,
    image: Image,
    command: tuple[Text, ...],
    args: tuple[Text, ...],
    variables: dict[str, Text],
) -> Program:
    """The engine's command line. Notes the problem when this machine has no engine."""
    engine, container = case.ground.facts.container_engine, image.container
    if not engine:
        _refuse(case, container)
    name = f"rackhouse-{case.app.name}-{container.name}-{case.release.tag}"
    network, env = _network(case, image)
    env |= variables
    if image.speaks and image.listener is not None:
        env["PORT"] = Text.of(port_id(case, container).ref("number"))
    options: list[Text] = []
    for key in sorted(env):
        options += argv("--env", key)
    for target, place in sorted(image.places.items()):
        options += (Text.of("--volume"), Text.of(place, f":{target}"))
    if container.memory_max:
        options += argv("--memory", str(container.memory_max))
    if command:
        options += (Text.of("--entrypoint"), command[0])
    run = argv("run", "--rm", "--init", "--name", name)
    return Program(
        command=(
            *argv("/bin/sh", "-c", _ANEW, engine, name),
            *(*run, *network, *options, Text.of(_reference(case, container)), *command[1:], *args),
        ),
        env=tuple(sorted(env.items())),
    )


def built(case: Case) -> tuple[str, ...]:
    """The command that builds the application's own image from its Dockerfile; () for none."""
    own = any(container.image == BUILT for container in case.app.containers)
    if not own or case.release.runtime is not Runtime.IMAGE:
        return ()
    return (case.ground.facts.container_engine, "build", "--tag", _own(case), ".")


def _own(case: Case) -> str:
    return f"localhost/rackhouse/{case.app.name}:{case.release.tag}"


def _reference(case: Case, container: Container) -> str:
    return _own(case) if container.image == BUILT else container.image


def _refuse(case: Case, container: Container) -> None:
    image = "its Dockerfile" if container.image == BUILT else f"the image {container.image}"
    case.say(
        f"containers.{container.name}.image",
        "no-engine",
        f"it runs {image}, and this machine has no container engine",
        "install Podman or Docker, or run it from its source: `image: .` and a command",
    )


def _network(case: Case, image: Image) -> tuple[tuple[Text, ...], dict[str, Text]]:
    """How it is reached, and where it is told to listen."""
    if image.speaks:
        return argv("--network", "host"), {"HOST": Text.of("127.0.0.1")}
    if image.listener is None:
        return (), {}
    block = port_id(case, image.container)
    options: list[Text] = []
    for index, port in enumerate(image.listener.ports):
        number = block.ref(f"number+{index}" if index else "number")
        options += (Text.of("--publish"), Text.of("127.0.0.1:", number, f":{port.target}"))
    first = str(image.listener.ports[0].target)
    return tuple(options), {"HOST": Text.of("0.0.0.0"), "PORT": Text.of(first)}  # noqa: S104
