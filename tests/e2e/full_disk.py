"""A rack on a disk of its own that fills up while a push is released: for `test_push_full_disk`.

`python full_disk.py HOME FILE WORK KIND`, where HOME is that disk. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from e2e.conftest import Rack, end, eventually
from e2e.test_push import TEST, Desk, greeting, runs, served, working

WAITS = """
import socket
socket.create_connection(("127.0.0.1", {port})).recv(1)  # until the disk is full
"""


def main(home: Path, file: Path, work: Path, kind: str) -> None:
    """A first push, one on a full disk, one when there is room again."""
    rack = Rack(home=home, file=file)
    try:
        rack.run("up", "--detach")
        desk = working(rack, work)
        much(desk.folder)
        said = desk.push("one")
        assert "\nremote: LIVE: " in said, said
        seen = [served(desk)]
        said = on_a_full_disk(desk, kind)
        seen += [served(desk)]
        last = desk.push("three", test_words__py=TEST, **greeting("hello three"))
        seen += [served(desk)]
        statuses = [run["status"] for run in runs(desk)]
        print(json.dumps({"seen": seen, "said": said, "last": last, "statuses": statuses}))
    finally:
        end(rack)


def much(folder: Path) -> None:
    """More than a test leaves free when it ends; for git next to nothing."""
    (folder / "much").write_bytes(bytes(20 << 20))
    (folder / "many").mkdir()
    for number in range(500):
        (folder / "many" / str(number)).touch()


def on_a_full_disk(desk: Desk, kind: str) -> str:
    """Push a change whose test waits until nothing more can be written."""
    door = desk.rack.plain(desk.folder.name)
    with socket.create_server(("127.0.0.1", 0)) as server:
        waits = WAITS.format(port=server.getsockname()[1])
        desk.write(test_words__py=waits + TEST, **greeting("hello two"))
        desk.git("commit", "--quiet", "--all", "-m", "two")
        push = subprocess.Popen(
            ["git", "push", "rack", "main"],
            cwd=desk.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        server.settimeout(100)
        test, _ = server.accept()
        with full(desk.rack.home, kind):
            test.close()
            eventually(lambda: push.poll() is not None, timeout=100)
            assert httpx.get(door).text == "hello one"
            assert desk.rack.status()["ready"]
        return push.communicate()[0]


@contextmanager
def full(home: Path, kind: str) -> Iterator[None]:
    """No byte, or no file more, for the block."""
    folder = home / "filler"
    folder.mkdir()
    try:
        with suppress(OSError):
            if kind == "bytes":
                fill(folder / "much")
            for number in range(10**6):
                (folder / str(number)).touch()
        yield
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def fill(file: Path) -> None:
    """Take what is left, then byte by byte."""
    with file.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while stream.write(bytes(size)) == size:
                    pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
