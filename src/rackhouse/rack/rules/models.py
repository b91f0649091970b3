"""Rules about models and where they run. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.models import Local, Model
from rackhouse.rack.rules.finding import (
    Finding,
    Findings,
    gi,
    may_reach,
    members,
    node_named,
    vlan_of,
)
from rackhouse.rack.words import Engine

PORTS = {Engine.OLLAMA: 11434, Engine.VLLM: 8000, Engine.LLAMA_CPP: 8080, Engine.EMBEDDINGS: 8081}
BUILT_IN = ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2:int8", "all-MiniLM-L6-v2:fp32")
STAYS = {Engine.VLLM, Engine.LLAMA_CPP, Engine.EMBEDDINGS}  # Ollama unloads what it does not use
_BITS = {Engine.OLLAMA: 4.5, Engine.LLAMA_CPP: 4.5}  # Q4_K_M, what they fetch when not told


def model_too_large(rack: Rack, at: tuple[Model, int, Local]) -> Findings:
    """A model that does not fit into the memory beside the processor that computes it either does
    not start or crawls. Its weights alone are counted (parameters times bits); they are the least.
    """
    model, number, local = at
    node = node_named(rack, local.node)
    room, where = _room(node) if node else (0, "")
    need = memory_of(local)
    if node and room and need > room:
        what = f"{local.model} takes {gi(need)}, {node.name} has {gi(room)} "
        what += f"of {where}"
        fix = "take a smaller model, or one quantized more strongly; or say its real `memory`"
        yield Finding(f"models.{model.name}.prefer[{number}].model", what, fix)


def models_too_large_together(rack: Rack, node: Node) -> Findings:
    """vLLM, llama.cpp and text-embeddings hold their model as long as they run, and beside all of
    them the largest that Ollama may load has to fit.
    """
    room, where = _room(node)
    placed = {
        (local.engine, local.model): memory_of(local)
        for model in rack.models
        for local in model.prefer
        if local.node == node.name and local.engine != Engine.BUILTIN
    }
    held = {key: need for key, need in placed.items() if key[0] in STAYS}
    loaded = {key: need for key, need in placed.items() if key not in held}
    if held and loaded:
        largest = max(loaded, key=lambda key: loaded[key])
        held[largest] = loaded[largest]
    if room and len(held) > 1 and sum(held.values()) > room >= max(held.values()):
        names = ", ".join(f"{name} ({gi(need)})" for (_, name), need in held.items())
        what = f"{names} together take {gi(sum(held.values()))}, {node.name} has "
        what += f"{gi(room)} of {where}"
        fix = "let ollama serve them, which loads one at a time, or move one elsewhere"
        yield Finding(f"nodes.{node.name}", what, fix)


def models_on_one_port(rack: Rack, node: Node) -> Findings:
    """Each server listens on a port of its machine. Ollama serves all its models on one."""
    taken: dict[int, tuple[str, str]] = {}
    for model in rack.models:
        for number, local in enumerate(model.prefer):
            port = port_of(local)
            server = (local.engine.value, "" if local.engine == Engine.OLLAMA else local.model)
            if local.node == node.name and port and taken.setdefault(port, server) != server:
                other = " ".join(taken[port]).strip()
                what = f"{local.engine} and {other} are both to listen on {port} of {node.name}"
                fix = f"give it another `port`, such as {max(taken) + 1}"
                yield Finding(f"models.{model.name}.prefer[{number}].port", what, fix)


def models_of_two_images(rack: Rack, node: Node) -> Findings:
    """One Ollama serves all models of its machine, so it is of one image."""
    images: dict[str, str] = {}
    for model in rack.models:
        for number, local in enumerate(model.prefer):
            at = f"models.{model.name}.prefer[{number}]"
            if local.node == node.name and local.engine == Engine.OLLAMA and local.image:
                images.setdefault(local.image, at)
    for image, path in list(images.items())[1:]:
        what = f"{next(iter(images.values()))} names another image of ollama for {node.name}"
        yield Finding(f"{path}.image", what, f"take one of them; this is {image}")


def model_on_unknown_node(rack: Rack, at: tuple[Model, int, Local]) -> Findings:
    """A model is served by a machine that the file describes."""
    model, number, local = at
    if local.node and node_named(rack, local.node) is None:
        near = did_you_mean(local.node, [node.name for node in rack.nodes])
        path = f"models.{model.name}.prefer[{number}].node"
        fix = near.strip() or "add it under `nodes`"
        yield Finding(path, f"there is no node {local.node!r}", fix)


def model_without_gpu(rack: Rack, at: tuple[Model, int, Local]) -> Findings:
    """vLLM computes on a graphics card and on nothing else that a rack has."""
    model, number, local = at
    node = node_named(rack, local.node)
    if local.engine == Engine.VLLM and node and node.gpu is None:
        what, path = f"{node.name} has no GPU", f"models.{model.name}.prefer[{number}].node"
        yield Finding(path, what, "choose a node with `gpu`, or ollama or llama.cpp")


def model_that_is_not_built_in(_: Rack, at: tuple[Model, int, Local]) -> Findings:
    """The gateway has one embedder built in, in two forms, and fetches no other."""
    model, number, local = at
    if local.engine == Engine.BUILTIN and local.model not in BUILT_IN:
        near = did_you_mean(local.model, BUILT_IN).strip()
        fix = near or f"name one of {', '.join(BUILT_IN)}, or another `engine`"
        path = f"models.{model.name}.prefer[{number}].model"
        yield Finding(path, f"{local.model!r} is not built in", fix)


def model_out_of_reach(rack: Rack, at: tuple[Model, int, Local]) -> Findings:
    """The gateway runs in the cluster; a machine in another VLAN has to let it in."""
    model, number, local = at
    node, port = node_named(rack, local.node), port_of(local)
    inside = [member for cluster in rack.clusters for member in members(rack, cluster)]
    target = vlan_of(rack, node.address) if node and node not in inside else None
    if target is None or not port:
        return
    sources = {vlan.name: vlan for member in inside if (vlan := vlan_of(rack, member.address))}
    for source in sources.values():
        if not may_reach(rack, source, target, port):
            what = f"nodes in {source.name} cannot reach {local.node}, where {local.engine} listens"
            fix = f"add `- {{from: {source.name}, to: {target.name}, ports: [{port}]}}` to "
            fix += "`network.reach`"
            yield Finding(f"models.{model.name}.prefer[{number}].node", what, fix)


def model_that_nobody_answers(_: Rack, model: Model) -> Findings:
    """A name without anything behind it fails at the first question."""
    if not model.prefer and not model.fall_back:
        what = f"nothing answers for {model.name!r}"
        yield Finding(f"models.{model.name}", what, "add `prefer` or `fall_back`")


def port_of(local: Local) -> int:
    """Where a model is answered on its machine; 0 for what is no server of its own."""
    return local.port or PORTS.get(local.engine, 0)


def memory_of(local: Local) -> int:
    """Bytes that a model takes at least: as said, else from its name; 0 when that says nothing.

    `llama3.1:8b` is 8 thousand million parameters, `mixtral:8x7b` eight times 7.
    """
    name = local.model.lower()
    count = re.search(r"(?:^|[^a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])", name)
    if local.memory or count is None:
        return local.memory
    bits = re.search(r"(?:^|[^a-z0-9])(?:i?q|fp|bf|f|int|w)(\d{1,2})(?![0-9])", name)
    four = re.search(r"awq|gptq", name)
    width = float(bits[1]) if bits else 4.0 if four else _BITS.get(local.engine, 16.0)
    return int(float(count[1] or 1) * float(count[2]) * 1e9 * width / 8)


def _room(node: Node) -> tuple[int, str]:
    return (node.gpu.memory, "GPU memory") if node.gpu else (node.memory, "memory")
