"""A GPU machine on a twin: what stands for its packages, and a real engine beside it.

No engine starts in a node, whose control groups are not its own. So Debian's dockerd runs in the
node's network, where its containers' ports are the node's; and the package `docker.io` that is put
on the node is the test's own, whose unit `docker.service` leads the node's socket there. Of NVIDIA
there is nothing: `nvidia-smi` and the hook that gives a container its card are scripts that write
down what they were told.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from e2e.conftest import Rack
from integration.docker.daemon import Daemon, started
from rackhouse.twin.home import NETNS, Home

_PORT = 2375  # of the node's own loopback; by custom Docker's without TLS
_UNITS = {
    "docker.socket": """\
[Unit]
Description=Docker's socket
[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketGroup=docker
[Install]
WantedBy=sockets.target
""",
    "docker.service": f"""\
[Unit]
Description=The way to the engine beside this machine (a test's)
Requires=docker.socket
After=docker.socket
[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:{_PORT}
[Install]
WantedBy=multi-user.target
""",
}
_HEARS = '#!/bin/sh\necho "$*" >>/var/tmp/{name}.log\n'
_SMI = _HEARS.format(name="nvidia-smi") + 'case "$*" in *utilization*) echo 0 ;; esac\n'
PACKAGES: Mapping[str, Mapping[str, str]] = {
    "docker.io": {f"lib/systemd/system/{name}": text for name, text in _UNITS.items()},
    "nvidia-container-toolkit": {
        "usr/bin/nvidia-container-runtime": _HEARS.format(name="nvidia-container-runtime"),
        "usr/bin/nvidia-smi": _SMI,
    },
}
# In bash, which has what curl would: what the models of `forge` are.
ASKS = """\
exec 3<>/dev/tcp/10.20.30.20/11434
printf 'GET /api/tags HTTP/1.1\\r\\nHost: forge\\r\\n\\r\\n' >&3
timeout 5 cat <&3
"""
_SETS_UP = "#!/bin/sh\ngetent group docker >/dev/null || groupadd --system docker\n"


def prepare(rack: Rack, node: str, folder: Path) -> None:
    """Put the packages on that node of the rack's twin, as if its owner had installed them."""
    for name, files in PACKAGES.items():
        deb = base64.b64encode(_package(folder, name, files)).decode()
        place = f"/var/tmp/{name}.deb"
        script = f"base64 -d >{place} && dpkg --install {place} && rm {place}"
        rack.run("twin", "run", node, "--", "sh", "-c", script, stdin=deb)


@contextmanager
def engine(
    rack: Rack, node: str, folder: Path, settings: str = "{}", *, card: bool = True
) -> Iterator[Daemon | str]:
    """The engine beside that node; or why it did not start. `settings` are its daemon.json, and
    with `card` it finds NVIDIA's hook.
    """
    programs = folder / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    hook = programs / "nvidia-container-runtime-hook"
    hook.write_text(f'#!/bin/sh\necho "$*" >>{folder}/hook.log\ncat >/dev/null\n')
    hook.chmod(0o755)
    network = NETNS / Home(rack.home).namespace(node)
    (folder / "engine").mkdir(exist_ok=True)
    (folder / "daemon.json").write_text(settings)
    more = ["-H", f"tcp://127.0.0.1:{_PORT}", "--tls=false"]
    more += ["--config-file", str(folder / "daemon.json")]
    path = programs if card else None
    with started(folder / "engine", *more, network=network, path=path) as daemon:
        yield daemon


def _package(folder: Path, name: str, files: Mapping[str, str]) -> bytes:
    tree = folder / name
    control = {"Package": name, "Version": "1", "Architecture": "all", "Maintainer": "test"}
    fields = "".join(f"{key}: {value}\n" for key, value in control.items())
    inside = {
        "DEBIAN/control": f"{fields}Description: stands for the package of that name\n",
        "DEBIAN/postinst": _SETS_UP,
        **files,
    }
    for path, text in inside.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
        (tree / path).chmod(0o755 if text.startswith("#!") else 0o644)
    deb = folder / f"{name}.deb"
    argv = ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(deb)]
    subprocess.run(argv, check=True, capture_output=True)
    return deb.read_bytes()
