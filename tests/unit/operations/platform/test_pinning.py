"""Images are pinned by what a registry really answers, and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fakes.registry.mirrored import SUM, fill, rack_file
from fakes.registry.server import Registry, serving
from rackhouse.desired.platform.pins import UNPINNED, Pin, Pins, parse
from rackhouse.operations.platform.names import Name, bases
from rackhouse.operations.platform.pinning import Resolved, pin, write
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack

LOST = "docker.io/valkey/valkey:9.1.1-alpine"


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def address(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(registry) as address:
        yield address


def rack_with(address: str) -> Rack:
    return load(rack_file(address))


def asked(rack: Rack, before: Pins = UNPINNED) -> dict[str, Resolved]:
    return {it.reference: it for it in asyncio.run(pin(rack, before))}


def test_every_image_is_pinned_to_its_index_and_each_architecture(
    registry: Registry, address: str, tmp_path: Path
) -> None:
    rack = rack_with(address)
    digests = fill(registry, rack)
    found = asked(rack)
    assert {name: it.pin.digest for name, it in found.items() if it.pin} == digests
    assert all(
        it.pin and it.pin.architectures.keys() == {"amd64", "arm64"} for it in found.values()
    )
    lock = tmp_path / "platform.lock"
    assert write(lock, tuple(found.values()))
    assert not write(lock, tuple(found.values()))
    assert parse(lock.read_text())(LOST) == f"{LOST}@{digests[LOST]}"
    assert any(path.startswith("/token?") for path in registry.asked)


def test_what_is_not_there_is_unresolved_and_keeps_the_pin_that_it_had(
    registry: Registry, address: str, tmp_path: Path
) -> None:
    rack = rack_with(address)
    fill(registry, rack)
    del registry.manifests["valkey/valkey", "9.1.1-alpine"]
    with_mirror_alone = asked_of_mirror_alone(f"{address}/v2", LOST)
    assert with_mirror_alone == "127.0.0.1 has no such image"
    old = Pin(digest=f"sha256:{SUM}")
    lost = Resolved(reference=LOST, pin=None, why="away", before=old)
    write(tmp_path / "lock", [lost])
    assert parse((tmp_path / "lock").read_text()).images == {LOST: old}
    write(tmp_path / "lock", [Resolved(reference=LOST, pin=None, why="away")])
    assert SUM not in (tmp_path / "lock").read_text()


def asked_of_mirror_alone(base: str, reference: str) -> str:
    """Why it is unresolved, where nobody else can be asked."""
    import httpx

    from rackhouse.kit.errors import RackhouseError
    from rackhouse.operations.platform.registry import resolve

    async def ask() -> str:
        async with httpx.AsyncClient() as http:
            try:
                await resolve(http, Name.of(reference), [base])
            except RackhouseError as error:
                port = urlsplit(base).port
                return error.what.replace(f":{port}", "")
        return ""

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("busy", "127.0.0.1 has been asked too often from here; it answers again later"),
        ("another digest", "127.0.0.1 sent something else than the digest that it names"),
        ("no registry", "what answers at http://127.0.0.1/v2 is no registry"),
        ("in the clear", "127.0.0.1 lets nobody in without a password"),
    ],
)
def test_what_lies_is_not_believed(registry: Registry, address: str, broken: str, why: str) -> None:
    registry.add("valkey/valkey", "9.1.1-alpine", ("arm64",))
    registry.broken = broken
    assert asked_of_mirror_alone(f"{address}/v2", LOST) == why


def test_an_image_for_another_machine_is_none(registry: Registry, address: str) -> None:
    rack = rack_with(address)
    fill(registry, rack)
    registry.add("valkey/valkey", "9.1.1-alpine", ("amd64",))
    it = asked(rack)[LOST]
    assert it.pin is None
    assert it.why == "it is not built for arm64, which this rack has"


def test_an_image_without_an_index_is_its_own(registry: Registry, address: str) -> None:
    rack = rack_with(address)
    fill(registry, rack)
    digest = registry.add_single("valkey/valkey", "9.1.1-alpine", "arm64")
    assert asked(rack)[LOST].pin == Pin(digest=digest, architectures={"arm64": digest})


def test_mirrors_are_asked_first_and_the_hub_by_its_real_name() -> None:
    name = Name.of("docker.io/valkey/valkey:9.1.1-alpine")
    assert name == Name(host="docker.io", repository="valkey/valkey", tag="9.1.1-alpine")
    for mirror in ("https://mirror.home.arpa:5000", "https://mirror.home.arpa:5000/v2/"):
        assert bases(name, {"docker.io": (mirror,)}) == (
            "https://mirror.home.arpa:5000/v2",
            "https://registry-1.docker.io/v2",
        )
    assert bases(Name.of("127.0.0.1:5000/a:1"), {}) == ("http://127.0.0.1:5000/v2",)


def test_a_mirror_that_keeps_a_registry_in_a_folder_is_asked_there(
    registry: Registry, address: str
) -> None:
    """As K3s does: https://github.com/k3s-io/k3s, `normalizeEndpointAddress`."""
    registry.add("hub/valkey/valkey", "9.1.1-alpine", ("arm64",))
    mirror, _ = bases(Name.of(LOST), {"docker.io": (f"{address}/v2/hub",)})
    assert asked_of_mirror_alone(mirror, LOST) == ""
