"""Rules about models and where they run. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Local, Model, Node, Rack
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
    """vLLM, llama.cpp and text-embeddings hold their model as long as they run."""
    room, where = _room(node)
    placed = {
        (local.engine, local.model): memory_of(local)
        for model in rack.models
        for local in model.prefer
        if local.node == node.name and local.engine in STAYS
    }
    if room and len(placed) > 1 and sum(placed.values()) > room >= max(placed.values()):
        names = ", ".join(name for _, name in placed)
        what = f"{names} together take {gi(sum(placed.values()))}, {node.name} has "
        what += f"{gi(room)} of {where}"
        fix = "let ollama serve them, which loads one at a time, or move one elsewhere"
        yield Finding(f"nodes.{node.name}", what, fix)


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


def model_out_of_reach(rack: Rack, at: tuple[Model, int, Local]) -> Findings:
    """The gateway runs in the cluster; a machine in another VLAN has to let it in."""
    model, number, local = at
    node, port = node_named(rack, local.node), PORTS.get(local.engine)
    inside = [member for cluster in rack.clusters for member in members(rack, cluster)]
    target = vlan_of(rack, node.address) if node and node not in inside else None
    if target is None or port is None:
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
