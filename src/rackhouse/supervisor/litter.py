"""Socket files that a process binds in shared folders, and whose names nobody can choose.

SeaweedFS puts some into /tmp whatever it is told, and leaves them when it ends. Only files that the
process was seen to listen at are removed, and only when nobody does any more.
"""

from __future__ import annotations

import contextlib
import socket
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_LISTENS = 0x10000  # __SO_ACCEPTCON, in the flags of /proc/net/unix


def socket_files(pid: int) -> frozenset[Path]:
    """Where that process listens, by absolute path. Empty where there is no /proc."""
    try:
        held = set(_open_files(pid))
        lines = Path("/proc/net/unix").read_text("utf-8", "surrogateescape").splitlines()[1:]
    except OSError:
        return frozenset()
    rows = (line.split(maxsplit=7) for line in lines)
    return frozenset(
        Path(row[7])
        for row in rows
        if len(row) > 7
        and int(row[3], 16) & _LISTENS
        and f"socket:[{row[6]}]" in held
        and row[7].startswith("/")
    )


def _open_files(pid: int) -> Iterator[str]:
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            yield str(fd.readlink())


def sweep(files: Iterable[Path]) -> None:
    """Remove those at which nobody listens."""
    for file in files:
        with contextlib.suppress(OSError):  # gone already, or not ours to remove
            if stat.S_ISSOCK(file.lstat().st_mode) and _is_dead(file):
                file.unlink()


def _is_dead(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(1.0)
        try:
            caller.connect(str(file))
        except ConnectionRefusedError:
            return True
    return False
