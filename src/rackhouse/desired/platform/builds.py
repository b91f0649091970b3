"""What pushes set in motion on a cluster: runners for their jobs, BuildKit for their images. Pure.

A job runs as nobody, in a pod that has no token of the cluster's and none to register with: a
neighbour in the same pod registers the runner for one job, after which its files are wiped and its
processes ended. What they are run by is a folder that jobs cannot write.
BuildKit runs on each architecture itself, so that nothing is emulated and no kernel is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k
from lightkube.models import networking_v1 as n
from lightkube.resources.core_v1 import ConfigMap

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import from_, internet, party, peer, to
from rackhouse.desired.kube.placement import ARCH
from rackhouse.desired.kube.platform import BROKER, FORGE, INGRESS, INGRESS_PODS
from rackhouse.desired.kube.sizes import MI, Size
from rackhouse.desired.platform import broker, forge, table
from rackhouse.desired.platform.pod import (
    GPU_TAINT,
    Pod,
    Rights,
    container,
    marks,
    scratch,
    secret,
    size,
)
from rackhouse.desired.platform.space import PRIVILEGED, Space
from rackhouse.desired.platform.wanted import architectures, has_broker
from rackhouse.rack.platform import Forge
from rackhouse.resources.core import Resource, Text

RUNNERS, BUILDS = "runners", "builds"
PORT = 1234
RUNNER, BUILDKIT, TRUST = "runner", "buildkit", "trust"
LABELS = "ubuntu-latest:host,ubuntu-24.04:host"

_REGISTRAR = 32 * MI
_ROOTLESS = Rights(user=1000, group=1000, unconfined=True)
_HOME = "/home/user/.local"
_BUILDS, _CACHE = 20480, 14  # MiB that BuildKit's volume has, and GB that its cache may fill
_REGISTER = f"""\
set -eu
trap 'exit 0' TERM
cp "$(command -v gitea-runner)" /tools/gitea-runner
while true; do
  if [ ! -e /runner/.runner ]; then
    rm -rf /runner/new && mkdir /runner/new && cd /runner/new
    gitea-runner register --no-interactive --ephemeral --instance "$INSTANCE" --token "$TOKEN" \
--name "$HOSTNAME-$(date +%s)" --labels {LABELS} && mv .runner /runner/.runner
  fi
  sleep 2 & wait $!
done
"""
_TOOLS = 'cp "$(command -v buildctl)" /tools/buildctl'
# It is the first process of its container, so that `kill -1` reaches all that a job left behind.
_JOBS = """\
trap 'kill -TERM $!; wait $!; exit 0' TERM
export PATH="/tools:$PATH"
wipe() {
  cd / && chmod -R u+rwX /work /tmp 2>/dev/null
  find /work /tmp -mindepth 1 -delete
}
while true; do
  until [ -e /runner/.runner ] && [ -x /tools/gitea-runner ]; do sleep 1 & wait $!; done
  wipe
  cp /runner/.runner /work/.runner && cd /work && exec /tools/gitea-runner daemon & wait $!
  kill -KILL -1 2>/dev/null
  wait
  wipe
  rm -rf /runner/.runner
