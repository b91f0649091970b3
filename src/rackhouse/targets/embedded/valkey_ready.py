"""`python -m rackhouse.targets.embedded.valkey_ready PORT USER`: ends with 0 when it answers PONG.

The password comes in RACKHOUSE_PASSWORD. A probe, so it imports little and asks once.
"""

from __future__ import annotations

import os
import socket
import sys


def ask(port: int, user: str, password: str) -> str:
    """What PING is answered: `+PONG`, `-LOADING ...`, or why there is no answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(f"AUTH {user} {password}\r\nPING\r\n".encode())
            with connection.makefile("r", encoding="utf-8") as answers:
                signed_in = answers.readline().strip()
                return answers.readline().strip() if signed_in == "+OK" else signed_in
    except OSError as error:
        return str(error)


def main() -> int:
    """0, or 1 with the reason."""
    port, user = sys.argv[1:]
    answer = ask(int(port), user, os.environ["RACKHOUSE_PASSWORD"])
    if answer == "+PONG":
        return 0
    sys.stderr.write(f"{answer}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
