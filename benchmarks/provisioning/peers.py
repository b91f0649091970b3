"""The fifteen things by pyinfra and by Ansible, each as its own documentation would write it."""

from __future__ import annotations

import json
from pathlib import Path

from provisioning.things import FILES, FOLDERS, SYSCTL, USERS, Fleet, Work

_SYSCTL_FILE = "/etc/sysctl.d/90-bench.conf"
_SETTING = f"{SYSCTL[0]} = {SYSCTL[1]}"
_SSH = "-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile={known}"


def pyinfra(fleet: Fleet, peers: Path) -> Work:
    """A deploy file: folders, files, users, a setting."""
    folder = fleet.folder
    hosts = [
        (address, {"ssh_user": fleet.user, "ssh_key": str(fleet.key)})
        for address in fleet.addresses.values()
    ]
    known = _known_hosts(fleet)
    extra = {"ssh_known_hosts_file": str(known), "_sudo": True}
    (folder / "inventory.py").write_text(f"hosts = ({hosts!r}, {extra!r})\n")
    lines = ["from io import StringIO", "from pyinfra.operations import files, server"]
    lines += [f"files.directory(path={p!r}, mode={m!r})" for p, m in _octal(FOLDERS)]
    for path, (text, mode) in FILES.items():
        content = f"StringIO({text!r})"
        lines.append(f"files.put(src={content}, dest={path!r}, mode='{mode:o}')")
    lines += [f"server.user(user={u!r}, shell={s!r}, ensure_home=False)" for u, s in USERS.items()]
    lines.append(
        f"server.sysctl(key={SYSCTL[0]!r}, value={SYSCTL[1]}, persist=True,"
        f" persist_file={_SYSCTL_FILE!r})"
    )
    (folder / "deploy.py").write_text("\n".join(lines) + "\n")
    return Work((str(peers / "bin" / "pyinfra"), "inventory.py", "deploy.py", "-y"))


def ansible(fleet: Fleet, peers: Path) -> Work:
    """A playbook: pipelining, one connection a machine, all at once, no facts gathered."""
    folder = fleet.folder
    (folder / "hosts.ini").write_text(
        "".join(f"{name} ansible_host={address}\n" for name, address in fleet.addresses.items())
    )
    tasks: list[dict[str, object]] = [
        {"file": {"path": path, "state": "directory", "mode": f"{mode:04o}"}}
        for path, mode in FOLDERS.items()
    ]
    tasks += [
        {"copy": {"dest": path, "content": text, "mode": f"{mode:04o}"}}
        for path, (text, mode) in FILES.items()
    ]
    tasks += [{"user": {"name": u, "shell": s, "create_home": False}} for u, s in USERS.items()]
    tasks += [
        {"copy": {"dest": _SYSCTL_FILE, "content": f"{_SETTING}\n"}, "register": "setting"},
        {"command": f"sysctl -p {_SYSCTL_FILE}", "when": "setting is changed"},
    ]
    play = [{"hosts": "all", "become": True, "gather_facts": False, "tasks": tasks}]
    (folder / "play.yml").write_text(json.dumps(play))
    env = {
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_FORKS": "10",
        "ANSIBLE_PRIVATE_KEY_FILE": str(fleet.key),
        "ANSIBLE_REMOTE_USER": fleet.user,
        "ANSIBLE_SSH_ARGS": _SSH.format(known=_known_hosts(fleet)),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
    }
    return Work((str(peers / "bin" / "ansible-playbook"), "-i", "hosts.ini", "play.yml"), env)


def _octal(folders: dict[str, int]) -> list[tuple[str, str]]:
    return [(path, f"{mode:o}") for path, mode in folders.items()]


def _known_hosts(fleet: Fleet) -> Path:
    file = fleet.folder / "known_hosts"
    lines = (f"{fleet.addresses[name]} {key}\n" for name, key in fleet.host_keys.items())
    file.write_text("".join(lines))
    return file
