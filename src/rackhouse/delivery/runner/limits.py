"""What one job may use, and the sentence for each limit that it met. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one job with all that it starts. Bytes and seconds.

    `memory` is of each process by `setrlimit`, and of all together by the watch and the cgroup.
    `folder_bytes` is what its folders may grow to, `file_bytes` what one file may.
    """

    seconds: float = 1800.0
    memory: int = 2 * GIB
    processes: int = 512
    open_files: int = 4096
    file_bytes: int = 2 * GIB
    folder_bytes: int = 4 * GIB
