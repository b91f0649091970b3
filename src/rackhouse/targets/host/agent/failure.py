"""What goes wrong on a host, as it is told to the other side. Starts nothing, reads nothing."""

from __future__ import annotations

import errno

_FIXES = {
    errno.ENOSPC: "the disk is full: free some space on that machine (df -h; apt-get clean)",
    errno.EDQUOT: "the disk quota is used up: free some space on that machine",
    errno.EROFS: "the file system is read-only: a worn SD card goes so (dmesg | tail); "
    "mount -o remount,rw, or a new card",
    errno.EIO: "the disk fails to read or write: look at dmesg, and replace the disk or card",
    errno.EACCES: "the account that Rackhouse comes in by has to be root, or have sudo",
    errno.EPERM: "the account that Rackhouse comes in by has to be root, or have sudo",
    errno.EISDIR: "a folder stands where a file is wanted: move it away",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
}


class Failure(Exception):
    """`kind`: host, missing, not-ours, not-ready, unavailable: the other side has a class each.

    `restarting` and `confirm` are no failures: they ask something of the other side.
    """

    def __init__(self, what: str, fix: str = "", kind: str = "host") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.kind = kind


def told(error: Exception) -> dict[str, str]:
    """Any exception as the message's `error`: kind, what, fix."""
    if isinstance(error, Failure):
        return {"kind": error.kind, "what": error.what, "fix": error.fix}
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        fix = _FIXES.get(error.errno or 0, "look at that path on that machine")
        return {"kind": "host", "what": where + (error.strerror or str(error)).lower(), "fix": fix}
    what = f"the agent failed: {type(error).__name__}: {error}"
    return {"kind": "host", "what": what, "fix": "this is a mistake in Rackhouse: please report it"}
