"""A cluster that cannot be reached: why, in words, whatever it is."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.targets.kube.kubeconfig import Access, read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.trouble import silence, unauthorized
from rackhouse.twin.kube.certificates import make
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import Served, serve


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(Cluster(), tmp_path_factory.mktemp("served")) as found:
        yield found


async def asked(access: Access) -> RackhouseError:
    server = Server(access)
    try:
        with pytest.raises(RackhouseError) as caught:
            await server.ask("GET", "/api/v1")
    finally:
        await server.close()
    return caught.value


async def test_one_with_its_kubeconfig_is_reached(served: Served) -> None:
    server = Server(read(served.kubeconfig()))
    assert (await server.ask("GET", "/version"))["major"] == "1"
    await server.close()


async def test_one_that_is_away_refuses() -> None:
    with socket.socket() as kept:  # bound, so that nobody else has it, and does not listen
        kept.bind(("127.0.0.1", 0))
        access = Access(server=f"https://127.0.0.1:{kept.getsockname()[1]}")
        error = await asked(access)
    assert type(error) is Unavailable
    assert error.what == "the cluster's API server refuses connections"
    assert error.where == access.server


async def test_the_certificate_is_of_the_name_that_the_kubeconfig_says(served: Served) -> None:
    error = await asked(replace(read(served.kubeconfig()), server_name="elsewhere"))
    assert "has a certificate for other names than" in error.what
    server = Server(replace(read(served.kubeconfig()), server_name="localhost"))
    assert (await server.ask("GET", "/version"))["major"] == "1"
    await server.close()


async def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    with serve(Cluster(), tmp_path, expired=True) as found:
        error = await asked(read(found.kubeconfig()))
    assert error.what == "the cluster's API server has a certificate that has expired"


async def test_a_certificate_of_another_authority(served: Served) -> None:
    other = make(Cluster().clock())
    access = Access(server=served.url, authority=other.authority)
    error = await asked(access)
    assert "of another authority than the kubeconfig names" in error.what


def test_a_certificate_for_other_names() -> None:
    url = "https://10.0.0.9:6443"
    error = silence(
        _failed(ssl.SSLCertVerificationError(1, "IP address mismatch"), 64), Access(server=url)
    )
    assert f"for other names than {url}" in error.what


def test_a_name_that_nobody_knows() -> None:
    refused = httpx.ConnectError("no")
    refused.__cause__ = socket.gaierror(-2, "Name or service not known")
    error = silence(refused, Access(server="https://nobody.invalid:6443"))
    assert error.what == "the cluster's API server has a name that nobody knows: nobody.invalid"


def test_clocks_that_differ_are_noticed() -> None:
    error = unauthorized(Access(server="x"), "Sat, 21 Nov 2026 20:00:00 GMT", 1795291200.0 - 3600)
    assert "the clock here is 60 min behind the server's" in error.what


def _failed(cause: ssl.SSLCertVerificationError, code: int) -> httpx.ConnectError:
    cause.verify_code = code
    error = httpx.ConnectError("no")
    error.__cause__ = cause
    return error
