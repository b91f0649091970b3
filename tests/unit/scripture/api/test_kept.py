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
