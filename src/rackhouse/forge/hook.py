"""The program that git starts as pre-receive and post-receive. Asks the forge, prints its answer.

Run as `python -I -S hook.py STAGE`, twice in each push: it imports next to nothing and knows
nothing. What it is told comes in lines: ` text` is for whoever pushed, `=0` or `=1` the verdict.
"""

import os
import socket
import sys

ENVIRONMENT = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")

SILENT = {
    "pre-receive": "The forge does not answer. Nothing was changed: push again in a moment.",
    "post-receive": "The push has arrived. The rack will take it up as soon as it can.",
}


def ask(stage: str) -> int:
    """The forge's verdict as an exit code. OSError when it has none to give."""
    port, _, secret = os.environ["RACKHOUSE_PUSH"].partition(":")
    head = [secret, stage, *(os.environ.get(name, "") for name in ENVIRONMENT)]
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.sendall("".join(f"{word}\n" for word in head).encode(errors="surrogateescape"))
        connection.sendall(sys.stdin.buffer.read())
        connection.shutdown(socket.SHUT_WR)
        for line in connection.makefile("rb"):
            if line.startswith(b"="):
                return int(line[1:])
            sys.stdout.buffer.write(line[1:])
            sys.stdout.buffer.flush()
    raise ConnectionError("no verdict")


def main() -> int:
    """Run as git's hook."""
    stage = sys.argv[1]
    try:
        return ask(stage)
    except BrokenPipeError:  # nobody listens any more
        return 1
    except (OSError, ValueError, KeyError):
        sys.stdout.write(f"{SILENT[stage]}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
