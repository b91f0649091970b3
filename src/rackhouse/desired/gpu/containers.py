"""Model servers as containers of a machine's engine, and the models of its Ollama."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.desired.gpu.engine import stands_on
from rackhouse.desired.gpu.servers import Server, slug
from rackhouse.rack.capacity import SYSTEM
from rackhouse.rack.model import Node
from rackhouse.rack.words import Engine
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.docker import Container, HttpHealth, Image, Mount, Published, Volume
from rackhouse.resources.ollama import Pulled

_SHORT = 8  # hexadecimal digits that tell one image from the others
_GRACE = 30.0  # seconds to finish an answer


def address(node: Node) -> str:
    """Where its servers listen: its own address and no other."""
    return str(node.address or "127.0.0.1")


def containers(node: Node, servers: tuple[Server, ...], login: str) -> Iterator[Resource[Any]]:
    """All that lies on the engine, and on its Ollama."""
    needs = stands_on(node.name, login)
    for engine in dict.fromkeys(server.engine for server in servers):
        volume = Id(f"docker.{node.name}", "volume", slug(engine))
        yield Resource(id=volume, spec=Volume(), needs=needs, keep=True)
    for reference in dict.fromkeys(server.image for server in servers):
        yield Resource(id=_image(node, reference), spec=Image(reference), needs=needs)
    for server in servers:
        yield (running := container(node, server))
        if server.engine == Engine.OLLAMA:
            for model in server.models:
                yield Resource(
                    id=Id(f"ollama.{node.name}", "model", slug(model)),
                    spec=Pulled(model),
                    needs=frozenset({running.id}),
                )


def container(node: Node, server: Server) -> Resource[Container]:
    """One server. It is called by its role, since its port and its card are for one at a time:
    another image is the same container made anew.
    """
    recipe, at = server.recipe, address(node)
    words = [word.replace("{}", server.models[0]) for word in recipe.words]
    volume = slug(server.engine)
    spec = Container(
        image=Text.of(_image(node, server.image).ref("id")),
        command=tuple(map(Text.of, (*words, *server.arguments))),
        mounts=(Mount(recipe.keeps, volume=volume),),
        ports=(Published(recipe.port, server.port, at),),
        memory=max(node.memory - SYSTEM, 0),
        gpus=("all",) if node.gpu else (),
        health=HttpHealth(Text.of(f"http://{at}:{server.port}{recipe.answers}")),
        patience=recipe.patience,
        grace=_GRACE,
    )
    place = f"docker.{node.name}"
    return Resource(
        id=Id(place, "container", server.name),
        spec=spec,
        needs=frozenset({Id(place, "volume", volume)}),
        claims=frozenset({f"port:{node.name}:{server.port}"}),  # another server on it leaves first
    )


def _image(node: Node, reference: str) -> Id:
    name, _, digest = reference.partition("@sha256:")
    return Id(f"docker.{node.name}", "image", f"{slug(name.rpartition('/')[2])}@{digest[:_SHORT]}")
