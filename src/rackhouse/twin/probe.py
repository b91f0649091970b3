"""Run as a program in a node's network namespace: listens on ports, or tries to open them.

    probe.py listen ADDRESS 22/tcp 53/udp ...   says `ready`; until its standard input ends
    probe.py open SECONDS                       reads [[address, protocol, port], ...] as JSON

The second answers a JSON list of `open`, `refused`, `dropped` or `unreachable`, in the same order.
The standard library alone, and few of its modules.
"""

import errno
import json
import selectors
import socket
import sys
import time

_KIND = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_ENDS = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "refused"}
_NOWHERE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN)
_AGAIN = 0.4  # seconds after which a datagram is sent once more


def listen(address: str, ports: list[str]) -> None:
    """Accept, and echo datagrams. A port that a real program has is left to it."""
    selector = selectors.DefaultSelector()
    for port in ports:
        number, protocol = port.split("/")
        one = socket.socket(socket.AF_INET, _KIND[protocol])
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((address, int(number)))
        except OSError:
            one.close()
            continue
        if protocol == "tcp":
            one.listen(512)
        selector.register(one, selectors.EVENT_READ, protocol)
    selector.register(sys.stdin.buffer, selectors.EVENT_READ, "end")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        for key, _ in selector.select():
            if key.data == "end":
                return
            assert isinstance(key.fileobj, socket.socket)
            if key.data == "tcp":
                key.fileobj.accept()[0].close()
            else:
                data, sender = key.fileobj.recvfrom(64)
                key.fileobj.sendto(data, sender)


class Try:
    """One attempt to open a port."""

    def __init__(self, address: str, protocol: str, port: int) -> None:
        self.protocol = protocol
        self.answer = ""
        self.socket = socket.socket(socket.AF_INET, _KIND[protocol])
        self.socket.setblocking(False)
        self.judge(self.socket.connect_ex((address, port)))

    @property
    def waits_for(self) -> int:
        """For a connection, that it can be written to; for a datagram, that it comes back."""
        return selectors.EVENT_WRITE if self.protocol == "tcp" else selectors.EVENT_READ

    def judge(self, code: int) -> None:
        """What an errno means; 0 is success, of a connection only."""
        if code == 0 and self.protocol == "tcp":
            self.answer = "open"
        elif code not in (0, errno.EINPROGRESS, errno.EAGAIN):
            self.answer = _ENDS.get(code, "unreachable" if code in _NOWHERE else "dropped")

    def send(self) -> None:
        """A datagram, for UDP."""
        if self.protocol == "udp" and not self.answer:
            try:
                self.socket.send(b"?")
            except OSError as error:
                self.judge(error.errno or 0)

    def heard(self) -> None:
        """Something came."""
        if self.protocol == "tcp":
            self.judge(self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            return
        try:
            self.socket.recv(64)
            self.answer = "open"
        except OSError as error:
            self.judge(error.errno or 0)


def attempt(targets: list[list[object]], seconds: float) -> list[str]:
    """Try all of them at once."""
    tries = [Try(str(a), str(protocol), int(str(port))) for a, protocol, port in targets]
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for one in tries:
            if not one.answer:
                selector.register(one.socket, one.waits_for, one)
        while selector.get_map() and (now := time.monotonic()) < deadline:
            for one in tries:
                one.send()
            until = min(now + _AGAIN, deadline)
            while selector.get_map() and (left := until - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    key.data.heard()
                    if key.data.answer:
                        selector.unregister(key.fileobj)
    for one in tries:
        one.socket.close()
    return [one.answer or "dropped" for one in tries]


if __name__ == "__main__":
    if sys.argv[1] == "listen":
        listen(sys.argv[2], sys.argv[3:])
    else:
        json.dump(attempt(json.load(sys.stdin), float(sys.argv[2])), sys.stdout)
