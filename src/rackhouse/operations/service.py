"""`service`: start the rack when this machine starts, by a systemd unit of this user (or of root).

Writes one unit file and asks systemd to take it. Where no user manager answers (a container, a bare
SSH session), the unit is enabled by its link, and the answer says when it will start.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import write_atomic
from rackhouse.kit.process import run_sync

# It may start for as long as `up` waits, which has a limit of its own, and stop for longer than
# `down` waits (120 s). One application out of memory does not end the rack. What only a person can
# mend (3: a wrong file; 64: a wrong option) is not tried again; the rest is, for ever: at 5 s
# between two tries systemd's own limit, 5 starts in 10 s, is never met. By `env`, since systemd
# takes no quote in a program's own name; the colon leaves `$` alone.
UNIT = """\
# Written by `rackhouse service install`; `rackhouse service uninstall` removes it.
[Unit]
Description=Rackhouse, a rack of one in {folder}
After=network.target

[Service]
Type=notify
ExecStart=:/usr/bin/env {start}
Environment={home} {path}
KillMode=mixed
SuccessExitStatus=130
RestartPreventExitStatus=3 64
Restart=on-failure
RestartSec=5
TimeoutStartSec=infinity
TimeoutStopSec=150
OOMPolicy=continue
OOMScoreAdjust=-100

[Install]
WantedBy={target}
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the unit lies, and whether systemd has started it (`note` says why not)."""

    file: Path
    started: bool
    note: str = ""


def unit_name(root: Path, home: Path) -> str:
    """`rackhouse.service` for the usual state folder; another's own, so that each has one."""
    if root == home / ".local" / "state" / "rackhouse" / "home":
        return "rackhouse.service"
    word = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-")[:40] or "rack"
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:6]
    return f"rackhouse-{word}-{digest}.service"


def unit_file(root: Path, home: Path) -> Path:
    """Root's own place when we are root, else the user's."""
    if os.geteuid() == 0 and home == Path("/root"):
        return Path("/etc/systemd/system") / unit_name(root, home)
    return home / ".config" / "systemd" / "user" / unit_name(root, home)


def render(root: Path, rack_file: Path | None, *, user: bool) -> str:
    """The unit's text, whatever is in the paths. With the PATH of whoever installs it: what is
    found from their shell (git, node, a container engine) is found by the service.
    """
    argv = [str(Path(sys.executable).with_name("rackhouse"))]
    if rack_file is not None:
        argv += ["--file", str(rack_file.absolute())]
    return UNIT.format(
        folder=_escaped(str(root)),
        start=" ".join(map(quoted, [*argv, "up"])),
        home=quoted(f"RACKHOUSE_HOME={root}"),
        path=quoted(f"PATH={os.environ.get('PATH', os.defpath)}"),
        target="default.target" if user else "multi-user.target",
    )


def quoted(word: str) -> str:
    """One word as systemd reads it: `%` begins a specifier there, and a backslash an escape."""
    return '"' + _escaped(word.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%").replace("\n", "\\n").replace("\t", "\\t")


def install(root: Path, rack_file: Path | None, home: Path) -> Installed:
    """Write, enable and start the unit. Doing it again replaces it."""
    if not shutil.which("systemctl"):
        raise HostError(
            "this machine has no systemd",
            fix="start `rackhouse up` by whatever starts programs here (launchd, cron @reboot)",
        )
    root = root.absolute()
    file = unit_file(root, home)
    user = "user" in file.parts
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, render(root, rack_file, user=user), 0o644)
    if run_sync([*_systemctl(user=user), "daemon-reload"]).code == 0:
        enabled = run_sync([*_systemctl(user=user), "enable", "--now", file.name])
        linger = run_sync(["loginctl", "enable-linger", getpass.getuser()]) if user else None
        note = "" if not linger or linger.code == 0 else _LINGER
        return Installed(file, enabled.code == 0, enabled.err.strip() if enabled.code else note)
    _link(file, user=user)
    return Installed(
        file, False, "systemd does not answer here; it starts with the next boot or login"
    )


_LINGER = "it starts when you log in; at boot too after `sudo loginctl enable-linger $USER`"


def uninstall(root: Path, home: Path) -> bool:
    """Stop and remove the unit; false when there was none. The rack's data stays."""
    file = unit_file(root.absolute(), home)
    if not file.exists():
        return False
    user, there = "user" in file.parts, shutil.which("systemctl")
    if there:
        run_sync([*_systemctl(user=user), "disable", "--now", file.name])
    wants = _wants(file, user=user)
    wants.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # another unit's link is in it
        wants.parent.rmdir()
    file.unlink()
    if there:
        run_sync([*_systemctl(user=user), "daemon-reload"])
    return True


def _systemctl(*, user: bool) -> list[str]:
    return ["systemctl", *(["--user"] if user else [])]


def _wants(file: Path, *, user: bool) -> Path:
    return file.parent / f"{'default' if user else 'multi-user'}.target.wants" / file.name


def _link(file: Path, *, user: bool) -> None:
    link = _wants(file, user=user)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(file)
