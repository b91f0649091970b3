"""`python -m rackhouse.services.retrieval.worker MEDIA SECONDS BYTES`: a document comes in, its
text goes out with its blocks. It does nothing else, ever: it cannot write a file.
"""

from __future__ import annotations

import contextlib
import resource
import sys

FAULT = 3  # the document is wrong: the last line says how


def main(media: str, seconds: str, most: str) -> int:
    """Limits before anything of it is read: in memory, in time, in files."""
    from rackhouse.services.retrieval.worker import read

    for limit, value in (
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_AS, int(most)),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # it is lower already
            resource.setrlimit(limit, (value, value))
    try:
        found = read.READERS[media](sys.stdin.buffer.read())
    except MemoryError:
        sys.stderr.write("it needs more memory than a document may have\n")
        return FAULT
    except Exception as error:  # noqa: BLE001 (whatever a reader of strangers' files meets)
        sys.stderr.write(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}\n")
        return FAULT
    for line in read.lines(found):
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
