"""Images on a real engine: pulled by digest from a registry, loaded from archives, let go of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.docker.conftest import id_of, look, make, quiet
from integration.docker.daemon import Daemon
from integration.docker.images import Tiny
from rackhouse.kit.errors import Missing, Refused, Unavailable
from rackhouse.resources.core import Resource
from rackhouse.resources.docker import Image
from rackhouse.targets.docker import Docker
from rackhouse.targets.docker.engine import NOT_FOUND, Engine

pytestmark = pytest.mark.slow


@pytest.fixture
def registry(daemon: Daemon, tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "registry"
    folder.mkdir()
    with daemon.registry(folder) as address:
        yield address


def wanted(name: str, reference: str, archive: str = "") -> Resource[Image]:
    return Resource(id=id_of("image", name), spec=Image(reference, archive))


async def names_of(engine: Engine, image: str) -> list[str]:
    """Everything that the engine calls it; nothing when it is gone."""
    there = await engine.ask("GET", f"/images/{image}/json", fine=(NOT_FOUND,))
    return sorted([*there["RepoTags"], *there["RepoDigests"]]) if there else []


async def test_it_is_pulled_by_digest_and_leaves_nothing(
    target: Docker, engine: Engine, registry: str, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("pulled")
    reference = f"{registry}/models/tiny@{tiny.publish(tmp_path / 'registry')}"
    heard: list[str] = []
    made = await make(target, wanted(name, reference), say=heard.append)
    assert made.found == made.version == tiny.id
    assert (await target.output(made.id.ref("id"))).reveal() == tiny.id
    assert heard[0] == f"pulling {registry}/models/tiny"
    held = f"rackhouse.localhost/test:{name}"
    assert await names_of(engine, tiny.id) == sorted([reference, held])
    await target.remove(made, quiet)
    assert await names_of(engine, tiny.id) == []


async def test_what_is_held_is_not_asked_of_the_registry_again(
    target: Docker, daemon: Daemon, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("once")
    with daemon.registry(tmp_path) as registry:
        resource = wanted(name, f"{registry}/tiny@{tiny.publish(tmp_path)}")
        made = await make(target, resource)
    assert await make(target, resource) == made


async def test_an_image_that_was_there_before_stays(
    target: Docker, engine: Engine, registry: str, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("before")
    reference = f"{registry}/tiny@{tiny.publish(tmp_path / 'registry')}"
    async for _ in engine.lines("POST", "/images/create", query={"fromImage": reference}):
        pass
    made = await make(target, wanted(name, reference))
    await target.remove(made, quiet)
    assert await names_of(engine, tiny.id) == [reference]
    await engine.ask("DELETE", f"/images/{reference}")


async def test_an_image_that_a_strangers_container_needs_stays(
    target: Docker, engine: Engine, registry: str, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("needed")
    reference = f"{registry}/tiny@{tiny.publish(tmp_path / 'registry')}"
    made = await make(target, wanted(name, reference))
    body = {"Image": tiny.id}
    await engine.ask("POST", "/containers/create", query={"name": name}, body=body)
    await target.remove(made, quiet)
    assert await names_of(engine, tiny.id) == [reference]
    assert await look(target, made.id) is None
    await engine.ask("DELETE", f"/containers/{name}")
    await engine.ask("DELETE", f"/images/{reference}")


async def test_an_archived_image_that_a_strangers_container_needs_is_refused_to_leave(
    target: Docker, engine: Engine, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("archived")
    made = await make(target, wanted(name, tiny.id, tiny.save(tmp_path / "a.tar")))
    body = {"Image": tiny.id}
    await engine.ask("POST", "/containers/create", query={"name": name}, body=body)
    with pytest.raises(Refused, match="a container runs from"):
        await target.remove(made, quiet)
    assert await look(target, made.id) == made
    await engine.ask("DELETE", f"/containers/{name}")


async def test_our_tag_on_another_image_is_seen_and_mended(
    target: Docker, engine: Engine, tmp_path: Path, name: str
) -> None:
    tiny = Tiny("tagged")
    resource = wanted(name, tiny.id, tiny.save(tmp_path / "a.tar", "tagged:1"))
    made = await make(target, resource)
    query: dict[str, Any] = {"repo": "rackhouse.localhost/test", "tag": name}
    held = await look(target, id_of("image", "tiny"))
    assert held
    await engine.ask("POST", f"/images/{held.found}/tag", query=query)
    moved = await look(target, made.id)
    assert moved
    assert moved.found == held.found
    assert await make(target, resource) == made
    await engine.ask("DELETE", f"/images/rackhouse.localhost/test:{name}")
    gone = await look(target, made.id)
    assert gone
    assert (gone.ready, gone.why) == (False, "it is gone")
    assert await make(target, resource) == made


async def test_an_archive_takes_no_name_from_another_image(
    target: Docker, engine: Engine, tmp_path: Path, name: str
) -> None:
    held = await look(target, id_of("image", "tiny"))
    assert held
    await engine.ask("POST", f"/images/{held.found}/tag", query={"repo": "theirs", "tag": "1"})
    tiny = Tiny("thief")
    with pytest.raises(Refused, match="another image is called theirs:1"):
        await make(target, wanted(name, tiny.id, tiny.save(tmp_path / "a.tar", "theirs:1")))
    assert await names_of(engine, tiny.id) == []
    assert await look(target, id_of("image", name)) is None
    await engine.ask("DELETE", "/images/theirs:1")


async def test_an_archive_of_another_image_is_refused(
    target: Docker, tmp_path: Path, name: str
) -> None:
    other = Tiny("other").save(tmp_path / "other.tar")
    (tmp_path / "broken.tar").write_bytes(b"not a tar")
    for file, words in ((other, "not in this archive"), ("broken.tar", "no image can be read")):
        with pytest.raises(Missing, match=words):
            await make(target, wanted(name, Tiny("wanted").id, str(tmp_path / file)))
    assert await look(target, id_of("image", name)) is None


@pytest.mark.parametrize("reference", ["tiny", "tiny:latest", "tiny@sha256:12"])
async def test_an_image_is_named_by_its_content(target: Docker, reference: str, name: str) -> None:
    with pytest.raises(Refused, match="not named by its content"):
        await make(target, wanted(name, reference))


async def test_one_that_the_registry_lacks_is_missing(
    target: Docker, registry: str, name: str
) -> None:
    with pytest.raises(Missing, match="manifest"):
        await make(target, wanted(name, f"{registry}/tiny@{Tiny('unpublished').id}"))


async def test_a_registry_that_does_not_answer_may_later(target: Docker, name: str) -> None:
    with pytest.raises(Unavailable, match="connection refused"):
        await make(target, wanted(name, f"127.0.0.1:5999/tiny@{Tiny('nowhere').id}"))
