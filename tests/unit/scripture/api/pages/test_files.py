"""What pages ask for beside themselves, and how what was kept offline goes with its version."""

from __future__ import annotations

import json
import re

import httpx

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.service.library import Library
from unit.scripture.api.held import translation


async def test_files_are_named_by_their_content(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    named = re.findall(r'"(/static/[^"]+)"', page)
    assert len(named) >= 5
    for each in named:
        answer = await client.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client.get(named[0].replace(".js", ".css"))).status_code == 404


async def test_it_can_be_installed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/manifest.webmanifest")
    told = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (told["start_url"], told["display"]) == ("/", "standalone")
    for icon in told["icons"]:
        png = (await client.get(icon["src"])).content
        width = int.from_bytes(png[16:20], "big")
        assert (png[:4], f"{width}x{width}") == (b"\x89PNG", icon["sizes"])


async def told(held: Library) -> tuple[str, dict[str, object]]:
    transport = httpx.ASGITransport(create(held))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        answer = await client.get("/sw.js")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"].startswith("text/javascript")
        first = answer.text.partition(";\n")[0].removeprefix("const TOLD = ")
        said: dict[str, object] = json.loads(first)
        for each in said["files"]:  # type: ignore[attr-defined]
            assert (await client.get(each)).status_code == 200
        return str(said["version"]), said


async def test_other_words_are_another_version_of_what_is_kept() -> None:
    one, other = translation("one"), translation("one", (43_003_017,))
    versions = [(await told(Library([each])))[0] for each in (one, one, other)]
    assert versions[0] == versions[1] != versions[2]


async def test_while_texts_are_imported_nothing_that_was_kept_goes() -> None:
    transport = httpx.ASGITransport(create(Library([translation("one")], more=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        assert (await client.get("/sw.js")).status_code == 503
        assert (await client.get("/read/JHN/3")).status_code == 200


async def test_pages_and_files_are_sent_small_to_whoever_reads_it(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/read/JHN/3", (await client.get("/")).text.split('src="')[1].split('"')[0]):
        plain = await client.get(path, headers={"accept-encoding": "identity"})
        small = await client.get(path, headers={"accept-encoding": "br, gzip;q=0.8"})
        assert "content-encoding" not in plain.headers
        assert small.headers["content-encoding"] == "gzip"
        assert small.content == plain.content
        assert int(small.headers["content-length"]) < len(plain.content) / 1.5
        assert "accept-encoding" in small.headers["vary"]
        none = await client.get(path, headers={"accept-encoding": "gzip;q=0"})
        assert "content-encoding" not in none.headers
        if "etag" in plain.headers:
            assert plain.headers["etag"] != small.headers["etag"]
