"""Graphics cards of a cluster: what lets a pod ask for one. Pure.

K3s has a RuntimeClass `nvidia` of its own, and the toolkit lies on the machine before K3s starts
(`desired.gpu`). The plugin itself has to run under that class, or it sees no card.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lightkube.models import apps_v1
from lightkube.models import core_v1 as k
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.apps_v1 import DaemonSet
from lightkube.resources.core_v1 import ConfigMap

from rackhouse.desired.gpu.servers import servers
from rackhouse.desired.kube.home import OWN
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import GPU_TAINT, Pod, Rights, container, marks, size
from rackhouse.desired.platform.space import PRIVILEGED, Space
from rackhouse.desired.platform.wanted import nodes
from rackhouse.resources.core import Resource

NAME = "nvidia-device-plugin"
RUNTIME, CARD = "nvidia", "nvidia.com/gpu"
HAS_CARD = {f"{OWN}/gpu": "nvidia"}  # a label that `desired.k3s` gives
_CONFIG = "config.json"  # JSON is YAML
_SOCKETS = "/var/lib/kubelet/device-plugins"


def gpu(space: Space) -> Iterator[Resource[Any]]:
    """The plugin, on each machine with a card. It speaks to the kubelet alone, by a socket."""
    yield from space.opened(PRIVILEGED)
    yield space.account(NAME)
    metadata = space.home.metadata(NAME)
    yield space.home.made(ConfigMap(metadata=metadata, data={_CONFIG: _shared(space)}))
    rights = Rights(root=True)
    plugin = container(
        NAME,
        space.image(table.GPU),
        size(table.GPU, limit=128, cpu=200),
        args=("--config-file", f"/config/{_CONFIG}"),
        mounts={_SOCKETS: "sockets", "/config": "config"},
        rights=rights,
    )
    path = k.HostPathVolumeSource(path=_SOCKETS, type="Directory")
    pod = Pod(
        account=NAME,
        containers=(plugin,),
        volumes=(
            k.Volume(name="sockets", hostPath=path),
            k.Volume(name="config", configMap=k.ConfigMapVolumeSource(name=NAME)),
        ),
        rights=rights,
        priority="system-node-critical",
        node=HAS_CARD,
        tolerates=(GPU_TAINT,),
        runtime=RUNTIME,
    )
    spec = apps_v1.DaemonSetSpec(
        selector=LabelSelector(matchLabels=marks(NAME)),
        template=pod.template(space.home, marks(NAME)),
    )
    made = DaemonSet(metadata=space.home.metadata(NAME, marks(NAME)), spec=spec)
    needs = {space.home.id(kind, NAME) for kind in ("ConfigMap", "ServiceAccount")}
    yield space.home.made(made, needs=needs)


def _shared(space: Space) -> str:
    """Servers share a card as they do in Docker: nothing but its memory holds them apart."""
    machines = nodes(space.rack, space.cluster)
    most = max((len(servers(space.rack, node)) for node in machines), default=0)
    sharing = {"timeSlicing": {"resources": [{"name": CARD, "replicas": most}]}}
    said = {"version": "v1", **({"sharing": sharing} if most > 1 else {})}
    return json.dumps(said, sort_keys=True, indent=1) + "\n"
