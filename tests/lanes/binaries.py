"""Where Kubernetes' own programs are, and why a lane cannot run where it cannot. Starts nothing.

KUBEBUILDER_ASSETS is the convention of envtest: a folder with etcd and kube-apiserver. Lane 3 wants
the rest of Kubernetes in that folder, and containerd where programs are found.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

VARIABLE = "KUBEBUILDER_ASSETS"
CONTROL = ("etcd", "kube-apiserver")
REST = ("kube-controller-manager", "kube-scheduler", "kubelet")
ENGINE = ("containerd", "ctr", "runc", "containerd-shim-runc-v2")
TOOLS = ("busybox", "ip", "nsenter", "setpriv", "unshare")
PLUGINS = ("bridge", "host-local", "loopback")
_PLUGIN_FOLDERS = (Path("/opt/cni/bin"), Path("/usr/lib/cni"))


def assets() -> Path:
    """The folder; it need not be there."""
    return Path(os.environ.get(VARIABLE, "/nonexistent"))


def plugins() -> Path | None:
    """The folder of CNI's plugins."""
    has_all = (it for it in _PLUGIN_FOLDERS if all((it / name).exists() for name in PLUGINS))
    return next(has_all, None)


def why_no_server() -> str:
    """Why there is no API server to test against; nothing when there is one."""
    if VARIABLE not in os.environ:
        return f"{VARIABLE} is not set"
    return _lacking(assets(), CONTROL)


def why_no_pods() -> str:
    """Why no pod can run; nothing when one can."""
    if why := why_no_server() or _lacking(assets(), REST):
        return why
    if os.geteuid() != 0:
        return "a kubelet needs root"
    for program in (*ENGINE, *TOOLS):
        if shutil.which(program) is None:
            return f"no {program}"
    return "" if plugins() else f"no CNI plugins in {' or '.join(map(str, _PLUGIN_FOLDERS))}"


def _lacking(folder: Path, names: tuple[str, ...]) -> str:
    absent = [name for name in names if not os.access(folder / name, os.X_OK)]
    return f"no {' and no '.join(absent)} in {VARIABLE}" if absent else ""
