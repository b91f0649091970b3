"""What makes a node's disk its own: what a fresh image has after the Raspberry Pi Imager wrote it.

Written into the upper layer before the node starts for the first time; the shared root file system
below is never written to. One account, `pi`, may sign in by the twin's key and use sudo.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat as Public

from rackhouse.kit.files import make_folder, write_atomic

USER = "pi"
_UID = 1000
_HOST_KEY = "etc/ssh/ssh_host_ed25519_key"
_SSHD = f"HostKey /{_HOST_KEY}\nUseDNS no\nMaxStartups 100\n"
_HOSTS = "127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n"


def make_key(path: Path) -> str:
    """A new Ed25519 key at `path` and `path`.pub, as OpenSSH has them; answer the public line."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, Public.OpenSSH).decode()
    write_atomic(path, private, sync=False)
    write_atomic(path.with_name(f"{path.name}.pub"), f"{public}\n", 0o644, sync=False)
    return public


def prepare(folder: Path, rootfs: Path, name: str, public: str) -> None:
    """Make the disk of the node `name` in `folder`; `public` is the key that may sign in."""
    make_folder(folder)
    upper = folder / "up"
    for path in (upper, folder / "work", folder / "root"):
        path.mkdir(mode=0o755)
        path.chmod(0o755)  # it is the node's /, whatever our umask
    _put(upper, "etc/hostname", f"{name}\n")
    _put(upper, "etc/hosts", _HOSTS.format(name=name))
    _put(upper, "etc/resolv.conf", "# nobody serves names on a fresh twin\n")
    _put(upper, "etc/machine-id", f"{hashlib.md5(os.urandom(16)).hexdigest()}\n")  # noqa: S324 (an id)
    _put(upper, "etc/ssh/sshd_config.d/twin.conf", _SSHD)
    _account(upper, rootfs, public)
    make_key(upper / _HOST_KEY)


def host_key(folder: Path) -> str:
    """The public host key of a node that was prepared in `folder`."""
    return (folder / "up" / f"{_HOST_KEY}.pub").read_text().strip()


def _account(upper: Path, rootfs: Path, public: str) -> None:
    lines = {
        "etc/passwd": f"{USER}:x:{_UID}:{_UID}::/home/{USER}:/bin/bash\n",
        "etc/group": f"{USER}:x:{_UID}:\n",
        "etc/shadow": f"{USER}:*:19000:0:99999:7:::\n",
    }
    for name, line in lines.items():
        mode = 0o640 if name == "etc/shadow" else 0o644
        _put(upper, name, (rootfs / name).read_text() + line, mode)
    _put(upper, f"etc/sudoers.d/010_{USER}-nopasswd", f"{USER} ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    authorized = _put(upper, f"home/{USER}/.ssh/authorized_keys", f"{public}\n", 0o600)
    for path in (authorized, authorized.parent, authorized.parent.parent):
        os.chown(path, _UID, _UID)
    authorized.parent.chmod(0o700)


def _put(upper: Path, name: str, content: str, mode: int = 0o644) -> Path:
    path = upper / name
    for folder in reversed(path.relative_to(upper).parents):
        if not (upper / folder).is_dir():
            (upper / folder).mkdir()
            (upper / folder).chmod(0o755)
    path.write_text(content)
    path.chmod(mode)
    return path
