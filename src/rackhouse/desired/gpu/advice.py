"""What a GPU machine lacks in the rack file to serve its models: advice, not refusals. Pure.

Nothing is guessed in its place: no image's digest, no key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rackhouse.desired.gpu.servers import RECIPES
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.finding import Finding
from rackhouse.rack.words import Engine, Role


def findings(rack: Rack, joined: Collection[str]) -> tuple[Finding, ...]:
    """All of it about machines that have joined, in the order of the file."""
    machines = [node for node in rack.nodes if node.role == Role.GPU and node.name in joined]
    return (*(each for node in machines for each in _card(node)), *_images(rack, machines))


def _card(node: Node) -> Iterator[Finding]:
    if node.gpu and node.gpu.toolkit is None:
        what = f"nothing puts NVIDIA's container toolkit on {node.name}"
        fix = "write `toolkit: {key: SHA-256 of SOURCE/gpgkey}`, unless it is there already"
        yield Finding(f"nodes.{node.name}.gpu", what, fix)


def _images(rack: Rack, machines: list[Node]) -> Iterator[Finding]:
    names = {node.name for node in machines}
    served: dict[str, str] = {}  # one image says it for all models of an Ollama
    for model in rack.models:
        for local in model.prefer:
            if local.engine == Engine.OLLAMA and local.image:
                served[local.node] = local.image
    for model in rack.models:
        for number, local in enumerate(model.prefer):
            image = local.image or (local.engine == Engine.OLLAMA and served.get(local.node))
            if local.node in names and local.engine in RECIPES and not image:
                what = f"no image is named, so nothing serves {local.model} on {local.node}"
                fix = "write `image: NAME@sha256:...`; `docker buildx imagetools inspect NAME:TAG`"
                path = f"models.{model.name}.prefer[{number}]"
                yield Finding(path, what, f"{fix} shows it")
