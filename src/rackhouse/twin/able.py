"""Whether a twin can be on this machine and in this folder: by trying, and leaving nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.process import run_sync
from rackhouse.twin.tools import overlay_options

# $1 a folder for a disk, $2 more options of that. Its namespaces, and the mount with them, end when
# the shell does.
_TRY = """
set -e
cd "$1"
mkdir low up work root
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=low,upperdir=up,workdir=work$2" root
"""


def require(folder: Path) -> None:
    """HostError unless namespaces, and disks in `folder`, which exists, can be made here."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="try-") as disk:
        argv = ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork"]
        done = run_sync([*argv, "sh", "-c", _TRY, "sh", disk, overlay_options()], timeout=20)
    if done.code == 0:
        return
    if "mount" in done.err:
        raise HostError(
            f"nodes cannot have disks here: {done.err.strip().splitlines()[0]}",
            where=str(folder),
            fix="name another state folder by --home, on a plain disk and not, as in many "
            "containers, on an overlay file system",
        )
    raise HostError(
        f"this machine lets nobody make namespaces: {done.last}",
        fix="run the command outside of a container, or in one that is privileged",
    )
