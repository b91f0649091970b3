"""From one line of the rack file to an application that asks a model, with an address and a key."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from e2e.conftest import Rack, eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rack")]

HERE = Path(__file__).parent
FILE = """
rack: test
models: {embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}
applications:
  gateway: {service: gateway}
"""


def write(rack: Rack, *applications: str) -> None:
    """Those applications beside the gateway, each a copy of one that asks."""
    for name in applications:
        if not (folder := rack.file.parent / name).is_dir():
            shutil.copytree(HERE / "asks", folder)
    lines = [f"  {name}: {{folder: {name}}}\n" for name in applications]
    rack.file.write_text(FILE + "".join(lines))


def asked(rack: Rack, name: str) -> httpx.Response:
    """What an application answers, which has asked its model."""
    return httpx.get(f"{rack.plain(name)}/grace", timeout=90)


@contextmanager
def busy(url: str) -> Iterator[list[object]]:
    """Somebody asks all the while; answers what went wrong."""
    over, wrong = threading.Event(), list[object]()

    def ask() -> None:
        with httpx.Client(timeout=90) as client:
            while not over.is_set():
                try:
                    if (answer := client.get(url)).text != "384":
                        wrong.append(answer.text)
                except httpx.HTTPError as error:
                    wrong.append(error)
                over.wait(0.02)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield wrong
    finally:
        over.set()
        thread.join(100)


def seen(rack: Rack) -> None:
    """The owner is told who asked what, by the key in the vault and out of the database."""
    assert json.loads(rack.run("models", "--json").stdout)["models"][0]["name"] == "embed"
    lines = rack.run("models", "log", "--json", "-n", "500").stdout.splitlines()
    assert {json.loads(line)["application"] for line in lines} == {"first", "second"}
    spend = json.loads(rack.run("models", "spend", "--json", "--by", "application").stdout)
    assert spend["total"]["requests"] >= len(lines) > 2
    key = rack.run("models", "key", "ada").stdout.strip()
    assert key.startswith("sk-rack-")
    assert key not in rack.run("models", "keys").stdout
    rack.run("models", "revoke", "ada")


def test_an_application_asks_with_an_address_and_a_key(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    write(rack, "first")
    rack.run("up", "--detach")
    first = asked(rack, "first")
    assert (first.status_code, first.text) == (200, "384")
    door = rack.plain("gateway")
    assert httpx.get(f"{door}/v1/models").status_code == 401

    served = rack.pid("gateway.web@r1")
    rack.run("up", "--detach")
    assert rack.pid("gateway.web@r1") == served
    said = rack.run("plan", code=None).stdout
    assert not [line for line in said.splitlines() if "gateway" in line or "first" in line]

    with busy(f"{rack.plain('first')}/grace") as wrong:
        write(rack, "first", "second")
        rack.run("up", "--detach")
        eventually(lambda: asked(rack, "second").text == "384")
    assert wrong == []
    assert rack.pid("gateway.web@r1") == served  # a new key is no restart

    seen(rack)
    write(rack)
    rack.run("up", "--detach")
    assert "first" not in {each["name"] for each in rack.status()["applications"]}
    assert rack.pid("gateway.web@r1") == served

    rack.file.write_text("rack: test\n")
    rack.run("up", "--detach")
    assert not rack.status()["applications"]
    assert not list((rack.home / "files").glob("gateway.*"))
