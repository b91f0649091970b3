"""A real sshd of the test's own: on a loopback port, with its own keys, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rackhouse.transport.address import Address

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Server:
    """Where it listens, and what lets us in."""

    folder: Path
    port: int

    @property
    def address(self) -> Address:
        host_key = " ".join((self.folder / "host.pub").read_text().split()[:2])
        key = str(self.folder / "client")
        me = pwd.getpwuid(os.geteuid()).pw_name
        return Address(host="127.0.0.1", port=self.port, user=me, key=key, host_key=host_key)


def make_key(path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True
    )


@contextmanager
def sshd(folder: Path, port: int = 0) -> Iterator[Server]:
    """Skips where there is none, or where this machine cannot run it."""
    if SSHD is None or not shutil.which("ssh"):
        pytest.skip("there is no sshd: apt install openssh-server openssh-client")
    port = port or _free_port()
    _write(folder, port)
    argv = [SSHD, "-D", "-e", "-f", str(folder / "config")]
    if os.geteuid() == 0:  # as root it wants /run/sshd, which the real machine need not have
        inside = 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$@"'
        argv = ["unshare", "--mount", "--fork", "--kill-child", "sh", "-c", inside, "sh", *argv]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(process, port, folder / "log")
        _log_in(folder, port)
        yield Server(folder, port)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _write(folder: Path, port: int) -> None:
    for name in ("host", "client"):
        if not (folder / name).exists():
            make_key(folder / name)
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/client.pub\nStrictModes no\nUsePAM no\nUseDNS no\n"
        "PermitRootLogin yes\nPasswordAuthentication no\nMaxStartups 100\n"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.skip(f"sshd cannot run here: {log.read_text().strip()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"sshd does not listen: {log.read_text()}")


def _log_in(folder: Path, port: int) -> None:
    """By OpenSSH's own client: what it cannot do is no fault of ours."""
    known = ("-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oBatchMode=yes")
    argv = ["ssh", "-F", "none", "-i", str(folder / "client"), "-p", str(port), *known]
    done = subprocess.run([*argv, "127.0.0.1", "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this account may not log in by SSH: its shell, or it is locked")
