"""A model server as a pod on a machine of the cluster. Pure.

Nobody of root, though its image begins as root: what it fetches lies on a volume of its own that is
its home. The cards of a machine are shared, as its servers share them in Docker.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lightkube.models import core_v1 as k

from rackhouse.app.graph import GATEWAY
from rackhouse.desired.gpu.servers import Server
from rackhouse.desired.kube.allow import from_, internet, peer, to
from rackhouse.desired.kube.sizes import Size
from rackhouse.desired.platform.gpu import CARD, RUNTIME
from rackhouse.desired.platform.pod import GPU_TAINT, Pod, claimed, container
from rackhouse.desired.platform.space import Space
from rackhouse.rack.capacity import SYSTEM
from rackhouse.rack.model import Node
from rackhouse.rack.words import Engine
from rackhouse.resources.core import Resource

_HOME = "/models"
_GI = 2**30
_DISK = 100 * _GI
_LEAST, _USUAL = 1 * _GI, 16 * _GI  # of memory: what it asks for, and may use where nobody knows
_KEEPS: Mapping[Engine, Mapping[str, str]] = {  # from each project's page on its settings
    Engine.OLLAMA: {"OLLAMA_MODELS": f"{_HOME}/ollama", "OLLAMA_HOST": "0.0.0.0:11434"},
    Engine.VLLM: {"HF_HOME": _HOME},
    Engine.LLAMA_CPP: {"LLAMA_CACHE": _HOME},
    Engine.EMBEDDINGS: {"HUGGINGFACE_HUB_CACHE": _HOME, "PORT": "8080"},
}


def served(space: Space, node: Node, server: Server, name: str) -> Iterator[Resource[Any]]:
    """All but its Service."""
    claim = space.claim(name, _DISK)
    yield claim
    yield space.account(name)
    pod = _pod(node, server, name)
    made = space.several(name, pod, patience=int(server.recipe.patience))
    # Another server on that port of the machine, in Docker, has the same card: it leaves first.
    holds = frozenset({f"port:{node.name}:{server.port}"})
    yield replace(made, needs=made.needs | {claim.id}, claims=holds)
    into = from_(peer(GATEWAY), at=[server.inside])
    yield space.policy(name, into=[into], out=[to(internet())])


def _pod(node: Node, server: Server, name: str) -> Pod:
    at = server.inside
    words = [word.replace("{}", server.models[0]) for word in server.recipe.words]
    room = max(node.memory - SYSTEM, _LEAST) if node.memory else _USUAL
    said = {"HOME": _HOME, **_KEEPS[server.engine]}
    program = container(
        server.engine.value.replace(".", "-"),
        server.image,
        Size(room, min(_LEAST, room), cpu=max(node.cpus, 4) * 1000, cpu_request=100),
        args=(*words, *server.arguments),
        env=[k.EnvVar(name=key, value=value) for key, value in said.items()],
        ports={"http": at},
        mounts={_HOME: "models", "/dev/shm": "shared"},  # noqa: S108 (a volume of the pod's own)
        probe=k.Probe(
            httpGet=k.HTTPGetAction(path=server.recipe.answers, port=at), periodSeconds=5
        ),
    )
    assert program.resources is not None
    assert program.resources.limits is not None
    if node.gpu:
        program.resources.limits[CARD] = "1"
    if server.engine == Engine.OLLAMA:
        fetch = k.ExecAction(command=["sh", "-c", _fetched(server)])
        program.lifecycle = k.Lifecycle(postStart=k.LifecycleHandler(exec=fetch))
    return Pod(
        account=name,
        containers=(program,),
        volumes=(
            claimed("models", name),
            k.Volume(name="shared", emptyDir=k.EmptyDirVolumeSource(medium="Memory")),
        ),
        node={"kubernetes.io/hostname": node.name},
        tolerates=(GPU_TAINT,),
        runtime=RUNTIME if node.gpu else None,
    )


def _fetched(server: Server) -> str:
    """The models of an Ollama are there before it is asked for the first."""
    lines = ["until ollama list >/dev/null 2>&1; do sleep 1; done"]
    lines += [f"until ollama pull {shlex.quote(it)}; do sleep 10; done" for it in server.models]
    return "\n".join(lines)
