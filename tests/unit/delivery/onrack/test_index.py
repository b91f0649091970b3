"""Images of several architectures become one, named by its digest."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import httpx
import pytest

from rackhouse.cli.releasing import image_of
from rackhouse.delivery.onrack.index import INDEX, Built, all_told, index, login_to, push, told
from rackhouse.kit.errors import Missing, Refused, Unavailable

NAME = "git.lab/lab/hello"


def built(platform: str, digit: str) -> Built:
    digest = f"sha256:{digit * 64}"
    kind = "application/vnd.oci.image.manifest.v1+json"
    return Built(
        platform=platform,
        name=NAME,
        descriptor={"mediaType": kind, "digest": digest, "size": 674},
    )


ARM, AMD = built("linux/arm64", "a"), built("linux/amd64", "b")


class Registry:
    """Keeps what is put, and takes one login."""

    def __init__(self) -> None:
        self.put: dict[str, bytes] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        wanted = base64.b64encode(b"ada:hunter2").decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return httpx.Response(401)
        assert request.method == "PUT"
        assert request.headers["content-type"] == INDEX
        self.put[request.url.path] = request.content
        return httpx.Response(201)


def test_the_index_is_the_same_whoever_was_first() -> None:
    assert index([ARM, AMD]) == index([AMD, ARM])
    said = json.loads(index([ARM, AMD]))
    assert [it["platform"] for it in said["manifests"]] == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux"},
    ]
    assert [it["size"] for it in said["manifests"]] == [674, 674]


def test_a_variant_is_told_as_one() -> None:
    (it,) = json.loads(index([built("linux/arm/v7", "c")]))["manifests"]
    assert it["platform"] == {"architecture": "arm", "os": "linux", "variant": "v7"}


def test_what_was_pushed_to_two_places_is_no_one_image(tmp_path: Path) -> None:
    files = {}
    for it, name in ((ARM, NAME), (AMD, "git.lab/lab/other")):
        files[it.platform] = tmp_path / f"{it.platform[6:]}.json"
        said = {"image.name": name, "containerimage.descriptor": dict(it.descriptor)}
        files[it.platform].write_text(json.dumps(said))
    with pytest.raises(Refused, match=r"built as git\.lab/lab/hello and git\.lab/lab/other"):
        all_told(files)
    with pytest.raises(Missing, match="nothing was built"):
        all_told({})


async def test_it_is_pushed_under_the_digest_of_its_bytes() -> None:
    registry = Registry()
    image = await push([ARM, AMD], "ada:hunter2", httpx.MockTransport(registry))
    name, _, digest = image.partition("@")
    assert name == NAME
    body = registry.put[f"/v2/lab/hello/manifests/{digest}"]
    assert digest == f"sha256:{hashlib.sha256(body).hexdigest()}"


async def test_of_one_architecture_nothing_is_listed() -> None:
    assert await push([ARM], "") == f"{NAME}@sha256:{'a' * 64}"


def test_a_release_of_it_is_for_what_it_was_built_for(tmp_path: Path) -> None:
    said = {"image.name": NAME, "containerimage.descriptor": dict(ARM.descriptor)}
    (tmp_path / "context-linux-arm64.json").write_text(json.dumps(said))
    image, architectures = image_of(tmp_path / "context")
    assert (image, architectures) == (f"{NAME}@sha256:{'a' * 64}", ("arm64",))


async def test_a_wrong_login_is_said_and_not_shown() -> None:
    with pytest.raises(Refused, match="does not let this login push") as caught:
        await push([ARM, AMD], "ada:wrong", httpx.MockTransport(Registry()))
    assert "wrong" not in str(caught.value)


async def test_a_registry_that_is_away_is_said_with_what_to_do() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("certificate verify failed", request=request)

    with pytest.raises(Unavailable, match="verify failed") as caught:
        await push([ARM, AMD], "ada:hunter2", httpx.MockTransport(away))
    assert "SSL_CERT_FILE" in caught.value.fix
    with pytest.raises(Unavailable, match="answers 502") as caught:
        await push([ARM, AMD], "", httpx.MockTransport(lambda _: httpx.Response(502)))
    assert caught.value.fix


def test_what_a_builder_said(tmp_path: Path) -> None:
    file = tmp_path / "context-arm64.json"
    said = {"image.name": NAME, "containerimage.descriptor": dict(ARM.descriptor)}
    file.write_text(json.dumps({**said, "containerimage.digest": "sha256:0"}))
    assert told(file, "linux/arm64") == ARM
    with pytest.raises(Missing, match="nothing was built for linux/amd64"):
        told(tmp_path / "context-amd64.json", "linux/amd64")


def test_the_login_is_that_of_the_builders_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    auth = base64.b64encode(b"ada:hunter2").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"git.lab": {"auth": auth}}}))
    assert login_to("git.lab") == "ada:hunter2"
    with pytest.raises(Missing, match=r"no login to git\.other"):
        login_to("git.other")
