"""User: an account, its groups and keys. What else it has, a person gave it: that stays."""

from __future__ import annotations

import pwd

from rackhouse.targets.host.agent import commands, disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """The account, each group, each key."""
    groups = [f"group {name}" for name in spec["groups"]]
    return [f"login {spec['login']}", *groups, *(f"key {key}" for key in spec["keys"])]


def capture(item: str, spec: Spec) -> Json:
    """The account's shell, or null; whether it was in the group or had the key."""
    what, _, name = item.partition(" ")
    if what == "login":
        there = _account(name)
        return there.pw_shell if there else None
    if what == "group":
        return name in _groups(spec["login"])
    return name in _keys(spec["login"])


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Make the account, then add the groups and keys."""
    login, there = spec["login"], _account(spec["login"])
    if there is None:
        say(f"making the account {login}")
        system = ["--system"] if spec["system"] else []
        shell = ["--shell", spec["shell"]] if spec["shell"] else []
        commands.run(["useradd", "--create-home", *shell, *system, login])
    elif spec["shell"] and there.pw_shell != spec["shell"]:
        commands.run(["usermod", "--shell", spec["shell"], login])
    lacking = [name for name in spec["groups"] if name not in _groups(login)]
    if lacking:
        commands.run(["usermod", "--append", "--groups", ",".join(lacking), login])
    have = _keys(login)
    if added := [key for key in spec["keys"] if key not in have]:
        _write_keys(login, [*have, *added])


def look(spec: Spec) -> State | None:
    """Shell, and those of our groups and keys that it has."""
    there = _account(spec["login"])
    if there is None:
        return None
    groups, keys = _groups(spec["login"]), _keys(spec["login"])
    return {
        "shell": there.pw_shell if spec["shell"] else "",
        "groups": [name for name in sorted(spec["groups"]) if name in groups],
        "keys": [key for key in spec["keys"] if key in keys],
    }


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Take what was not there before. The home folder of an account that goes stays: it is data."""
    login = spec["login"]
    of = {what: _lost(before, what) for what in ("group", "key")}
    if _account(login):
        have = _keys(login)
        if set(have) & set(of["key"]):
            _write_keys(login, [key for key in have if key not in of["key"]])
        for group in set(of["group"]) & set(_groups(login)):
            commands.run(["gpasswd", "--delete", login, group])
    for item, shell in before.items():
        what, _, name = item.partition(" ")
        there = _account(name) if what == "login" else None
        if there and shell is None:
            commands.run(["userdel", name])
        elif there and spec["shell"] and there.pw_shell != shell:
            commands.run(["usermod", "--shell", shell, name])


def _lost(before: Before, what: str) -> list[str]:
    pairs = (item.partition(" ") for item, was in before.items() if was is False)
    return [name for kind, _, name in pairs if kind == what]


def _account(login: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(login)
    except KeyError:
        return None


def _groups(login: str) -> list[str]:
    """Its groups besides its own, from the file that usermod writes."""
    rows = (line.split(":") for line in disk.read_text("/etc/group").splitlines())
    return [row[0] for row in rows if len(row) == 4 and login in row[3].split(",")]


def _keys(login: str) -> list[str]:
    there = _account(login)
    text = disk.read_text(f"{there.pw_dir}/.ssh/authorized_keys") if there else ""
    return [line for line in text.splitlines() if line.strip()]


def _write_keys(login: str, keys: list[str]) -> None:
    there = _account(login)
    if there is None:
        raise Failure(f"the account {login} is gone", "apply again", "unavailable")
    owner = (str(there.pw_uid), str(there.pw_gid))
    folder = f"{there.pw_dir}/.ssh"
    if disk.status(folder) is None:
        disk.make_folder(folder)
        disk.set_owner(folder, 0o700, *owner)
    text = "".join(f"{key}\n" for key in keys)
    disk.write(f"{folder}/authorized_keys", text.encode(), 0o600, *owner)
