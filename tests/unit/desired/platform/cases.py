"""Racks that have every component of the platform between them, and their manifests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rackhouse.desired.platform.build import platform
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.kube import Object

RACKS = sorted((Path(__file__).parents[4] / "examples" / "racks").glob("*.yaml"))
SUM = "0123456789abcdef" * 4
MODELS = f"""
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
  forge:
    role: gpu
    runtime: RUNTIME
    arch: amd64
    disk: nvme
    cpus: 8
    memory: 32Gi
    address: 10.20.20.20
    gpu: {{memory: 24Gi}}
models:
  chat: {{prefer: [{{engine: ollama, model: "llama3.1:8b", node: forge,
    image: "ollama/ollama@sha256:{SUM}"}}]}}
  code: {{prefer: [{{engine: vllm, model: Qwen/Qwen2.5-Coder-7B-Instruct-AWQ, node: forge,
    image: "vllm/vllm-openai@sha256:{SUM}", arguments: [--max-model-len, "8192"]}}]}}
  find: {{prefer: [{{engine: text-embeddings, model: BAAI/bge-small-en-v1.5, node: forge,
    image: "ghcr.io/huggingface/text-embeddings-inference@sha256:{SUM}"}}]}}
platform: {{certificates: true, volumes: longhorn,
  image: "git.home.arpa/home/rackhouse@sha256:{SUM}"}}
"""


PUBLIC = """
domain: rack.ada.dev
nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
clusters: {home: {nodes: [pi]}}
data:
  objects: {at: "https://s3.elsewhere.example"}
  postgres: {recover: {from: postgres, into: next}}
backups: {to: "s3://s3.elsewhere.example/rack"}
platform: {letsencrypt: {email: ada@ada.dev, dns: rfc2136, nameserver: 10.20.10.1, key: rack}}
"""


def with_models(runtime: str) -> Rack:
    """One rack, of which one word differs."""
    return load(MODELS.replace("RUNTIME", runtime))


def every_rack() -> list[tuple[str, Rack]]:
    """The examples, one that relies on the world outside, and both ways of a GPU machine."""
    found = [(file.stem, load(file.read_text())) for file in RACKS]
    found.append(("public", load(PUBLIC)))
    return [*found, *((f"models-{it}", with_models(it)) for it in ("docker", "k3s"))]


def manifests(resources: Mapping[Id, Resource[Any]]) -> list[dict[str, Any]]:
    """All that are objects."""
    specs = [it.spec for it in resources.values()]
    return [json.loads(str(it.body)) for it in specs if isinstance(it, Object)]


def of(rack: Rack) -> list[dict[str, Any]]:
    """The manifests of the platform of its first cluster."""
    return manifests(platform(rack))


def pods(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each workload, with the specification of its pod."""
    for it in found:
        if it["kind"] in {"Deployment", "StatefulSet", "DaemonSet"}:
            yield it, it["spec"]["template"]["spec"]


def containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that run, and those that run before."""
    return [*spec["containers"], *spec.get("initContainers", [])]
