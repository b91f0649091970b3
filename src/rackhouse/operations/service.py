"""`service`: start the rack when this machine starts, by a systemd unit of this user (or of root).

Writes one unit file and asks systemd to take it. Where no user manager answers (a container, a bare
SSH session), the unit is enabled by its link, and the answer says when it will start.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import write_atomic
from rackhouse.kit.process import run_sync

NAME = "rackhouse.service"
UNIT = """\
# Written by `rackhouse service install`; `rackhouse service uninstall` removes it.
[Unit]
Description=Rackhouse, a rack of one
After=network.target

[Service]
Type=exec
ExecStart={start}
Environment={home}
KillMode=mixed
KillSignal=SIGTERM
SuccessExitStatus=130
TimeoutStopSec=60
Restart=on-failure
RestartSec=2
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


def unit_file(home: Path) -> Path:
    """Root's own place when we are root, else the user's."""
    if os.geteuid() == 0 and home == Path("/root"):
        return Path("/etc/systemd/system") / NAME
    return home / ".config" / "systemd" / "user" / NAME


def render(root: Path, rack_file: Path | None, *, user: bool) -> str:
    """The unit's text, whatever is in the paths."""
    argv = [str(Path(sys.executable).with_name("rackhouse"))]
    if rack_file is not None:
        argv += ["--file", str(rack_file.absolute())]
    start = " ".join(quoted(word).replace("$", "$$") for word in [*argv, "up"])
    target = "default.target" if user else "multi-user.target"
    return UNIT.format(start=start, home=quoted(f"RACKHOUSE_HOME={root}"), target=target)


def quoted(word: str) -> str:
    """One word as systemd reads it: `%` begins a specifier there, and a backslash an escape. (In a
    command line `$` begins a variable besides.)
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def install(root: Path, rack_file: Path | None, home: Path) -> Installed:
    """Write, enable and start the unit. Doing it again replaces it."""
    if not shutil.which("systemctl"):
        raise HostError(
            "this machine has no systemd",
            fix="start `rackhouse up` by whatever starts programs here (launchd, cron @reboot)",
        )
    file = unit_file(home)
    user = "user" in file.parts
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, render(root, rack_file, user=user), 0o644)
    systemctl = ["systemctl", *(["--user"] if user else [])]
    reloaded = run_sync([*systemctl, "daemon-reload"])
    if reloaded.code == 0:
        enabled = run_sync([*systemctl, "enable", "--now", NAME])
        linger = run_sync(["loginctl", "enable-linger", getpass.getuser()]) if user else None
        note = "" if not linger or linger.code == 0 else _LINGER
        return Installed(file, enabled.code == 0, note or enabled.err.strip())
    _link(file, user=user)
    return Installed(
        file, False, "systemd does not answer here; it starts with the next boot or login"
    )


_LINGER = "it starts when you log in; at boot too after `sudo loginctl enable-linger $USER`"


def uninstall(home: Path) -> bool:
    """Stop and remove the unit; false when there was none. The rack's data stays."""
    file = unit_file(home)
    if not file.exists():
        return False
    user = "user" in file.parts
    if shutil.which("systemctl"):
        run_sync(["systemctl", *(["--user"] if user else []), "disable", "--now", NAME])
    _wants(file, user=user).unlink(missing_ok=True)
    file.unlink()
    return True


def _wants(file: Path, *, user: bool) -> Path:
    return file.parent / f"{'default' if user else 'multi-user'}.target.wants" / NAME


def _link(file: Path, *, user: bool) -> None:
    link = _wants(file, user=user)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(file)
