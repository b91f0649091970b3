"""What may be kept, for how long, and what is not sent twice."""

from __future__ import annotations

import httpx
import pytest

from unit.scripture.api.held import HELD

PATHS = ["/v1/translations", "/v1/books", "/v1/passages?ref=John 3:16", "/v1/books/JHN/chapters/3"]
DIGESTS = [each.digest for each in HELD.translations]


@pytest.mark.parametrize("path", [*PATHS, "/v1/references?text=John 3:16"])
async def test_what_a_client_has_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for said in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await client.get(path, headers={"if-none-match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    lines = [("if-none-match", '"other"'), ("if-none-match", tag)]
    assert (await client.get(path, headers=lines)).status_code == 304
    other = await client.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_another_form_has_another_tag(client: httpx.AsyncClient) -> None:
    path = PATHS[2]
    tags = {
        (await client.get(path, headers={"accept": each})).headers["etag"]
        for each in ("text/plain", "application/json")
    }
    assert len(tags) == 2
    assert (await client.get(path)).headers["vary"] == "accept"


@pytest.mark.parametrize(
    ("translation", "ever"),
    [
        ("", False),
        ("one", False),
        (f"one@{DIGESTS[0]}", True),
        (f"one@{DIGESTS[0][:12]},two@{DIGESTS[1][:20]}", True),
        (f"one@{DIGESTS[0]},two", False),
    ],
)
async def test_what_is_named_by_its_digest_may_be_kept_for_ever(
    client: httpx.AsyncClient, translation: str, ever: bool
) -> None:
    for path in PATHS[2:]:
        mark = "&" if "?" in path else "?"
        said = (await client.get(f"{path}{mark}translation={translation}")).headers["cache-control"]
        assert ("immutable" in said) == ever
        assert ("must-revalidate" in said) != ever


@pytest.mark.parametrize(
    ("path", "ever"),
    [
        ("/v1/passages?ref=John 3:16-18; John 4", True),
        ("/v1/passages?ref=Jn 3:16", False),
        ("/v1/passages?ref=john 3:16", False),
        ("/v1/books/43/chapters/3?", True),
        ("/v1/books/Jn/chapters/3?", False),
    ],
)
async def test_only_where_the_reading_is_certain_too(
    client: httpx.AsyncClient, path: str, ever: bool
) -> None:
    for accept in ("application/json", "text/plain"):
        asked = f"{path}&translation=one@{DIGESTS[0]}"
        said = (await client.get(asked, headers={"accept": accept})).headers["cache-control"]
        assert ("immutable" in said) == ever
