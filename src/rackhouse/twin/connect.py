"""Run as a program: standard input and output become a TCP connection, as `nc HOST PORT` does.

Started in a node's network namespace, it is how SSH reaches the others from there. The standard
library alone, and few of its modules: it is started for every connection.
"""

import os
import selectors
import socket
import sys

_CHUNK = 65536
_PATIENCE = 10.0  # seconds for the connection to open


def relay(host: str, port: int) -> None:
    """Both directions until the other side has ended; the end of our input is passed on."""
    # select, since epoll takes no plain file, such as /dev/null
    selector = selectors.SelectSelector()
    with socket.create_connection((host, port), _PATIENCE) as far:
        far.settimeout(None)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(far, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is far:
                    if not (chunk := far.recv(_CHUNK)):
                        return
                    _write(chunk)
                elif chunk := os.read(0, _CHUNK):
                    far.sendall(chunk)
                else:
                    selector.unregister(0)
                    far.shutdown(socket.SHUT_WR)


def _write(chunk: bytes) -> None:
    while chunk:
        chunk = chunk[os.write(1, chunk) :]


if __name__ == "__main__":
    try:
        relay(sys.argv[1], int(sys.argv[2]))
    except OSError as error:
        sys.exit(f"{sys.argv[1]} port {sys.argv[2]}: {error.strerror or error}")