done
"""


def runners(space: Space) -> Iterator[Resource[Any]]:
    """Those that jobs run in."""
    said = space.rack.platform.forge or Forge()
    token = forge.value(space, "runner-token").ref("value")
    yield from space.opened()
    yield space.home.secret(RUNNER, {"token": Text.of(token)})
    yield space.home.secret(TRUST, _authority())
    yield space.account(RUNNER)
    pod = _runner(space)
    yield space.several(RUNNER, pod, said.runners)
    yield space.policy(
        RUNNER,
        out=[
            to(party(FORGE), at=[FORGE.port]),
            to(peer(BUILDS), at=[PORT]),
            to(party(INGRESS), at=[INGRESS.port, INGRESS_PODS]),  # the registry, as its users say
            *_to_broker(space),
            to(internet()),
            *space.api_servers(),
        ],
    )


def builds(space: Space) -> Iterator[Resource[Any]]:
    """What images are built by, on each architecture that the cluster has."""
    yield from space.opened(PRIVILEGED)
    kept = space.home.secret(BUILDKIT, _authority())
    yield kept
    config = ConfigMap(
        metadata=space.home.metadata(BUILDKIT), data={"buildkitd.toml": _config(space)}
    )
    yield space.home.made(config)
    for arch in architectures(space.rack, space.cluster):
        name = f"{BUILDKIT}-{arch}" if arch else BUILDKIT
        yield space.account(name)
        yield space.service(name, {"buildkit": PORT}, marks(name))
        yield space.several(name, _buildkit(space, name, arch))
        yield space.policy(
            name,
            into=[from_(peer(RUNNERS), at=[PORT])],
            out=[to(internet()), to(party(INGRESS), at=[INGRESS.port, INGRESS_PODS])],
        )


def _authority() -> dict[str, Text]:
    """Whose certificate the registry has."""
    return {"authority.pem": Text.of(AUTHORITY.ref("certificate"))}


def _to_broker(space: Space) -> list[n.NetworkPolicyEgressRule]:
    there = has_broker(space.rack, space.cluster)
    return [to(party(BROKER), at=[BROKER.port])] if there else []


def _runner(space: Space) -> Pod:
    kept, trust = space.home.id("Secret", RUNNER), space.home.id("Secret", TRUST)
    both, cpu = table.RUNNER, table.RUNNER.cpu
    registrar = container(
        "registrar",
        space.image(table.RUNNER),
        Size(128 * MI, _REGISTRAR, cpu=200, cpu_request=10),
        command=("sh", "-c", _REGISTER),
        env=[
            k.EnvVar(name="INSTANCE", value=f"http://{FORGE.host}:{FORGE.port}"),
            secret("TOKEN", "token", RUNNER),
        ],
        mounts={"/runner": "runner", "/tools": "tools"},
    )
    tools = container(
        "tools",
        space.image(table.BUILDKIT),
        Size(128 * MI, _REGISTRAR, cpu=200, cpu_request=10),
        command=("sh", "-c", _TOOLS),
        mounts={"/tools": "tools"},
    )
    jobs = container(
        "jobs",
        space.image(table.RUNNER, 1),
        Size(2048 * MI, both.memory - _REGISTRAR, cpu=2000, cpu_request=cpu - 10),
        command=("bash", "-c", _JOBS),
        env=[k.EnvVar(name="HOME", value="/work"), *_builders(space), *_release(space)],
        mounts={"/runner": "runner", "/work": "work"},
        reads={"/tools": "tools", "/trust": TRUST},
    )
    return Pod(
        account=RUNNER,
        first=(tools,),
        containers=(registrar, jobs),
        volumes=(
            scratch("runner", 16),
            scratch("tools"),
            scratch("work", 8192),
            k.Volume(name=TRUST, secret=k.SecretVolumeSource(secretName=TRUST)),
        ),
        holes=(kept.ref("version"), trust.ref("version")),
        needs=(kept, trust),
        grace=300,  # a job that has begun
    )


def _builders(space: Space) -> list[k.EnvVar]:
    """Where each architecture's BuildKit is found, `BUILDKIT_ARM64=tcp://...`; and the first of
    them, as its client looks for it.
    """
    at = {
        arch: f"tcp://{BUILDKIT}{'-' if arch else ''}{arch}.{BUILDS}.svc:{PORT}"
        for arch in architectures(space.rack, space.cluster)
    }
    named = [k.EnvVar(name=f"BUILDKIT_{it.upper()}", value=at[it]) for it in at if it]
    return [*named, k.EnvVar(name="BUILDKIT_HOST", value=next(iter(at.values())))]


def _release(space: Space) -> list[k.EnvVar]:
    """Who vouches for the registry, and where `rackhouse release` asks for what it may release
    with.
    """
    said = {"RACKHOUSE_AUTHORITY": "/trust/authority.pem"}
    if has_broker(space.rack, space.cluster):
        said["RACKHOUSE_BROKER"] = f"https://{broker.host(space)}:{BROKER.port}"
    return [k.EnvVar(name=name, value=it) for name, it in said.items()]


def _buildkit(space: Space, name: str, arch: str) -> Pod:
    kept = space.home.id("Secret", BUILDKIT)
    daemon = container(
        BUILDKIT,
        space.image(table.BUILDKIT),
        size(table.BUILDKIT, limit=2048, cpu=2000),
        args=(
            *("--addr", f"tcp://0.0.0.0:{PORT}", "--addr", "unix:///run/user/1000/buildkit.sock"),
            *("--config", "/etc/buildkit/buildkitd.toml", "--oci-worker-no-process-sandbox"),
        ),
        env=[k.EnvVar(name="TMPDIR", value="/tmp")],  # noqa: S108 (a volume of the pod's own)
        ports={"buildkit": PORT},
        mounts={
            _HOME: "home",
            "/run/user/1000": "run",
            "/etc/buildkit": "config",
            "/secrets": "secrets",
        },
        probe=k.Probe(tcpSocket=k.TCPSocketAction(port=PORT), periodSeconds=5),
        rights=_ROOTLESS,
    )
    config = k.ConfigMapVolumeSource(name=BUILDKIT)
    return Pod(
        account=name,
        containers=(daemon,),
        volumes=(
            scratch("home", _BUILDS),
            scratch("run", 16),
            k.Volume(name="config", configMap=config),
            k.Volume(name="secrets", secret=k.SecretVolumeSource(secretName=BUILDKIT)),
        ),
        rights=_ROOTLESS,
        node={ARCH: arch} if arch else None,
        tolerates=(GPU_TAINT,),
        holes=(kept.ref("version"),),
        needs=(kept, space.home.id("ConfigMap", BUILDKIT)),
    )


def _config(space: Space) -> str:
    """It trusts the rack's own authority for the rack's registry, and for nothing else. What it
    keeps of builds leaves room in its volume for the next one.
    """
    trusts = f'[registry."{forge.host(space)}"]\n  ca = ["/secrets/authority.pem"]\n'
    return f'{trusts}\n[worker.oci]\n  gc = true\n  maxUsedSpace = "{_CACHE}GB"\n'
