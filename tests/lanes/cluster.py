"""A whole cluster of one node on a ground of its own: controllers, scheduler, containerd, kubelet.

Pods really run. It has no kube-proxy and no controller of NetworkPolicies: services' addresses lead
nowhere, and every edge is open.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from integration.docker.images import Tiny
from lanes.binaries import assets, plugins
from lanes.control import ControlPlane
from lanes.ground import ADDRESS, BRIDGE, SUBNET, Ground, forward, ground
from lanes.processes import Crew, free_port

_PORT, _NODE = 6443, "node-1"
REGISTRY = "git.lane.arpa"  # of the rack `lane`
_SERVES = Path(__file__).parents[1] / "integration" / "docker" / "registry.py"
_SOCKET = "/run/containerd/containerd.sock"  # on the ground, /run is its own
_PAUSE = "rackhouse.test/pause:1"
_CONTAINERD = """
version = 2
root = "{folder}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{pause}"
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "{folder}/registries"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{plugins}"
conf_dir = "{folder}/cni"
"""


class Cluster:
    """A started one. `control` is its API, with a kubeconfig and a test's own hand."""

    def __init__(self, on: Ground) -> None:
        self.ground = on
        self.folder = on.folder
        self.crew = Crew(on.folder, on.inside)
        url = f"https://127.0.0.1:{forward(self.crew, _PORT)}"
        self.control = ControlPlane(self.crew, ADDRESS, _PORT, url)
        self._authority = self.control.authority

    def start(self) -> None:
        """All of it, until the node is ready. DidNotStart when one of them is not to be."""
        asks = self._authority.client("apiserver-asks-kubelets", "system:masters")
        self.control.start(
            f"--kubelet-client-certificate={asks.certificate}",
            f"--kubelet-client-key={asks.key}",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged",
        )
        self._controllers()
        self._registry()
        self._engine()
        self._kubelet()

    def import_image(self, image: Tiny, *names: str) -> None:
        """Have the node hold it: there is no registry."""
        archive = image.save(self.folder / "image.tar", *names)
        ctr = ("ctr", "--address", _SOCKET, "--namespace", "k8s.io")
        self.ground.run(*ctr, "images", "import", archive)

    def _controllers(self) -> None:
        for name, user, more in (
            (
                "kube-controller-manager",
                "system:kube-controller-manager",
                [
                    f"--service-account-private-key-file={self.control.accounts}",
                    f"--root-ca-file={self._authority.file}",
                    "--use-service-account-credentials",
                ],
            ),
            ("kube-scheduler", "system:kube-scheduler", []),
        ):
            config = self._authority.kubeconfig(f"{name}.conf", self.control.there, user)
            common = ["--bind-address=127.0.0.1", "--leader-elect=false"]
            paths = [
                f"--{it}kubeconfig={config}" for it in ("", "authentication-", "authorization-")
            ]
            self.crew.start(name, [str(assets() / name), *paths, *common, *more])

    def _registry(self) -> None:
        """The one of REGISTRY has nothing: what is not imported is answered with a no."""
        for name in ("images", f"registries/{REGISTRY}"):
            (self.folder / name).mkdir(parents=True)
        port = free_port()
        argv = [sys.executable, str(_SERVES), str(self.folder / "images"), str(port)]
        self.crew.start("registry", argv)
        hosts = self.folder / "registries" / REGISTRY / "hosts.toml"
        url = f"http://127.0.0.1:{port}"
        hosts.write_text(f'server = "{url}"\n[host."{url}"]\ncapabilities = ["pull", "resolve"]\n')

    def _engine(self) -> None:
        (self.folder / "cni").mkdir()
        (self.folder / "cni" / "10-bridge.conflist").write_text(json.dumps(_NETWORK))
        config = self.folder / "containerd.toml"
        filled = {"folder": self.folder, "socket": _SOCKET, "pause": _PAUSE, "plugins": plugins()}
        config.write_text(_CONTAINERD.format(**filled))
        self.crew.start("containerd", ["containerd", "--config", str(config)])
        log = self.folder / "containerd.log"
        self.crew.wait("containerd", lambda: "successfully booted" in log.read_text())
        pause = Tiny("pause", scripts=(("pause", "#!/bin/sh\nexec sleep 2147483647\n"),))
        self.import_image(pause, _PAUSE)

    def _kubelet(self) -> None:
        user = f"system:node:{_NODE}"
        kubeconfig = self._authority.kubeconfig(
            "kubelet.conf", self.control.there, user, "system:nodes"
        )
        serving = self._authority.server("kubelet", ADDRESS)
        config = self.folder / "kubelet.yaml"
        config.write_text(
            yaml.safe_dump(
                {
                    **_KUBELET,
                    "cgroupRoot": f"/{self.ground.cgroup}",
                    "tlsCertFile": str(serving.certificate),
                    "tlsPrivateKeyFile": str(serving.key),
                    "authentication": {
                        "anonymous": {"enabled": False},
                        "webhook": {"enabled": False},
                        "x509": {"clientCAFile": str(self._authority.file)},
                    },
                }
            )
        )
        self.crew.start(
            "kubelet",
            [
                str(assets() / "kubelet"),
                f"--config={config}",
                f"--kubeconfig={kubeconfig}",
                f"--root-dir={self.folder / 'kubelet'}",
                f"--hostname-override={_NODE}",
                f"--node-ip={ADDRESS}",
            ],
        )
        self.crew.wait("kubelet", self._node_is_ready)

    def _node_is_ready(self) -> bool:
        answer = self.control.hand.send("GET", f"/api/v1/nodes/{_NODE}")
        if not answer.is_success:
            return False
        conditions = answer.json().get("status", {}).get("conditions") or ()
        return any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """One whose node is ready; nothing of it is left at the end."""
    with ground(folder) as on:
        made = Cluster(on)
        try:
            made.start()
            yield made
        finally:
            made.control.stop()


_NETWORK = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "plugins": [
        {
            "type": "bridge",
            "bridge": BRIDGE,
            "ipam": {"type": "host-local", "ranges": [[{"subnet": SUBNET, "gateway": ADDRESS}]]},
        }
    ],
}
# On a machine that is somebody else's, of whichever version its cgroups are.
_KUBELET = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "address": ADDRESS,
    "authorization": {"mode": "AlwaysAllow"},
    "cgroupDriver": "cgroupfs",
    "cgroupsPerQOS": False,
    "enforceNodeAllocatable": [],
    "failCgroupV1": False,
    "failSwapOn": False,
    "containerRuntimeEndpoint": f"unix://{_SOCKET}",
    "evictionHard": dict.fromkeys(
        ("memory.available", "nodefs.available", "imagefs.available", "nodefs.inodesFree"), "0%"
    ),
    "resolvConf": "",
    "clusterDNS": ["10.96.0.10"],  # which nobody answers at
    "clusterDomain": "cluster.local",
}
