"""The inside of a sandbox: a program of its own that shuts the doors, then becomes the job.

`python -I -S inside.py PLAN ARGV...`; PLAN is a file, see `plan`. Standard library alone, since it
runs without ours on the path, and few of it: every import is time before each job (json, pathlib
and typing would double it).

It enters new namespaces, puts the machine there read-only but for the job's own folders, covers
what a job must not see, gives all capabilities away, sets limits. Its first process has pid 1 in
there: when that one ends, the kernel kills whatever the job has started, daemons included.
"""

# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH120, PTH123, PTH211 (to import pathlib costs 10 ms)

from __future__ import annotations

import ctypes
import marshal
import os
import resource
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.delivery.runner.plan import Plan, Sizes

FAILED = 125  # our own exit code when a door does not shut; the plan's `state` file says which

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000
_NOSUID, _NODEV, _NOEXEC, _BIND, _REC, _PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_RECURSIVE, _ATTR_RDONLY = 442, 0x8000, 1
_SIGKILL, _PDEATHSIG, _CAPBSET_DROP, _NO_NEW_PRIVS, _CAP_VERSION = 9, 1, 24, 38, 0x20080522
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_NOBODY_HERE = 1000  # what root is in there: tar and npm would change owners if they were root

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Shut the doors of the plan and become the job."""
    with open(sys.argv[1], "rb") as file:
        plan: Plan = marshal.load(file)  # noqa: S302 (ours, for this interpreter, a moment ago)
    argv = sys.argv[2:]
    _end_with(plan["starter"])
    state = os.open(plan["state"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.write(state, b"%d\n" % os.getpid())
    try:
        if plan["cgroup"]:
            _write(plan["cgroup"] + "/cgroup.procs", "0")
        _be_killed_first()
        if plan["level"] != "none":
            _split(plan)
        _limit(plan["limits"])
        os.chdir(plan["folder"])
        os.execvp(argv[0], argv)  # noqa: S606
    except OSError as error:
        what = f"{error.filename or argv[0]}: {error.strerror}"
        os.write(state, f"{what}\n".encode())
        os._exit(FAILED)


def _end_with(starter: int) -> None:
    """Die when the process that wanted the job does; a cut run leaves nothing that runs on."""
    _libc.prctl(_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != starter:
        os._exit(FAILED)


def _be_killed_first() -> None:
    """When memory runs out, rather the job than what it would be released beside."""
    try:
        _write("/proc/self/oom_score_adj", "500")
    except OSError:
        return  # no /proc


def _split(plan: Plan) -> None:
    """Three processes from here: who waits outside, pid 1 of the inside, and the job (returns)."""
    uid, gid = os.geteuid(), os.getegid()
    full = plan["level"] == "full"
    _try("unshare", _libc.unshare(_NEWUSER | _NEWPID | _NEWIPC | (_NEWNS if full else 0)))
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid or _NOBODY_HERE} {uid} 1")
    _write("/proc/self/gid_map", f"{gid or _NOBODY_HERE} {gid} 1")
    first = os.fork()
    if first:
        os._exit(_code(os.waitpid(first, 0)[1]))
    _libc.prctl(_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if full:
        _furnish(plan)
    job = os.fork()
    if job:
        _reap_until(job)
    _give_up_powers()


def _reap_until(job: int) -> None:
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == job:
            os._exit(_code(status))


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _furnish(plan: Plan) -> None:
    """What the job finds: the machine read-only, its own folders, and no door to the rest."""
    _mount("none", "/", "", _REC | _PRIVATE)
    # Opened before anything is covered; parents come first, so that a hole in a cover stays open.
    rooms = [(room["at"], _open(room["source"])) for room in plan["rooms"]]
    covers: list[tuple[str, int]] = [(at, -1) for at in plan["covers"]]
    for at, fd in sorted(covers + rooms, key=lambda one: one[0].count("/")):
        if fd < 0:
            _cover(at)
        else:
            _bind(fd, at)
    _devices(plan["limits"]["memory"] // 2)
    _mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    _tighten(plan["limits"]["processes"])
    _read_only("/", _AT_RECURSIVE, on=True)
    for room in plan["rooms"]:
        if room["writable"]:
            _read_only(room["at"], 0, on=False)
    _read_only("/dev/shm", 0, on=False)  # noqa: S108 (a new one, of this sandbox)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _open(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _cover(at: str) -> None:
    if os.path.isdir(at):
        _mount("tmpfs", at, "tmpfs", _NOSUID | _NODEV, "mode=0755")
    elif os.path.exists(at):
        _mount("/dev/null", at, "", _BIND)


def _bind(fd: int, at: str) -> None:
    source = f"/proc/self/fd/{fd}"
    if not os.path.exists(at):
        os.makedirs(at if os.path.isdir(source) else os.path.dirname(at), exist_ok=True)
    if not os.path.exists(at):
        _write(at, "")
    _mount(source, at, "", _BIND | _REC)


def _devices(shared_memory: int) -> None:
    """A /dev without disks: root's job is the owner of root's devices."""
    kept = [(name, _open(f"/dev/{name}")) for name in _DEVICES]
    _mount("tmpfs", "/dev", "tmpfs", _NOSUID, "mode=0755")
    for name, fd in kept:
        _bind(fd, f"/dev/{name}")
    for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        os.symlink(f"/proc/self/fd{target}", f"/dev/{name}")
    for name, options in {
        "shm": f"size={shared_memory}",
        "pts": "newinstance,ptmxmode=0666",
    }.items():
        os.mkdir(f"/dev/{name}")
        kind = "tmpfs" if name == "shm" else "devpts"
        _mount(kind, f"/dev/{name}", kind, _NOSUID | _NOEXEC, options)
    os.symlink("pts/ptmx", "/dev/ptmx")


def _tighten(processes: int) -> None:
    """No namespaces within; no more pids than processes (Linux 6.14, the one limit root obeys)."""
    for name, value in {"user/max_user_namespaces": 0, "kernel/pid_max": processes}.items():
        try:
            _write(f"/proc/sys/{name}", str(value))
        except OSError:
            continue  # a second line of defence: the limits and the watch outside are the first


def _give_up_powers() -> None:
    _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(64):
        _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION, 0)
    _try("capset", _libc.capset(header, (ctypes.c_uint32 * 6)()))


def _limit(limits: Sizes) -> None:
    # DATA, not AS: what is only reserved (WebAssembly, Go, Java do that by the GiB) is not counted.
    for what, most in (
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_DATA, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))


def _mount(source: str, at: str, kind: str, flags: int, options: str = "") -> None:
    done = _libc.mount(source.encode(), at.encode(), kind.encode(), flags, options.encode())
    _try(f"mount {at}", done)


def _read_only(at: str, flags: int, *, on: bool) -> None:
    change = (ctypes.c_uint64 * 4)(_ATTR_RDONLY if on else 0, 0 if on else _ATTR_RDONLY, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(change))
    _try(at, _libc.syscall(_MOUNT_SETATTR, -100, at.encode(), flags, change, size))


def _try(what: str, done: int) -> None:
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


if __name__ == "__main__":
    main()
